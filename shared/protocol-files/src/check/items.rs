//! A checklist that nobody can sign would hold every case for ever.

use baton_protocol::transfer::{GateItem, SatisfiedBy};
use baton_protocol::{Ladder, Party};

use crate::problem::Problem;
use crate::sections::Sections;

/// Finds items that nobody can complete.
pub(crate) fn items(sections: &Sections, ladder: &Ladder, problems: &mut Vec<Problem>) {
    for item in &sections.gate {
        let name = &item.value.item;
        let parties = parties(&item.value);
        if item.value.satisfied_by == SatisfiedBy::Acts
            && parties.is_empty()
            && item.value.evidence.is_empty()
        {
            let message = format!(
                "nobody can sign `{name}`: give completed_by, signed_by, confirmed_by, evidence or satisfied_by"
            );
            problems.push(item.problem(name, message));
        }
        for party in parties
            .into_iter()
            .filter(|party| ladder.rung(party.role).is_none())
        {
            let message = format!(
                "nobody can sign `{name}`: {} is on no rung of the ladder in authority.yaml",
                party.role
            );
            problems.push(item.problem(party.role.as_str(), message));
        }
        if item.value.four_eyes && item.value.signed_by.is_none() {
            problems.push(item.problem(
                "four_eyes",
                format!("`{name}` asks for four eyes and names nobody who signs"),
            ));
        }
    }
}

fn parties(item: &GateItem) -> Vec<Party> {
    let single = [item.completed_by, item.signed_by, item.reviewed_by];
    single
        .into_iter()
        .flatten()
        .chain(item.confirmed_by.iter().copied())
        .collect()
}
