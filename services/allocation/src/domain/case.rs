//! A case as the ledger has it now.

use baton_ids::{AuthorityId, CaseId, ChildId, FamilyId, ReferralId, TeamId, TransferId, WorkerId};
use baton_protocol::Party;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dates::Count;
use super::event::{Event, ReportDue, What};
use super::rulings::KeptRuling;

/// A case: one child, one authority, one episode from placement to closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The case.
    pub id: CaseId,
    /// The authority.
    pub authority: AuthorityId,
    /// The child.
    pub child: ChildId,
    /// The family group of the child, when it was known at the placement.
    pub family: Option<FamilyId>,
    /// The referral that opened the case.
    pub referral: ReferralId,
    /// The child's case before this one.
    pub previous: Option<CaseId>,
    /// When the case was placed with its first team.
    pub opened_at: Timestamp,
    /// When it was closed. None while open.
    pub closed_at: Option<Timestamp>,
    /// Grows by one with each change of responsibility, of team or worker.
    pub epoch: i64,
    /// Grows by one with each event.
    pub version: i64,
    /// The responsible team; the last one once closed.
    pub team: TeamId,
    /// When the team's current span began.
    pub team_since: Timestamp,
    /// The case-responsible worker. None when nobody is, and once closed.
    pub worker: Option<WorkerId>,
    /// When the worker's current span, or the stretch without one, began.
    pub worker_since: Timestamp,
    /// The worker identified as next.
    pub next_worker: Option<WorkerId>,
    /// Since when that worker works along, where the protocol has the next worker join (C-078).
    #[serde(default)]
    pub next_worker_joined_at: Option<Timestamp>,
    /// What the child has had so far, in all cases (C-003).
    #[serde(default)]
    pub so_far: SoFar,
    /// Where a case without a worker stands. None while nothing has to be authorised.
    pub unallocated: Option<Unallocated>,
    /// Every time it was decided whether it may be without a worker, oldest first.
    #[serde(default)]
    pub rulings: Vec<KeptRuling>,
    /// The difference with the record system that is open.
    pub discrepancy: Option<Discrepancy>,
    /// The highest version of the facts that a command came with.
    pub facts_version: i64,
    /// Digest of the pack of the last command: what happens by itself is recorded under it.
    pub pack: String,
}

/// The moves and workers that a child has had.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoFar {
    /// How often another team took a case.
    pub moves: u32,
    /// How often another worker did.
    pub worker_changes: u32,
    /// The last worker there was.
    pub last_worker: Option<WorkerId>,
}

impl SoFar {
    /// Takes a worker in: another one than the last is a change.
    pub fn worked_with(&mut self, worker: Option<&WorkerId>) {
        let Some(worker) = worker else { return };
        if self.last_worker.as_ref().is_some_and(|last| last != worker) {
            self.worker_changes += 1;
        }
        self.last_worker = Some(worker.clone());
    }
}

/// Where the plan to leave a case without a worker stands (W-152 to W-157).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Unallocated {
    /// Moved without a worker; authority has still to be given.
    PendingAuthorisation {
        /// The transfer that moved it.
        transfer: Option<TransferId>,
        /// Who is told later, if it still is without a worker, in due order.
        #[serde(default)]
        escalations: Vec<Escalation>,
        /// Who was told already.
        #[serde(default)]
        told: Vec<Escalation>,
        /// What was signed so far of what has to be on record first (W-153, W-154).
        #[serde(default)]
        signed: Vec<Signature>,
        /// Whose signature comes next.
        #[serde(default)]
        awaited: Vec<Awaited>,
    },
    /// It may stay without a worker; a progress report is due each week (W-156).
    Authorised {
        /// The day the next report is due.
        report_due_on: Date,
        /// The instant after which it is late.
        report_late_at: Timestamp,
        /// How that day was counted.
        #[serde(default)]
        report_count: Option<Count>,
    },
    /// Authority was refused: a worker has to be found.
    Refused,
    /// It may not be without one, and who has to hear of it was told.
    Reported {
        /// The hard stop of the protocol that asks for the report.
        stop: String,
        /// When they are told again.
        #[serde(default)]
        again_at: Option<Timestamp>,
        /// How that day was counted.
        #[serde(default)]
        again_count: Option<Count>,
    },
}

/// Somebody who is told of a case without a worker when the time comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Who.
    pub to: Party,
    /// When.
    pub at: Timestamp,
    /// How that was counted.
    #[serde(default)]
    pub count: Option<Count>,
}

/// A signature under what has to be on record before a case may be left without a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// What was signed.
    pub step: String,
    /// As whom.
    pub party: Party,
    /// Who.
    pub by: String,
}

/// A signature that is still missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// What has to be signed.
    pub step: String,
    /// By whom.
    pub party: Party,
    /// The rules.
    pub rules: Vec<String>,
}

impl Unallocated {
    /// The signatures that come next. None once authority was given or refused.
    pub fn awaited(&self) -> &[Awaited] {
        match self {
            Self::PendingAuthorisation { awaited, .. } => awaited,
            Self::Authorised { .. } | Self::Refused | Self::Reported { .. } => &[],
        }
    }

    /// Somebody of the escalation was told.
    fn escalated(&mut self, escalation: &Escalation) {
        if let Self::PendingAuthorisation {
            escalations, told, ..
        } = self
        {
            escalations.retain(|waiting| waiting != escalation);
            told.push(escalation.clone());
        }
    }

