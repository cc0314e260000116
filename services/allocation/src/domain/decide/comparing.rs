//! The ledger and the record system: a reported holder opens or settles a difference, never more.

use jiff::Timestamp;

use super::happened;
use crate::domain::authority::{TEAM_MANAGER, next_rung};
use crate::domain::case::{Case, Discrepancy, apply};
use crate::domain::command::ReportHolder;
use crate::domain::context::Context;
use crate::domain::dates::Count;
use crate::domain::event::{Event, What};
use crate::domain::rules::Rules;

/// A reported holder never changes the ledger: it opens or settles a difference.
pub(super) fn compare(
    case: &Case,
    report: &ReportHolder,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Vec<Event> {
    let happened = |what| happened(what, ctx.received_at, &["X-20"], &[]);
    let settled = case
        .discrepancy
        .clone()
        .map(|discrepancy| happened(What::DiscrepancySettled { discrepancy }));
    if case.is_held_by(&report.team, report.worker.as_ref()) {
        return settled.into_iter().collect();
    }
    let due = rules.settled_by(ctx.received_at);
    let mut discrepancy = Discrepancy {
        id: report.discrepancy,
        team: report.team.clone(),
        worker: report.worker.clone(),
        owner_team: case.team.clone(),
        due_on: due.on,
        breached_at: due.breached_at,
        count: Some(Count::from(&due)),
        overdue: false,
    };
    if let Some(open) = &case.discrepancy {
        if (&open.team, &open.worker) == (&report.team, &report.worker) {
            return Vec::new();
        }
        // Another wrong answer buys no more time.
        discrepancy.due_on = open.due_on;
        discrepancy.breached_at = open.breached_at;
        discrepancy.count.clone_from(&open.count);
        discrepancy.overdue = open.overdue;
    }
    settled
        .into_iter()
        .chain([happened(What::DiscrepancyOpened { discrepancy })])
        .collect()
}

/// Adds that a difference is settled when the events make the ledger agree, or end the case.
pub(super) fn with_settled_discrepancy(case: &Case, mut events: Vec<Event>) -> Vec<Event> {
    let Some(discrepancy) = case.discrepancy.clone() else {
        return events;
    };
    let Some(at) = events.last().map(|event| event.effective_at) else {
        return events;
    };
    let after = events.iter().fold(case.clone(), apply);

    let agrees = after.is_held_by(&discrepancy.team, discrepancy.worker.as_ref());
    if after.discrepancy.is_some() && (agrees || !after.is_open()) {
        events.push(happened(
            What::DiscrepancySettled { discrepancy },
            at,
            &["X-20"],
            &[],
        ));
    }
    events
}

/// What follows when a difference was not settled in time. None when it no longer is open, or not due then.
pub fn discrepancy_overdue(case: &Case, rules: &Rules<'_>, due_at: Timestamp) -> Option<Event> {
    let open = case.discrepancy.as_ref()?;
    if open.overdue || open.breached_at != due_at {
        return None;
    }
    let overdue = What::DiscrepancyOverdue {
        discrepancy: Discrepancy {
            overdue: true,
            ..open.clone()
        },
        escalate_to: next_rung(rules.pack, TEAM_MANAGER),
    };
    Some(happened(overdue, due_at, &["X-20"], &[]))
}
