//! A choice says what happens while the facts that decide it are unknown.

use baton_protocol::{Branch, Clock};

use crate::problem::Problem;
use crate::raw::Located;
use crate::sections::Sections;

/// Finds consequences that would leave something undecided.
pub(crate) fn clocks(sections: &Sections, problems: &mut Vec<Problem>) {
    for clock in sections.all_clocks() {
        if !clock.value.when_missed.is_empty() {
            branches(clock, problems);
        }
    }
}

fn branches(clock: &Located<Clock>, problems: &mut Vec<Problem>) {
    let name = &clock.value.clock;
    let branches = &clock.value.when_missed;
    let is_choice = branches.iter().any(|branch| branch.when.is_some());
    let safe = branches.iter().filter(|branch| branch.safe).count();
    if is_choice && safe != 1 {
        let message = format!(
            "`{name}` chooses by facts: mark exactly one branch `safe: true`, taken while they are unknown"
        );
        problems.push(clock.problem("when_missed", message));
    }
    let is_last_open = branches
        .last()
        .is_some_and(|branch: &Branch| branch.when.is_none());
    if !is_last_open {
        let message = format!("`{name}` has no branch without `if`, so nothing may follow at all");
        problems.push(clock.problem("when_missed", message));
    }
    if branches
        .iter()
        .rev()
        .skip(1)
        .any(|branch| branch.when.is_none())
    {
        let message = format!(
            "`{name}` has a branch without `if` before the last: those after it are never reached"
        );
        problems.push(clock.problem("when_missed", message));
    }
}
