//! Wirral: the tray, the audit, the return, and the two weeks to name a worker.

use baton_protocol::Value;

use super::stage::{Stage, conference, local};
use crate::domain::*;

fn scheduled() -> Stage {
    let mut stage = Stage::of("wirral");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage
}

fn placed() -> Stage {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.know_code("plan", "child_protection");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );
    stage
}

fn audited(stage: &mut Stage) {
    stage.complete_item("ann", "transfer_request").unwrap();
    stage
        .sign_item("tom", "first_response_audit", true)
        .unwrap();
    review(stage, "nia", true).unwrap();
}

fn review(stage: &mut Stage, who: &str, accepted: bool) -> Result<Vec<Event>, Refusal> {
    stage.act(
        who,
        Command::ReviewAudit {
            item: "first_response_audit".to_owned(),
            accepted,
        },
    )
}

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
    assert!(stage.the().undecided.contains(&"plan".to_owned()));
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
    };
    stage.act("sam", Command::RecordMeeting(held)).unwrap();

    assert!(matches!(
        stage.state_of("core_group"),
        ClockState::Met { .. }
    ));
    assert!(stage.tasks().is_empty(), "{:?}", stage.tasks());
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
