//! Merton: three working days, guidance, and two managers who hand over in person.

use super::stage::{Stage, conference, local};
use crate::domain::*;

mod branches;

fn held() -> Stage {
    let mut stage = Stage::of("merton");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.name_worker();
    stage.at("2026-03-16 16:00");
    stage.know_code("plan", "child_protection");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );
    stage
}

/// The case was discussed and the child seen: what is open now are papers.
fn with_only_papers_open(stage: &mut Stage) {
    discuss(stage, &["tom", "nia"]);
    stage.complete_item("ann", "child_seen").unwrap();
    stage.sign_item("tom", "child_seen", true).unwrap();
    stage.know("in_proceedings", baton_protocol::Value::Flag(false));
    stage.report("facts_changed", None);
}

fn discuss(stage: &mut Stage, who: &[&str]) {
    let held = MeetingHeld {
        kind: "managers_discussion".to_owned(),
        held_at: stage.now,
        attended: who.iter().map(|&worker| worker.to_owned()).collect(),
        chaired_by: None,
        agreed: [].into(),
        agreed_date: None,
    };
    stage.act("tom", Command::RecordMeeting(held)).unwrap();
}

fn core_group(stage: &mut Stage, at: &str, who: &[&str], chair: &str) {
    stage.at(at);
    let held = MeetingHeld {
        kind: "core_group".to_owned(),
        held_at: stage.now,
        attended: who.iter().map(|&worker| worker.to_owned()).collect(),
        chaired_by: Some(chair.to_owned()),
        agreed: [].into(),
        agreed_date: None,
    };
    stage.act("sam", Command::RecordMeeting(held)).unwrap();
}

fn confirm(stage: &mut Stage, who: &str) -> Result<Vec<Event>, Refusal> {
    stage.complete_item(who, "managers_handover")
}

#[test]
fn m_094_the_case_is_due_three_working_days_after_the_conference() {
    let stage = held();

    assert_eq!(stage.the().phase, Phase::Placed);
    assert_eq!(stage.due_on("transferred"), "2026-03-19");
    assert_eq!(stage.the().point.due_on.unwrap().to_string(), "2026-03-19");
}

#[test]
fn m_094_the_three_days_skip_good_friday_and_easter_monday() {
    let mut stage = Stage::of("merton");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-04-02 10:00", "")),
    );
    stage.at("2026-04-02 12:00");

    stage.report(
        "conference_held",
        Some(conference("2026-04-02 10:00", "child_protection_plan")),
    );

    assert_eq!(stage.due_on("transferred"), "2026-04-09");
    let clock = stage.the().clock("transferred").unwrap();
    let skipped: Vec<&str> = clock
        .skipped
        .iter()
        .map(|day| day.reason.as_str())
        .collect();
    assert_eq!(
        skipped,
        ["Good Friday", "saturday", "sunday", "Easter Monday"]
    );
}

#[test]
fn m_144_both_managers_confirm_the_handover_and_nobody_confirms_for_both() {
    let mut stage = held();
    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    assert!(matches!(refusal, Refusal::GateNotMet { .. }), "{refusal:?}");

    confirm(&mut stage, "tom").unwrap();
    assert_eq!(
        stage.the().item("managers_handover").unwrap().state(),
        ItemState::AwaitingSignature
    );
    confirm(&mut stage, "nia").unwrap();

    assert_eq!(
        stage.the().item("managers_handover").unwrap().state(),
        ItemState::Met
    );
}

#[test]
fn m_087_missing_papers_do_not_hold_the_transfer_up() {
    let mut stage = held();
    with_only_papers_open(&mut stage);
    confirm(&mut stage, "tom").unwrap();
    confirm(&mut stage, "nia").unwrap();

    stage.act("nia", Command::CompleteTransfer).unwrap();

    assert!(stage.release().is_some());
    assert!(
        stage
            .the()
            .actions
            .iter()
            .any(|action| action.item == "genogram")
    );
    stage.ledger_moves();
    assert_eq!(stage.due_on("action_genogram"), "2026-03-23");
}

