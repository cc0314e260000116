//! Deferral, dispute and suspension, on the packs that ship with Baton.

use baton_ids::TeamId;
use baton_protocol::{Place, Role};
use jiff::civil::date;
use uuid::Uuid;

use super::stage::{Stage, conference, local};
use crate::domain::*;

fn placed(authority: &str) -> Stage {
    let mut stage = Stage::of(authority);
    stage.know("looked_after", baton_protocol::Value::Flag(false));
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

fn defer(until: &str, review_on: &str) -> Command {
    Command::DeferTransfer {
        until: until.parse().ok(),
        review_on: review_on.parse().ok(),
    }
}

fn raise(ground: &str) -> Command {
    Command::RaiseDispute {
        ground: ground.to_owned(),
    }
}

fn decide_for(decision: Resolution) -> Command {
    Command::ResolveDispute { decision }
}

fn suspended(stage: &Stage, until: &str) -> Suspended {
    suspended_until(stage, "child_protection_conference", until.parse().unwrap())
}

/// A suspension of one route until a day.
pub fn suspended_until(stage: &Stage, route: &str, until: jiff::civil::Date) -> Suspended {
    Suspended {
        id: Uuid::from_u128(1),
        routes: vec![route.to_owned()],
        until,
        lifts_at: stage.calendar.start_of(until),
        owner: baton_protocol::Party {
            role: "assistant_director".parse::<Role>().unwrap(),
            place: Place::Authority,
        },
        reason_digest: Some("digest".to_owned()),
        rules: vec!["M-159".to_owned()],
        consulted: vec![],
    }
}

#[test]
fn m_158_a_deferral_without_reason_time_or_review_date_is_refused_whatever_reason_is_given() {
    let mut stage = placed("merton");
    stage.reasons = vec!["M-158".to_owned()];

    for (until, review, missing) in [("", "2026-03-20", "until"), ("2026-03-27", "", "review_on")] {
        let refusal = stage.act("tom", defer(until, review)).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Lacking { missing: lacks, .. } if lacks == &[missing]),
            "{refusal:?}"
        );
    }
    assert!(stage.the().holds.is_empty());
}

#[test]
fn m_158_the_limit_of_the_move_waits_for_the_deferral_and_no_other_does() {
    let mut stage = placed("merton");

    stage.act("tom", defer("2026-04-07", "2026-03-27")).unwrap();

    assert_eq!(stage.due_on("transferred"), "2026-04-07");
    assert_eq!(stage.due_on("deferral_1_review_1"), "2026-03-27");
    assert_eq!(stage.the().point.due_on, Some(date(2026, 4, 7)));
    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    assert!(
        matches!(refusal, Refusal::GateNotMet { open } if open.iter().any(|item| item.item == "deferred"))
    );
}

#[test]
fn m_158_a_deferral_ends_at_the_beginning_of_its_day_and_what_it_put_off_is_due_then() {
    let mut stage = placed("merton");
    stage.act("tom", defer("2026-03-29", "2026-03-28")).unwrap();
    let review = Command::ReviewDeferral {
        continues: true,
        until: None,
        review_on: Some(date(2026, 3, 29)),
    };
    stage.at("2026-03-28 10:00");
    stage.act("tom", review).unwrap();

    stage.at("2026-03-28 23:59");
    assert!(stage.the().hold(HoldKind::Deferred).is_some());
    stage.at("2026-03-29 00:00");

    assert!(stage.the().holds.is_empty());
    assert_eq!(
        *stage.state_of("deferral_1_review_2"),
        ClockState::Cancelled
    );
    assert_eq!(stage.due_on("transferred"), "2026-03-29");
    assert!(stage.the().clock("transferred").unwrap().is_open());
}

#[test]
fn m_158_days_that_have_passed_or_a_review_after_the_end_are_refused() {
    let mut stage = placed("merton");

    let passed = stage
        .act("tom", defer("2026-03-16", "2026-03-16"))
        .unwrap_err();
    let too_late = stage
        .act("tom", defer("2026-03-20", "2026-03-21"))
        .unwrap_err();

    assert!(matches!(passed, Refusal::DateInPast { .. }), "{passed:?}");
    assert!(
        matches!(too_late, Refusal::RuleRefuses { .. }),
        "{too_late:?}"
    );
}

