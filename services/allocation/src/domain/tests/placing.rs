use super::*;

#[test]
fn x_20_a_placed_case_has_one_team_and_may_have_no_worker_yet() {
    let ctx = reaction("2026-03-02T09:30:00Z", Facts::new());

    let (case, event) = place(
        &placement("2026-03-02T09:00:00Z"),
        None,
        &roster(),
        &ctx,
        &packs::wirral(),
        ctx.received_at,
    )
    .unwrap();

    assert_eq!(
        (case.team.clone(), case.worker.clone(), case.epoch),
        (team("frt"), None, 1)
    );
    assert_eq!(case.opened_at, at("2026-03-02T09:00:00Z"));
    assert_eq!(event.rules, ["W-011", "X-20"]);
}

#[test]
fn a_child_with_an_open_case_gets_no_second_one() {
    let ctx = reaction("2026-03-03T09:00:00Z", Facts::new());
    let open = open_case();

    let second = place(
        &placement("2026-03-03T09:00:00Z"),
        Some(&open),
        &roster(),
        &ctx,
        &packs::wirral(),
        ctx.received_at,
    );

    assert_eq!(second, Err(Refusal::CaseAlreadyOpen));
}

#[test]
fn a_re_referral_opens_a_case_that_names_the_former_and_not_before_its_end() {
    let ctx = reaction("2026-06-01T09:00:00Z", Facts::new());
    let former = Case {
        closed_at: Some(at("2026-05-01T12:00:00Z")),
        ..open_case()
    };
    let placed = |when| {
        place(
            &placement(when),
            Some(&former),
            &roster(),
            &ctx,
            &packs::wirral(),
            ctx.received_at,
        )
    };

    assert_eq!(
        placed("2026-06-01T09:00:00Z").unwrap().0.previous,
        Some(former.id)
    );
    assert!(matches!(
        placed("2026-04-30T12:00:00Z"),
        Err(Refusal::EffectiveBeforeSpan { .. })
    ));
}

#[test]
fn x_24_a_placement_in_the_future_is_refused() {
    let ctx = reaction("2026-03-02T09:00:00Z", Facts::new());

    let early = place(
        &placement("2026-03-02T09:00:01Z"),
        None,
        &roster(),
        &ctx,
        &packs::wirral(),
        ctx.received_at,
    );

    assert_eq!(
        early,
        Err(Refusal::EffectiveInFuture {
            at: at("2026-03-02T09:00:01Z")
        })
    );
}

#[test]
fn a_case_is_placed_with_a_team_and_a_worker_that_exist_and_belong_together() {
    let ctx = reaction("2026-03-02T09:00:00Z", Facts::new());
    let placed = |asked: Placement| {
        place(
            &asked,
            None,
            &roster(),
            &ctx,
            &packs::wirral(),
            ctx.received_at,
        )
    };
    let asked = placement("2026-03-02T09:00:00Z");

    let nowhere = Placement {
        team: team("south"),
        ..asked.clone()
    };
    let nobody = Placement {
        worker: Some(worker("zoe")),
        ..asked.clone()
    };
    let elsewhere = Placement {
        worker: Some(worker("sam")),
        ..asked
    };

    assert_eq!(
        placed(nowhere),
        Err(Refusal::TeamUnknown {
            team: team("south")
        })
    );
    assert_eq!(
        placed(nobody),
        Err(Refusal::WorkerUnknown {
            worker: worker("zoe")
        })
    );
    assert_eq!(
        placed(elsewhere),
        Err(Refusal::WorkerNotInTeam {
            worker: worker("sam"),
            team: team("frt")
        })
    );
}
