//! What is wrong with a line beside others, and beside the organisation that is there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::line::{Kind, Line};

/// The organisation that is there already.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The teams.
    pub teams: BTreeSet<String>,
    /// The workers, with their teams.
    pub workers: BTreeMap<String, String>,
    /// The teams that end, with those that come in their place.
    pub successors: BTreeMap<String, String>,
}

/// Notes every problem of every line that takes more than the line to see.
pub fn check(lines: &mut [Line], mut known: Known) {
    for line in lines.iter() {
        match line.kind {
            Kind::Teams => {
                known.teams.insert(line.text("dept_team_id").to_owned());
                let (from, to) = (line.text("dept_team_id"), line.text("successor_team_id"));
                if !to.is_empty() {
                    known.successors.insert(from.to_owned(), to.to_owned());
                }
            }
            Kind::Workers => {
                let worker = line.text("prof_professional_id").to_owned();
                known
                    .workers
                    .insert(worker, line.text("dept_team_id").to_owned());
            }
            Kind::Posts | Kind::Closures | Kind::Cases | Kind::Evidence | Kind::Involvements => {}
        }
    }
    let mut seen: BTreeMap<(Kind, String), (String, i32)> = BTreeMap::new();
    let mut posts: BTreeMap<String, [String; 3]> = BTreeMap::new();
    for line in lines.iter_mut() {
        if let Some((file, number)) =
            seen.insert((line.kind, key(line)), (line.file.clone(), line.number))
        {
            line.wrong(
                "",
                "duplicate",
                format!("line {number} of {file} says it already; keep one"),
            );
        }
        people_and_teams(line, &known);
        match line.kind {
            Kind::Teams => team(line),
            Kind::Posts => post(line, &mut posts),
            Kind::Closures => order(line, "cine_referral_date", "cine_close_date"),
            Kind::Cases => case(line),
            Kind::Involvements => order(
                line,
                "invo_involvement_start_date",
                "invo_involvement_end_date",
            ),
            Kind::Workers | Kind::Evidence => {}
        }
    }
    one_at_a_time(lines);
    incomplete(
        lines,
        Kind::Posts,
        "post_id",
        "post_incomplete",
        "put the other lines of the post right",
    );
    incomplete(
        lines,
        Kind::Involvements,
        "invo_person_id",
        "involvements_incomplete",
        "put the other lines of the child right",
    );
}

/// What a line is about: no two lines of a kind are about the same.
fn key(line: &Line) -> String {
    let names: &[&str] = match line.kind {
        Kind::Teams => &["dept_team_id"],
        Kind::Workers => &["prof_professional_id"],
        Kind::Posts => &["post_id", "prof_professional_id", "from"],
        Kind::Closures => &["cine_person_id", "cine_referral_date"],
        Kind::Cases => &["cine_person_id"],
        Kind::Evidence => &["cine_person_id", "item"],
        Kind::Involvements => &[
            "invo_person_id",
            "invo_involvement_start_date",
            "invo_professional_team",
            "invo_professional_id",
        ],
    };
    let parts: Vec<&str> = names.iter().map(|name| line.text(name)).collect();
    parts.join("\u{1f}")
}

fn people_and_teams(line: &mut Line, known: &Known) {
    let teams: &[&str] = match line.kind {
        Kind::Teams => &["successor_team_id"],
        Kind::Workers | Kind::Posts => &["dept_team_id"],
        Kind::Closures => &["cine_referral_team"],
        Kind::Cases => &["invo_professional_team"],
        // Whoever had the child before need not be there any more.
        Kind::Evidence | Kind::Involvements => &[],
    };
    for field in teams {
        let team = line.text(field).to_owned();
        if !team.is_empty() && !known.teams.contains(&team) {
            line.wrong(field, "unknown_team", "add the team to the file of teams");
        }
    }
    let workers: &[&str] = match line.kind {
        Kind::Posts => &["prof_professional_id", "covering_for"],
        Kind::Cases => &["invo_professional_id"],
        Kind::Teams | Kind::Workers | Kind::Closures | Kind::Evidence | Kind::Involvements => &[],
    };
    for field in workers {
        let worker = line.text(field).to_owned();
        if worker.is_empty() {
            continue;
        }
        match known.workers.get(&worker) {
            None => line.wrong(
                field,
                "unknown_worker",
                "add the worker to the file of workers",
            ),
            Some(of) if line.kind == Kind::Cases => {
                let team = line.text("invo_professional_team").to_owned();
                if last(&known.successors, of) != last(&known.successors, &team) {
                    let remedy = "name a worker of the team, or put the worker into the team";
                    line.wrong(field, "worker_of_another_team", remedy);
                }
            }
            Some(_) => {}
        }
    }
}

