//! What meets a gate item by itself, weighed: the facts, how old a date is, the criteria of a programme.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::criteria::{Criteria, Criterion, Limb};
use super::gate::{GateItem, SatisfiedBy};
use super::weighing::Weight;
use crate::condition::{Scope, Truth};
use crate::facts::FactKey;
use crate::weighed::WeighedRule;

impl GateItem {
    /// What could meet it without anybody's act, and whether it does. Nothing for an item that people meet.
    pub fn weigh_met(&self, scope: &Scope<'_>) -> Vec<WeighedRule> {
        let name = format!("met/{}", self.item);
        let met = |truth, facts: BTreeSet<FactKey>, condition: String| WeighedRule {
            weight: outcome(truth),
            facts: known(facts, scope),
            condition,
            ..WeighedRule::won(&name, &self.cites)
        };
        match &self.satisfied_by {
            SatisfiedBy::Facts(condition) => {
                let verdict = condition.decide(scope);
                vec![met(
                    verdict.truth,
                    verdict.facts,
                    condition.source().to_owned(),
                )]
            }
            SatisfiedBy::Recent(recent) => {
                let truth = scope.today.map(|on| recent.holds(scope.facts, on));
                let asks = format!("facts.{} within {}", recent.fact, recent.within);
                let facts = [recent.fact.clone()].into();
                truth
                    .map(|truth| met(truth, facts, asks))
                    .into_iter()
                    .collect()
            }
            SatisfiedBy::Lasted(lasted) => {
                let truth = scope.today.map(|on| lasted.holds(scope.facts, on));
                let asks = format!("facts.{} at least {} ago", lasted.fact, lasted.at_least);
                let facts = [lasted.fact.clone()].into();
                truth
                    .map(|truth| met(truth, facts, asks))
                    .into_iter()
                    .collect()
            }
            SatisfiedBy::Criteria(criteria) => {
                let Some(on) = scope.counted_to else {
                    return Vec::new();
                };
                let asks = format!("at least {} of {}", criteria.at_least, criteria.of.len());
                let enough = criteria.weigh(scope, on).truth;
                let mut weighed = vec![met(enough, BTreeSet::new(), asks)];
                weighed.extend(criteria.weigh_limbs(&self.item, scope, on));
                weighed
            }
            SatisfiedBy::Acts
            | SatisfiedBy::Notice(_)
            | SatisfiedBy::Meeting(_)
            | SatisfiedBy::ReceivingWorker
            | SatisfiedBy::ReceivingTeam => Vec::new(),
        }
    }
}

impl Criteria {
    /// Every limb of every criterion by itself. That enough of them hold is more than that one does.
    fn weigh_limbs<'a>(
        &'a self,
        item: &'a str,
        scope: &'a Scope<'_>,
        on: Date,
    ) -> impl Iterator<Item = WeighedRule> + 'a {
        let limb = move |criterion: &Criterion, limb: &Limb| {
            let name = format!("met/{item}/{}/{}", criterion.criterion, limb.limb);
            let when = limb.when.as_ref();
            WeighedRule {
                weight: outcome(limb.holds(scope, on)),
                facts: known(limb.facts().cloned().collect(), scope),
                condition: when.map_or_else(String::new, |when| when.source().to_owned()),
                ..WeighedRule::won(&name, &limb.cites)
            }
        };
        self.of.iter().flat_map(move |criterion| {
            let limbs = criterion.any_of.iter();
            limbs.map(move |one| limb(criterion, one))
        })
    }
}

/// While it cannot be told nothing is met by it.
fn outcome(truth: Truth) -> Weight {
    match truth {
        Truth::True => Weight::Won,
        Truth::False => Weight::DoesNotHold,
        Truth::Undecided { missing } => Weight::PassedOver { missing },
    }
}

fn known(mut facts: BTreeSet<FactKey>, scope: &Scope<'_>) -> BTreeSet<FactKey> {
    facts.retain(|key| scope.facts.get(key).is_some());
    facts
}
