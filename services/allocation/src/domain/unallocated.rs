//! Whether a case may be without a worker, and who decides that.

use baton_protocol::allocation::{ALLOWED, AllocatedMeans, BY_AUTHORITY, FORBIDDEN, WithoutWorker};
use baton_protocol::{Facts, Pack, Party, Place, Role, RuleId, Rung};

/// Whether a case may be without a worker on these facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// It may, and nobody has to be asked.
    Allowed {
        /// The rules that say so; none where the authority is silent.
        rules: Vec<String>,
    },
    /// It may, once somebody authorises it.
    ByAuthority {
        /// Any one of these.
        by: Vec<Party>,
        /// Who is told, and how long after.
        escalate: Vec<Rung>,
        /// The rules that say so.
        rules: Vec<String>,
    },
    /// It may not. Unknown facts forbid it too.
    Forbidden {
        /// The rules that say so.
        rules: Vec<String>,
        /// The unknown facts because of which it is forbidden.
        unknown_facts: Vec<String>,
    },
}

impl Ruling {
    /// The code in the contract.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Allowed { .. } => ALLOWED,
            Self::ByAuthority { .. } => BY_AUTHORITY,
            Self::Forbidden { .. } => FORBIDDEN,
        }
    }
}

/// What the pack says. Where a team is enough (M-008) a case of a team is never without.
pub fn ruling(pack: &Pack, facts: Option<&Facts>) -> Ruling {
    if let Some(means) = enough(pack) {
        return Ruling::Allowed {
            rules: texts(&means.cites),
        };
    }
    let nothing_known = Facts::new();
    match pack.without_worker(facts.unwrap_or(&nothing_known)) {
        WithoutWorker::Allowed => Ruling::Allowed { rules: Vec::new() },
        WithoutWorker::Pending(leave) => Ruling::ByAuthority {
            by: leave.by.clone(),
            escalate: leave.escalate.clone(),
            rules: texts(&leave.cites),
        },
        WithoutWorker::Forbidden { stop, assumed } => Ruling::Forbidden {
            rules: texts(&stop.cites),
            unknown_facts: assumed.iter().map(ToString::to_string).collect(),
        },
    }
}

/// Whether a team is enough, so that no case of a team is without a worker (M-008).
pub fn team_is_enough(pack: &Pack) -> bool {
    enough(pack).is_some()
}

fn enough(pack: &Pack) -> Option<&AllocatedMeans> {
    let means = pack.allocation.allocated_means.as_ref();
    means.filter(|means| !means.named_worker)
}

/// Who may leave a case without a worker, and whether no other rung and no delegate may (W-155).
pub fn authorisers(pack: &Pack) -> (Vec<Party>, bool) {
    pack.allocation
        .leave_unallocated
        .as_ref()
        .map_or((Vec::new(), false), |leave| (leave.by.clone(), leave.only))
}

/// Who names the worker of a case: the manager of the responsible team where the authority is silent (W-147).
pub fn allocators(pack: &Pack) -> (Vec<Party>, Vec<String>) {
    pack.allocation.named_by.as_ref().map_or_else(
        || {
            let manager = Party {
                role: Role::TEAM_MANAGER,
                place: Place::Responsible,
            };
            (vec![manager], vec!["W-147".to_owned()])
        },
        |named| (named.by.clone(), texts(&named.cites)),
    )
}

/// Rule IDs as records carry them.
pub fn texts(rules: &[RuleId]) -> Vec<String> {
    rules.iter().map(ToString::to_string).collect()
}
