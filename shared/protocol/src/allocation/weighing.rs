//! The long form of what an authority says about a case without a worker, and about how its file counts: for whoever asks why.

use super::{AllocationRules, CountedAs};
use crate::condition::Scope;
use crate::facts::Facts;
use crate::transfer::Weight;
use crate::weighed::WeighedRule;

/// A team is enough, so that no case of a team is without (M-008).
const ALLOCATED_MEANS: &str = "allocated_means";
/// Somebody may leave the case without a worker.
const LEAVE_UNALLOCATED: &str = "leave_unallocated";
/// The authority says nothing of such a case.
const SILENCE: &str = "silence";

/// The case may be without a worker, and nobody has to be asked.
pub const ALLOWED: &str = "allowed";
/// It may, once somebody authorises it.
pub const BY_AUTHORITY: &str = "by_authority";
/// It may not.
pub const FORBIDDEN: &str = "forbidden";

impl CountedAs {
    /// The word of the protocol.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Family => "family",
        }
    }
}

impl AllocationRules {
    /// Weighs everything that could say whether a case may be without a worker, in the order in which it is tried, each with
    /// what it comes to. The silence of the authority is the last: then nobody has to be asked.
    pub fn weigh_without_worker(&self, facts: &Facts) -> Vec<WeighedRule> {
        let scope = Scope::of(facts);
        let means = self.allocated_means.iter().map(|means| WeighedRule {
            weight: if means.named_worker {
                Weight::DoesNotHold
            } else {
                Weight::Won
            },
            ..rule(ALLOCATED_MEANS, &means.cites, ALLOWED)
        });
        let stops = self.hard_stops.iter().map(|stop| {
            let (when, cites) = (stop.when.as_ref(), &stop.cites);
            let weighed = WeighedRule::assumed_while_unknown(&stop.stop, cites, when, &scope);
            WeighedRule {
                leads_to: FORBIDDEN.to_owned(),
                ..weighed
            }
        });
        let leave = self.leave_unallocated.iter();
        let leave = leave.map(|leave| rule(LEAVE_UNALLOCATED, &leave.cites, BY_AUTHORITY));
        let silence = rule(SILENCE, &[], ALLOWED);
        decided(means.chain(stops).chain(leave).chain([silence]))
    }

    /// Weighs everything that could say as what an open file counts, in the order in which it is tried. Where nothing holds each
    /// file is a case of its own; while something before that cannot be told, nothing has won.
    pub fn weigh_counting(&self, facts: &Facts) -> Vec<WeighedRule> {
        let scope = Scope::of(facts);
        let countings = self.counting.iter().map(|counting| {
            let (when, cites) = (counting.when.as_ref(), &counting.cites);
            let weighed = WeighedRule::assumed_while_unknown(&counting.count, cites, when, &scope);
            WeighedRule {
                weight: match weighed.weight {
                    // Nothing is assumed about a count: it waits.
                    Weight::Assumed { missing } => Weight::Undecided { missing },
                    weight => weight,
                },
                leads_to: counting.counts_as.code().to_owned(),
                ..weighed
            }
        });
        let silence = rule(SILENCE, &[], CountedAs::Child.code());
        decided(countings.chain([silence]))
    }
}

fn rule(name: &str, cites: &[crate::RuleId], leads_to: &str) -> WeighedRule {
    WeighedRule {
        leads_to: leads_to.to_owned(),
        ..WeighedRule::won(name, cites)
    }
}

/// The first that does not fail to hold decides, and those after it that would do as well come too late.
fn decided(rules: impl Iterator<Item = WeighedRule>) -> Vec<WeighedRule> {
    let mut late = false;
    rules
        .map(|mut rule| {
            if rule.weight != Weight::DoesNotHold {
                if late {
                    rule.weight = Weight::Outranked;
                }
                late = true;
            }
            rule
        })
        .collect()
}

#[cfg(test)]
mod tests;
