use baton_protocol::transfer::Choice;

use super::*;

#[test]
fn c_018_the_case_stays_with_the_family_intervention_team_at_every_conference() {
    let pack = pack("camden");

    for event in ["conference_scheduled", "conference_held"] {
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

    assert!(
        pack.transfer
            .routes
            .iter()
            .all(|route| route.stays && route.to.is_none())
    );
    assert!(pack.transfer.gate.is_empty());
}
