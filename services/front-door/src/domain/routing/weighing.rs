//! Everything that could have chosen a contact's way, with what became of it.

use baton_calendar::Calendar;
use baton_protocol::Pack;
use baton_protocol::front_door::{ContactOutcome, WeighedWay};
use baton_protocol::transfer::Weight;

use super::{Basis, Chosen, Circumstances, of_open_case};
use crate::domain::contact::Contact;
use crate::domain::rules::{cited, texts};

/// Something that could have chosen the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighing {
    /// Its name: the route's, the kind's, or `single_gateway`, `named_team`, `open_case`, `front_door`.
    pub name: String,
    /// The rules it rests on.
    pub rules: Vec<String>,
    /// What became of it.
    pub weight: Weight,
    /// What it asks for, in the words of the protocol file.
    pub condition: String,
    /// The known facts it looked at, by key.
    pub facts: Vec<String>,
    /// Where it leads, in the words of the protocol file.
    pub leads_to: String,
}

/// What could have chosen where a new contact goes, in the order in which it is tried.
pub fn weigh_launch(
    contact: &Contact,
    basis: &Basis,
    pack: &Pack,
    calendar: &Calendar,
) -> Vec<Weighing> {
    let on = calendar.date_of(contact.received_at);
    let known = Circumstances::of_basis(basis, &contact.source_kind, on);
    let open = basis.team.is_some();
    let routes = pack.weigh_contact(known.incoming(calendar), open);
    let chosen = &basis.chosen;
    let first = matches!(chosen, Chosen::Kind | Chosen::Gateway | Chosen::Named);

    let kind = pack.front_door.kind(&contact.kind);
    let kind = kind.and_then(|kind| Some((kind, kind.to.as_ref()?)));
    let kind = kind.map(|(kind, to)| Weighing {
        leads_to: to.to_string(),
        ..stage(&kind.kind, texts(&kind.cites), won(*chosen == Chosen::Kind))
    });
    let gateway = pack.front_door.single_gateway.as_ref();
    let gateway = gateway
        .map(|gateway| (cited(&gateway.cites), won(*chosen == Chosen::Gateway)))
        .map(|(rules, weight)| stage("single_gateway", rules, weight));
    let named = match chosen {
        Chosen::Named => Some(Weight::Won),
        Chosen::Gateway => Some(Weight::Outranked),
        _ => None,
    };
    let named = named.map(|weight| stage("named_team", Vec::new(), weight));
    let open_case = match chosen {
        Chosen::OpenCase => Weight::Won,
        _ if open => Weight::Outranked,
        _ => Weight::DoesNotHold,
    };
    let fallback = match chosen {
        Chosen::Fallback => Weight::Won,
        _ => Weight::Outranked,
    };
    kind.into_iter()
        .chain(gateway)
        .chain(named)
        .chain(routes.iter().map(|route| of_route(route, chosen, first)))
        .chain([
            stage("open_case", of_open_case(pack), open_case),
            stage("front_door", Vec::new(), fallback),
        ])
        .collect()
}

/// What could have chosen where a decision with that outcome leads, in the order in which it is tried.
pub fn weigh_decision(
    contact: &Contact,
    outcome: &ContactOutcome,
    basis: &Basis,
    pack: &Pack,
    calendar: &Calendar,
) -> Vec<Weighing> {
    let on = calendar.date_of(contact.received_at);
    let known = Circumstances::of_basis(basis, &contact.source_kind, on);
    let routes = pack.weigh_referral(known.incoming(calendar), &outcome.outcome, outcome.refers);
    let chosen = &basis.chosen;
    let first = matches!(chosen, Chosen::OpenCase | Chosen::Named);
    let open_case = stage(
        "open_case",
        of_open_case(pack),
        won(*chosen == Chosen::OpenCase),
    );
    let elsewhere = pack.front_door.elsewhere.as_ref();
    let rules = elsewhere.map_or_else(Vec::new, |elsewhere| cited(&elsewhere.cites));
    let named = stage("named_team", rules, won(*chosen == Chosen::Named));
    [open_case, named]
        .into_iter()
        .chain(routes.iter().map(|route| of_route(route, chosen, first)))
        .collect()
}

const fn won(chosen: bool) -> Weight {
    if chosen {
        Weight::Won
    } else {
        Weight::DoesNotHold
    }
}

fn stage(name: &str, rules: Vec<String>, weight: Weight) -> Weighing {
    Weighing {
        name: name.to_owned(),
        rules,
        weight,
        condition: String::new(),
        facts: Vec::new(),
        leads_to: String::new(),
    }
}

/// `first` says that something before all routes chose.
fn of_route(weighed: &WeighedWay<'_>, chosen: &Chosen, first: bool) -> Weighing {
    let route = weighed.route;
    let is_chosen = *chosen == Chosen::Route(route.route.clone());
    let weight = match &weighed.weight {
        _ if is_chosen => Weight::Won,
        // Whoever decided named the team of another way, or something before all routes chose.
        Weight::Won if first || matches!(chosen, Chosen::Route(_)) => Weight::Outranked,
        // It holds, and the authority has no such team.
        Weight::Won => Weight::NoTeam,
        weight => weight.clone(),
    };
    Weighing {
        name: route.route.clone(),
        rules: cited(&route.cites),
        weight,
        condition: route.asks(),
        facts: texts(&weighed.facts),
        leads_to: route.to.to_string(),
    }
}
