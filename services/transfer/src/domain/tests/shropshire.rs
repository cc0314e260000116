//! Shropshire: responsibility moves at the held conference, and what is missing is owed.

use super::stage::{Stage, conference, local};
use crate::domain::*;

fn scheduled() -> Stage {
    let mut stage = Stage::of("shropshire");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage
}

fn held(stage: &mut Stage) -> Considered {
    stage.know_code("plan", "child_protection");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    )
}

fn item(name: &str) -> ItemAct {
    ItemAct {
        item: name.to_owned(),
        answers: [].into(),
        effective_at: None,
    }
}

#[test]
fn s_046_responsibility_moves_at_the_held_conference_by_itself() {
    let mut stage = scheduled();
    stage.name_worker();
    stage.at("2026-03-16 16:00");

    held(&mut stage);

    let release = stage.release().unwrap();
    assert_eq!(release.effective_at, local("2026-03-16 14:00"));
    assert_eq!(release.to_worker.as_ref().unwrap().as_str(), "sam");
}

#[test]
fn s_045_a_conference_that_was_not_held_moves_nothing() {
    let mut stage = scheduled();

    stage.at("2026-03-17 09:00");

    assert_eq!(stage.the().phase, Phase::Open);
    assert!(stage.release().is_none());
}

#[test]
fn k_58_what_is_missing_becomes_a_dated_action_of_the_assessment_team_and_a_recorded_breach() {
    let mut stage = scheduled();
    stage.name_worker();
    stage.complete_item("ann", "conference_report").unwrap();
    stage.complete_item("ann", "transfer_summary").unwrap();
    stage.at("2026-03-16 16:00");
    held(&mut stage);

    let owed: Vec<&str> = stage
        .the()
        .actions
        .iter()
        .map(|action| action.item.as_str())
        .collect();
    assert_eq!(owed, ["plan_draft", "agencies_identified"]);
    assert!(stage.departed_from("K-58"));

    stage.ledger_moves();
    assert_eq!(stage.due_on("action_plan_draft"), "2026-03-23");
    assert!(
        stage
            .tasks()
            .contains(&"complete_item social_worker of frt".to_owned()),
        "{:?}",
        stage.tasks()
    );
    assert!(stage.told().contains(&"actions_owed".to_owned()));
}

#[test]
fn k_58_an_action_done_after_the_move_is_off_the_list_and_one_missed_is_escalated() {
    let mut stage = scheduled();
    stage.name_worker();
    stage.at("2026-03-16 16:00");
    held(&mut stage);
    stage.ledger_moves();

    stage
        .act("ann", Command::CompleteItem(item("plan_draft")))
        .unwrap();
    stage.at("2026-03-24 09:00");

    assert!(matches!(
        stage.state_of("action_plan_draft"),
        ClockState::Met { .. }
    ));
    assert_eq!(
        *stage.state_of("action_agencies_identified"),
        ClockState::Breached
    );
    assert!(
        stage
            .tasks()
            .contains(&"resolve_breach team_manager of frt".to_owned()),
        "{:?}",
        stage.tasks()
    );
}

#[test]
fn s_130_a_receiving_worker_who_stays_away_is_a_departure_and_no_bar() {
    let mut stage = scheduled();
    stage.name_worker();
    stage.at("2026-03-16 16:00");
    let report = ConferenceReport {
        attended: Some(vec!["ann".to_owned()]),
        ..conference("2026-03-16 14:00", "child_protection_plan")
    };

    stage.report("conference_held", Some(report));

    assert!(stage.departed_from("S-130"));
    assert!(stage.release().is_some());
}

/// The task of arranging a meeting, and by when.
fn arranges(stage: &Stage) -> Option<(String, Option<String>)> {
    let mut tasks = tasks(stage.the()).into_values();
    let task = tasks.find(|task| task.code == "arrange_meeting")?;
    assert!(task.rules.contains(&"S-044".to_owned()), "{:?}", task.rules);
    let team = task.owner.team.as_ref().unwrap();
    let whose = format!("{} of {team}", task.owner.role);
    Some((whose, task.due_on.map(|day| day.to_string())))
}

#[test]
fn s_044_the_assessment_team_arranges_a_conference_until_one_is_booked() {
    let mut stage = scheduled();
    stage.name_worker();
    assert_eq!(arranges(&stage), None, "it is booked");

    stage.at("2026-03-16 16:00");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "adjourned")),
    );
    assert_eq!(
        arranges(&stage),
        Some(("team_manager of frt".to_owned(), None)),
        "the adjourned one has to be arranged again"
    );

    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-23 14:00", "")),
    );
    assert_eq!(arranges(&stage), None);
}

