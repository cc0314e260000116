//! How an event changes the history of responsibility.
//!
//! Each axis, team and worker, is a line of spans that touch: the next begins where the last one ends. A
//! span of no length is kept: no instant lies in it, but it tells what explained a change.

use baton_ids::{TeamId, WorkerId};
use jiff::Timestamp;
use uuid::Uuid;

use super::case::Case;
use super::event::{Event, What};

/// Which line of history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// The responsible team.
    Team,
    /// The case-responsible worker, or nobody.
    Worker,
}

/// A stretch of time for which one team, or one worker, was responsible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The line of history.
    pub axis: Axis,
    /// The team.
    pub team: TeamId,
    /// The worker. None on the team axis, and for a stretch without one.
    pub worker: Option<WorkerId>,
    /// From when in the world.
    pub from: Timestamp,
    /// Until when in the world, exclusive. None for the current span.
    pub until: Option<Timestamp>,
    /// When its beginning was first recorded.
    pub recorded_at: Timestamp,
    /// The epoch it began with.
    pub epoch: i64,
    /// What explains it.
    pub explained_by: ExplainedBy,
    /// The rules.
    pub rules: Vec<String>,
}

/// What explains a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExplainedBy {
    /// The placement after this referral.
    Placement(Uuid),
    /// This transfer.
    Transfer(Uuid),
    /// A choice of worker inside the team.
    Allocation,
}

/// What an event does to the history: from `at` on, what was believed of `axes` no longer holds, and
/// `begins` takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The lines that turn.
    pub axes: &'static [Axis],
    /// When in the world.
    pub at: Timestamp,
    /// The spans that begin then. None at the end of a case.
    pub begins: Vec<Span>,
}

/// The turn that an event brings; `after` is the case after it. None for an event that moves nobody.
pub fn turn_of(event: &Event, after: &Case, recorded_at: Timestamp) -> Option<Turn> {
    let begin = |axis, explained_by| Span {
        axis,
        team: after.team.clone(),
        worker: if axis == Axis::Worker {
            after.worker.clone()
        } else {
            None
        },
        from: event.effective_at,
        until: None,
        recorded_at,
        epoch: after.epoch,
        explained_by,
        rules: event.rules.clone(),
    };
    let both = |explained_by| {
        vec![
            begin(Axis::Team, explained_by),
            begin(Axis::Worker, explained_by),
        ]
    };
    let turn = |axes, begins| {
        Some(Turn {
            axes,
            at: event.effective_at,
            begins,
        })
    };

    match &event.what {
        What::Placed { referral, .. } => turn(BOTH, both(ExplainedBy::Placement(referral.uuid()))),
        What::Moved { transfer, .. } => turn(BOTH, both(ExplainedBy::Transfer(transfer.uuid()))),
        What::Allocated { .. } => turn(
            &[Axis::Worker],
            vec![begin(Axis::Worker, ExplainedBy::Allocation)],
        ),
        What::Ended { .. } => turn(BOTH, Vec::new()),
        What::Unallocated { .. }
        | What::WithoutWorkerReported { .. }
        | What::UnallocatedEscalated { .. }
        | What::UnallocatedAuthorised { .. }
        | What::UnallocatedRefused { .. }
        | What::UnallocatedStepSigned { .. }
        | What::UnallocatedReported { .. }
        | What::UnallocatedReportDue { .. }
        | What::NextWorkerIdentified { .. }
        | What::EarlierCounted { .. }
        | What::DiscrepancyOpened { .. }
        | What::DiscrepancyOverdue { .. }
        | What::DiscrepancySettled { .. } => None,
    }
}

const BOTH: &[Axis] = &[Axis::Team, Axis::Worker];

/// What is left of spans that reach beyond `at`: each is cut there, and one that began later is gone (it
/// stays in the record as what was believed).
pub fn cut(reaching_beyond: Vec<Span>, at: Timestamp) -> Vec<Span> {
    reaching_beyond
        .into_iter()
        .filter(|span| span.from <= at)
        .map(|span| Span {
            until: Some(at),
            ..span
        })
        .collect()
}
