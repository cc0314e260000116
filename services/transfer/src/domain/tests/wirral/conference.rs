//! The conference: booked, moved, held, cancelled.

use super::{audited, placed, scheduled};
use crate::domain::tests::stage::{Stage, conference, local};
use crate::domain::*;

#[test]
fn w_053_a_booked_conference_opens_the_transfer_to_the_team_of_the_district() {
    let stage = scheduled();

    assert_eq!(stage.the().phase, Phase::Open);
    assert_eq!(stage.the().to_team.as_str(), "north");
    assert_eq!(stage.the().point.due_on.unwrap().to_string(), "2026-03-16");
    assert_eq!(stage.the().point.waiting_for, ["conference_held"]);
    assert_eq!(stage.due_on("first_response_audit"), "2026-03-16");
    assert_eq!(stage.due_on("transfer_request"), "2026-03-16");
}

#[test]
fn w_167_the_district_is_told_of_a_booked_conference_and_again_when_it_moves() {
    let mut stage = scheduled();
    assert_eq!(stage.told(), ["icpc_details_to_district"]);

    stage.report(
        "conference_postponed",
        Some(conference("2026-03-23 10:00", "")),
    );

    assert_eq!(
        stage.told(),
        ["icpc_details_to_district", "icpc_details_to_district"]
    );
    let keys: std::collections::BTreeSet<String> = stage
        .events
        .iter()
        .flat_map(|event| &event.notices)
        .map(|notice| notice.cause_key.clone())
        .collect();
    assert_eq!(keys.len(), 2, "a notice given anew is another notice");
}

#[test]
fn w_053_the_case_is_in_the_receiving_tray_on_the_date_of_the_conference_and_not_moved() {
    let stage = placed();

    assert_eq!(stage.the().phase, Phase::Placed);
    assert_eq!(stage.the().placed_at, Some(local("2026-03-16 14:00")));
    assert!(stage.release().is_none());
    assert!(
        stage
            .tasks()
            .contains(&"take_case team_manager of north".to_owned())
    );
}

#[test]
fn w_053_a_child_in_need_plan_places_the_case_too() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");

    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );

    assert_eq!(stage.the().phase, Phase::Placed);
}

#[test]
fn w_053_without_a_plan_the_transfer_lapses_and_the_first_response_team_considers_closing() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");

    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "no_plan")),
    );

    assert_eq!(
        stage.the().phase,
        Phase::Lapsed {
            reason: "no_plan".to_owned()
        }
    );
    let ground = stage.events.iter().find_map(|event| match &event.change {
        Change::Lapsed { closure_ground, .. } => closure_ground.clone(),
        _ => None,
    });
    assert_eq!(ground.as_deref(), Some("no_plan_at_conference"));
    assert!(
        stage.tasks().is_empty(),
        "nothing is left to do: {:?}",
        stage.tasks()
    );
    assert!(stage.the().clocks.iter().all(|clock| !clock.is_open()));
}

#[test]
fn x_14_an_adjourned_or_cancelled_conference_places_nothing() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "adjourned")),
    );
    assert_eq!(stage.the().phase, Phase::Open);

    stage.report(
        "conference_cancelled",
        Some(conference("2026-03-16 14:00", "")),
    );

    assert_eq!(
        stage.the().phase,
        Phase::Lapsed {
            reason: "conference_cancelled".to_owned()
        }
    );
    assert!(stage.tasks().is_empty());
}

#[test]
fn w_074_nobody_identified_beforehand_is_a_departure_and_never_a_bar() {
    let mut stage = scheduled();
    stage.complete_item("ann", "conference_report").unwrap();
    stage.at("2026-03-16 15:30");
    let held = ConferenceReport {
        attended: Some(vec!["ann".to_owned()]),
        ..conference("2026-03-16 14:00", "child_protection_plan")
    };

    stage.report("conference_held", Some(held));

    assert_eq!(stage.the().phase, Phase::Placed);
    assert!(stage.departed_from("W-074"));
    assert!(!stage.departed_from("W-073"), "ann brought the report");
}

#[test]
fn w_073_the_outgoing_worker_who_stays_away_departs_from_the_rule() {
    let mut stage = scheduled();
    stage.name_worker();
    stage.complete_item("ann", "conference_report").unwrap();
    stage.at("2026-03-16 15:30");
    let held = ConferenceReport {
        attended: Some(vec!["nia".to_owned(), "sam".to_owned()]),
        ..conference("2026-03-16 14:00", "child_protection_plan")
    };

    stage.report("conference_held", Some(held));

    assert_eq!(
        stage.departures(),
        [(
            "W-073".to_owned(),
            "absent_from_conference:social_worker of outgoing".to_owned()
        )]
    );
}

#[test]
fn w_074_that_nobody_was_named_shows_without_anybody_reporting_who_came() {
    let mut stage = scheduled();
    stage.at("2026-03-20 09:00");
    stage.name_worker();
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );

    assert!(
        stage.departed_from("W-074"),
        "named four days after the conference"
    );
}

#[test]
fn w_073_a_report_that_was_not_brought_departs_from_the_rule_and_bars_nothing() {
    let mut stage = placed();
    stage.name_worker();
    assert!(stage.departures().contains(&(
        "W-073".to_owned(),
        "not_brought_to_conference:conference_report".to_owned()
    )));
    audited(&mut stage);

    stage.act("nia", Command::CompleteTransfer).unwrap();

    assert!(stage.release().is_some());
    assert!(
        stage.the().actions.is_empty(),
        "what bars nothing is no action"
    );
}

