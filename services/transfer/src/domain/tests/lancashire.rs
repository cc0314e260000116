//! Lancashire: the given day, the review that is waited for, and the date that two managers agree.

use baton_protocol::Value;

use super::stage::{Stage, conference, local};
use crate::domain::*;

mod discussion;

fn scheduled() -> Stage {
    let mut stage = Stage::of("lancashire");
    stage.know("looked_after", Value::Flag(false));
    stage.know_code("legal_status", "none");
    stage.know_date("assessment_completed_on", "2026-02-10");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.name_worker();
    stage
}

fn held() -> Stage {
    let mut stage = scheduled();
    stage.at("2026-03-16 16:00");
    stage.know_code("plan", "child_protection");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );
    stage
}

fn prepare(stage: &mut Stage) {
    prepare_with(stage, &[("joint_work", true)]);
}

fn prepare_with(stage: &mut Stage, agreed: &[(&str, bool)]) {
    let agreed = agreed.iter().map(|(item, yes)| ((*item).to_owned(), *yes));
    let discussion = MeetingHeld {
        kind: "managers_discussion".to_owned(),
        held_at: stage.now,
        attended: vec!["tom".to_owned(), "nia".to_owned()],
        chaired_by: None,
        agreed: agreed.collect(),
        agreed_date: Some("2026-03-16".parse().unwrap()),
    };
    stage
        .act("tom", Command::RecordMeeting(discussion))
        .unwrap();
    for item in [
        "case_summary",
        "transfer_summary",
        "chronology",
        "case_notes",
    ] {
        stage.complete_item("ann", item).unwrap();
    }
    stage.sign_item("pat", "case_summary", true).unwrap();
    stage.sign_item("tom", "transfer_summary", true).unwrap();
}

fn tell_in_writing(stage: &mut Stage) {
    let sent = Command::RecordNoticeSent {
        item: "informed_in_writing".to_owned(),
        sent_at: stage.now,
    };
    stage.act("baton", sent).unwrap();
}

fn agree(stage: &mut Stage, who: &str, date: &str) -> Result<Vec<Event>, Refusal> {
    stage.act(
        who,
        Command::AgreeDate {
            date: date.parse().unwrap(),
        },
    )
}

#[test]
fn l_040_on_the_given_day_the_receiving_manager_completes() {
    let mut stage = held();
    prepare(&mut stage);
    tell_in_writing(&mut stage);
    stage.at("2026-03-16 17:00");

    stage.act("nia", Command::CompleteTransfer).unwrap();

    assert_eq!(
        stage.release().unwrap().effective_at,
        local("2026-03-16 17:00")
    );
    stage.ledger_moves();
    assert!(!stage.the().is_overdue());
}

#[test]
fn l_035_the_letter_is_due_when_the_point_comes_and_bars_completion_until_it_was_sent() {
    let mut stage = held();
    assert!(
        stage
            .told()
            .contains(&"transfer_letter_with_contacts".to_owned())
    );
    prepare(&mut stage);

    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    let Refusal::GateNotMet { open } = refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!(
        open.iter()
            .map(|item| item.item.as_str())
            .collect::<Vec<_>>(),
        ["informed_in_writing"]
    );
    assert_eq!(open[0].next_step, "send_notice");

    tell_in_writing(&mut stage);
    assert!(stage.the().is_ready());
}

#[test]
fn l_014_a_looked_after_child_waits_for_the_first_review() {
    let mut stage = scheduled();
    stage.know("looked_after", Value::Flag(true));
    stage.know("first_looked_after_review_held_on", Value::None);
    stage.report("facts_changed", None);
    stage.at("2026-03-16 16:00");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );
    assert_eq!(stage.the().phase, Phase::Open);
    assert_eq!(
        stage.the().point.waiting_for,
        ["first_looked_after_review_held_on"]
    );

    stage.at("2026-03-25 15:00");
    stage.know_date("first_looked_after_review_held_on", "2026-03-25");
    stage.report("first_lac_review_held", None);

    assert_eq!(stage.the().phase, Phase::Placed);
    assert_eq!(stage.the().point.due_on.unwrap().to_string(), "2026-03-25");
}

#[test]
fn k_28_while_nobody_knows_whether_the_child_is_looked_after_the_review_is_waited_for() {
    let mut stage = Stage::of("lancashire");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.at("2026-03-16 16:00");

    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );

    assert_eq!(stage.the().phase, Phase::Open);
    assert!(stage.the().point.reached_at.is_none());
}

#[test]
fn l_041_two_managers_agree_another_date_and_completion_waits_for_it() {
    let mut stage = held();
    prepare(&mut stage);
    tell_in_writing(&mut stage);
    agree(&mut stage, "tom", "2026-03-18").unwrap();
    assert!(!stage.the().agreement.as_ref().unwrap().is_made());
    agree(&mut stage, "nia", "2026-03-18").unwrap();
    assert!(stage.the().agreement.as_ref().unwrap().is_made());
    assert_eq!(stage.due_on("agreed_date_kept"), "2026-03-18");

    let early = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    assert!(
        matches!(early, Refusal::PointNotReached { .. }),
        "{early:?}"
    );

    stage.at("2026-03-18 10:00");
    stage.act("nia", Command::CompleteTransfer).unwrap();
    assert!(matches!(
        stage.state_of("agree_transfer_date"),
        ClockState::Met { .. }
    ));
}

