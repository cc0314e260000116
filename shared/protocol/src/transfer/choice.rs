//! Choosing a route, with every route that was considered and why it was not taken.

use std::collections::BTreeSet;

use crate::condition::{Scope, Truth};
use crate::facts::{FactKey, Facts, Value};
use crate::moment::Term;
use crate::pack::Pack;
use crate::party::TeamKind;
use crate::rule_id::RuleId;
use crate::transfer::opens::{FACTS_CHANGED, OpensOn};
use crate::transfer::route::{Route, RouteUndecided, Target};

/// What may open a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger<'a> {
    /// The trigger event, for instance `conference_scheduled`.
    pub event: &'a str,
    /// The kind of the conference it is about.
    pub conference_kind: Option<&'a str>,
    /// What the conference decided, once held.
    pub outcome: Option<&'a str>,
}

/// What a trigger comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice<'p> {
    /// It opens a transfer to that team.
    Opens {
        /// The route.
        route: &'p Route,
        /// Where it leads.
        target: TargetTeam,
    },
    /// The case stays where it is, by a rule that says so.
    Stays {
        /// The route that says so.
        route: &'p Route,
    },
    /// No route speaks of it.
    None,
    /// It depends on facts that are unknown.
    Undecided {
        /// The route that may be the one.
        route: &'p Route,
        /// Every unknown fact that could change the answer.
        missing: BTreeSet<FactKey>,
    },
}

/// The team a route leads to: the one team of that kind, in that area when one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetTeam {
    /// The kind of team.
    pub kind: TeamKind,
    /// The area; `None` when one team serves the whole authority.
    pub area: Option<String>,
}

/// A choice and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen<'p> {
    /// What was chosen.
    pub choice: Choice<'p>,
    /// Every route that the trigger could have opened, in order.
    pub considered: Vec<Considered<'p>>,
    /// The known facts that were looked at.
    pub facts: BTreeSet<FactKey>,
}

/// A route that was considered.
#[derive(Debug, Clone, PartialEq)]
pub struct Considered<'p> {
    /// The route.
    pub route: &'p Route,
    /// What its condition came to.
    pub truth: Truth,
}

impl Chosen<'_> {
    /// The rules that decided.
    pub fn rules(&self) -> Vec<RuleId> {
        match &self.choice {
            Choice::Opens { route, .. }
            | Choice::Stays { route }
            | Choice::Undecided { route, .. } => route.cites.clone(),
            Choice::None => Vec::new(),
        }
    }
}

impl Pack {
    /// Chooses the route that a trigger opens for a case of a team of that kind.
    ///
    /// The routes are tried in their order. A route whose condition is undecided stops the search when it
    /// says `ask`, is taken when it says `take`, and is passed over when it says `pass`.
    pub fn choose_route(&self, trigger: Trigger<'_>, facts: &Facts, from: TeamKind) -> Chosen<'_> {
        let opens = |route: &&Route| route.opens_for(trigger.event, trigger.conference_kind, from);
        choose_among(self.transfer.routes.iter().filter(opens), trigger, facts)
    }

    /// Chooses the route that a fresh look at the facts opens: of those that watch them, and of those whose day
    /// `has_come`.
    ///
    /// While a route's condition cannot be decided nothing has made it true: it is passed over, unless it says `take`.
    /// Facts that nobody reported are not asked for here, or every case would be asked about every route.
    pub fn choose_watched<'p>(
        &'p self,
        facts: &Facts,
        from: TeamKind,
        has_come: impl Fn(&Term) -> bool,
    ) -> Chosen<'p> {
        let opens = |route: &&Route| {
            route.from.contains(&from)
                && route.opens_on.iter().any(|opens_on| match opens_on {
                    OpensOn::FactsChanged => true,
                    OpensOn::Date(term) => has_come(term),
                    _ => false,
                })
        };
        let trigger = Trigger {
            event: FACTS_CHANGED,
            conference_kind: None,
            outcome: None,
        };
        choose_among(self.transfer.routes.iter().filter(opens), trigger, facts)
    }
}

fn choose_among<'p>(
    routes: impl Iterator<Item = &'p Route>,
    trigger: Trigger<'_>,
    facts: &Facts,
) -> Chosen<'p> {
    let mut scope = Scope::of(facts);
    scope.trigger = Some(trigger.event);
    scope.conference_kind = trigger.conference_kind;
    scope.outcome = trigger.outcome;

    let mut routes: Vec<&Route> = routes.collect();
    routes.sort_by_key(|route| route.order);

    let mut chosen = Chosen {
        choice: Choice::None,
        considered: Vec::new(),
        facts: BTreeSet::new(),
    };
    for route in routes {
        let truth = route.when.as_ref().map_or(Truth::True, |when| {
            let verdict = when.decide(&scope);
            chosen.facts.extend(verdict.facts);
            verdict.truth
        });
        chosen.considered.push(Considered {
            route,
            truth: truth.clone(),
        });
        match (truth, route.undecided) {
            (Truth::False, _) | (Truth::Undecided { .. }, RouteUndecided::Pass) => {}
            (Truth::Undecided { .. }, RouteUndecided::Ask) if trigger.event == FACTS_CHANGED => {}
            (Truth::Undecided { missing }, RouteUndecided::Ask) => {
                chosen.choice = Choice::Undecided { route, missing };
                return chosen;
            }
            (Truth::True, _) | (Truth::Undecided { .. }, RouteUndecided::Take) => {
                chosen.choice = taken(route, facts, &mut chosen.facts);
                return chosen;
            }
        }
    }
    chosen
}

fn taken<'p>(route: &'p Route, facts: &Facts, looked_at: &mut BTreeSet<FactKey>) -> Choice<'p> {
    let Some(target) = route.to.as_ref().filter(|_| !route.stays) else {
        return Choice::Stays { route };
    };
    match target.resolve(facts) {
        Ok(team) => {
            looked_at.extend(target.area.clone());
            Choice::Opens {
                route,
                target: team,
            }
        }
        Err(missing) => Choice::Undecided {
            route,
            missing: BTreeSet::from([missing]),
        },
    }
}

impl Target {
    /// The team meant on these facts, or the fact that is missing to tell.
    pub fn resolve(&self, facts: &Facts) -> Result<TargetTeam, FactKey> {
        let area = match &self.area {
            None => None,
            Some(key) => match facts.get(key) {
                Some(Value::Code(code)) => Some(code.clone()),
                _ => return Err(key.clone()),
            },
        };
        Ok(TargetTeam {
            kind: self.kind,
            area,
        })
    }
}
