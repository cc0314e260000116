//! What a transfer asks for and why: every item, meeting, clock and notice of its route, weighed on what was last known.

use std::collections::BTreeMap;

use baton_protocol::transfer::{GateItem, OutcomeEffect, PointPart, Route, Weight};
use baton_protocol::{
    Branch, Clock as ClockRule, Condition, Effect, Resolved, RuleId, Scope, Truth, WeighedRule,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::basis::KnownFact;
use super::clock::ClockState;
use super::context::{Actor, Cause, Child, Context, FreshIds, PrincipalKind};
use super::draft::{Draft, Rules};
use super::state::Transfer;

/// What was known when it was last looked at what a transfer asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAt {
    /// When.
    pub at: Timestamp,
    /// The facts at which any part of its route looks, by key.
    pub facts: BTreeMap<String, KnownFact>,
}

/// Everything that the route of a transfer could ask for, and what became of it. None for a transfer of before what it was
/// weighed on was kept.
pub fn weigh_asked(transfer: &Transfer, rules: Rules<'_>) -> Option<Vec<WeighedRule>> {
    let context = as_known(transfer, transfer.looked_at.as_ref()?);
    Some(Draft::new(transfer.clone(), &context, rules).weigh_parts())
}

impl Draft<'_> {
    /// What is known of that at which its route looks.
    pub fn look(&self) -> Option<LookedAt> {
        let child = self.context.child.as_ref()?;
        let looked_at = self.rules.pack.facts_of_route(self.route()?);
        Some(LookedAt {
            at: self.received_at(),
            facts: looked_at
                .into_iter()
                .filter_map(|key| Some((key.to_string(), child.known(key)?)))
                .collect(),
        })
    }

    /// The same, unless it is what was looked at already.
    pub fn look_again(&self, facts_version: i64) -> Option<LookedAt> {
        let known = self.transfer.looked_at.as_ref();
        match known.filter(|_| facts_version <= self.transfer.facts_version) {
            Some(known) => Some(known.clone()),
            None => self.look(),
        }
    }

    fn weigh_parts(&self) -> Vec<WeighedRule> {
        let Some(route) = self.route() else {
            return vec![];
        };
        let mut weighed = self.outcomes(route);
        weighed.extend(self.point_parts(route));
        weighed.extend(self.items(route));
        weighed.extend(self.meetings(route));
        for rule in self.rules.pack.clocks_named(route) {
            weighed.push(self.clock(rule));
            weighed.extend(self.missed(rule));
        }
        weighed.extend(self.notices(route));
        weighed
    }

    /// What the conference may have decided, and what it did.
    fn outcomes(&self, route: &Route) -> Vec<WeighedRule> {
        let conference = self.transfer.conference.as_ref();
        let outcome = conference.and_then(|conference| conference.outcome.as_deref());
        let outcomes = route.outcomes.iter();
        outcomes
            .map(|(name, effect)| WeighedRule {
                weight: if outcome == Some(name) {
                    Weight::Won
                } else {
                    Weight::OtherTrigger
                },
                leads_to: effect_of(effect).to_owned(),
                ..WeighedRule::won(&format!("outcome/{name}"), &route.cites)
            })
            .collect()
    }

    fn point_parts(&self, route: &Route) -> Vec<WeighedRule> {
        let Some(point) = &route.point else {
            return vec![];
        };
        let parts = point
            .at
            .iter()
            .chain(&point.latest_of)
            .chain(&point.earliest_of);
        let scope = self.scope();
        let of_part = |of: &PointPart| {
            let name = format!("point/{}", of.term);
            let cites = if of.cites.is_empty() {
                &route.cites
            } else {
                &of.cites
            };
            let mut rule = part(&name, "", cites, of.when.as_ref(), &scope);
            if let Weight::Assumed { missing } = &rule.weight
                && of.if_unknown != Some(true)
            {
                rule.weight = Weight::PassedOver {
                    missing: missing.clone(),
                };
            }
            rule
        };
        parts.map(of_part).collect()
    }

    fn items(&self, route: &Route) -> Vec<WeighedRule> {
        let scope = self.scope();
        let named = route.needs.iter();
        let rules = named.filter_map(|name| self.rules.pack.transfer.item(name));
        rules
            .flat_map(|rule| {
                let asked = self.item_of(rule, &scope);
                std::iter::once(asked).chain(rule.weigh_met(&scope))
            })
            .collect()
    }

    fn item_of(&self, rule: &GateItem, scope: &Scope<'_>) -> WeighedRule {
        let name = format!("item/{}", rule.item);
        let mut weighed = part(&name, &rule.title, &rule.cites, rule.when.as_ref(), scope);
        if let Some(owner) = rule.owner() {
            weighed.leads_to = owner.to_string();
        }
        if let Some((aged, on)) = rule.age.as_ref().zip(scope.today) {
            let known = scope.facts.get(&aged.born).is_some();
            weighed.facts.extend(known.then(|| aged.born.clone()));
            if aged.holds(scope.facts, on) == Truth::False {
                weighed.weight = Weight::DoesNotHold;
            }
        }
        let item = self.transfer.item(&rule.item);
        as_it_stands(&mut weighed, item.is_some_and(|item| item.asked_for));
        weighed
    }

    fn meetings(&self, route: &Route) -> Vec<WeighedRule> {
        let scope = self.scope();
        let named = route.meetings.iter();
        let rules = named.filter_map(|name| self.rules.pack.transfer.meeting(name));
        rules
            .map(|rule| {
                let name = format!("meeting/{}", rule.meeting);
                let mut weighed = part(&name, "", &rule.cites, rule.when.as_ref(), &scope);
                if let Some(by) = rule.arranged_by {
                    weighed.leads_to = by.to_string();
                }
                let meeting = self.transfer.meeting(&rule.meeting);
                as_it_stands(&mut weighed, meeting.is_some());
                weighed
            })
            .collect()
    }

    /// A clock that does not run though it could waits for what it counts from.
    fn clock(&self, rule: &ClockRule) -> WeighedRule {
        let name = format!("clock/{}", rule.clock);
        let scope = self.scope();
        let mut weighed = part(&name, &rule.title, &rule.cites, rule.when.as_ref(), &scope);
        weighed.leads_to = rule.by.to_string();
        let clock = self.transfer.clock(&rule.clock);
        let runs = clock.is_some_and(|clock| clock.state != ClockState::Cancelled);
        as_it_stands(&mut weighed, runs);
        weighed
    }

    /// What could follow from a limit that was missed, and what does.
    fn missed(&self, rule: &ClockRule) -> Vec<WeighedRule> {
        let clock = self.transfer.clock(&rule.clock);
        let was_missed = clock.is_some_and(|clock| {
            matches!(
                clock.state,
                ClockState::Breached | ClockState::Answered { .. }
            )
        });
        if !was_missed {
            return vec![];
        }
        let scope = self.scope();
        let chosen = rule.consequence(&scope);
        let mut decided = false;
        let branch = |(number, branch): (usize, &Branch)| {
            let name = format!("missed/{}/{number}", rule.clock);
            let mut weighed = part(&name, "", &branch.cites, branch.when.as_ref(), &scope);
            weighed.leads_to = then(&branch.then);
            let is_chosen = chosen
                .as_ref()
                .is_some_and(|chosen| std::ptr::eq(chosen.effects, branch.then.as_slice()));
            weighed.weight = match (&chosen, weighed.weight) {
                (Some(chosen), _) if is_chosen => match &chosen.resolved {
                    Resolved::Known => Weight::Won,
                    Resolved::Safe(missing) => Weight::Assumed {
                        missing: missing.clone(),
                    },
                },
                (_, Weight::DoesNotHold) => Weight::DoesNotHold,
                // It was passed over for the safe one.
                (_, Weight::Assumed { missing }) if !decided => Weight::PassedOver { missing },
                _ => Weight::Outranked,
            };
            decided |= is_chosen;
            weighed
        };
        (1..).zip(&rule.when_missed).map(branch).collect()
    }

    fn notices(&self, route: &Route) -> Vec<WeighedRule> {
        let scope = self.scope();
        let named = route.tells.iter();
        let rules = named.filter_map(|name| self.rules.pack.transfer.notice(name));
        rules
            .map(|rule| {
                let name = format!("notice/{}", rule.notice);
                let when = rule.when.as_ref();
                let mut weighed = part(&name, &rule.title, &rule.cites, when, &scope);
                let to: Vec<String> = rule.to.iter().map(ToString::to_string).collect();
                weighed.leads_to = to.join(", ");
                weighed
            })
            .collect()
    }
}

