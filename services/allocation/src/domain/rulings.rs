//! What the ledger decided about being without a worker, and on what: kept so that it can be weighed again at any time.

use baton_protocol::{Facts, KnownFacts, Pack, WeighedRule};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::unallocated::{Ruling, ruling};

/// A decision whether a case may be without a worker, with what was known then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRuling {
    /// What asked for it.
    pub occasion: Occasion,
    /// When that was true in the world.
    pub at: Timestamp,
    /// Digest of the pack under which it was decided.
    pub pack: String,
    /// The facts at which the rules about it looked, by key.
    pub facts: KnownFacts,
}

/// What asks whether a case may be without a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The case was placed and nobody was named.
    Placed,
    /// It moved and nobody was named.
    Moved,
    /// Somebody signed what comes before the authority.
    StepSigned,
    /// Authority was given.
    Authorised,
    /// Authority was refused.
    Refused,
}

/// Whether a case may be without a worker, with everything that was weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// The short answer.
    pub ruling: Ruling,
    /// Every rule that could have decided, in order.
    pub rules: Vec<WeighedRule>,
    /// The facts that were looked at.
    pub facts: KnownFacts,
}

impl Occasion {
    /// The code in the contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Moved => "moved",
            Self::StepSigned => "step_signed",
            Self::Authorised => "authorised",
            Self::Refused => "refused",
        }
    }
}

impl KeptRuling {
    /// Keeps what a decision of that moment rests on.
    pub fn on(occasion: Occasion, at: Timestamp, ctx: &Context, pack: &Pack) -> Self {
        let nothing_known = KnownFacts::new();
        let known = ctx.child.as_ref().map(|child| &child.known);
        Self {
            occasion,
            at,
            pack: ctx.pack.clone(),
            facts: weigh(known.unwrap_or(&nothing_known), pack).facts,
        }
    }

    /// Weighs it again, on what was known then.
    pub fn weigh(&self, pack: &Pack) -> Weighed {
        weigh(&self.facts, pack)
    }
}

/// Weighs whether a case may be without a worker on these facts.
pub fn weigh(known: &KnownFacts, pack: &Pack) -> Weighed {
    let facts = Facts::of_known(known);
    let rules = pack.allocation.weigh_without_worker(&facts);
    Weighed {
        ruling: ruling(pack, Some(&facts)),
        facts: looked_at(&rules, known),
        rules,
    }
}

/// The facts at which any of these rules looked.
pub fn looked_at(rules: &[WeighedRule], known: &KnownFacts) -> KnownFacts {
    rules
        .iter()
        .flat_map(|rule| &rule.facts)
        .filter_map(|key| Some((key.to_string(), known.get(key.as_str())?.clone())))
        .collect()
}
