//! Every route of a protocol with what became of it.

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