/// A part of the route: asked for when its condition holds, and while it cannot be told.
fn part(
    name: &str,
    title: &str,
    cites: &[RuleId],
    when: Option<&Condition>,
    scope: &Scope<'_>,
) -> WeighedRule {
    let weighed = WeighedRule::assumed_while_unknown(name, cites, when, scope);
    WeighedRule {
        title: title.to_owned(),
        ..weighed
    }
}

/// What stands on the transfer is what was decided. What could be asked for and is not waits for something that has not come.
fn as_it_stands(weighed: &mut WeighedRule, is_asked: bool) {
    weighed.weight = match (&weighed.weight, is_asked) {
        (Weight::Assumed { missing }, true) => Weight::Assumed {
            missing: missing.clone(),
        },
        (_, true) => Weight::Won,
        (Weight::DoesNotHold, false) => Weight::DoesNotHold,
        (_, false) => Weight::OtherTrigger,
    };
}

const fn effect_of(effect: &OutcomeEffect) -> &'static str {
    match effect {
        OutcomeEffect::Proceed => "proceed",
        OutcomeEffect::Wait => "wait",
        OutcomeEffect::Lapse => "lapse",
        OutcomeEffect::LapseForClosure => "lapse_for_closure",
    }
}

fn then(effects: &[Effect]) -> String {
    let code = |effect: &Effect| match effect {
        Effect::HoldMove => "hold_move",
        Effect::MoveWithoutWorker { .. } => "move_without_worker",
        Effect::MoveWithActions => "move_with_actions",
        Effect::Escalate(_) => "escalate",
    };
    effects.iter().map(code).collect::<Vec<_>>().join(", ")
}

