//! The rules of a closure as a specification.

pub mod packs;

use baton_calendar::Calendar;
use baton_ids::{CaseId, ChildId, ClosureId, FamilyId};
use baton_protocol::Pack;
use baton_protocol::transfer::Weight;
use jiff::Timestamp;
use uuid::Uuid;

use super::closure::DueState;
use super::context::{Actor, Cause, ChildFacts, Context, PostHeld, PrincipalKind, Responsibility};
use super::rules::Rules;
use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn post(role: &str, team: &str) -> PostHeld {
    PostHeld {
        post: format!("{role}-post"),
        role: role.to_owned(),
        team: (!team.is_empty()).then(|| team.parse().unwrap()),
        area: None,
        covering_for: None,
    }
}

/// A call about a case of team frt by somebody in this post.
fn call(received_at: &str, principal: &str, held: PostHeld) -> Context {
    Context {
        authority: "wirral".parse().unwrap(),
        pack: "pack".to_owned(),
        received_at: at(received_at),
        actor: Actor {
            principal: principal.to_owned(),
            kind: PrincipalKind::Person,
            posts: vec![held],
            on_behalf_of: String::new(),
        },
        cause: Cause {
            id: "r1".to_owned(),
            kind: "request".to_owned(),
        },
        child: Some(ChildFacts {
            child: ChildId::new(),
            family: Some(FamilyId::new()),
            version: 7,
        }),
        responsibility: Some(Responsibility {
            case: CaseId::new(),
            epoch: 3,
            team: "frt".parse().unwrap(),
            team_area: None,
            team_since: at("2026-03-02T09:00:00Z"),
        }),
    }
}

fn manager(received_at: &str) -> Context {
    call(received_at, "tom", post("team_manager", "frt"))
}

