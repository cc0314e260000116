use super::*;
use crate::domain::command::End;
use baton_ids::ClosureId;

#[test]
fn x_20_a_move_closes_and_opens_at_the_same_instant_and_counts_the_epoch_on() {
    let case = open_case();
    let ctx = reaction("2026-03-18T10:06:00Z", plan("child_protection"));
    let command = move_to_north(&case, Some("sam"), "2026-03-18T10:05:00Z");

    let events = decided(&case, &command, &ctx, &packs::wirral()).unwrap();
    let moved = after(&case, &events);

    assert_eq!(
        (moved.team.clone(), moved.worker.clone()),
        (team("north"), Some(worker("sam")))
    );
    assert_eq!(moved.epoch, case.epoch + 1);
    assert_eq!(moved.team_since, at("2026-03-18T10:05:00Z"));
    let turn = spans::turn_of(&events[0], &moved, ctx.received_at).unwrap();
    assert_eq!(turn.at, moved.team_since);
    assert!(
        turn.begins
            .iter()
            .all(|span| span.from == turn.at && span.until.is_none())
    );
}

#[test]
fn only_the_expected_epoch_moves() {
    let case = open_case();
    let ctx = reaction("2026-03-18T10:06:00Z", plan("child_in_need"));
    let Command::Move(to) = move_to_north(&case, Some("sam"), "2026-03-18T10:05:00Z") else {
        unreachable!()
    };
    let stale = Command::Move(Move {
        expected_epoch: 0,
        ..to
    });

    let refusal = decided(&case, &stale, &ctx, &packs::wirral()).unwrap_err();

    assert_eq!(
        refusal,
        Refusal::StaleEpoch {
            expected: 0,
            actual: 1
        }
    );
}

#[test]
fn x_24_a_move_may_be_back_dated_to_its_trigger_but_not_before_the_current_span() {
    let case = open_case();
    let ctx = reaction("2026-03-18T10:00:00Z", plan("child_in_need"));
    let moved = |when| {
        decided(
            &case,
            &move_to_north(&case, Some("sam"), when),
            &ctx,
            &packs::wirral(),
        )
    };

    assert!(moved("2026-03-16T14:00:00Z").is_ok());
    assert!(moved("2026-03-02T09:00:00Z").is_ok());
    assert_eq!(
        moved("2026-03-02T08:59:59Z"),
        Err(Refusal::EffectiveBeforeSpan {
            at: at("2026-03-02T08:59:59Z"),
            since: at("2026-03-02T09:00:00Z"),
        })
    );
    assert!(matches!(
        moved("2026-03-18T10:00:01Z"),
        Err(Refusal::EffectiveInFuture { .. })
    ));
}

#[test]
fn the_receiving_worker_belongs_to_the_receiving_team() {
    let case = open_case();
    let ctx = reaction("2026-03-18T10:00:00Z", plan("child_in_need"));
    let command = move_to_north(&case, Some("bob"), "2026-03-18T10:00:00Z");

    let refusal = decided(&case, &command, &ctx, &packs::wirral()).unwrap_err();

    assert_eq!(
        refusal,
        Refusal::WorkerNotInTeam {
            worker: worker("bob"),
            team: team("north")
        }
    );
}

#[test]
fn stale_facts_decide_nothing() {
    let case = Case {
        facts_version: 8,
        ..open_case()
    };
    let ctx = reaction("2026-03-18T10:00:00Z", plan("child_in_need"));
    let command = move_to_north(&case, Some("sam"), "2026-03-18T10:00:00Z");

    let refusal = decided(&case, &command, &ctx, &packs::wirral()).unwrap_err();

    assert_eq!(refusal, Refusal::StaleFacts { given: 7, seen: 8 });
}

#[test]
fn an_ended_case_has_nobody_and_does_not_move() {
    let case = open_case();
    let ctx = reaction("2026-03-18T10:00:00Z", plan("none"));
    let end = Command::End(End {
        expected_epoch: case.epoch,
        effective_at: at("2026-03-18T10:00:00Z"),
        closure: ClosureId::new(),
        rules: vec!["W-022".to_owned()],
    });

    let events = decided(&case, &end, &ctx, &packs::wirral()).unwrap();
    let ended = after(&case, &events);

    assert!(!ended.is_open());
    assert_eq!(ended.worker, None);
    let turn = spans::turn_of(&events[0], &ended, ctx.received_at).unwrap();
    assert_eq!(turn.begins, vec![]);
    let command = move_to_north(&ended, Some("sam"), "2026-03-18T10:00:00Z");
    assert_eq!(
        decided(&ended, &command, &ctx, &packs::wirral()),
        Err(Refusal::CaseNotOpen)
    );
}

#[test]
fn x_20_the_worker_identified_as_next_changes_no_responsibility() {
    let case = open_case();
    let ctx = reaction("2026-03-10T10:00:00Z", plan("child_in_need"));
    let involve = Command::Involve {
        worker: Some(worker("sam")),
        transfer: TransferId::new(),
    };

    let events = decided(&case, &involve, &ctx, &packs::wirral()).unwrap();
    let involved = after(&case, &events);

    assert_eq!(involved.next_worker, Some(worker("sam")));
    assert_eq!(
        (&involved.team, &involved.worker),
        (&case.team, &case.worker)
    );
    assert_eq!(involved.epoch, case.epoch);
    assert_eq!(
        decided(&involved, &involve, &ctx, &packs::wirral()),
        Ok(vec![])
    );
}