    fn authorised(report: &ReportDue) -> Self {
        Self::Authorised {
            report_due_on: report.on,
            report_late_at: report.late_at,
            report_count: Some(report.count.clone()),
        }
    }

    /// The code in the contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PendingAuthorisation { .. } => "pending_authorisation",
            Self::Authorised { .. } => "authorised",
            Self::Refused => "refused",
            Self::Reported { .. } => "reported",
        }
    }
}

/// The record system named another holder than the ledger has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// Id of the discrepancy.
    pub id: Uuid,
    /// The team the record system named.
    pub team: TeamId,
    /// The worker it named. None when it named nobody.
    pub worker: Option<WorkerId>,
    /// The team whose manager has to settle it.
    pub owner_team: TeamId,
    /// The last day on which settling it is in time.
    pub due_on: Date,
    /// The instant at which it is breached.
    pub breached_at: Timestamp,
    /// How that day was counted.
    #[serde(default)]
    pub count: Option<Count>,
    /// Whether that instant has passed.
    pub overdue: bool,
}

impl Case {
    /// Whether somebody is responsible.
    pub const fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Whether a reported holder is the ledger's own.
    pub fn is_held_by(&self, team: &TeamId, worker: Option<&WorkerId>) -> bool {
        self.is_open() && self.team == *team && self.worker.as_ref() == worker
    }
}

/// The case after an event. Total: a decision is never refused here.
#[must_use]
pub fn apply(mut case: Case, event: &Event) -> Case {
    case.version += 1;
    case.rulings.extend(event.ruling.clone());
    match &event.what {
        What::Placed { worker, .. } => case.so_far.worked_with(worker.as_ref()),
        What::Allocated { worker, .. } => {
            case.epoch += 1;
            // The document may be older than the count.
            let former = case.worker.take();
            case.so_far.worked_with(former.as_ref());
            case.so_far.worked_with(Some(worker));
            case.worker = Some(worker.clone());
            case.worker_since = event.effective_at;
            case.unallocated = None;
            if case.next_worker.as_ref() == Some(worker) {
                case.next_worker = None;
                case.next_worker_joined_at = None;
            }
        }
        What::Moved {
            to_team, to_worker, ..
        } => {
            case.epoch += 1;
            case.so_far.moves += u32::from(case.team != *to_team);
            let former = case.worker.take();
            case.so_far.worked_with(former.as_ref());
            case.so_far.worked_with(to_worker.as_ref());
            case.next_worker_joined_at = None;
            case.team = to_team.clone();
            case.team_since = event.effective_at;
            case.worker.clone_from(to_worker);
            case.worker_since = event.effective_at;
            case.next_worker = None;
            case.unallocated = None;
        }
        What::Unallocated {
            transfer,
            later,
            awaited,
            ..
        } => {
            case.unallocated = Some(Unallocated::PendingAuthorisation {
                transfer: *transfer,
                escalations: later.clone(),
                told: Vec::new(),
                signed: Vec::new(),
                awaited: awaited.clone(),
            });
        }
        What::UnallocatedStepSigned {
            signature, awaited, ..
        } => case.unallocated = Some(signed(case.unallocated, signature, awaited)),
        What::WithoutWorkerReported {
            stop,
            again_at,
            again_count,
            ..
        } => {
            case.unallocated = Some(Unallocated::Reported {
                stop: stop.clone(),
                again_at: *again_at,
                again_count: again_count.clone(),
            });
        }
        What::UnallocatedEscalated { escalation } => {
            if let Some(unallocated) = &mut case.unallocated {
                unallocated.escalated(escalation);
            }
        }
        What::UnallocatedAuthorised { report, .. } => {
            case.unallocated = Some(Unallocated::authorised(report));
        }
        What::UnallocatedRefused { .. } => case.unallocated = Some(Unallocated::Refused),
        What::UnallocatedReportDue { next, .. } | What::UnallocatedReported { next, .. } => {
            case.unallocated = Some(Unallocated::authorised(next));
        }
        What::NextWorkerIdentified { worker, joins, .. } => {
            case.next_worker.clone_from(worker);
            let joins = *joins && worker.is_some();
            case.next_worker_joined_at = joins.then_some(event.effective_at);
        }
        What::Ended { .. } => {
            case.epoch += 1;
            case.closed_at = Some(event.effective_at);
            case.worker = None;
            case.worker_since = event.effective_at;
            case.next_worker = None;
            case.unallocated = None;
        }
        What::EarlierCounted { so_far, .. } => case.so_far.clone_from(so_far),
        What::DiscrepancyOpened { discrepancy } => case.discrepancy = Some(discrepancy.clone()),
        What::DiscrepancyOverdue { .. } => {
            if let Some(discrepancy) = &mut case.discrepancy {
                discrepancy.overdue = true;
            }
        }
        What::DiscrepancySettled { .. } => case.discrepancy = None,
    }
    case
}

/// A case for which somebody has signed one more. Where nothing waited for authority yet, it begins to.
fn signed(before: Option<Unallocated>, signature: &Signature, next: &[Awaited]) -> Unallocated {
    let mut pending = match before {
        Some(pending @ Unallocated::PendingAuthorisation { .. }) => pending,
        Some(_) | None => Unallocated::PendingAuthorisation {
            transfer: None,
            escalations: Vec::new(),
            told: Vec::new(),
            signed: Vec::new(),
            awaited: Vec::new(),
        },
    };
    if let Unallocated::PendingAuthorisation {
        signed, awaited, ..
    } = &mut pending
    {
        signed.push(signature.clone());
        *awaited = next.to_vec();
    }
    pending
}
