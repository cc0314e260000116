//! Naming the worker, and what follows when none is named.

use baton_protocol::allocation::WithoutWorker;
use baton_protocol::{Effect, Resolved};

use super::*;

/// The consequence when no worker was named in time.
fn no_worker(facts: &Facts, item_failed: bool) -> (Vec<Effect>, Resolved, Vec<String>) {
    let pack = pack("wirral");
    let mut scope = Scope::of(facts);
    scope.item_failed = item_failed;
    let consequence = clock(&pack, "receiving_worker_named")
        .consequence(&scope)
        .unwrap();
    (
        consequence.effects.to_vec(),
        consequence.resolved,
        rules(&consequence.rules),
    )
}

fn moves_without_worker(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::MoveWithoutWorker { .. }))
}

#[test]
fn k_57_w_080_the_worker_is_named_within_two_weeks_of_the_tray_also_over_easter() {
    let pack = pack("wirral");
    let placed = Anchors::new().at(Moment::Placed, at("2026-03-27T15:30:00Z"));

    let due = clock_due(&pack, "receiving_worker_named", &placed, &in_north()).unwrap();

    assert_eq!(due.on, date(2026, 4, 10));
    assert_eq!(
        due.breached_at,
        at("2026-04-10T23:00:00Z"),
        "summer time began in between"
    );
    assert!(
        due.skipped.is_empty(),
        "two weeks are fourteen calendar days (X-07)"
    );
}

#[test]
fn k_57_a_worker_clock_that_ends_on_christmas_day_is_not_moved() {
    let pack = pack("wirral");
    let placed = Anchors::new().at(Moment::Placed, at("2026-12-11T10:00:00Z"));

    assert_eq!(
        due_on(&pack, "receiving_worker_named", &placed, &in_north()),
        date(2026, 12, 25)
    );
}

#[test]
fn w_087_w_088_w_155_a_child_in_need_moves_without_a_worker_pending_the_deputy_director() {
    let known = facts(&[
        ("plan", code("child_in_need")),
        ("in_proceedings", Value::Flag(false)),
        ("section_47_open", Value::Flag(false)),
    ]);

    let (effects, resolved, rules) = no_worker(&known, false);

    let pending = Effect::MoveWithoutWorker {
        pending: "deputy_director".parse().unwrap(),
    };
    assert!(effects.contains(&pending));
    assert_eq!(resolved, Resolved::Known);
    assert!(
        ["W-087", "W-088", "W-155"]
            .iter()
            .all(|rule| rules.contains(&(*rule).to_owned())),
        "{rules:?}"
    );
}

#[test]
fn k_04_w_152_protection_and_court_work_stay_and_both_managers_above_are_told() {
    for known in [
        facts(&[("plan", code("child_protection"))]),
        facts(&[
            ("plan", code("child_in_need")),
            ("in_proceedings", Value::Flag(true)),
        ]),
        facts(&[
            ("plan", code("child_in_need")),
            ("section_47_open", Value::Flag(true)),
        ]),
    ] {
        let (effects, resolved, rules) = no_worker(&known, false);

        assert_eq!(effects[0], Effect::HoldMove);
        assert_eq!(resolved, Resolved::Known);
        assert!(rules.contains(&"W-152".to_owned()), "{rules:?}");
        let Effect::Escalate(rungs) = &effects[1] else {
            panic!("{effects:?}")
        };
        let told: Vec<String> = rungs.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["group_manager of authority", "senior_manager of authority"]
        );
    }
}

#[test]
fn k_04_while_a_deciding_fact_is_unknown_the_safe_branch_holds_the_case_and_names_the_fact() {
    let known = facts(&[("plan", code("child_in_need"))]);

    let (effects, resolved, _) = no_worker(&known, false);

    assert_eq!(effects[0], Effect::HoldMove);
    assert_eq!(
        resolved,
        Resolved::Safe(
            ["in_proceedings", "section_47_open"]
                .map(|fact| fact.parse().unwrap())
                .into()
        )
    );
}

#[test]
fn k_44_a_failed_audit_holds_the_case_whatever_its_plan() {
    let known = facts(&[
        ("plan", code("child_in_need")),
        ("in_proceedings", Value::Flag(false)),
        ("section_47_open", Value::Flag(false)),
    ]);

    let (effects, _, rules) = no_worker(&known, true);

    assert_eq!(effects[0], Effect::HoldMove);
    assert!(!moves_without_worker(&effects));
    assert!(rules.contains(&"K-44".to_owned()));
}

#[test]
fn w_152_a_case_under_protection_or_before_the_court_may_never_be_without_a_worker() {
    let pack = pack("wirral");
    let plan = |plan: &str, court: bool| {
        facts(&[
            ("plan", code(plan)),
            ("in_proceedings", Value::Flag(court)),
            ("conference.state", code("held")),
        ])
    };

    for facts in [
        plan("child_protection", false),
        plan("child_in_need", true),
        Facts::new(),
    ] {
        let answer = pack.without_worker(&facts);
        assert!(
            matches!(answer, WithoutWorker::Forbidden { .. }),
            "{answer:?}"
        );
    }
}

#[test]
fn w_155_every_other_case_waits_for_the_deputy_director_and_nobody_else() {
    let pack = pack("wirral");
    let known = facts(&[
        ("plan", code("child_in_need")),
        ("in_proceedings", Value::Flag(false)),
        ("section_47_open", Value::Flag(false)),
    ]);

    let WithoutWorker::Pending(rule) = pack.without_worker(&known) else {
        panic!()
    };

    assert!(rule.only);
    assert_eq!(rule.by[0].to_string(), "deputy_director of authority");
    assert!(
        pack.allocation
            .allocated_means
            .as_ref()
            .unwrap()
            .named_worker,
        "W-147"
    );
}

#[test]
fn w_153_w_154_w_156_both_managers_assess_the_report_follows_and_progress_is_reported_weekly() {
    let pack = pack("wirral");
    let leave = pack.allocation.leave_unallocated.as_ref().unwrap();
    let names = |parties: &[baton_protocol::Party]| {
        let names = parties.iter().map(ToString::to_string);
        names.collect::<Vec<_>>()
    };
    let above = [
        "senior_manager of authority",
        "deputy_director of authority",
    ];

    let [assessment, report] = leave.first.as_slice() else {
        panic!("{:?}", leave.first)
    };
    assert_eq!(rules(&assessment.cites), ["W-153"]);
    assert_eq!(assessment.asks, ["complexity", "risk"]);
    assert_eq!(
        names(&assessment.signed_by),
        ["team_manager of responsible", "group_manager of authority"]
    );
    assert_eq!(rules(&report.cites), ["W-154"]);
    assert_eq!(
        report.asks,
        ["numbers_and_details", "monitoring", "plan_to_allocate"]
    );
    assert_eq!(names(&report.signed_by), ["team_manager of responsible"]);
    assert_eq!(names(&report.to), above);
    let progress = leave.progress.as_ref().unwrap();
    assert_eq!(
        (progress.every.to_string(), rules(&progress.cites)),
        ("1 week".to_owned(), vec!["W-156".to_owned()])
    );
    assert_eq!(progress.by.to_string(), "team_manager of responsible");
    assert_eq!(names(&progress.to), above);
}
