//! What an authority's `allocation.yaml` says: who may hold a case, and when it may be without a worker.

use std::collections::BTreeSet;

use baton_calendar::Duration;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Rung};
use crate::condition::{Condition, Scope, Truth};
use crate::facts::{FactKey, Facts};
use crate::pack::Pack;
use crate::party::Party;
use crate::rule_id::RuleId;

mod weighing;

pub use weighing::{ALLOWED, BY_AUTHORITY, FORBIDDEN};

/// Everything an authority says about allocation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AllocationRules {
    /// What counts as allocated; a worker where the authority says nothing.
    pub allocated_means: Option<AllocatedMeans>,
    /// Work that may never be without a worker.
    pub hard_stops: Vec<HardStop>,
    /// Who may leave a case without a worker; `None` where the authority does not regulate it.
    pub leave_unallocated: Option<LeaveUnallocated>,
    /// Who names the worker of a case that the team holds.
    pub named_by: Option<NamedBy>,
    /// What is due.
    pub clocks: Vec<Clock>,
    /// Whether the worker who is named next works along from that day; not when absent.
    #[serde(default)]
    pub next_worker_joins: Option<NextWorkerJoins>,
    /// As what open files count, the first that holds; where nothing is said each counts as one case.
    #[serde(default)]
    pub counting: Vec<Counting>,
}

/// The worker who is named next joins as a co-worker on the day of being named (C-078).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextWorkerJoins {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
}

/// As what the open file of a child counts (M-054 to M-058).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// Its name: `looked_after`.
    pub count: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The files meant; all when absent. While undecided the file counts by itself.
    #[serde(default)]
    pub when: Option<Condition>,
    /// As a case of its own, or with all such files of the family as one.
    #[serde(rename = "as")]
    pub counts_as: CountedAs,
}

/// What counts as one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedAs {
    /// Each child.
    Child,
    /// The family.
    Family,
}

/// What counts as allocated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocatedMeans {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Whether a named worker is needed; a team is enough otherwise (M-008).
    pub named_worker: bool,
}

/// Work that may never be without a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HardStop {
    /// Its name.
    pub stop: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The work meant; all work when absent.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Who is told when somebody tries.
    #[serde(default)]
    pub escalate: Vec<Rung>,
    /// Who is told of such a case that is placed with a team and has no worker yet; nobody when absent.
    #[serde(default)]
    pub report: Option<WithoutWorkerReport>,
}

/// A case without a worker is reported at once (L-010, C-005).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithoutWorkerReport {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// To whom.
    pub to: Vec<Party>,
    /// How often again, until a worker is allocated; once when absent.
    #[serde(default)]
    pub again_every: Option<Duration>,
}

/// Who may leave a case without a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveUnallocated {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Any one of these.
    pub by: Vec<Party>,
    /// Neither a higher rung nor a delegate may (W-155).
    #[serde(default)]
    pub only: bool,
    /// Who is told at once of a case that cannot be allocated.
    #[serde(default)]
    pub escalate: Vec<Rung>,
    /// What has to be on record before it is authorised, each after the one before (W-153, W-154).
    #[serde(default)]
    pub first: Vec<Preparation>,
    /// The report that is owed while the case has no worker (W-156).
    #[serde(default)]
    pub progress: Option<ProgressReport>,
}

/// Something that has to be on record before a case may be left without a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// Its name: `risk_assessment`.
    pub step: String,
    /// What it is, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// What it has to speak of, as codes.
    #[serde(default)]
    pub asks: Vec<String>,
    /// Every one of these signs it, each another person.
    pub signed_by: Vec<Party>,
    /// To whom it goes once it is signed.
    #[serde(default)]
    pub to: Vec<Party>,
}

/// The report that is owed while a case has no worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgressReport {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// How often: from the authorisation, then from the report before.
    pub every: Duration,
    /// Who reports.
    pub by: Party,
    /// To whom, also when no report came.
    pub to: Vec<Party>,
}

impl LeaveUnallocated {
    /// The step of that name.
    pub fn step(&self, name: &str) -> Option<&Preparation> {
        self.first.iter().find(|step| step.step == name)
    }
}

/// Who names the worker of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedBy {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Any one of these.
    pub by: Vec<Party>,
}

/// Whether a case may be without a worker.
#[derive(Debug, Clone, PartialEq)]
pub enum WithoutWorker<'p> {
    /// It may, and nobody has to be asked.
    Allowed,
    /// It may, pending the authority of somebody.
    Pending(&'p LeaveUnallocated),
    /// It may not.
    Forbidden {
        /// The rule that forbids it.
        stop: &'p HardStop,
        /// Facts that are unknown, because of which it is forbidden for safety's sake.
        assumed: BTreeSet<FactKey>,
    },
}

impl Pack {
    /// As what an open file of a child counts on these facts; `None` where the protocol does not say, or it cannot be told.
    pub fn counting(&self, facts: &Facts) -> Option<&Counting> {
        let scope = Scope::of(facts);
        for counting in &self.allocation.counting {
            let when = counting.when.as_ref();
            match when.map_or(Truth::True, |when| when.decide(&scope).truth) {
                Truth::True => return Some(counting),
                Truth::False => {}
                Truth::Undecided { .. } => return None,
            }
        }
        None
    }

    /// Whether a case may be without a worker on these facts. Unknown facts forbid it.
    pub fn without_worker(&self, facts: &Facts) -> WithoutWorker<'_> {
        let scope = Scope::of(facts);
        for stop in &self.allocation.hard_stops {
            match stop
                .when
                .as_ref()
                .map_or(Truth::True, |when| when.decide(&scope).truth)
            {
                Truth::False => {}
                Truth::True => {
                    return WithoutWorker::Forbidden {
                        stop,
                        assumed: BTreeSet::new(),
                    };
                }
                Truth::Undecided { missing } => {
                    return WithoutWorker::Forbidden {
                        stop,
                        assumed: missing,
                    };
                }
            }
        }
        self.allocation
            .leave_unallocated
            .as_ref()
            .map_or(WithoutWorker::Allowed, WithoutWorker::Pending)
    }
}
