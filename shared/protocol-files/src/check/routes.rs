//! Routes: complete, each reachable, and never two for one case without an order.

use baton_protocol::transfer::{PointPart, Route};
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
    for route in sections
        .contact_routes
        .iter()
        .chain(&sections.referral_routes)
    {
        if route.value.when.is_some() && !route.keys.iter().any(|key| key == "undecided") {
            problems.push(route.problem("when", undecided_missing(&route.value.route)));
        }
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
struct Situation<'a> {
    event: &'a str,
    conference: Option<&'a str>,
    from: TeamKind,
}

fn ties_and_dead(routes: &[Located<Route>], problems: &mut Vec<Problem>) {
    let conditions: Vec<&Condition> = routes
        .iter()
        .filter_map(|route| route.value.when.as_ref())
        .collect();
    let facts = samples::combinations(&conditions);
    let mut is_taken = vec![false; routes.len()];
    let mut tied = vec![false; routes.len()];
    for situation in situations(routes) {
        let mut opened: Vec<usize> = (0..routes.len())
            .filter(|at| {
                routes[*at]
                    .value
                    .opens_for(situation.event, situation.conference, situation.from)
            })
            .collect();
        opened.sort_by_key(|at| routes[*at].value.order);
        for facts in &facts {
            let matching: Vec<usize> = opened
                .iter()
                .copied()
                .filter(|at| holds(&routes[*at].value, &situation, facts))
                .collect();
            if let Some(first) = matching.first() {
                is_taken[*first] = true;
            }
            if let [first, second, ..] = matching.as_slice()
                && routes[*first].value.order == routes[*second].value.order
                && !tied[*second]
            {
                tied[*second] = true;
                let (first, second) = (&routes[*first].value, &routes[*second]);
                let message = format!(
                    "`{}` and `{}` can both match and have the same order {}: give them an order",
                    second.value.route, first.route, first.order
                );
                problems.push(second.problem("order", message));
            }
        }
    }
    for (at, route) in routes
        .iter()
        .enumerate()
        .filter(|(at, _)| !is_taken[*at] && !tied[*at])
    {
        let _ = at;
        let name = &route.value.route;
        let message = format!(
            "`{name}` is dead: its condition never holds, or another route always comes first"
        );
        problems.push(route.problem(name, message));
    }
}

fn holds(route: &Route, situation: &Situation<'_>, facts: &Facts) -> bool {
    let mut scope = Scope::of(facts);
    scope.trigger = Some(situation.event);
    scope.conference_kind = situation.conference;
    scope.outcome = Some("child_protection_plan");
    route
        .when
        .as_ref()
        .is_none_or(|when| when.decide(&scope).truth == Truth::True)
}

fn situations(routes: &[Located<Route>]) -> Vec<Situation<'_>> {
    const KINDS: [&str; 4] = ["initial", "pre_birth", "review", "receiving_in"];
    let mut situations = Vec::new();
    for route in routes.iter().map(|route| &route.value) {
        for event in &route.opens_on {
            for from in &route.from {
                let kinds = KINDS.iter().map(|kind| Some(*kind)).chain([None]);
                situations.extend(kinds.map(|conference| Situation {
                    event,
                    conference,
                    from: *from,
                }));
            }
        }
    }
    situations
}