#[test]
fn k_60_at_the_end_of_the_three_days_the_case_moves_with_actions() {
    let mut stage = held();
    stage.at("2026-03-20 00:00");
    assert_eq!(*stage.state_of("transferred"), ClockState::Breached);

    stage
        .act(
            "baton",
            Command::ResolveExpiry {
                clock: "transferred".to_owned(),
            },
        )
        .unwrap();

    let release = stage.release().unwrap();
    assert_eq!(release.effective_at, local("2026-03-20 00:00"));
    assert!(release.rules.contains(&"K-60".to_owned()));
    assert!(!stage.the().actions.is_empty());
}

#[test]
fn m_094_without_a_protection_plan_the_case_stays() {
    let mut stage = Stage::of("merton");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.at("2026-03-16 16:00");

    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );

    assert!(matches!(stage.the().phase, Phase::Lapsed { .. }));
}

#[test]
fn m_090_no_worker_named_before_the_conference_is_a_breach_that_reaches_the_head_of_service() {
    let mut stage = Stage::of("merton");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );

    stage.at("2026-03-16 14:00");

    assert_eq!(
        *stage.state_of("receiving_worker_named"),
        ClockState::Breached
    );
    assert!(
        stage
            .tasks()
            .contains(&"resolve_breach head_of_service of authority".to_owned())
    );
}

#[test]
fn m_089_the_managers_discussion_before_the_conference_meets_its_item() {
    let mut stage = Stage::of("merton");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.at("2026-03-10 12:00");
    let held = MeetingHeld {
        kind: "managers_discussion".to_owned(),
        held_at: local("2026-03-10 11:00"),
        attended: vec!["tom".to_owned(), "nia".to_owned()],
        chaired_by: None,
        agreed: [].into(),
        agreed_date: None,
    };

    stage.act("tom", Command::RecordMeeting(held)).unwrap();

    assert_eq!(
        stage.the().item("managers_discussion").unwrap().state(),
        ItemState::Met
    );
    assert!(stage.departures().is_empty());
}

#[test]
fn m_097_a_core_group_chaired_by_another_is_a_departure() {
    let mut stage = held();
    stage.at("2026-03-18 12:00");
    let held = MeetingHeld {
        kind: "core_group".to_owned(),
        held_at: local("2026-03-18 10:00"),
        attended: vec!["sam".to_owned(), "ann".to_owned()],
        chaired_by: Some("sam".to_owned()),
        agreed: [].into(),
        agreed_date: None,
    };

    stage.act("sam", Command::RecordMeeting(held)).unwrap();

    assert!(stage.departed_from("M-097"));
    assert!(!stage.departed_from("M-098"));
}

#[test]
fn m_100_a_chronology_that_was_only_begun_is_enough_for_a_protection_transfer() {
    let mut stage = held();
    let evidence = |item: &str, state: &str| Evidence {
        item: item.to_owned(),
        state: state.to_owned(),
        done_by: Some("ann".to_owned()),
        effective_at: local("2026-03-16 15:00"),
        answers: [].into(),
    };

    stage
        .act(
            "liquidlogic",
            Command::RecordEvidence(evidence("chronology", "commenced")),
        )
        .unwrap();
    stage
        .act(
            "liquidlogic",
            Command::RecordEvidence(evidence("case_summary", "commenced")),
        )
        .unwrap();

    assert_eq!(
        stage.the().item("chronology").unwrap().state(),
        ItemState::AwaitingSignature
    );
    assert_eq!(
        stage.the().item("case_summary").unwrap().state(),
        ItemState::Open
    );
}

#[test]
fn m_155_m_157_the_incoming_manager_is_told_at_once_to_note_the_transfer() {
    let mut stage = held();
    with_only_papers_open(&mut stage);
    confirm(&mut stage, "tom").unwrap();
    confirm(&mut stage, "nia").unwrap();
    stage.act("nia", Command::CompleteTransfer).unwrap();

    stage.ledger_moves();

    let told = stage.told();
    assert!(told.contains(&"record_transfer".to_owned()));
    assert!(told.contains(&"transfer_recorded".to_owned()));
    assert!(matches!(
        stage.state_of("transferred"),
        ClockState::Met { .. }
    ));
}

#[test]
fn m_192_the_named_worker_is_invited_to_the_conference() {
    let mut stage = Stage::of("merton");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );

    stage.name_worker();

    assert!(stage.told().contains(&"icpc_invite".to_owned()));
}
