//! Which way a contact or a referral goes: the routes tried in their order, three-valued.

use std::collections::BTreeSet;

use baton_calendar::{Calendar, age_reached_on, is_within_window};
use baton_ids::{TeamId, WorkerId};
use jiff::civil::Date;

use super::route::{Ages, Destination, ReferralRoute, SiblingRule, Window};
use crate::condition::{Condition, Scope, Truth};
use crate::facts::{FactKey, Facts, Value};
use crate::pack::Pack;
use crate::party::TeamKind;
use crate::transfer::{RouteUndecided, TargetTeam};

/// What is chosen for: a contact about a child, on the day on which it was received.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// What is known about the child, with what the ledger says of former cases.
    pub facts: &'a Facts,
    /// The team that has the child's case open.
    pub team: Option<&'a TeamId>,
    /// The other children of the family.
    pub siblings: &'a [Relative],
    /// The local day of receipt. Ages and windows are judged on it.
    pub on: Date,
    /// Where the contact came from.
    pub source: &'a str,
    /// The calendar.
    pub calendar: &'a Calendar,
}

/// Another child of the family.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relative {
    /// What is known about that child, with what the ledger says.
    pub facts: Facts,
    /// Whether that child lives in another household. None when unknown.
    pub separate_household: Option<bool>,
    /// The team that has that child's case open.
    pub team: Option<TeamId>,
    /// The worker of that case.
    pub worker: Option<WorkerId>,
}

/// Where a contact or a referral goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Routed<'p> {
    /// To a team.
    To {
        /// The route that decided.
        route: &'p ReferralRoute,
        /// The team.
        team: Towards,
        /// The sibling for whose sake, by its place in [`Incoming::siblings`].
        sibling: Option<usize>,
        /// Unknown facts that could have led elsewhere, and were taken as the routes say.
        assumed: BTreeSet<FactKey>,
    },
    /// It depends on facts that are unknown.
    Undecided {
        /// The route that may be the one.
        route: &'p ReferralRoute,
        /// Every unknown fact that could change the answer.
        missing: BTreeSet<FactKey>,
    },
    /// No route speaks of it.
    None,
}

/// The team that a route leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Towards {
    /// The one team of that kind, in that area when one is given.
    Target(TargetTeam),
    /// The team of that kind whose turn it is.
    Rota(TeamKind),
    /// This very team.
    Team(TeamId),
    /// Whoever decides names it.
    Named,
}

/// What a route comes to.
pub(super) struct Match {
    pub(super) truth: Truth,
    pub(super) sibling: Option<usize>,
}

impl Pack {
    /// The team into whose tray a new contact is launched. With `open`, only by routes that come before the rule
    /// that an open case keeps its concerns.
    pub fn route_contact(&self, incoming: Incoming<'_>, open: bool) -> Routed<'_> {
        let early = self
            .front_door
            .referral_routes
            .iter()
            .filter(|route| route.contact_too);
        let routes = early
            .chain(&self.front_door.contact_routes)
            .filter(|route| !open || route.even_open);
        first_match(routes, incoming)
    }

    /// The team a referral goes to first, by a decision with that outcome.
    pub fn route_referral(
        &self,
        incoming: Incoming<'_>,
        outcome: &str,
        refers: bool,
    ) -> Routed<'_> {
        let routes = self.front_door.referral_routes.iter();
        first_match(
            routes.filter(|route| is_for(route, outcome, refers)),
            incoming,
        )
    }

    /// The ways that whoever decides may choose by naming the team, with what they rest on.
    pub fn options(&self, incoming: Incoming<'_>, outcome: &str) -> Vec<(&ReferralRoute, Towards)> {
        let routes = self.front_door.referral_routes.iter();
        routes
            .filter(|route| route.option && is_for(route, outcome, true))
            .filter_map(|route| {
                let matched = matches(route, incoming);
                let taken = matched.truth == Truth::True;
                let team = taken.then(|| towards(&route.to, incoming, matched.sibling));
                Some((route, team?.ok()?))
            })
            .collect()
    }
}

pub(super) fn is_for(route: &ReferralRoute, outcome: &str, refers: bool) -> bool {
    if route.outcomes.is_empty() {
        refers
    } else {
        route.outcomes.iter().any(|meant| meant == outcome)
    }
}

fn first_match<'p>(
    routes: impl Iterator<Item = &'p ReferralRoute>,
    incoming: Incoming<'_>,
) -> Routed<'p> {
    let mut ordered: Vec<&ReferralRoute> = routes.filter(|route| !route.option).collect();
    ordered.sort_by_key(|route| route.order);
    let mut assumed = BTreeSet::new();
    for route in ordered {
        let Match { truth, sibling } = matches(route, incoming);
        match (truth, route.undecided) {
            (Truth::False, _) => {}
            (Truth::Undecided { missing }, RouteUndecided::Ask) => {
                return Routed::Undecided { route, missing };
            }
            (Truth::Undecided { missing }, _)
                if missing.iter().all(|key| route.asks_for.contains(key)) =>
            {
                return Routed::Undecided { route, missing };
            }
            (Truth::Undecided { missing }, RouteUndecided::Pass) => assumed.extend(missing),
            (truth @ (Truth::True | Truth::Undecided { .. }), _) => {
                if let Truth::Undecided { missing } = truth {
                    assumed.extend(missing);
                }
                match towards(&route.to, incoming, sibling) {
                    Ok(team) => {
                        return Routed::To {
                            route,
                            team,
                            sibling,
                            assumed,
                        };
                    }
                    Err(missing) if route.undecided == RouteUndecided::Pass => {
                        assumed.insert(missing);
                    }
                    Err(missing) => {
                        return Routed::Undecided {
                            route,
                            missing: BTreeSet::from([missing]),
                        };
                    }
                }
            }
        }
    }
    Routed::None
}

