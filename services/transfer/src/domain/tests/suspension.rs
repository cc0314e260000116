//! The suspension of a protocol: the decision itself.

use baton_protocol::PostHeld;
use uuid::Uuid;

use super::stage::{Stage, local};
use crate::domain::*;

fn asked() -> Suspend {
    Suspend {
        id: Uuid::from_u128(7),
        grounds: vec!["staff_shortage".to_owned()],
        routes: vec!["child_protection_conference".to_owned()],
        until: Some(jiff::civil::date(2026, 3, 31)),
        consulted: vec!["hal".to_owned()],
        assessed_by: vec![],
    }
}

fn director(stage: &Stage) -> Context {
    let mut context = stage.context("ada");
    context.actor.posts = vec![above("assistant_director")];
    context.workers.push(Worker {
        id: super::people::worker("hal"),
        team: baton_ids::TeamId::new("management").unwrap(),
        grade: "head_of_service".to_owned(),
    });
    context
}

fn above(role: &str) -> PostHeld {
    PostHeld {
        role: role.parse().unwrap(),
        team: None,
        area: None,
        covering_for: None,
    }
}

fn begun(stage: &Stage) -> Suspension {
    Suspension::begin(&asked(), &director(stage), stage.rules())
        .unwrap()
        .0
}

#[test]
fn m_159_only_the_assistant_director_suspends_and_nobody_covers() {
    let stage = Stage::of("merton");
    let mut covering = director(&stage);
    covering.actor.posts[0].covering_for = Some(super::people::worker("ada"));
    let mut head = director(&stage);
    head.actor.posts = vec![above("head_of_service")];

    for context in [covering, head] {
        let refusal = Suspension::begin(&asked(), &context, stage.rules()).unwrap_err();
        assert!(
            matches!(refusal, Refusal::RoleNotAllowed { .. }),
            "{refusal:?}"
        );
    }
}

#[test]
fn m_159_ground_routes_end_reason_and_consultation_are_all_required() {
    let stage = Stage::of("merton");
    let without = |change: fn(&mut Suspend)| {
        let mut asked = asked();
        change(&mut asked);
        asked
    };
    let cases = [
        (without(|asked| asked.grounds.clear()), "grounds"),
        (without(|asked| asked.routes.clear()), "routes"),
        (without(|asked| asked.until = None), "until"),
        (without(|asked| asked.consulted.clear()), "consulted"),
        (
            without(|asked| asked.consulted = vec!["tom".to_owned()]),
            "consulted",
        ),
    ];
    for (asked, field) in cases {
        let refusal = Suspension::begin(&asked, &director(&stage), stage.rules()).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Lacking { missing, .. } if missing == &[field]),
            "{refusal:?}"
        );
    }
    let mut silent = director(&stage);
    silent.reason_digest = None;
    let refusal = Suspension::begin(&asked(), &silent, stage.rules()).unwrap_err();
    assert!(matches!(refusal, Refusal::Lacking { missing, .. } if missing == ["reason"]));
}

#[test]
fn m_160_the_grounds_are_examples() {
    let stage = Stage::of("merton");
    let mut asked = asked();
    asked.grounds = vec!["flooded_office".to_owned()];

    assert!(Suspension::begin(&asked, &director(&stage), stage.rules()).is_ok());
}

#[test]
fn m_163_it_is_reviewed_each_week_and_a_missed_review_is_an_alert_and_no_end() {
    let stage = Stage::of("merton");
    let suspension = begun(&stage);
    assert_eq!(suspension.review_due.to_string(), "2026-03-09");
    assert_eq!(
        suspension.miss_review(local("2026-03-09 23:59"), stage.rules()),
        None
    );

    let missed = suspension
        .miss_review(local("2026-03-10 00:00"), stage.rules())
        .unwrap();
    assert_eq!(missed.state, SuspensionState::Active);
    assert!(missed.overdue);
    assert_eq!(missed.review_due.to_string(), "2026-03-16");

    let mut context = director(&stage);
    context.received_at = local("2026-03-12 09:00");
    let (reviewed, _) = missed
        .act(SuspensionAct::Review, &context, stage.rules())
        .unwrap();
    assert!(!reviewed.overdue);
    assert_eq!(reviewed.review_due.to_string(), "2026-03-19");
}

#[test]
fn m_162_it_ends_at_the_beginning_of_its_day() {
    let stage = Stage::of("merton");
    let suspension = begun(&stage);

    assert_eq!(suspension.end(local("2026-03-30 23:59")), None);
    let ended = suspension.end(local("2026-03-31 00:00")).unwrap();

    assert_eq!(ended.state, SuspensionState::Ended);
    assert_eq!(ended.suspends(), None);
}

#[test]
fn another_protocol_cannot_be_suspended() {
    let stage = Stage::of("wirral");

    let refusal = Suspension::begin(&asked(), &director(&stage), stage.rules()).unwrap_err();

    assert!(
        matches!(refusal, Refusal::RuleRefuses { .. }),
        "{refusal:?}"
    );
}
