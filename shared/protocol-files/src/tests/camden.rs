use baton_protocol::allocation::WithoutWorker;
use baton_protocol::transfer::{Choice, OpensOn, Route};

use super::*;

mod allocation;
mod front_door;
mod papers;
mod routes;

#[test]
fn c_018_the_case_stays_with_the_family_intervention_team_at_every_conference() {
    let pack = pack("camden");

    for event in [
        "conference_scheduled",
        "conference_postponed",
        "conference_held",
    ] {
        for conference in ["initial", "pre_birth", "review"] {
            let trigger = Trigger {
                event,
                conference_kind: Some(conference),
                outcome: None,
            };
            let chosen = pack.choose_route(
                trigger,
                &Facts::new(),
                kind("family_support_and_protection"),
            );

            assert!(matches!(chosen.choice, Choice::Stays { .. }), "{chosen:?}");
            assert_eq!(rules(&chosen.rules()), ["C-018"]);
        }
    }
}

#[test]
fn c_018_no_case_moves_because_of_a_conference() {
    let pack = pack("camden");

    let by_conference = |route: &&Route| route.opens_on.iter().any(OpensOn::is_conference);
    let mut routes = pack.transfer.routes.iter().filter(by_conference);
    assert!(routes.all(|route| route.stays && route.to.is_none()));
}

#[test]
fn c_004_c_005_a_case_without_a_worker_is_reported_at_once_and_to_the_team_too_where_the_law_asks()
{
    let pack = pack("camden");
    let told = |known: &Facts| {
        let WithoutWorker::Forbidden { stop, .. } = pack.without_worker(known) else {
            panic!()
        };
        let report = stop.report.clone().unwrap();
        (rules(&report.cites), rules(&report.to))
    };
    let neither = facts(&[
        ("plan", code("child_in_need")),
        ("looked_after", Value::Flag(false)),
    ]);
    let both = [
        "team_manager of responsible",
        "service_manager of authority",
    ];

    assert_eq!(
        told(&facts(&[("plan", code("child_protection"))])),
        (vec!["C-005".to_owned()], both.map(str::to_owned).to_vec())
    );
    assert_eq!(told(&Facts::new()).1, both, "unknown counts as both");
    assert_eq!(told(&neither).1, ["service_manager of authority"]);
}
