//! Why the ledger said no. Every variant is an answer for the caller, never a bug.

use baton_ids::{TeamId, WorkerId};
use jiff::Timestamp;

use super::case::Awaited;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The case is closed.
    #[error("the case is closed")]
    CaseNotOpen,
    /// The child has an open case.
    #[error("the child already has an open case")]
    CaseAlreadyOpen,
    /// Responsibility changed since the caller looked.
    #[error("the case is at epoch {actual}, not {expected}")]
    StaleEpoch {
        /// What the caller expected.
        expected: i64,
        /// What the ledger has.
        actual: i64,
    },
    /// The case changed since the caller looked.
    #[error("the case is at version {actual}, not {expected}")]
    StaleVersion {
        /// What the caller expected.
        expected: i64,
        /// What the ledger has.
        actual: i64,
    },
    /// The facts that came with the call are older than those seen before.
    #[error("facts of version {given} came after version {seen}")]
    StaleFacts {
        /// The version that came.
        given: i64,
        /// The highest seen.
        seen: i64,
    },
    /// There is no such team.
    #[error("there is no team {team}")]
    TeamUnknown {
        /// The team that was named.
        team: TeamId,
    },
    /// There is no such worker.
    #[error("there is no worker {worker}")]
    WorkerUnknown {
        /// The worker who was named.
        worker: WorkerId,
    },
    /// A team would come in its own place.
    #[error("the successors of team {team} lead back to it")]
    SuccessorsInACircle {
        /// The team.
        team: TeamId,
    },
    /// The worker belongs to another team.
    #[error("{worker} does not belong to team {team}")]
    WorkerNotInTeam {
        /// The worker who was named.
        worker: WorkerId,
        /// The team the worker would have to belong to.
        team: TeamId,
    },
    /// The change would lie in the future.
    #[error("{at} lies in the future")]
    EffectiveInFuture {
        /// When it was to take effect.
        at: Timestamp,
    },
    /// The change would lie before the current span.
    #[error("{at} lies before {since}, when the current span began")]
    EffectiveBeforeSpan {
        /// When it was to take effect.
        at: Timestamp,
        /// When the current span began.
        since: Timestamp,
    },
    /// Work of this kind always has a worker (W-152, C-005, L-009), or may have none only by authority (W-155).
    #[error("this case may not be left without a worker")]
    UnallocatedForbidden {
        /// The rules that forbid it.
        rules: Vec<String>,
        /// The facts that are unknown and, if known, might allow it.
        unknown_facts: Vec<String>,
        /// The team whose manager has to name a worker.
        team: TeamId,
    },
    /// The case has a worker, or needs no authority to be without one.
    #[error("there is nothing to authorise")]
    NothingToAuthorise,
    /// What has to be on record before a case may be left without a worker is not (W-153, W-154).
    #[error("{} signatures have to come first", open.len())]
    NotPrepared {
        /// Each signature that is missing.
        open: Vec<Awaited>,
        /// The team that holds the case.
        team: TeamId,
    },
    /// The authority's protocol knows no such step.
    #[error("there is no step {step} before a case may be left without a worker")]
    StepUnknown {
        /// The step that was named.
        step: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The paper does not speak of everything it has to.
    #[error("it does not speak of {}", missing.join(", "))]
    NotCovered {
        /// What is missing, as codes.
        missing: Vec<String>,
    },
    /// The actor has signed before, and another person has to.
    #[error("who signed {step} for one side may not sign it for the other")]
    FourEyes {
        /// What was to be signed.
        step: String,
        /// The rules.
        rules: Vec<String>,
    },
    /// The caller holds no post that may do this.
    #[error("this takes a {role}{}", .team.as_ref().map(|team| format!(" of {team}")).unwrap_or_default())]
    RoleNotAllowed {
        /// The role it takes, in neutral terms.
        role: String,
        /// The team in which it is needed.
        team: Option<TeamId>,
        /// The rules that say so.
        rules: Vec<String>,
    },
}
