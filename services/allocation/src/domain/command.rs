//! What the ledger is asked to do.

use baton_ids::{CaseId, ChildId, ClosureId, ReferralId, TeamId, TransferId, WorkerId};
use jiff::Timestamp;
use uuid::Uuid;

/// Opens a case by placing it with its first team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The id the case will have.
    pub case: CaseId,
    /// The child.
    pub child: ChildId,
    /// The team.
    pub team: TeamId,
    /// The worker, if one is named at once.
    pub worker: Option<WorkerId>,
    /// From when in the world.
    pub effective_at: Timestamp,
    /// The referral that explains it.
    pub referral: ReferralId,
    /// The rules.
    pub rules: Vec<String>,
}

/// An act on a case that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Makes a worker of the responsible team case-responsible.
    Allocate(Allocate),
    /// Moves responsibility to another team.
    Move(Move),
    /// Ends responsibility.
    End(End),
    /// Records who is identified as next worker.
    Involve {
        /// The worker. None to take the naming back.
        worker: Option<WorkerId>,
        /// The transfer that named them.
        transfer: TransferId,
    },
    /// Authorises or refuses leaving the case without a worker.
    AuthoriseUnallocated {
        /// Whether it may stay without one.
        authorised: bool,
        /// Digest of the reason, hex.
        reason_digest: String,
    },
    /// Signs what has to be on record before that (W-153, W-154), or reports on progress afterwards (W-156).
    SignUnallocatedStep {
        /// Which step.
        step: String,
        /// What it speaks of, as codes.
        covers: Vec<String>,
        /// Digest of what was written, hex.
        text_digest: String,
    },
    /// Compares the holder a record system named with the ledger.
    ReportHolder(ReportHolder),
}

/// Makes a worker of the responsible team case-responsible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocate {
    /// The worker.
    pub worker: WorkerId,
    /// The version the caller has seen. None to leave it unchecked.
    pub expected_version: Option<i64>,
    /// From when. None: when the call was received.
    pub effective_at: Option<Timestamp>,
    /// Soft rules departed from, each with the digest of the reason.
    pub departures: Vec<(String, String)>,
}

/// Moves responsibility to another team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The epoch the case must still be at.
    pub expected_epoch: i64,
    /// The team that becomes responsible.
    pub to_team: TeamId,
    /// The worker who becomes responsible. None for a move without one.
    pub to_worker: Option<WorkerId>,
    /// From when in the world.
    pub effective_at: Timestamp,
    /// The transfer that explains it.
    pub transfer: TransferId,
    /// The release that asked for it.
    pub release: Uuid,
    /// The rules.
    pub rules: Vec<String>,
    /// Whether the state without a worker waits for authority (W-155).
    pub pending_authorisation: bool,
}

/// Ends responsibility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The epoch the case must still be at.
    pub expected_epoch: i64,
    /// When in the world.
    pub effective_at: Timestamp,
    /// The closure that explains it.
    pub closure: ClosureId,
    /// The rules.
    pub rules: Vec<String>,
}

/// The holder a record system has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportHolder {
    /// Id of the discrepancy, should there be one.
    pub discrepancy: Uuid,
    /// The team.
    pub team: TeamId,
    /// The worker. None when the record system has none.
    pub worker: Option<WorkerId>,
    /// Since when, as the record system has it.
    pub effective_at: Timestamp,
}
