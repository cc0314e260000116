//! From the domain's own types to messages.

use baton_contracts::closure::v1 as wire;
use baton_contracts::{timestamp, type_v1};

use crate::app::{DECISION, NAME, Outcome};
use crate::domain::{Closure, Due, DueState, Phase};

/// A closure.
pub fn closure(closure: &Closure) -> wire::Closure {
    let phase = match closure.phase {
        Phase::Considered => wire::ClosurePhase::Considered,
        Phase::Closing(_) => wire::ClosurePhase::Closing,
        Phase::Closed(_) => wire::ClosurePhase::Closed,
        Phase::Declined => wire::ClosurePhase::Declined,
    };
    wire::Closure {
        closure_id: closure.id.to_string(),
        case_id: closure.case.to_string(),
        child_id: closure.child.to_string(),
        phase: phase.into(),
        ground: closure.ground.clone(),
        team_id: closure.team.to_string(),
        due: closure
            .due
            .iter()
            .map(|limit| due(closure, limit))
            .collect(),
        approvals: closure.approvals.clone(),
        rules: closure.rules.clone(),
        version: closure.version,
        closed_at: closure.closed_at.map(timestamp),
        to_epoch: closure.to_epoch,
    }
}

fn due(closure: &Closure, due: &Due) -> type_v1::DueDate {
    let (state, met_at) = match due.state {
        DueState::Open if closure.is_live() => (type_v1::DueState::Open, None),
        DueState::Open => (type_v1::DueState::Cancelled, None),
        DueState::Met(at) => (type_v1::DueState::Met, Some(at)),
        DueState::Breached => (type_v1::DueState::Breached, None),
        DueState::Answered(at) => (type_v1::DueState::Answered, Some(at)),
    };
    type_v1::DueDate {
        name: DECISION.to_owned(),
        due_on: due.on.to_string(),
        breached_at: Some(timestamp(due.breached_at)),
        state: state.into(),
        rules: due.rules.clone(),
        owner: Some(type_v1::Owner {
            role: closure.decided_by.clone(),
            team_id: closure.team.to_string(),
            ..Default::default()
        }),
        counted_from: "considered".to_owned(),
        skipped_days: due
            .skipped
            .iter()
            .map(|(date, reason)| type_v1::SkippedDay {
                date: date.to_string(),
                reason: reason.clone(),
            })
            .collect(),
        met_at: met_at.map(timestamp),
        reported_at: met_at.map(timestamp),
    }
}

/// Where a change stands in the record.
pub fn as_of(outcome: &Outcome) -> type_v1::AsOf {
    type_v1::AsOf {
        service: NAME.to_owned(),
        event_id: outcome
            .last_event
            .map(|event| event.to_string())
            .unwrap_or_default(),
    }
}

/// Why.
pub fn explanation(outcome: &Outcome, decision: &str) -> type_v1::Explanation {
    type_v1::Explanation {
        rules: outcome.rules.clone(),
        decision: if outcome.last_event.is_some() {
            decision
        } else {
            "unchanged"
        }
        .to_owned(),
        ..Default::default()
    }
}
