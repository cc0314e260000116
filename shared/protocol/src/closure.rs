//! What an authority's `closure.yaml` says of closing a case, as far as a transfer leads to it.

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::party::Party;
use crate::rule_id::RuleId;

/// Everything an authority says about closing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClosureRules {
    /// The grounds on which closing is considered.
    pub grounds: Vec<ClosureGround>,
    /// What is due.
    pub clocks: Vec<Clock>,
}

/// A ground on which closing is considered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosureGround {
    /// Its name: `no_plan_at_conference`, `proposed`.
    pub ground: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Who may propose.
    pub proposed_by: Vec<Party>,
    /// Who decides.
    pub decided_by: Party,
    /// Who proposed may not decide.
    #[serde(default)]
    pub four_eyes: bool,
    /// Whether the decision is recorded with its reasons.
    #[serde(default)]
    pub rationale: bool,
}

impl ClosureRules {
    /// The ground of that name.
    pub fn ground(&self, name: &str) -> Option<&ClosureGround> {
        self.grounds.iter().find(|ground| ground.ground == name)
    }
}
