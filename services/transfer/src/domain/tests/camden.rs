//! Camden: a conference moves nothing.

use super::stage::{Stage, conference};

#[test]
fn c_018_the_case_stays_with_the_family_intervention_team_whatever_is_booked_or_held() {
    let mut stage = Stage::of("camden");
    stage.responsibility.as_mut().unwrap().team = baton_ids::TeamId::new("north").unwrap();

    let booked = stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.at("2026-03-16 16:00");
    let held = stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );

    for considered in [booked, held] {
        assert_eq!(considered.explanation.decision, "stays_in_team");
        assert_eq!(considered.explanation.rules, ["C-018"]);
    }
    assert!(stage.transfer().is_none());
}

#[test]
fn c_018_a_child_without_an_open_case_has_nothing_to_move() {
    let mut stage = Stage::of("camden");
    stage.responsibility = None;

    let considered = stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );

    assert_eq!(considered.explanation.decision, "no_open_case");
}
