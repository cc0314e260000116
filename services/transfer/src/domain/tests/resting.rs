//! Teams that have ended or not begun.

use baton_ids::TeamId;

use super::stage::{Stage, conference};
use crate::domain::*;

fn resting(stage: &mut Stage, team: &str, heir: &str) {
    let at = stage
        .teams
        .iter()
        .position(|known| known.id.as_str() == team);
    let former = stage.teams.remove(at.unwrap());
    stage.teams.push(Team {
        id: TeamId::new(heir).unwrap(),
        ..former.clone()
    });
    stage.resting_teams.push(former);
}

fn booked(stage: &mut Stage) {
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
}

#[test]
fn w_053_a_case_in_the_name_of_a_team_that_has_ended_is_transferred_as_ever() {
    let mut stage = Stage::of("wirral");
    resting(&mut stage, "frt", "frt-new");

    booked(&mut stage);

    assert_eq!(stage.the().from_team.as_str(), "frt");
    assert_eq!(stage.the().to_team.as_str(), "north");
}

#[test]
fn w_053_a_case_is_not_transferred_to_a_team_that_has_ended() {
    let mut stage = Stage::of("wirral");
    resting(&mut stage, "north", "north-new");

    booked(&mut stage);

    assert_eq!(stage.the().to_team.as_str(), "north-new");
}