#[test]
fn l_041_a_date_that_has_passed_is_refused_and_another_date_begins_anew() {
    let mut stage = held();

    assert!(matches!(
        agree(&mut stage, "tom", "2026-03-15").unwrap_err(),
        Refusal::DateInPast { .. }
    ));
    agree(&mut stage, "tom", "2026-03-18").unwrap();
    agree(&mut stage, "nia", "2026-03-19").unwrap();

    let agreement = stage.the().agreement.as_ref().unwrap();
    assert_eq!(
        (
            agreement.outgoing.as_deref(),
            agreement.receiving.as_deref()
        ),
        (None, Some("nia"))
    );
}

#[test]
fn k_59_no_date_on_the_given_day_is_a_breach_for_the_managers_and_then_the_senior_managers() {
    let mut stage = held();
    stage.at("2026-03-17 00:00");
    assert_eq!(*stage.state_of("agree_transfer_date"), ClockState::Breached);
    let told = |stage: &Stage| {
        let clock = stage.the().clock("agree_transfer_date").unwrap();
        let told = clock
            .ladder
            .iter()
            .filter(|rung| rung.done)
            .map(|rung| rung.to.to_string());
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        told(&stage),
        ["team_manager of outgoing", "team_manager of receiving"]
    );

    stage.at("2026-03-19 00:00");

    assert_eq!(told(&stage).last().unwrap(), "senior_manager of authority");
    assert!(
        stage
            .tasks()
            .contains(&"resolve_breach senior_manager of authority".to_owned())
    );
}

#[test]
fn l_031_who_completed_the_case_summary_does_not_check_it() {
    let mut stage = held();
    stage.complete_item("tom", "case_summary").unwrap();

    let refusal = stage.sign_item("tom", "case_summary", true).unwrap_err();

    assert!(matches!(refusal, Refusal::FourEyes { .. }));
}

#[test]
fn l_033_only_the_team_manager_authorises_the_transfer_summary() {
    let mut stage = held();
    stage.complete_item("ann", "transfer_summary").unwrap();

    let refusal = stage
        .sign_item("pat", "transfer_summary", true)
        .unwrap_err();

    assert!(
        matches!(refusal, Refusal::RoleNotAllowed { .. }),
        "{refusal:?}"
    );
}

#[test]
fn x_22_a_soft_rule_is_departed_from_with_a_reason_only() {
    let mut stage = held();
    prepare_with(&mut stage, &[]);
    tell_in_writing(&mut stage);

    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    let Refusal::ReasonRequired { open } = refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!(open[0].rules, ["L-028"]);

    stage.reasons = vec!["L-028".to_owned()];
    stage.act("nia", Command::CompleteTransfer).unwrap();
    assert!(stage.departed_from("L-028"));
}

#[test]
fn l_029_joint_work_is_done_without_only_when_both_managers_agree() {
    let mut stage = held();
    let waive = || Command::WaiveItem {
        item: "joint_work".to_owned(),
    };

    stage.act("tom", waive()).unwrap();
    assert_ne!(
        stage.the().item("joint_work").unwrap().state(),
        ItemState::Waived
    );
    stage.act("nia", waive()).unwrap();

    assert_eq!(
        stage.the().item("joint_work").unwrap().state(),
        ItemState::Waived
    );
    assert!(stage.departed_from("L-029"));
}

#[test]
fn l_030_an_item_that_nobody_may_waive_is_not_waived() {
    let mut stage = held();

    let refusal = stage
        .act(
            "tom",
            Command::WaiveItem {
                item: "chronology".to_owned(),
            },
        )
        .unwrap_err();

    assert!(matches!(refusal, Refusal::NotWaivable { .. }));
}

/// A pre-birth conference held on 2026-03-16, everything ready; 24 weeks are reached on 2026-04-10.
fn held_before_24_weeks() -> Stage {
    let mut stage = Stage::of("lancashire");
    stage.know_date("expected_delivery_date", "2026-07-31");
    stage.know("date_of_birth", Value::None);
    stage.know("looked_after", Value::Flag(false));
    stage.know_code("legal_status", "none");
    stage.know_date("assessment_completed_on", "2026-02-10");
    let report = |outcome: &str| ConferenceReport {
        kind: "pre_birth".to_owned(),
        ..conference("2026-03-16 14:00", outcome)
    };
    stage.report("conference_scheduled", Some(report("")));
    assert!(stage.departed_from("L-013"));
    stage.name_worker();
    stage.at("2026-03-16 16:00");
    stage.report("conference_held", Some(report("child_protection_plan")));
    prepare(&mut stage);
    tell_in_writing(&mut stage);
    stage
}

#[test]
fn l_013_a_pre_birth_conference_before_24_weeks_is_a_departure_and_its_transfer_asks_for_a_reason()
{
    let mut stage = held_before_24_weeks();

    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    assert!(
        matches!(refusal, Refusal::ReasonRequired { .. }),
        "{refusal:?}"
    );

    stage.reasons = vec!["L-013".to_owned()];
    stage.act("nia", Command::CompleteTransfer).unwrap();
    assert!(stage.release().is_some());
}

#[test]
fn l_013_x_12_from_24_weeks_on_the_transfer_asks_for_no_reason() {
    let mut stage = held_before_24_weeks();
    stage.at("2026-04-09 16:00");
    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    assert!(
        matches!(refusal, Refusal::ReasonRequired { .. }),
        "{refusal:?}"
    );

    stage.at("2026-04-10 09:00");
    stage.act("nia", Command::CompleteTransfer).unwrap();

    assert!(stage.release().is_some());
}

#[test]
fn l_009_the_case_never_moves_without_a_worker() {
    let mut stage = Stage::of("lancashire");
    stage.know("looked_after", Value::Flag(false));
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.at("2026-03-16 16:00");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );

    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();

    let Refusal::GateNotMet { open } = refusal else {
        panic!("{refusal:?}")
    };
    assert!(open.iter().any(|item| item.item == "receiving_worker"));
}
