//! Names in what a front door says about the life of a contact.

use std::collections::BTreeSet;

use baton_protocol::front_door::OutcomeNotice;
use baton_protocol::{FactKey, Ladder, Party};

use super::names::not_sent;
use crate::problem::Problem;
use crate::raw::Located;
use crate::sections::Sections;

/// Finds steps, duties, outcomes and roles that are named and not given.
pub(crate) fn contacts(sections: &Sections, ladder: &Ladder, problems: &mut Vec<Problem>) {
    let steps = names(&sections.contact_steps, |step| &step.step);
    let duties = names(&sections.contact_duties, |duty| &duty.duty);
    let outcomes = names(&sections.contact_outcomes, |outcome| &outcome.outcome);

    for kind in &sections.contact_kinds {
        for outcome in &kind.value.outcomes {
            known(kind, "outcome", outcome, &outcomes, problems);
        }
        on_ladder(kind, &kind.value.decided_by, ladder, problems);
    }
    for step in &sections.contact_steps {
        for outcome in step.value.before.iter().filter(|name| *name != "any") {
            known(step, "outcome", outcome, &outcomes, problems);
        }
        let before = step.value.after.iter();
        for name in before.flat_map(|before| before.until.iter().chain([&before.step])) {
            known(step, "step", name, &steps, problems);
        }
        on_ladder(step, &step.value.by, ladder, problems);
    }
    for outcome in &sections.contact_outcomes {
        goes_by(outcome, &outcome.value.tells, sections, problems);
    }
    if let Some(open_case) = &sections.open_case {
        goes_by(open_case, &open_case.value.tells, sections, problems);
    }
    for ask in &sections.decision_asks {
        for outcome in &ask.value.outcomes {
            known(ask, "outcome", outcome, &outcomes, problems);
        }
    }
    for duty in &sections.contact_duties {
        match duty.value.from.split_once(':') {
            Some(("step", step)) => known(duty, "step", step, &steps, problems),
            Some(("missed", missed)) => known(duty, "duty", missed, &duties, problems),
            _ if ["launched", "decided"].contains(&duty.value.from.as_str()) => {}
            _ => problems.push(duty.problem(
                "from",
                "a duty begins with launched, decided, step:<step> or missed:<duty>",
            )),
        }
        for met_by in duty.value.met_by.split(" or ").map(str::trim) {
            match met_by.split_once([':', '.']) {
                Some(("step", step)) => known(duty, "step", step, &steps, problems),
                Some(("facts", key)) if key.parse::<FactKey>().is_ok() => {}
                Some(("notice", _)) => {}
                None if met_by == "decided" => {}
                _ => problems.push(duty.problem(
                    "met_by",
                    format!("`{met_by}` meets no duty: write step:<step>, notice:<kind>, facts.<key> or decided"),
                )),
            }
        }
    }
}

/// Each letter goes by a medium by which notification.yaml sends its kind.
fn goes_by<T>(
    entry: &Located<T>,
    tells: &[OutcomeNotice],
    sections: &Sections,
    problems: &mut Vec<Problem>,
) {
    for tell in tells {
        if let Some((subject, message)) = not_sent(&tell.notice, &tell.by, sections) {
            problems.push(entry.problem(subject, message));
        }
    }
}

fn names<T>(entries: &[Located<T>], name: impl Fn(&T) -> &String) -> BTreeSet<String> {
    entries
        .iter()
        .map(|entry| name(&entry.value).clone())
        .collect()
}

fn known<T>(
    entry: &Located<T>,
    what: &str,
    name: &str,
    known: &BTreeSet<String>,
    problems: &mut Vec<Problem>,
) {
    if !known.contains(name) {
        problems.push(entry.problem(name, format!("there is no {what} `{name}`")));
    }
}

/// Who has to decide or to act has to be on a rung, or nobody could stand in.
fn on_ladder<T>(
    entry: &Located<T>,
    parties: &[Party],
    ladder: &Ladder,
    problems: &mut Vec<Problem>,
) {
    for party in parties {
        if ladder.rung(party.role).is_none() {
            let message = format!(
                "{} is on no rung of the ladder in authority.yaml",
                party.role
            );
            problems.push(entry.problem(party.role.as_str(), message));
        }
    }
}