fn with_rules<T>(pack: &Pack, act: impl FnOnce(&Rules<'_>) -> T) -> T {
    let calendar = Calendar::embedded().unwrap();
    act(&Rules {
        pack,
        calendar: &calendar,
    })
}

fn no_plan() -> Consider {
    Consider {
        id: ClosureId::new(),
        ground: "no_plan_at_conference".to_owned(),
        effective_at: at("2026-03-16T14:00:00Z"),
        rules: vec!["W-053".to_owned()],
    }
}

/// Considered on Monday 16 March after a conference that made no plan.
fn considered(pack: &Pack) -> Closure {
    let ctx = manager("2026-03-16T15:30:00Z");
    with_rules(pack, |rules| consider(&no_plan(), &ctx, rules))
        .unwrap()
        .0
}

fn decision(approved: bool) -> Command {
    Command::Decide {
        approved,
        expected_version: None,
        reason_digest: "d".repeat(64),
        release: Uuid::now_v7(),
        departures: Vec::new(),
    }
}

fn decided(closure: &Closure, command: &Command, ctx: &Context) -> Result<Vec<Event>, Refusal> {
    with_rules(&packs::wirral(), |rules| {
        decide(closure, command, ctx, rules)
    })
}

fn after(closure: &Closure, events: &[Event]) -> Closure {
    events.iter().fold(closure.clone(), apply)
}

fn release_of(closure: &Closure) -> Uuid {
    match &closure.phase {
        Phase::Closing(release) => release.id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn w_053_no_plan_makes_the_responsible_team_consider_closing() {
    let closure = considered(&packs::wirral());

    assert_eq!(closure.phase, Phase::Considered);
    assert_eq!(
        (closure.team.as_str(), closure.decided_by.as_str()),
        ("frt", "team_manager")
    );
    assert_eq!(closure.considered_at, at("2026-03-16T14:00:00Z"));
    assert_eq!(closure.rules, ["W-053", "W-022"]);
    assert_eq!(closure.due, None);
}

#[test]
fn a_limit_of_the_protocol_is_counted_from_when_it_was_considered() {
    let due = considered(&packs::with_limit()).due.unwrap();

    // Five working days after Monday.
    assert_eq!(due.on.to_string(), "2026-03-23");
    assert_eq!(due.skipped.len(), 2);
    assert_eq!(due.state, DueState::Open);
}

#[test]
fn only_an_open_case_is_considered() {
    let ctx = Context {
        responsibility: None,
        ..manager("2026-03-16T15:30:00Z")
    };

    let refused = with_rules(&packs::wirral(), |rules| consider(&no_plan(), &ctx, rules));

    assert_eq!(refused, Err(Refusal::CaseNotOpen));
}

#[test]
fn w_022_the_manager_of_the_responsible_team_approves_and_the_ledger_is_asked() {
    let closure = considered(&packs::wirral());
    let ctx = manager("2026-03-17T10:00:00Z");

    let events = decided(&closure, &decision(true), &ctx).unwrap();
    let closing = after(&closure, &events);

    let Phase::Closing(release) = &closing.phase else {
        panic!("{:?}", closing.phase)
    };
    assert_eq!(release.expected_epoch, 3);
    assert_eq!(release.effective_at, ctx.received_at);
    assert_eq!(release.rules, ["W-053", "W-022"]);
    assert_eq!(closing.approvals, ["team_manager"]);
    assert_eq!(events[0].acted_in, Some(post("team_manager", "frt")));
}

#[test]
fn nobody_else_decides() {
    let closure = considered(&packs::wirral());

    for held in [post("social_worker", "frt"), post("team_manager", "north")] {
        let ctx = call("2026-03-17T10:00:00Z", "eve", held);
        let refusal = decided(&closure, &decision(true), &ctx).unwrap_err();
        assert!(matches!(refusal, Refusal::RoleNotAllowed { role, .. } if role == "team_manager"));
    }
}

#[test]
fn x_17_who_proposed_does_not_approve() {
    let pack = packs::wirral();
    let ctx = manager("2026-03-17T10:00:00Z");
    let asked = Consider {
        ground: "needs_met".to_owned(),
        ..no_plan()
    };
    let (closure, events) =
        with_rules(&pack, |rules| propose(&asked, "digest", &ctx, rules)).unwrap();
    assert_eq!(events.len(), 2);

    let own = decided(&closure, &decision(true), &manager("2026-03-18T10:00:00Z"));
    let other = call("2026-03-18T10:00:00Z", "gus", post("group_manager", ""));

    assert_eq!(own, Err(Refusal::FourEyes));
    assert!(decided(&closure, &decision(true), &other).is_ok());
    // To decide against it is no second pair of eyes.
    assert!(decided(&closure, &decision(false), &manager("2026-03-18T10:00:00Z")).is_ok());
}

#[test]
fn a_worker_of_the_team_proposes_and_one_of_another_does_not() {
    let pack = packs::wirral();
    let asked = Consider {
        ground: "needs_met".to_owned(),
        ..no_plan()
    };
    let by = |held| {
        let ctx = call("2026-03-17T10:00:00Z", "ann", held);
        with_rules(&pack, |rules| propose(&asked, "digest", &ctx, rules))
    };

    assert!(by(post("social_worker", "frt")).is_ok());
    assert!(matches!(
        by(post("social_worker", "north")),
        Err(Refusal::RoleNotAllowed { .. })
    ));
}

#[test]
fn only_the_ledger_s_answer_to_its_own_release_closes() {
    let closure = considered(&packs::wirral());
    let ctx = manager("2026-03-17T10:00:00Z");
    let closing = after(&closure, &decided(&closure, &decision(true), &ctx).unwrap());
    let confirm = |release| Command::ConfirmEnd {
        release,
        epoch: 4,
        closed_at: at("2026-03-17T10:00:00Z"),
    };

    assert_eq!(
        decided(&closing, &confirm(Uuid::now_v7()), &ctx),
        Err(Refusal::OtherRelease)
    );
    assert_eq!(
        decided(&closing, &decision(false), &ctx),
        Err(Refusal::Released)
    );
    let own = confirm(release_of(&closing));
    let closed = after(&closing, &decided(&closing, &own, &ctx).unwrap());

    assert_eq!((closed.phase.code(), closed.to_epoch), ("closed", 4));
    assert_eq!(closed.closed_at, Some(at("2026-03-17T10:00:00Z")));
    assert_eq!(decided(&closed, &own, &ctx), Ok(vec![]));
}

#[test]
fn a_refusal_of_the_ledger_brings_the_closure_back_to_its_decider() {
    let closure = considered(&packs::wirral());
    let ctx = manager("2026-03-17T10:00:00Z");
    let closing = after(&closure, &decided(&closure, &decision(true), &ctx).unwrap());
    let fail = Command::FailEnd {
        release: release_of(&closing),
        reason: "STALE_EPOCH".to_owned(),
    };

    let again = after(&closing, &decided(&closing, &fail, &ctx).unwrap());

    assert_eq!(
        (&again.phase, again.approvals.len()),
        (&Phase::Considered, 0)
    );
    assert_eq!(decided(&again, &fail, &ctx), Ok(vec![]));
    assert!(decided(&again, &decision(true), &ctx).is_ok());
}

#[test]
fn what_is_decided_against_stays_open_and_is_not_decided_again() {
    let closure = considered(&packs::wirral());
    let ctx = manager("2026-03-17T10:00:00Z");

    let declined = after(
        &closure,
        &decided(&closure, &decision(false), &ctx).unwrap(),
    );

    assert!(!declined.is_live());
    assert_eq!(
        decided(&declined, &decision(true), &ctx),
        Err(Refusal::WrongPhase { phase: "declined" })
    );
}

#[test]
fn x_25_a_late_decision_answers_the_breach_and_does_not_erase_it() {
    let pack = packs::with_limit();
    let closure = considered(&pack);
    let breached_at = closure.due.as_ref().unwrap().breached_at;

    let event = breach(&closure, &pack, breached_at).unwrap();
    assert!(matches!(
        &event.what,
        What::DeadlineBreached { escalate_to: Some(role) } if role == "group_manager"
    ));
    let overdue = apply(closure, &event);
    assert_eq!(breach(&overdue, &pack, breached_at), None);
    let ctx = manager("2026-03-25T10:00:00Z");
    let declined = after(
        &overdue,
        &decided(&overdue, &decision(false), &ctx).unwrap(),
    );

    assert_eq!(
        declined.due.unwrap().state,
        DueState::Answered(ctx.received_at)
    );
}

#[test]
fn stale_facts_and_stale_versions_decide_nothing() {
    let closure = considered(&packs::wirral());
    let ctx = manager("2026-03-17T10:00:00Z");
    let newer = Closure {
        facts_version: 8,
        ..closure.clone()
    };
    let stale = Command::Decide {
        approved: true,
        expected_version: Some(9),
        reason_digest: String::new(),
        release: Uuid::now_v7(),
        departures: Vec::new(),
    };

    assert_eq!(
        decided(&newer, &decision(true), &ctx),
        Err(Refusal::StaleFacts { given: 7, seen: 8 })
    );
    assert_eq!(
        decided(&closure, &stale, &ctx),
        Err(Refusal::StaleVersion {
            expected: 9,
            actual: closure.version
        })
    );
}

#[test]
fn the_reasons_name_the_ground_by_which_it_is_decided() {
    let mut with_proposals = packs::wirral();
    let mut proposed = with_proposals.closure.grounds[0].clone();
    proposed.ground = "proposed".to_owned();
    proposed.cites = vec!["W-104".parse().unwrap()];
    with_proposals.closure.grounds.insert(0, proposed);
    for pack in [packs::wirral(), with_proposals] {
        for ground in ["no_plan_at_conference", "needs_met", "proposed"] {
            with_rules(&pack, |rules| {
                let weighed = rules.weigh(ground);
                let won: Vec<_> = weighed
                    .iter()
                    .filter(|rule| rule.weight == Weight::Won)
                    .collect();
                assert_eq!(won.len(), 1, "{ground}");
                let says = rules.on(ground);
                let cites: Vec<String> = won[0].cites.iter().map(ToString::to_string).collect();
                assert_eq!(cites, says.rules, "{ground}");
                assert_eq!(won[0].leads_to, says.decided_by.to_string());
            });
        }
    }
}