#[test]
fn x_14_a_conference_of_which_nobody_says_what_came_is_a_breach_after_the_next_working_day() {
    let mut stage = scheduled();
    assert_eq!(stage.due_on("conference_reported"), "2026-03-17");

    stage.at("2026-03-18 00:00");

    assert_eq!(*stage.state_of("conference_reported"), ClockState::Breached);
    assert_eq!(stage.the().phase, Phase::Open);
}

#[test]
fn w_052_a_child_of_a_cin_cp_team_stays_there() {
    let mut stage = Stage::of("wirral");
    stage.responsibility.as_mut().unwrap().team = baton_ids::TeamId::new("north").unwrap();

    let considered = stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );

    assert_eq!(considered.explanation.decision, "stays_in_team");
    assert_eq!(considered.explanation.rules[0], "W-052");
    assert!(stage.transfer().is_none());
}

#[test]
fn w_053_an_unknown_district_leaves_the_trigger_undecided_until_somebody_reports_it() {
    let mut stage = Stage::of("wirral");
    stage.facts = baton_protocol::Facts::new();

    let considered = stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );

    assert_eq!(considered.explanation.unknown_facts, ["district"]);
    let waiting = stage.series.consideration.clone().unwrap();
    assert_eq!(
        (waiting.missing, waiting.due_on.to_string()),
        (vec!["district".to_owned()], "2026-03-03".to_owned())
    );

    stage.know_code("district", "north");
    stage.report("facts_changed", None);
    assert_eq!(stage.the().phase, Phase::Open);
    assert!(
        stage.series.consideration.is_none(),
        "what it waited for is decided"
    );
}

#[test]
fn w_053_another_district_changes_the_receiving_team_until_a_worker_is_named() {
    let mut stage = scheduled();
    stage.know_code("district", "south");
    stage.report("facts_changed", None);
    assert_eq!(stage.the().to_team.as_str(), "south");

    stage.know_code("district", "north");
    stage.report("facts_changed", None);
    stage.name_worker();
    stage.know_code("district", "south");
    stage.report("facts_changed", None);

    assert_eq!(stage.the().to_team.as_str(), "north");
    assert!(
        stage
            .tasks()
            .contains(&"receiving_team_differs team_manager of north".to_owned())
    );

    stage.know_code("district", "north");
    stage.report("facts_changed", None);
    let tasks = stage.tasks();
    assert!(
        !tasks.iter().any(|task| task.starts_with("receiving_team")),
        "{tasks:?}"
    );
}

#[test]
fn x_20_a_transfer_whose_case_moved_otherwise_lapses() {
    let mut stage = scheduled();
    stage.responsibility.as_mut().unwrap().team = baton_ids::TeamId::new("south").unwrap();

    stage.report("facts_changed", None);

    assert_eq!(
        stage.the().phase,
        Phase::Lapsed {
            reason: "responsibility_moved".to_owned()
        }
    );
}

#[test]
fn w_053_facts_older_than_those_seen_are_refused() {
    let mut stage = scheduled();
    stage.facts_version = 1;

    let refusal = stage.try_report("facts_changed", None).unwrap_err();

    assert!(matches!(refusal, Refusal::StaleFacts { .. }));
}

#[test]
fn x_20_a_trigger_for_a_new_case_ends_the_transfer_of_the_former_and_opens_another() {
    let mut stage = scheduled();
    let former = stage.the().id;
    stage.responsibility.as_mut().unwrap().case = baton_ids::CaseId::new();

    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-20 10:00", "")),
    );

    assert_ne!(stage.the().id, former);
    let ended = stage
        .series
        .completed
        .iter()
        .find(|ended| ended.id == former)
        .unwrap();
    assert_eq!(
        ended.phase,
        Phase::Lapsed {
            reason: "case_ended".to_owned()
        }
    );
}

#[test]
fn w_053_an_outcome_corrected_before_the_move_ends_the_transfer() {
    let mut stage = placed();

    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "no_plan")),
    );

    assert_eq!(
        stage.the().phase,
        Phase::Lapsed {
            reason: "no_plan".to_owned()
        }
    );
    assert!(stage.tasks().is_empty());
}

#[test]
fn w_053_an_outcome_corrected_after_the_move_is_on_record_and_moves_nothing_back() {
    let mut stage = placed();
    stage.name_worker();
    audited(&mut stage);
    stage.act("nia", Command::CompleteTransfer).unwrap();
    stage.ledger_moves();

    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "no_plan")),
    );

    assert!(matches!(stage.the().phase, Phase::Completed { .. }));
    let codes: Vec<String> = stage
        .departures()
        .into_iter()
        .map(|(_, code)| code)
        .collect();
    assert!(
        codes.contains(&"outcome_corrected_after_the_move:no_plan".to_owned()),
        "{codes:?}"
    );
}

#[test]
fn w_053_a_held_conference_without_an_outcome_asks_for_it() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");

    stage.report("conference_held", Some(conference("2026-03-16 14:00", "")));

    assert_eq!(stage.the().phase, Phase::Open);
    assert_eq!(stage.the().unknown_facts(), ["conference.outcome"]);
    assert!(
        stage
            .tasks()
            .contains(&"report_facts social_worker of frt".to_owned())
    );
}