#[test]
fn another_protocol_knows_no_deferral() {
    let mut stage = placed("lancashire");

    let refusal = stage
        .act("tom", defer("2026-03-20", "2026-03-18"))
        .unwrap_err();

    assert!(
        matches!(refusal, Refusal::RuleRefuses { .. }),
        "{refusal:?}"
    );
}

#[test]
fn l_044_a_dispute_not_settled_in_two_working_days_goes_to_both_senior_managers() {
    let mut stage = placed("lancashire");
    stage.act("nia", raise("criteria")).unwrap();
    assert_eq!(stage.due_on("dispute_1_rung_1"), "2026-03-18");

    stage.at("2026-03-19 00:00");
    let clock = "dispute_1_rung_1".to_owned();
    stage
        .act("baton", Command::ResolveExpiry { clock })
        .unwrap();

    let hold = stage.the().hold(HoldKind::Disputed).unwrap();
    assert_eq!(hold.dispute().unwrap().rung, 1);
    let tasks = stage.tasks();
    assert!(
        tasks.contains(&"settle_dispute senior_manager of authority".to_owned()),
        "{tasks:?}"
    );
    assert!(
        !tasks
            .iter()
            .any(|task| task.starts_with("settle_dispute team_manager"))
    );
}

/// How many have to settle the dispute.
fn settle(stage: &Stage) -> usize {
    let tasks = stage.tasks();
    tasks
        .iter()
        .filter(|task| task.starts_with("settle_dispute "))
        .count()
}

#[test]
fn l_043_the_managers_of_both_teams_decide_the_same_or_nothing_is_decided() {
    let mut stage = placed("lancashire");
    stage.act("nia", raise("criteria")).unwrap();

    stage.act("tom", decide_for(Resolution::GoesOn)).unwrap();
    assert_eq!(settle(&stage), 1, "tom has decided, nia has not");
    stage.act("nia", decide_for(Resolution::Withdrawn)).unwrap();
    assert!(stage.the().hold(HoldKind::Disputed).is_some());
    assert_eq!(settle(&stage), 2, "they differ: it is both's again");
    stage.act("nia", decide_for(Resolution::GoesOn)).unwrap();

    assert!(stage.the().holds.is_empty());
    assert!(matches!(
        stage.state_of("dispute_1_rung_1"),
        ClockState::Met { .. }
    ));
}

#[test]
fn l_043_a_dispute_may_give_the_case_to_another_team_which_names_its_own_worker() {
    let mut stage = placed("lancashire");
    stage.teams.push(Team {
        id: TeamId::new("cioc").unwrap(),
        kind: "looked_after".to_owned(),
        area: None,
        phone: None,
        managers: vec![],
    });
    stage.act("nia", raise("criteria")).unwrap();
    let other = Resolution::OtherTeam {
        team: TeamId::new("cioc").unwrap(),
    };

    stage.act("tom", decide_for(other.clone())).unwrap();
    stage.act("nia", decide_for(other)).unwrap();

    assert_eq!(stage.the().to_team.as_str(), "cioc");
    assert_eq!(stage.the().receiving_worker, None);
    // A report about the child does not undo it.
    stage.report("facts_changed", None);
    assert_eq!(stage.the().to_team.as_str(), "cioc");
}

#[test]
fn m_162_a_transfer_is_held_while_the_protocol_is_suspended_and_goes_on_afterwards() {
    let mut stage = placed("merton");
    stage.suspended = Some(suspended(&stage, "2026-03-31"));
    stage.report("facts_changed", None);
    assert!(stage.the().hold(HoldKind::Suspended).is_some());
    assert_eq!(stage.due_on("transferred"), "2026-03-31");

    stage.at("2026-03-31 00:00");
    stage.suspended = None;
    stage.report("facts_changed", None);

    assert!(stage.the().holds.is_empty());
    assert_eq!(stage.due_on("transferred"), "2026-03-31");
}

#[test]
fn m_162_a_transfer_that_opens_under_the_suspension_is_born_held() {
    let mut stage = Stage::of("merton");
    stage.suspended = Some(suspended(&stage, "2026-03-31"));

    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );

    assert!(stage.the().hold(HoldKind::Suspended).is_some());
    assert_eq!(stage.now, local("2026-03-02 09:30"));
}