/// The context of a look at what was known then. It decides nothing, so nobody acts in it.
pub fn as_known(transfer: &Transfer, looked_at: &LookedAt) -> Context {
    let known = looked_at.facts.iter();
    let known = known.filter_map(|(key, known)| Some((key.parse().ok()?, known)));
    let known: Vec<(baton_protocol::FactKey, &KnownFact)> = known.collect();
    Context {
        authority: transfer.authority.clone(),
        pack: transfer.pack.clone(),
        received_at: looked_at.at,
        now: looked_at.at,
        actor: Actor {
            principal: "baton".to_owned(),
            kind: PrincipalKind::Baton,
            posts: vec![],
            on_behalf_of: None,
        },
        cause: Cause {
            id: transfer.id.to_string(),
            kind: "explanation".to_owned(),
        },
        child: Some(Child {
            id: transfer.child,
            family: transfer.family,
            facts: known
                .iter()
                .map(|(key, known)| (key.clone(), known.value.clone()))
                .collect(),
            sources: known
                .iter()
                .map(|(key, known)| (key.clone(), known.source.clone()))
                .collect(),
            facts_version: transfer.facts_version,
        }),
        responsibility: None,
        teams: vec![],
        resting_teams: vec![],
        workers: vec![],
        reason_digest: None,
        departures: vec![],
        suspended: None,
        fresh: FreshIds {
            transfer: transfer.id,
            release: Uuid::nil(),
        },
    }
}