pub(super) fn towards(
    to: &Destination,
    incoming: Incoming<'_>,
    sibling: Option<usize>,
) -> Result<Towards, FactKey> {
    let sibling = sibling.and_then(|at| incoming.siblings.get(at));
    let closed_by = |facts: &Facts| {
        let team = facts.code(FactKey::case_closed_by().as_str());
        team.and_then(|team| TeamId::new(team).ok())
            .map(Towards::Team)
            .ok_or_else(FactKey::case_closed_by)
    };
    match to {
        Destination::Target(target) => target.resolve(incoming.facts).map(Towards::Target),
        Destination::Rota(kind) => Ok(Towards::Rota(*kind)),
        Destination::OpenTeam => incoming
            .team
            .cloned()
            .map(Towards::Team)
            .ok_or_else(FactKey::case_open_with),
        Destination::ClosingTeam => closed_by(incoming.facts),
        Destination::SiblingsClosingTeam => sibling.map_or_else(
            || Err(FactKey::case_closed_by()),
            |sibling| closed_by(&sibling.facts),
        ),
        Destination::SiblingsTeam => sibling
            .and_then(|sibling| sibling.team.clone())
            .map(Towards::Team)
            .ok_or_else(FactKey::case_open_with),
        Destination::NamedTeam => Ok(Towards::Named),
    }
}

pub(super) fn matches(route: &ReferralRoute, incoming: Incoming<'_>) -> Match {
    let no = Match {
        truth: Truth::False,
        sibling: None,
    };
    if !route.sources.is_empty() && !route.sources.iter().any(|source| source == incoming.source) {
        return no;
    }
    let own = holds(
        route.when.as_ref(),
        route.age,
        &route.within,
        incoming.facts,
        incoming,
    );
    let outside = route.not_within.iter().fold(Truth::True, |truth, window| {
        let inside = within(window, incoming.facts, incoming);
        and(truth, not(inside))
    });
    let own = and(own, outside);
    let Some(rule) = &route.sibling else {
        return Match {
            truth: own,
            sibling: None,
        };
    };
    let (of_sibling, sibling) = any_sibling(rule, incoming);
    Match {
        truth: and(own, of_sibling),
        sibling,
    }
}

/// One sibling for whom it holds will do; one of whom it cannot be told leaves it undecided.
fn any_sibling(rule: &SiblingRule, incoming: Incoming<'_>) -> (Truth, Option<usize>) {
    let mut missing = BTreeSet::new();
    for (at, sibling) in incoming.siblings.iter().enumerate() {
        if rule.not_in_separate_household && sibling.separate_household == Some(true) {
            continue;
        }
        let when = rule.when.as_ref();
        match holds(when, rule.age, &rule.within, &sibling.facts, incoming) {
            Truth::True => return (Truth::True, Some(at)),
            Truth::Undecided { missing: more } => missing.extend(more),
            Truth::False => {}
        }
    }
    if missing.is_empty() {
        (Truth::False, None)
    } else {
        (Truth::Undecided { missing }, None)
    }
}

fn holds(
    when: Option<&Condition>,
    age: Option<Ages>,
    windows: &[Window],
    facts: &Facts,
    incoming: Incoming<'_>,
) -> Truth {
    let when = when.map_or(Truth::True, |when| when.decide(&Scope::of(facts)).truth);
    let age = age.map_or(Truth::True, |age| is_of_age(age, facts, incoming.on));
    windows.iter().fold(and(when, age), |truth, window| {
        and(truth, within(window, facts, incoming))
    })
}

/// Ages are reached on the birthday, and never stored.
fn is_of_age(ages: Ages, facts: &Facts, on: Date) -> Truth {
    let disputed = facts.flag("age_disputed") == Some(true);
    let key = if disputed {
        FactKey::claimed_date_of_birth()
    } else {
        FactKey::date_of_birth()
    };
    let born = match facts.get(&key) {
        Some(Value::Date(born)) => *born,
        // An unborn child has no age.
        Some(_) => return Truth::False,
        None if facts.is_unborn() == Some(true) => return Truth::False,
        None => {
            return Truth::Undecided {
                missing: BTreeSet::from([key]),
            };
        }
    };
    let from = ages
        .from
        .is_none_or(|years| age_reached_on(born, years, 0) <= on);
    let under = ages
        .under
        .is_none_or(|years| age_reached_on(born, years, 0) > on);
    if from && under {
        Truth::True
    } else {
        Truth::False
    }
}

/// Known to be none opens no window.
fn within(window: &Window, facts: &Facts, incoming: Incoming<'_>) -> Truth {
    let from = match facts.get(&window.after) {
        Some(Value::Date(from)) => *from,
        Some(Value::Instant(from)) => incoming.calendar.date_of(*from),
        Some(_) => return Truth::False,
        None => {
            return Truth::Undecided {
                missing: BTreeSet::from([window.after.clone()]),
            };
        }
    };
    if is_within_window(incoming.calendar, from, window.length, incoming.on) {
        Truth::True
    } else {
        Truth::False
    }
}

fn not(truth: Truth) -> Truth {
    match truth {
        Truth::True => Truth::False,
        Truth::False => Truth::True,
        undecided @ Truth::Undecided { .. } => undecided,
    }
}

fn and(one: Truth, other: Truth) -> Truth {
    match (one, other) {
        (Truth::False, _) | (_, Truth::False) => Truth::False,
        (Truth::Undecided { mut missing }, Truth::Undecided { missing: more }) => {
            missing.extend(more);
            Truth::Undecided { missing }
        }
        (Truth::True, other) => other,
        (undecided, Truth::True) => undecided,
    }
}
