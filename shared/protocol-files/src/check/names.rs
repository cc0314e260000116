//! Names have to be given once and to exist where they are used.

use std::collections::BTreeSet;

use baton_protocol::transfer::{Notice, Occasion, SatisfiedBy};
use baton_protocol::{CATALOGUE, FactKey, Moment, Place};

use crate::problem::Problem;
use crate::raw::Located;
use crate::sections::Sections;

/// Acts that meet a clock, beside items, meetings, notices and facts.
const ACTS: [&str; 9] = [
    "receiving_worker_named",
    "receiving_team_named",
    "completed",
    "date_agreed",
    "conference_held",
    "decided",
    "closed",
    "allocated",
    "agreed_date_kept",
];

/// Media by which a notice can be sent.
const MEDIA: [&str; 3] = ["email", "letter", "task"];

/// Finds names that are given twice, not given at all, or given and never used.
///
/// A name of `unread` is given by an entry with a mistake of its own: using it is none.
pub(crate) fn names(sections: &Sections, unread: &BTreeSet<String>, problems: &mut Vec<Problem>) {
    let before = problems.len();
    all_names(sections, problems);
    let is_about_unread = |problem: &Problem| {
        unread.iter().any(|name| {
            ["`", ":"]
                .iter()
                .any(|before| problem.message.contains(&format!("{before}{name}`")))
        })
    };
    let is_about_use = |problem: &Problem| problem.message.contains("belongs to no route");
    let found = problems.split_off(before);
    problems.extend(found.into_iter().filter(|problem| {
        !is_about_unread(problem) && (unread.is_empty() || !is_about_use(problem))
    }));
}

fn all_names(sections: &Sections, problems: &mut Vec<Problem>) {
    once(&sections.routes, |route| &route.route, problems);
    once(&sections.gate, |item| &item.item, problems);
    once(&sections.meetings, |meeting| &meeting.meeting, problems);
    once(&sections.clocks, |clock| &clock.clock, problems);
    once(&sections.front_door_clocks, |clock| &clock.clock, problems);
    once(&sections.tells, |notice| &notice.notice, problems);
    once(&sections.duties, |duty| &duty.duty, problems);
    once(
        &sections.contact_outcomes,
        |outcome| &outcome.outcome,
        problems,
    );
    once(&sections.referral_routes, |route| &route.route, problems);
    once(&sections.contact_kinds, |kind| &kind.kind, problems);
    once(&sections.contact_steps, |step| &step.step, problems);
    once(&sections.contact_duties, |duty| &duty.duty, problems);
    once(&sections.enquiries, |kind| &kind.enquiry, problems);
    once(&sections.kinds, |kind| &kind.kind, problems);

    used(
        &sections.gate,
        "item",
        |item| &item.item,
        sections,
        |route| &route.needs,
        problems,
    );
    used(
        &sections.meetings,
        "meeting",
        |meeting| &meeting.meeting,
        sections,
        |route| &route.meetings,
        problems,
    );
    used(
        &sections.clocks,
        "clock",
        |clock| &clock.clock,
        sections,
        |route| &route.clocks,
        problems,
    );
    used(
        &sections.tells,
        "notice",
        |notice| &notice.notice,
        sections,
        |route| &route.tells,
        problems,
    );

    super::lists::lists(sections, problems);
    conferences(sections, problems);
    duties(sections, problems);
    items(sections, problems);
    clocks(sections, problems);
    meetings(sections, problems);
    notices(sections, problems);
}

fn once<T>(entries: &[Located<T>], name: impl Fn(&T) -> &String, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for entry in entries {
        let name = name(&entry.value);
        if !seen.insert(name.clone()) {
            problems.push(entry.problem(name, format!("`{name}` is given twice")));
        }
    }
}

/// Every name a route uses has to be given, and every name given has to be used by a route.
fn used<T>(
    entries: &[Located<T>],
    what: &str,
    name: impl Fn(&T) -> &String,
    sections: &Sections,
    uses: impl Fn(&baton_protocol::transfer::Route) -> &Vec<String>,
    problems: &mut Vec<Problem>,
) {
    let given: BTreeSet<&String> = entries.iter().map(|entry| name(&entry.value)).collect();
    let mut asked = BTreeSet::new();
    for route in &sections.routes {
        for wanted in uses(&route.value) {
            asked.insert(wanted);
            if !given.contains(wanted) {
                problems.push(route.problem(wanted, format!("there is no {what} `{wanted}`")));
            }
        }
    }
    let in_base = |entry: &Located<T>| {
        entry
            .file
            .path
            .components()
            .any(|part| part.as_os_str() == "statutory")
    };
    for entry in entries.iter().filter(|entry| !in_base(entry)) {
        let name = name(&entry.value);
        if !asked.contains(name) {
            problems.push(entry.problem(name, format!("{what} `{name}` belongs to no route")));
        }
    }
}

