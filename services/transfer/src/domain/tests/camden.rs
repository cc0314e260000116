//! Camden: a conference moves nothing.

use baton_ids::TeamId;
use baton_protocol::Value;

use super::stage::{Stage, conference};
use crate::domain::Team;

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

#[test]
fn c_003_a_transfer_under_way_shows_what_the_child_has_had_so_far_as_it_is_known_now() {
    let mut stage = Stage::of("camden");
    let team = |id: &str| TeamId::new(id).unwrap();
    let looked_after = Team {
        id: team("cla"),
        kind: "looked_after".to_owned(),
        ..stage.teams[1].clone()
    };
    stage.teams.push(looked_after);
    stage.responsibility.as_mut().unwrap().team = team("north");
    stage.know_code("legal_status", "section_20");
    stage.know("presents_homeless", Value::Flag(false));
    stage.know("looked_after", Value::Flag(true));
    stage.know_date("accommodated_on", "2026-03-02");
    stage.know_date("date_of_birth", "2014-05-01");
    stage.report("facts_changed", None);
    let shown = |stage: &Stage| {
        let so_far = stage.the().so_far.clone().unwrap();
        (so_far.moves, so_far.worker_changes, so_far.warns)
    };
    assert_eq!(shown(&stage), (0, 0, false));

    let version = stage.the().version;
    let holder = stage.responsibility.as_mut().unwrap();
    (holder.moves, holder.worker_changes) = (1, 2);
    stage.report("facts_changed", None);

    assert_eq!(shown(&stage), (1, 2, true));
    // Nobody's expected version is made stale by it.
    assert_eq!(stage.the().version, version);
}