#[test]
fn s_041_s_044_the_assessment_team_arranges_the_core_group_by_the_day_on_which_it_is_due() {
    let mut stage = Stage::of("shropshire");
    stage.know_code("plan", "child_in_need");
    stage.know_date("assessment_completed_on", "2026-03-02");

    stage.report("facts_changed", None);

    let manager = "team_manager of frt".to_owned();
    assert_eq!(
        arranges(&stage),
        Some((manager, Some("2026-03-11".to_owned())))
    );
}

#[test]
fn s_047_the_first_core_group_is_due_ten_calendar_days_after_the_conference() {
    let mut stage = scheduled();
    stage.name_worker();
    stage.at("2026-03-16 16:00");
    held(&mut stage);
    stage.ledger_moves();

    assert_eq!(stage.due_on("core_group"), "2026-03-26");
}

#[test]
fn s_047_a_core_group_that_the_record_system_knows_meets_the_clock() {
    let mut stage = scheduled();
    stage.name_worker();
    stage.at("2026-03-16 16:00");
    held(&mut stage);
    stage.ledger_moves();
    stage.at("2026-03-25 16:00");
    stage.know_date("first_core_group_held_on", "2026-03-25");

    stage.report("facts_changed", None);

    assert!(matches!(
        stage.state_of("core_group"),
        ClockState::Met { .. }
    ));
}

#[test]
fn x_24_a_late_report_moves_back_to_the_conference_and_never_before_the_current_span() {
    let mut late = scheduled();
    late.name_worker();
    late.at("2026-03-20 09:00");
    held(&mut late);
    assert_eq!(
        late.release().unwrap().effective_at,
        local("2026-03-16 14:00")
    );

    let mut later_span = scheduled();
    later_span.name_worker();
    later_span.at("2026-03-20 09:00");
    later_span.responsibility.as_mut().unwrap().since = Some(local("2026-03-18 09:00"));
    held(&mut later_span);
    assert_eq!(
        later_span.release().unwrap().effective_at,
        local("2026-03-18 09:00")
    );
    assert!(later_span.departed_from("X-24"));
}

#[test]
fn x_24_a_conference_in_the_future_was_not_held() {
    let mut stage = scheduled();

    let refusal = stage
        .try_report(
            "conference_held",
            Some(conference("2026-03-16 14:00", "child_protection_plan")),
        )
        .unwrap_err();

    assert!(matches!(refusal, Refusal::EffectiveInFuture { .. }));
}

#[test]
fn s_046_a_conference_that_was_never_booked_opens_and_moves_in_one() {
    let mut stage = Stage::of("shropshire");
    stage.at("2026-03-16 16:00");

    held(&mut stage);

    assert!(stage.release().is_some());
    assert!(stage.told().contains(&"transfer_alert".to_owned()));
}

#[test]
fn s_046_a_refused_move_stays_with_the_assessment_team_and_is_not_tried_again_by_itself() {
    let mut stage = scheduled();
    stage.at("2026-03-16 16:00");
    held(&mut stage);
    let release = stage.release().unwrap().id;
    let reason = "STALE_EPOCH".to_owned();
    stage
        .act(
            "baton",
            Command::FailCompletion {
                release,
                reason,
                rules: vec![],
            },
        )
        .unwrap();

    stage.report("facts_changed", None);

    assert_eq!(stage.the().phase, Phase::Open);
    assert!(
        stage
            .tasks()
            .contains(&"completion_failed team_manager of north".to_owned())
    );
    stage.act("nia", Command::CompleteTransfer).unwrap();
    assert!(stage.release().is_some());
}

#[test]
fn s_030_a_missing_report_before_the_conference_is_a_breach_at_its_beginning() {
    let mut stage = scheduled();

    stage.at("2026-03-16 14:00");

    assert_eq!(*stage.state_of("conference_report"), ClockState::Breached);
}

#[test]
fn s_037_evidence_of_the_record_system_completes_an_item() {
    let mut stage = scheduled();
    let evidence = Evidence {
        item: "transfer_summary".to_owned(),
        state: "complete".to_owned(),
        done_by: Some("ann".to_owned()),
        effective_at: stage.now,
        answers: [].into(),
    };

    stage
        .act("liquidlogic", Command::RecordEvidence(evidence))
        .unwrap();

    let item = stage.the().item("transfer_summary").unwrap();
    assert_eq!(
        (item.state(), item.completed.as_ref().unwrap().by.as_str()),
        (ItemState::Met, "ann")
    );
}