fn conferences(sections: &Sections, problems: &mut Vec<Problem>) {
    for route in &sections.routes {
        for kind in &route.value.conference {
            check_code(route, "conference.kind", kind, problems);
        }
        for outcome in route.value.outcomes.keys() {
            check_code(route, "conference.outcome", outcome, problems);
        }
    }
}

/// A duty is owed by a role of the team that has the case, or above it, from a day that is a fact or an age.
fn duties(sections: &Sections, problems: &mut Vec<Problem>) {
    for duty in &sections.duties {
        let name = &duty.value.duty;
        if duty.value.while_with.is_empty() {
            let message = format!("`{name}` is owed while nobody has the case: give `while_with`");
            problems.push(duty.problem("while_with", message));
        }
        let parties = std::iter::once(duty.value.by);
        for party in parties.chain(duty.value.escalate.iter().map(|rung| rung.to)) {
            if matches!(party.place, Place::Outgoing | Place::Receiving) {
                let message = format!(
                    "`{name}` belongs to no transfer: write `of responsible|area|authority`"
                );
                problems.push(duty.problem(&party.to_string(), message));
            }
        }
        let terms = [
            ("due", &duty.value.due),
            ("asked_from", &duty.value.asked_from),
            ("asked_until", &duty.value.asked_until),
        ];
        for (word, term) in terms {
            if let Some(term) = term
                && term.moment.fact().is_none()
            {
                let message = format!(
                    "`{name}` belongs to no transfer: `{}` is never known",
                    term.moment
                );
                problems.push(duty.problem(word, message));
            }
        }
        for other in &duty.value.only_after {
            let mut known = sections.duties.iter();
            if !known.any(|known| known.value.duty == *other) {
                problems.push(duty.problem(other, format!("there is no duty `{other}`")));
            }
        }
    }
}

fn check_code<T>(entry: &Located<T>, key: &str, code: &str, problems: &mut Vec<Problem>) {
    let spec = CATALOGUE.iter().find(|spec| spec.key == key);
    if let Some(spec) = spec.filter(|spec| !spec.allows(code)) {
        let message = format!(
            "`{code}` is not a {key}; known are {}",
            spec.codes.join(", ")
        );
        problems.push(entry.problem(code, message));
    }
}

fn items(sections: &Sections, problems: &mut Vec<Problem>) {
    for item in &sections.gate {
        let name = &item.value.item;
        let wrong = match &item.value.satisfied_by {
            SatisfiedBy::Meeting(kind) => {
                let is_given = sections
                    .meetings
                    .iter()
                    .any(|known| known.value.meeting == *kind);
                (!is_given).then(|| (kind, format!("there is no meeting `{kind}`")))
            }
            SatisfiedBy::Notice(kind) => {
                let is_given = sections.tells.iter().any(|known| {
                    known.value.notice == *kind && known.value.meets.as_ref() == Some(name)
                });
                (!is_given).then(|| (kind, format!("no notice `{kind}` says `meets: {name}`")))
            }
            _ => None,
        };
        problems.extend(wrong.map(|(word, message)| item.problem(word, message)));
    }
}

fn clocks(sections: &Sections, problems: &mut Vec<Problem>) {
    for clock in sections.all_clocks() {
        reminder_known(clock, sections, problems);
        for met_by in clock.value.met_by.split(" or ").map(str::trim) {
            met_by_known(clock, met_by, sections, problems);
        }
    }
}

/// What a meeting brings, and what counts from one, has to be given.
fn meetings(sections: &Sections, problems: &mut Vec<Problem>) {
    for meeting in &sections.meetings {
        for brings in &meeting.value.brings {
            if !sections
                .gate
                .iter()
                .any(|item| item.value.item == brings.what)
            {
                let message = format!("there is no item `{}`", brings.what);
                problems.push(meeting.problem(&brings.what, message));
            }
        }
    }
    for clock in &sections.clocks {
        for moment in clock.value.due.moment.alternatives() {
            if let baton_protocol::Moment::Meeting(kind) = moment
                && !sections
                    .meetings
                    .iter()
                    .any(|known| known.value.meeting == *kind)
            {
                problems.push(clock.problem(kind, format!("there is no meeting `{kind}`")));
            }
        }
    }
}

