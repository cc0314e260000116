use super::*;

fn manager_call(received_at: &str) -> Context {
    call(
        received_at,
        vec![post("team_manager", Some("frt"))],
        plan("child_in_need"),
    )
}

#[test]
fn w_147_the_manager_of_the_responsible_team_allocates() {
    let case = open_case();
    let ctx = manager_call("2026-03-05T10:00:00Z");

    let events = decided(&case, &allocate("bob", None), &ctx, &packs::wirral()).unwrap();
    let allocated = after(&case, &events);

    assert_eq!(allocated.worker, Some(worker("bob")));
    assert_eq!(allocated.team, case.team);
    assert_eq!(allocated.epoch, case.epoch + 1);
    assert_eq!(events[0].acted_in, Some(post("team_manager", Some("frt"))));
}

#[test]
fn nobody_else_does() {
    let case = open_case();

    for posts in [
        vec![],
        vec![post("social_worker", Some("frt"))],
        vec![post("team_manager", Some("north"))],
    ] {
        let ctx = call("2026-03-05T10:00:00Z", posts, plan("child_in_need"));
        let refusal = decided(&case, &allocate("bob", None), &ctx, &packs::wirral()).unwrap_err();
        assert!(matches!(refusal, Refusal::RoleNotAllowed { role, .. } if role == "team_manager"));
    }
}

#[test]
fn x_18_a_higher_rung_may_but_only_in_its_area() {
    let case = open_case();
    let of_area = |area: &str| PostHeld {
        area: Some(area.to_owned()),
        ..post("group_manager", None)
    };
    let by = |held| {
        let ctx = call("2026-03-05T10:00:00Z", vec![held], plan("child_in_need"));
        decided(&case, &allocate("bob", None), &ctx, &packs::wirral())
    };

    assert!(by(of_area("n")).is_ok());
    assert!(by(of_area("s")).is_err());
    assert!(by(post("senior_manager", None)).is_ok());
}

#[test]
fn x_16_the_record_names_who_is_covered() {
    let case = open_case();
    let covering = PostHeld {
        covering_for: Some(worker("tom")),
        ..post("team_manager", Some("frt"))
    };
    let ctx = call(
        "2026-03-05T10:00:00Z",
        vec![covering.clone()],
        plan("child_in_need"),
    );

    let events = decided(&case, &allocate("bob", None), &ctx, &packs::wirral()).unwrap();

    assert_eq!(events[0].acted_in, Some(covering));
}

#[test]
fn a_worker_of_another_team_is_refused() {
    let case = open_case();
    let ctx = manager_call("2026-03-05T10:00:00Z");

    let refusal = decided(&case, &allocate("sam", None), &ctx, &packs::wirral()).unwrap_err();

    assert_eq!(
        refusal,
        Refusal::WorkerNotInTeam {
            worker: worker("sam"),
            team: team("frt")
        }
    );
}

#[test]
fn x_24_an_allocation_lies_neither_in_the_future_nor_before_the_worker_s_span() {
    let case = open_case();
    let ctx = manager_call("2026-03-05T10:00:00Z");
    let at_ = |when| decided(&case, &allocate("bob", Some(when)), &ctx, &packs::wirral());

    assert!(at_("2026-03-04T10:00:00Z").is_ok());
    assert!(matches!(
        at_("2026-03-05T10:00:01Z"),
        Err(Refusal::EffectiveInFuture { .. })
    ));
    assert!(matches!(
        at_("2026-03-02T08:00:00Z"),
        Err(Refusal::EffectiveBeforeSpan { .. })
    ));
}

#[test]
fn allocating_the_same_worker_again_changes_nothing() {
    let case = open_case();
    let ctx = manager_call("2026-03-05T10:00:00Z");

    assert_eq!(
        decided(&case, &allocate("ann", None), &ctx, &packs::wirral()),
        Ok(vec![])
    );
}

#[test]
fn a_version_that_has_passed_is_refused() {
    let case = open_case();
    let ctx = manager_call("2026-03-05T10:00:00Z");
    let Command::Allocate(asked) = allocate("bob", None) else {
        unreachable!()
    };
    let stale = Command::Allocate(Allocate {
        expected_version: Some(9),
        ..asked
    });

    let refusal = decided(&case, &stale, &ctx, &packs::wirral()).unwrap_err();

    assert_eq!(
        refusal,
        Refusal::StaleVersion {
            expected: 9,
            actual: case.version
        }
    );
}
