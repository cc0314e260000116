//! What the ledger records.

use baton_calendar::Due;
use baton_ids::{CaseId, ClosureId, ReferralId, TeamId, TransferId, WorkerId};
use baton_protocol::Party;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::case::{Awaited, Discrepancy, Escalation, Signature, SoFar};
use super::context::PostHeld;
use super::dates::Count;
use super::earlier::Involvement;
use super::rulings::KeptRuling;

/// Something that was decided about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub what: What,
    /// When it was true in the world.
    pub effective_at: Timestamp,
    /// The rules under which it was decided.
    pub rules: Vec<String>,
    /// The post in which the actor acted. None for an act of Baton or of a record system.
    pub acted_in: Option<PostHeld>,
    /// Digest of the reason that was given, hex.
    pub reason_digest: Option<String>,
    /// What was decided with it about being without a worker. None where nobody asked.
    pub ruling: Option<KeptRuling>,
}

/// When a progress report on a case without a worker is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportDue {
    /// The last day on which it is in time.
    pub on: Date,
    /// The instant after which it is late.
    pub late_at: Timestamp,
    /// How that day was counted.
    pub count: Count,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The case was opened and placed with its first team.
    Placed {
        /// The team.
        team: TeamId,
        /// The worker, if one was named at once.
        worker: Option<WorkerId>,
        /// The referral that explains it.
        referral: ReferralId,
        /// The child's case before this one.
        previous: Option<CaseId>,
    },
    /// A worker of the responsible team became case-responsible.
    Allocated {
        /// The worker.
        worker: WorkerId,
        /// The worker before, if there was one.
        former: Option<WorkerId>,
        /// Soft rules departed from, each with the digest of the reason.
        departures: Vec<(String, String)>,
    },
    /// Responsibility moved to another team.
    Moved {
        /// The team before.
        from_team: TeamId,
        /// The worker before.
        from_worker: Option<WorkerId>,
        /// The team that is now responsible.
        to_team: TeamId,
        /// The worker who is now responsible.
        to_worker: Option<WorkerId>,
        /// The transfer that explains it.
        transfer: TransferId,
        /// The release that asked for it.
        release: Uuid,
    },
    /// The case has no worker, and somebody has to authorise that.
    Unallocated {
        /// The transfer that moved it without a worker.
        transfer: Option<TransferId>,
        /// Any one of these may authorise it.
        by: Vec<Party>,
        /// Who is told at once.
        escalate: Vec<Party>,
        /// Who is told later, if it still is without a worker.
        later: Vec<Escalation>,
        /// Whose signature has to come first (W-153).
        awaited: Vec<Awaited>,
    },
    /// Something that has to be on record before authority is given was signed (W-153, W-154).
    UnallocatedStepSigned {
        /// What was signed, as whom and by whom.
        signature: Signature,
        /// Whose signature comes next.
        awaited: Vec<Awaited>,
        /// To whom it goes, now that all have signed.
        to: Vec<Party>,
    },
    /// Progress on finding a worker was reported (W-156).
    UnallocatedReported {
        /// The next report.
        next: ReportDue,
        /// To whom it goes.
        to: Vec<Party>,
    },
    /// The case has no worker though the protocol wants one for it, and somebody is told.
    WithoutWorkerReported {
        /// The hard stop of the protocol that asks for the report.
        stop: String,
        /// Who is told.
        to: Vec<Party>,
        /// When they are told again, if it still is without one.
        again_at: Option<Timestamp>,
        /// How that day was counted.
        again_count: Option<Count>,
    },
    /// It still is without a worker and without authority: the next is told (W-150).
    UnallocatedEscalated {
        /// Who, and when it was due.
        escalation: Escalation,
    },
    /// Authority was given to leave the case without a worker.
    UnallocatedAuthorised {
        /// The first progress report (W-156).
        report: ReportDue,
        /// By when family and agencies are told in writing: the same day (W-158).
        told_by: Due,
    },
    /// Authority was refused.
    UnallocatedRefused {
        /// The role that now helps to find a worker, the next rung up. None at the top of the ladder.
        escalate_to: Option<String>,
    },
    /// The day for the progress report has passed and nobody reported (W-156, W-157).
    UnallocatedReportDue {
        /// The day it was due.
        due_on: Date,
        /// The next one.
        next: ReportDue,
        /// Who goes without it and is told so.
        to: Vec<Party>,
    },
    /// A worker was identified as next, or no longer is. Responsibility does not change.
    NextWorkerIdentified {
        /// The worker. None when the naming was taken back.
        worker: Option<WorkerId>,
        /// The transfer that named them.
        transfer: TransferId,
        /// Whether the worker works along from that day (C-078).
        joins: bool,
    },
    /// Responsibility ended: the case is closed.
    Ended {
        /// The closure that explains it.
        closure: ClosureId,
    },
    /// Who had the child before the ledger began was counted together with what the ledger has (C-003).
    EarlierCounted {
        /// Who had the child before, in order.
        earlier: Vec<Involvement>,
        /// The moves and workers of the child, all in all.
        so_far: SoFar,
    },
    /// The record system has another holder than the ledger.
    DiscrepancyOpened {
        /// The difference.
        discrepancy: Discrepancy,
    },
    /// The difference was not settled in time.
    DiscrepancyOverdue {
        /// The difference.
        discrepancy: Discrepancy,
        /// The role that is told, the next rung up. None at the top of the ladder.
        escalate_to: Option<String>,
    },
    /// Ledger and record system agree again, or a newer difference took its place.
    DiscrepancySettled {
        /// The difference that is settled.
        discrepancy: Discrepancy,
    },
}