/// A notice that reminds has to be given, and says so itself.
fn reminder_known(
    clock: &Located<baton_protocol::Clock>,
    sections: &Sections,
    problems: &mut Vec<Problem>,
) {
    let Some(reminder) = &clock.value.reminder else {
        return;
    };
    let mut notices = sections.tells.iter().map(|notice| &notice.value);
    if !notices.any(|notice| notice.notice == *reminder && notice.is_due_on(Occasion::Reminded)) {
        let message = format!("no notice `{reminder}` says `on: reminded`");
        problems.push(clock.problem(reminder, message));
    }
}

fn met_by_known(
    clock: &Located<baton_protocol::Clock>,
    met_by: &str,
    sections: &Sections,
    problems: &mut Vec<Problem>,
) {
    let is_known = match met_by.split_once([':', '.']) {
        Some(("item", item)) => sections.gate.iter().any(|known| known.value.item == item),
        Some(("meeting", kind)) => sections
            .meetings
            .iter()
            .any(|known| known.value.meeting == kind),
        Some(("notice", kind)) => sections
            .tells
            .iter()
            .any(|known| known.value.notice == kind),
        Some(("facts", key)) => key.parse::<FactKey>().is_ok(),
        _ => ACTS.contains(&met_by),
    };
    if !is_known {
        let message = format!(
            "`{met_by}` meets no clock: write one of {}, or item:<item>, meeting:<kind>, notice:<kind>, facts.<key>",
            ACTS.join(", ")
        );
        problems.push(clock.problem("met_by", message));
    }
}

fn notices(sections: &Sections, problems: &mut Vec<Problem>) {
    for notice in &sections.tells {
        let Notice {
            notice: kind, by, ..
        } = &notice.value;
        if let Some((subject, message)) = not_sent(kind, by, sections) {
            problems.push(notice.problem(subject, message));
        }
        if let Some(item) = &notice.value.meets
            && !sections.gate.iter().any(|known| known.value.item == *item)
        {
            problems.push(notice.problem(item, format!("there is no item `{item}`")));
        }
        notice_of_item(notice, sections, problems);
        notice_of_moved_day(notice, problems);
    }
}

/// Why a notice cannot go by that medium, and the word that is wrong: notification.yaml says how each kind may be sent.
pub(super) fn not_sent<'n>(
    kind: &'n str,
    by: &str,
    sections: &Sections,
) -> Option<(&'n str, String)> {
    if !MEDIA.contains(&by) {
        let known = MEDIA.join(", ");
        return Some(("by", format!("`{by}` is not a medium; known are {known}")));
    }
    let mut kinds = sections.kinds.iter();
    let Some(known) = kinds.find(|known| known.value.kind == kind) else {
        return Some((kind, format!("notification.yaml has no kind `{kind}`")));
    };
    let goes = known.value.media.iter().any(|medium| medium == by);
    (!goes).then(|| {
        (
            "by",
            format!("notification.yaml does not send `{kind}` by {by}"),
        )
    })
}

/// A notice that begins with an item names one, and no other does.
fn notice_of_item(notice: &Located<Notice>, sections: &Sections, problems: &mut Vec<Problem>) {
    let begins = notice.value.is_due_on(Occasion::ItemMet);
    match &notice.value.item {
        None if begins => problems.push(notice.problem(
            "item_met",
            "`item_met` of which item? Write `item: <item>` beside it",
        )),
        Some(item) if !begins => {
            problems.push(notice.problem(item, "`item` goes with `on: item_met` only"));
        }
        Some(item) if !sections.gate.iter().any(|known| known.value.item == *item) => {
            problems.push(notice.problem(item, format!("there is no item `{item}`")));
        }
        _ => {}
    }
}

/// A notice begins anew with another day only where a fact names the day from which it is due.
fn notice_of_moved_day(notice: &Located<Notice>, problems: &mut Vec<Problem>) {
    let due = notice.value.due.iter();
    let mut moments = due.flat_map(|term| term.moment.alternatives());
    let message = if notice.value.on == Occasion::DueMoved {
        "nothing was told yet that could move: write `due_moved` into `again_on`"
    } else if notice.value.is_due_on(Occasion::DueMoved)
        && !moments.any(|moment| matches!(moment, Moment::Fact(_)))
    {
        "`due_moved` needs `due` with a day that is a fact: `before facts.<key>`"
    } else {
        return;
    };
    problems.push(notice.problem("due_moved", message));
}
