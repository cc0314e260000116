//! What is due, what a breach leads to, and what late reports do.

use baton_protocol::Value;

use super::{audited, placed, scheduled};
use crate::domain::tests::stage::{Stage, conference, local};
use crate::domain::*;

#[test]
fn x_23_a_conference_that_moves_moves_every_open_timer() {
    let mut stage = scheduled();

    stage.report(
        "conference_postponed",
        Some(conference("2026-03-23 10:00", "")),
    );

    assert_eq!(stage.the().point.due_on.unwrap().to_string(), "2026-03-23");
    assert_eq!(stage.due_on("first_response_audit"), "2026-03-23");
}

#[test]
fn x_23_what_was_breached_stays_breached_when_the_conference_moves() {
    let mut stage = scheduled();
    stage.at("2026-03-17 09:00");
    assert_eq!(
        *stage.state_of("first_response_audit"),
        ClockState::Breached
    );

    stage.report(
        "conference_postponed",
        Some(conference("2026-03-23 10:00", "")),
    );

    assert_eq!(
        *stage.state_of("first_response_audit"),
        ClockState::Breached
    );
    assert_eq!(stage.due_on("first_response_audit"), "2026-03-16");
}

#[test]
fn k_57_the_worker_is_named_within_two_weeks_of_the_tray() {
    let mut stage = placed();
    assert_eq!(stage.due_on("receiving_worker_named"), "2026-03-30");

    stage.name_worker();

    assert!(matches!(
        stage.state_of("receiving_worker_named"),
        ClockState::Met { .. }
    ));
}

#[test]
fn w_080_a_worker_of_another_team_is_refused() {
    let mut stage = placed();
    let sue = baton_ids::WorkerId::new("sue").unwrap();

    let refusal = stage
        .act("nia", Command::NameReceivingWorker { worker: sue })
        .unwrap_err();

    assert!(matches!(refusal, Refusal::WorkerNotInTeam { .. }));
}

#[test]
fn w_087_two_weeks_without_a_worker_move_a_child_in_need_pending_the_deputy_director() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.know_code("plan", "child_in_need");
    stage.know("in_proceedings", Value::Flag(false));
    stage.know("section_47_open", Value::Flag(false));
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );
    audited(&mut stage);
    stage.at("2026-03-31 00:00");
    assert_eq!(
        *stage.state_of("receiving_worker_named"),
        ClockState::Breached
    );

    stage
        .act(
            "baton",
            Command::ResolveExpiry {
                clock: "receiving_worker_named".to_owned(),
            },
        )
        .unwrap();

    let release = stage.release().unwrap();
    assert!(release.to_worker.is_none());
    assert!(
        release.pending_authorisation,
        "W-155: the deputy director decides"
    );
}

#[test]
fn w_152_child_protection_work_never_moves_without_a_worker() {
    let mut stage = placed();
    stage.know("in_proceedings", Value::Flag(false));
    audited(&mut stage);
    stage.at("2026-03-31 00:00");

    stage
        .act(
            "baton",
            Command::ResolveExpiry {
                clock: "receiving_worker_named".to_owned(),
            },
        )
        .unwrap();

    assert_eq!(stage.the().phase, Phase::Placed);
    let tasks = stage.tasks();
    assert!(
        tasks.contains(&"resolve_breach group_manager of authority".to_owned()),
        "{tasks:?}"
    );
    assert!(
        tasks.contains(&"resolve_breach senior_manager of authority".to_owned()),
        "{tasks:?}"
    );
    assert!(
        tasks.contains(&"move_held team_manager of north".to_owned()),
        "{tasks:?}"
    );
}

#[test]
fn k_04_while_a_fact_is_unknown_the_safe_branch_holds_the_move() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );
    audited(&mut stage);
    stage.at("2026-03-31 00:00");

    stage
        .act(
            "baton",
            Command::ResolveExpiry {
                clock: "receiving_worker_named".to_owned(),
            },
        )
        .unwrap();

    assert_eq!(stage.the().phase, Phase::Placed);
    assert!(stage.the().unknown_facts().contains(&"plan".to_owned()));
}

