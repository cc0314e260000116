//! The ways of contacts and referrals: each complete, in an order, and none that can never be taken.

use std::collections::BTreeMap;

use baton_protocol::front_door::{Destination, ReferralRoute};

use super::names::not_sent;
use crate::problem::Problem;
use crate::raw::Located;
use crate::sections::Sections;

/// Finds ways that are incomplete, tied or dead.
pub(crate) fn front_door(sections: &Sections, problems: &mut Vec<Problem>) {
    for route in sections
        .contact_routes
        .iter()
        .chain(&sections.referral_routes)
    {
        complete(route, sections, problems);
    }
    for route in &sections.contact_routes {
        if route.value.to == Destination::NamedTeam || route.value.option {
            let message = "nobody decides where a contact is launched to: only a referral's way can be left open";
            problems.push(route.problem(&route.value.route, message));
        }
    }
    in_order(&sections.referral_routes, problems);
    let early = sections.referral_routes.iter();
    let early = early.filter(|route| route.value.contact_too);
    in_order(early.chain(&sections.contact_routes), problems);
    for rota in &sections.rotas {
        if rota.value.starts.weekday() != jiff::civil::Weekday::Monday || rota.value.weeks == 0 {
            problems.push(rota.problem("starts", "a turn lasts whole weeks from a Monday on"));
        }
    }
}

fn complete(route: &Located<ReferralRoute>, sections: &Sections, problems: &mut Vec<Problem>) {
    let ReferralRoute {
        route: name, to, ..
    } = &route.value;
    let mut wrong = |word: &str, message: String| problems.push(route.problem(word, message));
    let says = |key: &str| route.keys.iter().any(|known| known == key);
    if route.value.is_conditional() && !route.value.option && !says("undecided") {
        let message = format!(
            "`{name}` chooses by facts: say what happens while they are unknown, `undecided: ask|take|pass`"
        );
        wrong("when", message);
    }
    if route.value.option && route.value.decided_by.is_none() {
        let message = format!("`{name}` is left to somebody: say to whom, `decided_by`");
        wrong("option", message);
    }
    let of_sibling = matches!(
        to,
        Destination::SiblingsTeam | Destination::SiblingsClosingTeam
    );
    if route.value.sibling.is_none() && (of_sibling || route.value.siblings_worker) {
        wrong(
            "to",
            format!("`{name}` speaks of a sibling and has no `sibling`"),
        );
    }
    if let Destination::Rota(kind) = to
        && !sections.rotas.iter().any(|rota| rota.value.of == *kind)
    {
        wrong("to", format!("there is no rota of {kind}"));
    }
    for outcome in &route.value.outcomes {
        let mut outcomes = sections.contact_outcomes.iter();
        if !outcomes.any(|known| known.value.outcome == *outcome) {
            wrong(outcome, format!("there is no outcome `{outcome}`"));
        }
    }
    for tell in &route.value.tells {
        if let Some((subject, message)) = not_sent(&tell.notice, &tell.by, sections) {
            wrong(subject, message);
        }
    }
}

/// Each has an order of its own, and none stands behind one that is always taken.
fn in_order<'a>(
    routes: impl IntoIterator<Item = &'a Located<ReferralRoute>>,
    problems: &mut Vec<Problem>,
) {
    let routes = routes.into_iter().filter(|route| !route.value.option);
    let mut by_order: BTreeMap<u16, &Located<ReferralRoute>> = BTreeMap::new();
    for route in routes {
        if let Some(first) = by_order.get(&route.value.order) {
            let message = format!(
                "`{}` and `{}` have the same order {}: give them an order",
                route.value.route, first.value.route, route.value.order
            );
            problems.push(route.problem("order", message));
        }
        by_order.entry(route.value.order).or_insert(route);
    }
    let mut always: Option<&ReferralRoute> = None;
    for route in by_order.values() {
        if let Some(before) = always.filter(|before| !before.even_open || route.value.even_open) {
            let name = &route.value.route;
            let message = format!("`{name}` is dead: `{}` always comes first", before.route);
            problems.push(route.problem(name, message));
        }
        let value = &route.value;
        if !value.is_conditional() && value.sources.is_empty() && value.outcomes.is_empty() {
            always = Some(value);
        }
    }
}
