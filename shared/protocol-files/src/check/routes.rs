//! Routes: complete, each reachable, and never two for one case without an order.

use baton_protocol::transfer::{FACTS_CHANGED, PointPart, REQUESTED, Route};
use baton_protocol::{Condition, Facts, Scope, TeamKind, Truth};

use super::samples;
use crate::problem::Problem;
use crate::raw::Located;
use crate::sections::Sections;

/// Finds routes that are incomplete, dead or tied.
pub(crate) fn routes(sections: &Sections, problems: &mut Vec<Problem>) {
    for route in &sections.routes {
        complete(route, problems);
    }
    ties_and_dead(&sections.routes, problems);
}

fn undecided_missing(name: &str) -> String {
    format!(
        "`{name}` chooses by facts: say what happens while they are unknown, `undecided: ask|take|pass`"
    )
}

fn complete(route: &Located<Route>, problems: &mut Vec<Problem>) {
    let name = &route.value.route;
    let mut wrong = |word: &str, message: String| problems.push(route.problem(word, message));
    if route.value.when.is_some() && !route.keys.iter().any(|key| key == "undecided") {
        wrong("when", undecided_missing(name));
    }
    if route.value.is_requested() && !route.value.stays && route.value.requested_by.is_empty() {
        wrong(
            "requested",
            format!("nobody may ask for `{name}`: give `requested_by`"),
        );
    }
    if !route.value.is_requested() && !route.value.requested_by.is_empty() {
        wrong(
            "requested_by",
            format!("`requested_by` of `{name}` goes with `opens_on: [requested]`"),
        );
    }
    for item in route.value.asked_once.keys() {
        if !route.value.needs.contains(item) {
            wrong(
                item,
                format!(
                    "`{name}` does not need `{item}`, so it asks for it at no time: add it to `needs`"
                ),
            );
        }
    }
    if route.value.stays {
        return;
    }
    if route.value.to.is_none() {
        wrong(
            name,
            format!("`{name}` leads nowhere: give `to`, or `stays: true`"),
        );
    }
    if route.value.completed_by.is_none() {
        wrong(
            name,
            format!("nobody completes `{name}`: give `completed_by`"),
        );
    }
    let Some(point) = &route.value.point else {
        wrong(name, format!("`{name}` has no `point`"));
        return;
    };
    let ways = [
        point.at.is_some(),
        !point.latest_of.is_empty(),
        !point.earliest_of.is_empty(),
    ];
    if ways.iter().filter(|given| **given).count() != 1 {
        wrong(
            "point",
            format!("the point of `{name}` needs exactly one of `at`, `latest_of`, `earliest_of`"),
        );
    }
    let parts = point
        .at
        .iter()
        .chain(&point.latest_of)
        .chain(&point.earliest_of);
    for part in parts.filter(|part: &&PointPart| part.when.is_some() && part.if_unknown.is_none()) {
        let message = format!(
            "`{}` belongs to the point by facts: say `if_unknown: true|false`",
            part.term
        );
        wrong("point", message);
    }
}

/// One situation in which routes compete.
struct Situation {
    /// The trigger; none for a fresh look at the facts, at which those that watch them compete with those whose day has
    /// come.
    event: Option<String>,
    conference: Option<&'static str>,
    from: TeamKind,
}

impl Situation {
    fn concerns(&self, route: &Route) -> bool {
        match &self.event {
            Some(event) => route.opens_for(event, self.conference, self.from),
            None => route.is_watched_for(self.from),
        }
    }

    fn holds(&self, route: &Route, facts: &Facts) -> bool {
        let mut scope = Scope::of(facts);
        scope.trigger = Some(self.event.as_deref().unwrap_or(FACTS_CHANGED));
        scope.conference_kind = self.conference;
        scope.outcome = Some("child_protection_plan");
        route
            .when
            .as_ref()
            .is_none_or(|when| when.decide(&scope).truth == Truth::True)
    }
}

fn ties_and_dead(routes: &[Located<Route>], problems: &mut Vec<Problem>) {
    let situations = situations(routes);
    let mut tied = vec![false; routes.len()];
    for second in 0..routes.len() {
        let ties_with = (0..second).find(|first| {
            routes[*first].value.order == routes[second].value.order
                && both_match(&routes[*first].value, &routes[second].value, &situations)
        });
        if let Some(first) = ties_with {
            tied[second] = true;
            let (first, second) = (&routes[first].value, &routes[second]);
            let message = format!(
                "`{}` and `{}` can both match and have the same order {}: give them an order",
                second.value.route, first.route, first.order
            );
            problems.push(second.problem("order", message));
        }
    }
    for (at, route) in routes.iter().enumerate() {
        if tied[at] || is_taken(at, routes, &situations) {
            continue;
        }
        let name = &route.value.route;
        let message = format!(
            "`{name}` is dead: its condition never holds, or another route always comes first"
        );
        problems.push(route.problem(name, message));
    }
}

/// Whether there are facts on which one trigger opens both. What a person asks for is asked for by its name.
fn both_match(first: &Route, second: &Route, situations: &[Situation]) -> bool {
    let conditions: Vec<&Condition> = [first, second]
        .into_iter()
        .filter_map(|route| route.when.as_ref())
        .collect();
    let facts = samples::combinations(&conditions);
    situations
        .iter()
        .filter(|situation| situation.event.as_deref() != Some(REQUESTED))
        .filter(|situation| situation.concerns(first) && situation.concerns(second))
        .any(|situation| {
            facts
                .iter()
                .any(|facts| situation.holds(first, facts) && situation.holds(second, facts))
        })
}

/// Whether there are facts on which a trigger takes the route, no stronger one being in its way.
fn is_taken(at: usize, routes: &[Located<Route>], situations: &[Situation]) -> bool {
    let route = &routes[at].value;
    situations
        .iter()
        .filter(|situation| situation.concerns(route))
        .any(|situation| {
            let is_asked_for = situation.event.as_deref() == Some(REQUESTED);
            let stronger: Vec<&Route> = routes
                .iter()
                .map(|other| &other.value)
                .filter(|other| !is_asked_for && other.order < route.order)
                .filter(|other| situation.concerns(other))
                .collect();
            let conditions: Vec<&Condition> = std::iter::once(route)
                .chain(stronger.iter().copied())
                .filter_map(|route| route.when.as_ref())
                .collect();
            samples::combinations(&conditions).iter().any(|facts| {
                situation.holds(route, facts)
                    && !stronger.iter().any(|other| situation.holds(other, facts))
            })
        })
}

fn situations(routes: &[Located<Route>]) -> Vec<Situation> {
    const KINDS: [&str; 4] = ["initial", "pre_birth", "review", "receiving_in"];
    let mut situations = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for route in routes.iter().map(|route| &route.value) {
        for opens_on in &route.opens_on {
            let event = (!opens_on.is_watched()).then(|| opens_on.trigger());
            for from in &route.from {
                if !known.insert((event.clone(), *from)) {
                    continue;
                }
                let kinds = KINDS.iter().map(|kind| Some(*kind));
                let kinds = kinds.filter(|_| opens_on.is_conference()).chain([None]);
                situations.extend(kinds.map(|conference| Situation {
                    event: event.clone(),
                    conference,
                    from: *from,
                }));
            }
        }
    }
    situations
}