#[test]
fn k_44_a_failed_audit_holds_the_forced_move_until_it_is_put_right() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.know_code("plan", "child_in_need");
    stage.know("in_proceedings", Value::Flag(false));
    stage.know("section_47_open", Value::Flag(false));
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );
    stage
        .sign_item("tom", "first_response_audit", false)
        .unwrap();
    stage.at("2026-03-31 00:00");

    let events = stage
        .act(
            "baton",
            Command::ResolveExpiry {
                clock: "receiving_worker_named".to_owned(),
            },
        )
        .unwrap();

    assert_eq!(stage.the().phase, Phase::Placed);
    assert!(
        events
            .iter()
            .any(|event| event.rules.contains(&"K-44".to_owned()))
    );
}

#[test]
fn w_071_x_22_what_a_summary_only_should_hold_does_not_hold_the_forced_move() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.know_code("plan", "child_in_need");
    stage.know("in_proceedings", Value::Flag(false));
    stage.know("section_47_open", Value::Flag(false));
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );
    let district_meeting = MeetingHeld {
        kind: "district_transfer".to_owned(),
        held_at: local("2026-03-16 15:00"),
        attended: vec!["tom".to_owned(), "nia".to_owned()],
        chaired_by: None,
        agreed: [].into(),
        agreed_date: None,
    };
    stage
        .act("tom", Command::RecordMeeting(district_meeting))
        .unwrap();
    audited(&mut stage);
    let sent = Command::RecordNoticeSent {
        item: "transfer_request_sent".to_owned(),
        sent_at: stage.now,
    };
    stage.act("baton", sent).unwrap();

    stage.complete_item("ann", "transfer_summary").unwrap();

    stage.deny_item("ann", "transfer_summary_contents").unwrap();
    stage.deny_item("ann", "record_current").unwrap();
    stage.at("2026-03-31 00:00");
    stage
        .act(
            "baton",
            Command::ResolveExpiry {
                clock: "receiving_worker_named".to_owned(),
            },
        )
        .unwrap();

    let release = stage.release().expect("nothing hard is open");
    assert!(release.to_worker.is_none() && release.pending_authorisation);
}

#[test]
fn k_44_w_087_what_was_held_moves_when_the_audit_is_put_right() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.know_code("plan", "child_in_need");
    stage.know("in_proceedings", Value::Flag(false));
    stage.know("section_47_open", Value::Flag(false));
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );
    stage
        .sign_item("tom", "first_response_audit", false)
        .unwrap();
    stage.at("2026-03-31 00:00");
    stage
        .act(
            "baton",
            Command::ResolveExpiry {
                clock: "receiving_worker_named".to_owned(),
            },
        )
        .unwrap();
    assert!(stage.release().is_none());

    stage.at("2026-04-02 10:00");
    audited(&mut stage);

    let release = stage.release().unwrap();
    assert!(release.to_worker.is_none() && release.pending_authorisation);
}

#[test]
fn x_24_a_late_report_counts_from_the_conference_and_is_born_breached() {
    let mut stage = scheduled();
    stage.at("2026-03-20 09:00");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );

    assert_eq!(stage.the().placed_at, Some(local("2026-03-16 14:00")));
    assert_eq!(stage.due_on("receiving_worker_named"), "2026-03-30");
}

#[test]
fn x_24_a_conference_never_booked_and_reported_late_has_its_audit_born_breached() {
    let mut stage = Stage::of("wirral");
    stage.at("2026-03-20 09:00");

    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );

    assert_eq!(stage.the().phase, Phase::Placed);
    assert_eq!(
        *stage.state_of("first_response_audit"),
        ClockState::Breached
    );
    let born = stage.events.iter().any(|event| {
        matches!(&event.change, Change::Breached { name, born_breached: true } if name == "first_response_audit")
    });
    assert!(born);
}

