//! Every route of a protocol with what became of it.

use baton_protocol::Audience;
use baton_protocol::notification::Sending;
use baton_protocol::transfer::Weight;

use super::*;

const TRIGGER: Trigger<'static> = Trigger {
    event: "conference_scheduled",
    conference_kind: Some("initial"),
    outcome: None,
};

fn weight(pack: &Pack, route: &str, facts: &Facts, from: &str) -> Weight {
    let weighed = pack.weigh_routes(TRIGGER, facts, kind(from));
    let weighed = weighed
        .into_iter()
        .find(|weighed| weighed.route.route == route);
    weighed.unwrap().weight
}

#[test]
fn the_route_that_is_taken_has_won_and_every_other_one_says_why_not() {
    let pack = pack("wirral");
    let north = facts(&[("district", code("north"))]);

    let weighed = pack.weigh_routes(TRIGGER, &north, kind("assessment"));

    assert_eq!(weighed.len(), pack.transfer.routes.len());
    let won: Vec<&str> = weighed
        .iter()
        .filter(|weighed| weighed.weight == Weight::Won)
        .map(|weighed| weighed.route.route.as_str())
        .collect();
    assert_eq!(won, ["child_protection_conference"]);
    assert_eq!(
        weight(&pack, "stays_with_cin_cp", &north, "assessment"),
        Weight::OtherTeam
    );
    assert_eq!(
        weight(
            &pack,
            "child_protection_conference",
            &north,
            "family_support_and_protection"
        ),
        Weight::OtherTeam
    );
}

#[test]
fn a_route_that_waits_for_a_fact_names_it_and_nothing_has_won() {
    let pack = pack("wirral");

    let weighed = pack.weigh_routes(TRIGGER, &Facts::new(), kind("assessment"));

    assert!(weighed.iter().all(|weighed| weighed.weight != Weight::Won));
    let missing = ["district".parse().unwrap()].into();
    assert_eq!(
        weight(
            &pack,
            "child_protection_conference",
            &Facts::new(),
            "assessment"
        ),
        Weight::Undecided { missing }
    );
}

#[test]
fn what_is_weighed_and_what_is_chosen_never_differ() {
    for authority in ["wirral", "merton", "camden", "lancashire", "shropshire"] {
        let pack = pack(authority);
        for from in [
            "assessment",
            "family_support_and_protection",
            "looked_after",
        ] {
            for known in [Facts::new(), facts(&[("district", code("north"))])] {
                let chosen = pack.choose_route(TRIGGER, &known, kind(from));
                let won = pack
                    .weigh_routes(TRIGGER, &known, kind(from))
                    .into_iter()
                    .find(|weighed| weighed.weight == Weight::Won)
                    .map(|weighed| weighed.route.cites.clone());
                let decided = !matches!(
                    chosen.choice,
                    baton_protocol::transfer::Choice::None
                        | baton_protocol::transfer::Choice::Undecided { .. }
                );
                assert_eq!(won, decided.then(|| chosen.rules()), "{authority} {from}");
            }
        }
    }
}

#[test]
fn w_025_what_is_weighed_of_a_letter_and_whether_it_is_sent_never_differ() {
    let barred = |whom: &[&str]| {
        let whom = whom.iter().map(|whom| (*whom).to_owned()).collect();
        facts(&[("safety.withhold_from", Value::Codes(whom))])
    };
    for authority in ["wirral", "merton", "camden", "lancashire", "shropshire"] {
        let pack = pack(authority);
        for recipient in [
            Audience::Family,
            Audience::Child,
            Audience::Agencies,
            Audience::Referrer,
        ] {
            for known in [
                Facts::new(),
                facts(&[("safety.withhold_from", Value::None)]),
                barred(&["family", "referrer"]),
                barred(&["parent"]),
                barred(&["child", "agencies"]),
            ] {
                let weighed = pack.weigh_sending(recipient, &known);
                assert_eq!(weighed.len(), pack.notification.exceptions.len());
                let told: Vec<(&str, bool)> = weighed
                    .iter()
                    .filter_map(|rule| match rule.weight {
                        Weight::Won => Some((rule.name.as_str(), false)),
                        Weight::Undecided { .. } => Some((rule.name.as_str(), true)),
                        _ => None,
                    })
                    .collect();
                let sending = match pack.may_send(recipient, &known) {
                    Sending::Send => Vec::new(),
                    Sending::Withhold { exception, unknown } => {
                        vec![(exception.exception.as_str(), unknown)]
                    }
                };
                assert_eq!(told, sending, "{authority} {recipient} {known:?}");
            }
        }
    }
}

#[test]
fn w_025_each_exception_says_what_became_of_it() {
    let pack = pack("lancashire");
    let weights = |recipient, facts: &Facts| -> Vec<String> {
        let weighed = pack.weigh_sending(recipient, facts);
        let told = weighed
            .iter()
            .map(|rule| format!("{} {}", rule.name, rule.weight.code()));
        told.collect()
    };
    let none = facts(&[("safety.withhold_from", Value::None)]);

    assert_eq!(
        weights(Audience::Family, &Facts::new()),
        ["serious_harm undecided", "barred_agency other_trigger"]
    );
    assert_eq!(
        weights(Audience::Agencies, &Facts::new()),
        ["serious_harm other_trigger", "barred_agency passed_over"]
    );
    assert_eq!(
        weights(Audience::Family, &none),
        ["serious_harm does_not_hold", "barred_agency other_trigger"]
    );
}