/// The team at the end of the line of successors.
fn last<'a>(successors: &'a BTreeMap<String, String>, team: &'a str) -> &'a str {
    let mut at = team;
    for _ in 0..=successors.len() {
        match successors.get(at) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

fn team(line: &mut Line) {
    order(line, "from", "until");
    match (
        line.given("until").is_some(),
        line.given("successor_team_id").is_some(),
    ) {
        (true, false) => line.wrong(
            "successor_team_id",
            "missing",
            "name who takes over from a team that ends",
        ),
        (false, true) => line.wrong("until", "missing", "say on which day the team ends"),
        _ => {}
    }
}

/// All lines of a post say the same about it.
fn post(line: &mut Line, posts: &mut BTreeMap<String, [String; 3]>) {
    order(line, "from", "until");
    let about = ["role", "dept_team_id", "area"].map(|name| line.text(name).to_owned());
    let first = posts
        .entry(line.text("post_id").to_owned())
        .or_insert_with(|| about.clone());
    if *first != about {
        let remedy = "give role, team and area as in the first line of the post";
        line.wrong("post_id", "post_differs", remedy);
    }
}

/// What is taken as a whole: with one line wrong, none of its lines is.
fn incomplete(lines: &mut [Line], kind: Kind, whole: &str, code: &str, remedy: &str) {
    let wrong: BTreeSet<String> = lines
        .iter()
        .filter(|line| line.kind == kind && !line.problems.is_empty())
        .map(|line| line.text(whole).to_owned())
        .collect();
    let of_kind = lines.iter_mut().filter(|line| line.kind == kind);
    for line in of_kind.filter(|line| line.problems.is_empty()) {
        if wrong.contains(line.text(whole)) {
            line.wrong(whole, code, remedy);
        }
    }
}

/// One team and one worker had a child at a time: a line ends before the next begins.
fn one_at_a_time(lines: &mut [Line]) {
    let of_child = involvements_by_child(lines);
    for (index, next) in of_child
        .values()
        .flat_map(|theirs| theirs.iter().zip(theirs.iter().skip(1)))
    {
        let (until, begins) = (
            lines[*index].at(END),
            lines[*next].at("invo_involvement_start_date"),
        );
        match until {
            None => {
                let remedy = format!(
                    "say when it ended: line {} begins later",
                    lines[*next].number
                );
                lines[*index].wrong(END, "missing", remedy);
            }
            Some(until) if begins.is_some_and(|begins| begins < until) => {
                let remedy = format!(
                    "line {} ends later; keep the lines of the team and the worker who were responsible",
                    lines[*index].number
                );
                lines[*next].wrong("invo_involvement_start_date", "overlaps", remedy);
            }
            Some(_) => {}
        }
    }
}

const END: &str = "invo_involvement_end_date";

/// The sound lines on who had each child before, in the order in which they began.
fn involvements_by_child(lines: &[Line]) -> BTreeMap<String, Vec<usize>> {
    let mut of_child: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        if line.kind == Kind::Involvements && line.problems.is_empty() {
            let child = line.person().to_owned();
            of_child.entry(child).or_default().push(index);
        }
    }
    for theirs in of_child.values_mut() {
        theirs.sort_by_key(|index| {
            let line = &lines[*index];
            let until = line.at(END).unwrap_or(Timestamp::MAX);
            (line.at("invo_involvement_start_date"), until, *index)
        });
    }
    of_child
}

fn case(line: &mut Line) {
    let has = |line: &Line, name: &str| line.given(name).is_some();
    let of_case = has(line, "invo_professional_team");
    let of_contact = has(line, "cont_contact_date");
    if !of_case && !of_contact {
        let remedy = "name the team that holds the case, or give the contact that is not decided";
        line.wrong("invo_professional_team", "missing", remedy);
    }
    let together = |line: &mut Line, field: &str, with: &str| {
        if has(line, field) && !has(line, with) {
            line.wrong(with, "missing", format!("`{field}` needs it"));
        }
    };
    together(line, "invo_professional_id", "invo_professional_team");
    together(
        line,
        "invo_professional_team",
        "invo_involvement_start_date",
    );
    together(line, "cont_contact_date", "cont_contact_source_code");
    for field in [
        "conference_kind",
        "conference_at",
        "conference_held_at",
        "conference_outcome",
    ] {
        together(line, field, "conference_ref");
    }
    together(line, "conference_ref", "conference_kind");
    together(line, "conference_ref", "invo_professional_team");
    together(line, "conference_held_at", "conference_outcome");
    if has(line, "conference_ref")
        && !has(line, "conference_at")
        && !has(line, "conference_held_at")
    {
        line.wrong(
            "conference_at",
            "missing",
            "say when the conference is, or when it was held",
        );
    }
    order(line, "invo_involvement_start_date", "conference_held_at");
}

fn order(line: &mut Line, first: &str, then: &str) {
    if line
        .at(first)
        .zip(line.at(then))
        .is_some_and(|(first, then)| then < first)
    {
        line.wrong(then, "too_early", format!("it cannot be before `{first}`"));
    }
}
