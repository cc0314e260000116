//! From the domain's own types to messages.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::{timestamp, type_v1};
use baton_ids::{EventId, WorkerId};

use crate::app::{NAME, Outcome};
use crate::domain::context::PostHeld;
use crate::domain::counting::File;
use crate::domain::figures::Figures;
use crate::domain::organisation::{Post, Team, Worker};
use crate::domain::spans::{ExplainedBy, Span};
use crate::domain::{Case, Discrepancy, Unallocated};

/// A case.
pub fn case(case: &Case) -> wire::Case {
    wire::Case {
        case_id: case.id.to_string(),
        child_id: case.child.to_string(),
        open: case.is_open(),
        epoch: case.epoch,
        team_id: if case.is_open() {
            case.team.to_string()
        } else {
            String::new()
        },
        worker_id: worker_id(case.worker.as_ref()),
        next_worker_id: worker_id(case.next_worker.as_ref()),
        next_worker_joined_at: case.next_worker_joined_at.map(timestamp),
        opened_at: Some(timestamp(case.opened_at)),
        closed_at: case.closed_at.map(timestamp),
        previous_case_id: case
            .previous
            .map(|previous| previous.to_string())
            .unwrap_or_default(),
        unallocated_state: case
            .unallocated
            .as_ref()
            .map_or("", Unallocated::code)
            .to_owned(),
        version: case.version,
    }
}

/// Where a change stands in the record.
pub fn as_of(last_event: Option<EventId>) -> type_v1::AsOf {
    type_v1::AsOf {
        service: NAME.to_owned(),
        event_id: last_event
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

/// A stretch of responsibility.
pub fn span(span: &Span) -> wire::Span {
    let (cause_kind, cause_id) = match span.explained_by {
        ExplainedBy::Placement(referral) => ("placement", referral.to_string()),
        ExplainedBy::Transfer(transfer) => ("transfer", transfer.to_string()),
        ExplainedBy::Allocation => ("allocation", String::new()),
    };
    wire::Span {
        team_id: span.team.to_string(),
        worker_id: worker_id(span.worker.as_ref()),
        from: Some(timestamp(span.from)),
        until: span.until.map(timestamp),
        recorded_at: Some(timestamp(span.recorded_at)),
        epoch: span.epoch,
        cause_kind: cause_kind.to_owned(),
        cause_id,
        rules: span.rules.clone(),
    }
}

/// A difference with the record system.
pub fn discrepancy(case_id: String, discrepancy: &Discrepancy, open: bool) -> wire::Discrepancy {
    wire::Discrepancy {
        discrepancy_id: discrepancy.id.to_string(),
        case_id,
        reported_team_id: discrepancy.team.to_string(),
        reported_worker_id: worker_id(discrepancy.worker.as_ref()),
        open,
        owner: Some(type_v1::Owner {
            role: crate::domain::authority::TEAM_MANAGER.to_owned(),
            team_id: discrepancy.owner_team.to_string(),
            ..Default::default()
        }),
        due_on: discrepancy.due_on.to_string(),
    }
}

/// A team.
pub fn team(team: &Team) -> type_v1::Team {
    type_v1::Team {
        team_id: team.id.to_string(),
        kind: team.kind.clone(),
        area: team.area.clone().unwrap_or_default(),
        phone: team.phone.clone().unwrap_or_default(),
        from: team.from.map(|day| day.to_string()).unwrap_or_default(),
        until: team.until.map(|day| day.to_string()).unwrap_or_default(),
        successor_team_id: team
            .successor
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        rests: false,
        manager_ids: Vec::new(),
    }
}

/// A worker.
pub fn worker(worker: &Worker) -> type_v1::Worker {
    type_v1::Worker {
        worker_id: worker.id.to_string(),
        team_id: worker.team.to_string(),
        grade: worker.grade.clone(),
    }
}

/// A post with its holdings.
pub fn post(post: &Post) -> wire::Post {
    wire::Post {
        post_id: post.id.to_string(),
        role: post.role.clone(),
        team_id: post
            .team
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        area: post.area.clone().unwrap_or_default(),
        holdings: post
            .holdings
            .iter()
            .map(|holding| wire::PostHolding {
                worker_id: holding.worker.to_string(),
                from: holding.from.to_string(),
                until: holding.until.map(|day| day.to_string()).unwrap_or_default(),
                covering_for: worker_id(holding.covering_for.as_ref()),
            })
            .collect(),
    }
}

/// A post as somebody may act in it.
pub fn post_held(held: &PostHeld) -> type_v1::PostHeld {
    type_v1::PostHeld {
        post_id: held.post.clone(),
        role: held.role.clone(),
        team_id: held
            .team
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        area: held.area.clone().unwrap_or_default(),
        covering_for: worker_id(held.covering_for.as_ref()),
    }
}

/// Who is responsible now. None once the case is closed.
pub fn responsibility(case: &Case) -> Option<type_v1::Responsibility> {
    case.is_open().then(|| type_v1::Responsibility {
        case_id: case.id.to_string(),
        child_id: case.child.to_string(),
        epoch: case.epoch,
        team_id: case.team.to_string(),
        worker_id: worker_id(case.worker.as_ref()),
        team_since: Some(timestamp(case.team_since)),
        worker_since: case.worker.is_some().then(|| timestamp(case.worker_since)),
        next_worker_id: worker_id(case.next_worker.as_ref()),
        moves: case.so_far.moves,
        worker_changes: case.so_far.worker_changes,
    })
}

/// A case as the front door has to know it.
pub fn family_case(case: &Case) -> type_v1::FamilyCase {
    let worker = case.worker.as_ref().filter(|_| case.is_open());
    type_v1::FamilyCase {
        child_id: case.child.to_string(),
        case_id: case.id.to_string(),
        team_id: case.team.to_string(),
        worker_id: worker_id(worker),
        ended_at: case.closed_at.map(timestamp),
    }
}

/// The open file of a child, with as what it counts.
pub fn family_file(file: &File) -> wire::FamilyFile {
    wire::FamilyFile {
        child_id: file.child.to_string(),
        case_id: file.case.to_string(),
        team_id: file.team.to_string(),
        counted_as: file.counted_as.clone().unwrap_or_default(),
        with_family: file.with_family,
        rules: file.rules.clone(),
    }
}

fn worker_id(worker: Option<&WorkerId>) -> String {
    worker.map(ToString::to_string).unwrap_or_default()
}

/// The figures of a period.
pub const fn figures(figures: &Figures) -> wire::AllocationFigures {
    wire::AllocationFigures {
        placed: figures.placed,
        allocated: figures.allocated,
        changed_worker: figures.changed_worker,
        moved: figures.moved,
        unallocated: figures.unallocated,
        ended: figures.ended,
    }
}