#[test]
fn x_25_an_act_in_time_reported_late_answers_the_breach() {
    let mut stage = placed();
    stage.at("2026-03-18 09:00");
    assert_eq!(*stage.state_of("transfer_request"), ClockState::Breached);
    let act = ItemAct {
        item: "transfer_request".to_owned(),
        answers: [].into(),
        effective_at: Some(local("2026-03-16 10:00")),
    };

    stage.act("ann", Command::CompleteItem(act)).unwrap();

    let answered = ClockState::Answered {
        at: local("2026-03-16 10:00"),
        reported_at: local("2026-03-18 09:00"),
    };
    assert_eq!(*stage.state_of("transfer_request"), answered);
}

#[test]
fn x_24_an_act_in_the_future_or_before_the_span_is_refused() {
    let mut stage = placed();
    let act = |at: &str| ItemAct {
        item: "transfer_request".to_owned(),
        answers: [].into(),
        effective_at: Some(local(at)),
    };

    let future = stage
        .act("ann", Command::CompleteItem(act("2026-03-17 10:00")))
        .unwrap_err();
    let before = stage
        .act("ann", Command::CompleteItem(act("2026-02-19 10:00")))
        .unwrap_err();

    assert!(matches!(future, Refusal::EffectiveInFuture { .. }));
    assert!(matches!(before, Refusal::EffectiveBeforeSpan { .. }));
}

#[test]
fn st_01_the_first_core_group_is_due_ten_working_days_after_the_conference_and_outlives_the_move() {
    let mut stage = placed();
    assert_eq!(stage.due_on("core_group"), "2026-03-30");
    stage.name_worker();
    audited(&mut stage);
    stage.act("nia", Command::CompleteTransfer).unwrap();
    stage.ledger_moves();
    assert_eq!(*stage.state_of("core_group"), ClockState::Open);

    stage.at("2026-03-26 12:00");
    let held = MeetingHeld {
        kind: "core_group".to_owned(),
        held_at: local("2026-03-26 10:00"),
        attended: vec!["sam".to_owned()],
        chaired_by: None,
        agreed: [].into(),
        agreed_date: None,
    };
    stage.act("sam", Command::RecordMeeting(held)).unwrap();

    assert!(matches!(
        stage.state_of("core_group"),
        ClockState::Met { .. }
    ));
    assert!(stage.tasks().is_empty(), "{:?}", stage.tasks());
}

#[test]
fn k_04_a_move_held_for_want_of_a_fact_is_decided_anew_when_the_fact_comes() {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );
    audited(&mut stage);
    stage.at("2026-03-31 00:00");
    stage
        .act(
            "baton",
            Command::ResolveExpiry {
                clock: "receiving_worker_named".to_owned(),
            },
        )
        .unwrap();
    assert!(stage.release().is_none());

    stage.know_code("plan", "child_in_need");
    stage.know("in_proceedings", Value::Flag(false));
    stage.know("section_47_open", Value::Flag(false));
    stage.report("facts_changed", None);

    assert!(stage.release().unwrap().pending_authorisation);
    assert!(stage.the().undecided.is_empty());
}

#[test]
fn w_152_x_13_what_nobody_has_said_is_asked_for_by_name_and_within_a_working_day() {
    let mut stage = scheduled();
    audited(&mut stage);
    stage.at("2026-03-16 15:30");
    stage.know_code("plan", "child_in_need");
    stage.know("in_proceedings", Value::Flag(false));
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_in_need_plan")),
    );
    stage.at("2026-03-31 00:00");
    let clock = "receiving_worker_named".to_owned();
    stage
        .act("baton", Command::ResolveExpiry { clock })
        .unwrap();

    let open = tasks(stage.the());
    let asked = open.values().find(|task| task.code == "report_facts");
    let asked = asked.unwrap();
    assert_eq!(asked.facts, ["section_47_open"]);
    assert_eq!(asked.owner.worker.as_ref().unwrap().as_str(), "ann");
    assert!(asked.rules.contains(&"W-152".to_owned()) || asked.rules.contains(&"W-087".to_owned()));
    assert_eq!(
        stage.due_on("facts_for_receiving_worker_named"),
        "2026-04-01"
    );

    stage.know("section_47_open", Value::Flag(false));
    stage.report("facts_changed", None);

    assert!(stage.release().is_some());
    assert!(matches!(
        stage.state_of("facts_for_receiving_worker_named"),
        ClockState::Met { .. }
    ));
}
