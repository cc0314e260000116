//! The audit, the return, and completing.

use super::{audited, placed, review, scheduled};
use crate::domain::tests::stage::{conference, local};
use crate::domain::*;

#[test]
fn w_069_a_question_answered_no_fails_the_audit_and_bars_completion() {
    let mut stage = scheduled();
    stage.name_worker();
    stage.at("2026-03-16 11:00");
    let no = ItemAct {
        item: "first_response_audit".to_owned(),
        answers: [("chronology_complete".to_owned(), false)].into(),
        effective_at: None,
    };
    stage.act("tom", Command::SignItem(no)).unwrap();
    stage.at("2026-03-16 15:30");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );

    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();

    let Refusal::GateNotMet { open } = refusal else {
        panic!("{refusal:?}")
    };
    let audit = open
        .iter()
        .find(|item| item.item == "first_response_audit")
        .unwrap();
    assert_eq!(audit.missing, ["chronology_complete"]);
    assert!(audit.rules.contains(&"W-069".to_owned()));
    assert_eq!(audit.owner.as_ref().unwrap().role, "team_manager");
    assert_eq!(
        audit
            .owner
            .as_ref()
            .unwrap()
            .team
            .as_ref()
            .unwrap()
            .as_str(),
        "frt"
    );
}

#[test]
fn w_086_a_returned_case_waits_until_it_is_put_right_and_the_clocks_run_on() {
    let mut stage = placed();
    stage.name_worker();
    stage.act("nia", Command::ReturnTransfer).unwrap();
    assert!(stage.the().hold(HoldKind::Returned).is_some());
    assert!(
        stage
            .tasks()
            .contains(&"put_right team_manager of frt".to_owned())
    );
    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    assert!(matches!(refusal, Refusal::GateNotMet { .. }));

    stage.at("2026-03-18 09:00");
    assert_eq!(
        *stage.state_of("first_response_audit"),
        ClockState::Breached
    );
    audited(&mut stage);

    assert!(stage.the().hold(HoldKind::Returned).is_none());
    assert!(stage.the().is_ready());
    assert!(matches!(
        stage.state_of("first_response_audit"),
        ClockState::Answered { .. }
    ));
}

#[test]
fn w_169_only_the_outgoing_manager_signs_the_audit() {
    let mut stage = scheduled();

    for who in ["ann", "nia", "sam"] {
        let refusal = stage
            .sign_item(who, "first_response_audit", true)
            .unwrap_err();
        assert!(
            matches!(refusal, Refusal::RoleNotAllowed { .. }),
            "{who}: {refusal:?}"
        );
    }
}

#[test]
fn x_16_a_recorded_cover_acts_for_the_manager_and_both_are_on_record() {
    let mut stage = scheduled();

    stage
        .sign_item("tess", "first_response_audit", true)
        .unwrap();

    let signed = stage
        .the()
        .item("first_response_audit")
        .unwrap()
        .signed
        .clone()
        .unwrap();
    assert_eq!(
        (signed.by.as_str(), signed.covering_for.as_deref()),
        ("tess", Some("tom"))
    );
}

#[test]
fn x_18_a_higher_rung_may_do_what_a_lower_may() {
    let mut stage = scheduled();

    stage
        .sign_item("gita", "first_response_audit", true)
        .unwrap();

    assert_eq!(
        stage
            .the()
            .item("first_response_audit")
            .unwrap()
            .signed
            .as_ref()
            .unwrap()
            .by,
        "gita"
    );
}

#[test]
fn x_17_who_signed_the_audit_does_not_review_it() {
    let mut stage = placed();
    stage
        .sign_item("gita", "first_response_audit", true)
        .unwrap();

    let refusal = review(&mut stage, "gita", true).unwrap_err();

    assert!(matches!(refusal, Refusal::FourEyes { .. }));
}

#[test]
fn w_174_a_rejected_audit_goes_back_to_the_outgoing_manager() {
    let mut stage = placed();
    stage
        .sign_item("tom", "first_response_audit", true)
        .unwrap();

    review(&mut stage, "nia", false).unwrap();

    assert!(stage.the().hold(HoldKind::Returned).is_some());
    assert_eq!(
        stage.the().item("first_response_audit").unwrap().state(),
        ItemState::Open
    );
}

#[test]
fn w_089_the_receiving_manager_completes_and_the_ledger_decides() {
    let mut stage = placed();
    stage.name_worker();
    audited(&mut stage);
    stage.at("2026-03-18 10:05");

    stage.act("nia", Command::CompleteTransfer).unwrap();

    let release = stage.release().unwrap().clone();
    assert_eq!(release.expected_epoch, 3);
    assert_eq!(release.to_worker.as_ref().unwrap().as_str(), "sam");
    assert_eq!(release.effective_at, local("2026-03-18 10:05"));
    assert!(!release.pending_authorisation);
    assert_eq!(
        stage.act("tom", Command::WithdrawTransfer).unwrap_err(),
        Refusal::Released
    );

    stage.ledger_moves();
    assert!(matches!(
        stage.the().phase,
        Phase::Completed { epoch: 4, .. }
    ));
    assert!(stage.told().contains(&"record_transfer".to_owned()));
    assert!(stage.told().contains(&"worker_change_letter".to_owned()));
}

#[test]
fn w_089_a_repeated_confirmation_changes_nothing() {
    let mut stage = placed();
    stage.name_worker();
    audited(&mut stage);
    stage.act("nia", Command::CompleteTransfer).unwrap();
    let release = stage.release().unwrap().clone();
    stage.ledger_moves();

    let moved_at = release.effective_at;
    let again = stage.act(
        "baton",
        Command::ConfirmMove {
            release: release.id,
            epoch: 4,
            moved_at,
        },
    );

    assert_eq!(again, Ok(vec![]));
}

#[test]
fn w_053_a_move_that_the_ledger_refuses_returns_to_the_tray_with_a_task() {
    let mut stage = placed();
    stage.name_worker();
    audited(&mut stage);
    stage.act("nia", Command::CompleteTransfer).unwrap();
    let release = stage.release().unwrap().id;

    let failed = Command::FailCompletion {
        release,
        reason: "STALE_EPOCH".to_owned(),
        rules: vec!["W-152".to_owned()],
    };
    stage.act("baton", failed).unwrap();

    assert_eq!(stage.the().phase, Phase::Placed);
    assert!(
        stage
            .tasks()
            .contains(&"completion_failed team_manager of north".to_owned())
    );
    stage.act("nia", Command::CompleteTransfer).unwrap();
    assert!(stage.release().is_some());
    assert!(
        !stage
            .tasks()
            .iter()
            .any(|task| task.starts_with("completion_failed"))
    );
}

#[test]
fn w_087_a_missing_worker_bars_completion_by_hand() {
    let mut stage = placed();
    audited(&mut stage);

    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();

    let Refusal::GateNotMet { open } = refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!(
        open.iter()
            .map(|item| item.item.as_str())
            .collect::<Vec<_>>(),
        ["receiving_worker"]
    );
}
