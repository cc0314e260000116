//! A hold that nobody can end, or that nobody looks at again, would keep a case for ever.

use baton_protocol::{Ladder, Party};

use crate::problem::Problem;
use crate::sections::Sections;

/// Finds deferrals, disputes and suspensions that nobody can decide on.
pub(crate) fn holds(sections: &Sections, ladder: &Ladder, problems: &mut Vec<Problem>) {
    let unknown = |parties: &[Party]| {
        let above = parties
            .iter()
            .find(|party| ladder.rung(party.role).is_none());
        above.map(|party| {
            format!(
                "{} is on no rung of the ladder in authority.yaml",
                party.role
            )
        })
    };
    if let Some(rule) = &sections.deferral {
        problems.extend(unknown(&rule.value.by).map(|message| rule.problem("by", message)));
        if rule.value.by.is_empty() {
            problems.push(rule.problem("by", "nobody may put a transfer off".to_owned()));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for rule in &sections.disputes {
        let name = &rule.value.dispute;
        if !seen.insert(name) {
            problems.push(rule.problem(name, format!("`{name}` is given twice")));
        }
        if rule.value.by.is_empty() || rule.value.ladder.is_empty() {
            let message = format!("`{name}` names nobody who raises it, or nobody who settles it");
            problems.push(rule.problem(name, message));
        }
        for rung in &rule.value.ladder {
            if rung.to.is_empty() {
                let message = format!("`{name}` has a rung with nobody on it");
                problems.push(rule.problem("ladder", message));
            }
            problems.extend(unknown(&rung.to).map(|message| rule.problem("to", message)));
        }
        let last = rule.value.ladder.last();
        if last.is_some_and(|rung| rung.within.is_some()) && rule.value.ladder.len() == 1 {
            let message =
                format!("`{name}` has a limit and no rung above it that would hear of it");
            problems.push(rule.problem("within", message));
        }
    }
    if let Some(rule) = &sections.suspension {
        for parties in [&rule.value.by, &rule.value.reviewed_by] {
            problems.extend(unknown(parties).map(|message| rule.problem("suspension", message)));
            if parties.is_empty() {
                let message = "nobody may suspend the protocol, or nobody reviews it".to_owned();
                problems.push(rule.problem("suspension", message));
            }
        }
    }
}
