//! Every route of a protocol with what became of it: the long form of [`Pack::choose_route`], for whoever asks why.

use std::collections::BTreeSet;

use crate::condition::{Scope, Truth};
use crate::facts::{FactKey, Facts};
use crate::pack::Pack;
use crate::party::TeamKind;
use crate::transfer::choice::{Choice, Trigger};
use crate::transfer::route::{Route, RouteUndecided};

/// A route that was weighed: of a transfer, or of the front door.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed<'p, R = Route> {
    /// The route.
    pub route: &'p R,
    /// What became of it.
    pub weight: Weight,
    /// The known facts its condition and its target looked at.
    pub facts: BTreeSet<FactKey>,
}

/// What became of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// It was taken.
    Won,
    /// It leads away from other kinds of team.
    OtherTeam,
    /// It is opened by something else.
    OtherTrigger,
    /// Its condition does not hold.
    DoesNotHold,
    /// It would do as well, but one before it was taken.
    Outranked,
    /// It cannot be told while these facts are unknown, and the answer waits for them.
    Undecided {
        /// The facts.
        missing: BTreeSet<FactKey>,
    },
    /// It cannot be told while these facts are unknown, and the protocol passes it over then.
    PassedOver {
        /// The facts.
        missing: BTreeSet<FactKey>,
    },
    /// It cannot be told while these facts are unknown, and is taken to hold for safety's sake.
    Assumed {
        /// The facts.
        missing: BTreeSet<FactKey>,
    },
    /// Whoever decides may take it by naming its team.
    Offered,
    /// It holds, and leads to a team that the authority does not have.
    NoTeam,
}

impl Pack {
    /// Weighs every route of the protocol for a trigger, in their order. The one that [`Pack::choose_route`] takes has
    /// won; when none is taken none has.
    pub fn weigh_routes(
        &self,
        trigger: Trigger<'_>,
        facts: &Facts,
        from: TeamKind,
    ) -> Vec<Weighed<'_>> {
        let choice = self.choose_route(trigger, facts, from).choice;
        let decided_by = match &choice {
            Choice::Opens { route, .. }
            | Choice::Stays { route }
            | Choice::Undecided { route, .. } => Some(*route),
            Choice::None => None,
        };
        let mut routes: Vec<&Route> = self.transfer.routes.iter().collect();
        routes.sort_by_key(|route| route.order);
        routes
            .into_iter()
            .map(|route| {
                let mut looked_at = BTreeSet::new();
                let truth = truth_of(route, trigger, facts, &mut looked_at);
                let decided = decided_by.is_some_and(|decided| decided.route == route.route);
                let weight = if decided {
                    decided_weight(&choice)
                } else if !route.from.contains(&from) {
                    Weight::OtherTeam
                } else if !opened_by(route, trigger, from) {
                    Weight::OtherTrigger
                } else {
                    let late = decided_by.is_some_and(|decided| decided.order <= route.order);
                    other_weight(truth, route.undecided, late)
                };
                if let Some(area) = route.to.as_ref().and_then(|target| target.area.clone())
                    && facts.get(&area).is_some()
                {
                    looked_at.insert(area);
                }
                Weighed {
                    route,
                    weight,
                    facts: looked_at,
                }
            })
            .collect()
    }
}

fn opened_by(route: &Route, trigger: Trigger<'_>, from: TeamKind) -> bool {
    route.opens_for(trigger.event, trigger.conference_kind, from)
}

fn truth_of(
    route: &Route,
    trigger: Trigger<'_>,
    facts: &Facts,
    looked_at: &mut BTreeSet<FactKey>,
) -> Truth {
    let mut scope = Scope::of(facts);
    scope.trigger = Some(trigger.event);
    scope.conference_kind = trigger.conference_kind;
    scope.outcome = trigger.outcome;
    route.when.as_ref().map_or(Truth::True, |when| {
        let verdict = when.decide(&scope);
        looked_at.extend(verdict.facts);
        verdict.truth
    })
}

fn decided_weight(choice: &Choice<'_>) -> Weight {
    match choice {
        Choice::Undecided { missing, .. } => Weight::Undecided {
            missing: missing.clone(),
        },
        _ => Weight::Won,
    }
}

fn other_weight(truth: Truth, undecided: RouteUndecided, late: bool) -> Weight {
    match truth {
        Truth::False => Weight::DoesNotHold,
        Truth::Undecided { missing } if undecided == RouteUndecided::Pass => {
            Weight::PassedOver { missing }
        }
        Truth::Undecided { missing } if !late => Weight::Undecided { missing },
        Truth::True | Truth::Undecided { .. } => Weight::Outranked,
    }
}

impl Weight {
    /// The neutral code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::OtherTeam => "other_team",
            Self::OtherTrigger => "other_trigger",
            Self::DoesNotHold => "does_not_hold",
            Self::Outranked => "outranked",
            Self::Undecided { .. } => "undecided",
            Self::PassedOver { .. } => "passed_over",
            Self::Assumed { .. } => "assumed",
            Self::Offered => "offered",
            Self::NoTeam => "no_team",
        }
    }

    /// The facts it waits for.
    pub fn missing(&self) -> impl Iterator<Item = &FactKey> {
        match self {
            Self::Undecided { missing }
            | Self::PassedOver { missing }
            | Self::Assumed { missing } => Some(missing),
            _ => None,
        }
        .into_iter()
        .flatten()
    }
}
