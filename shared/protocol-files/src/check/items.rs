//! A checklist that nobody can sign would hold every case for ever.

use baton_protocol::transfer::{Criteria, GateItem, SatisfiedBy};
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
        if let SatisfiedBy::Criteria(criteria) = &item.value.satisfied_by {
            for message in wrong_with(criteria) {
                problems.push(item.problem("criteria", format!("`{name}`: {message}")));
            }
        }
        if item.value.four_eyes && item.value.signed_by.is_none() {
            problems.push(item.problem(
                "four_eyes",
                format!("`{name}` asks for four eyes and names nobody who signs"),
            ));
        }
    }
}

/// Criteria that could never be met, that anything would meet, or that name one that is not given.
fn wrong_with(criteria: &Criteria) -> Vec<String> {
    let given = |name: &String| criteria.of.iter().any(|other| other.criterion == *name);
    let mut wrong = vec![];
    if criteria.at_least == 0 || criteria.at_least > criteria.of.len() {
        wrong.push(format!(
            "`at_least` has to be from 1 to {}, the number of criteria",
            criteria.of.len()
        ));
    }
    for criterion in &criteria.of {
        let unknown = criterion.only_with.iter().filter(|name| !given(name));
        wrong.extend(unknown.map(|name| format!("there is no criterion `{name}`")));
        let limbs = criterion.any_of.iter();
        let empty = limbs.filter(|limb| {
            limb.when.is_none()
                && limb.within.is_empty()
                && limb.before.is_empty()
                && limb.aged.is_none()
        });
        wrong.extend(empty.map(|limb| format!("limb `{}` asks for nothing", limb.limb)));
    }
    wrong
}

fn parties(item: &GateItem) -> Vec<Party> {
    let single = [item.completed_by, item.signed_by, item.reviewed_by];
    single
        .into_iter()
        .flatten()
        .chain(item.confirmed_by.iter().copied())
        .collect()
}
