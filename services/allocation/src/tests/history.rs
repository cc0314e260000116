//! History on two axes of time, and that it never tears.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::{instant, timestamp};
use baton_testkit::{TestDb, each_database};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};

use super::harness::{START, World, at, reason};

async fn responsible(
    world: &World,
    case: &wire::Case,
    on: &str,
    believed: Option<&str>,
) -> Result<(String, String), tonic::Status> {
    let body = wire::GetResponsibilityRequest {
        case_id: case.case_id.clone(),
        at: Some(timestamp(at(on))),
        believed_at: believed.map(|instant| timestamp(at(instant))),
    };
    let response = world
        .public()
        .get_responsibility(world.system(body))
        .await?
        .into_inner();
    let worker = response
        .worker
        .map(|span| span.worker_id)
        .unwrap_or_default();
    Ok((response.team.unwrap().team_id, worker))
}

fn pair(team: &str, worker: &str) -> (String, String) {
    (team.to_owned(), worker.to_owned())
}

#[tokio::test]
async fn x_24_history_tells_who_was_responsible_and_who_was_believed_to_be() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;
        let case = world.allocate(&case, "ann", None).await.unwrap();
        // On the 18th it is recorded that the case had moved on the 16th.
        world.clock.set(at("2026-03-18T10:00:00Z")).unwrap();
        world
            .move_to(&case, "north", "sam", at("2026-03-16T14:00:00Z"))
            .await
            .unwrap();

        let on_17 = "2026-03-17T12:00:00Z";
        let believed_on_17 = responsible(&world, &case, on_17, Some(on_17))
            .await
            .unwrap();
        let known_now = responsible(&world, &case, on_17, None).await.unwrap();
        let before = responsible(&world, &case, "2026-03-16T13:59:59Z", None)
            .await
            .unwrap();
        let at_the_instant = responsible(&world, &case, "2026-03-16T14:00:00Z", None)
            .await
            .unwrap();
        let nobody = responsible(&world, &case, "2026-03-01T00:00:00Z", None)
            .await
            .unwrap_err();

        assert_eq!(believed_on_17, pair("frt", "ann"));
        assert_eq!(known_now, pair("north", "sam"));
        assert_eq!(before, pair("frt", "ann"));
        assert_eq!(at_the_instant, pair("north", "sam"));
        assert_eq!(nobody.code(), tonic::Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn x_24_a_back_dated_move_supersedes_what_happened_in_the_old_team_since() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;
        world.clock.set(at("2026-03-17T09:00:00Z")).unwrap();
        let case = world.allocate(&case, "bob", None).await.unwrap();
        world.clock.set(at("2026-03-18T10:00:00Z")).unwrap();
        world
            .move_to(&case, "north", "sam", at("2026-03-16T14:00:00Z"))
            .await
            .unwrap();

        let spans = world.spans(&case.case_id).await;
        let workers: Vec<&str> = spans
            .workers
            .iter()
            .map(|span| span.worker_id.as_str())
            .collect();
        let believed = responsible(
            &world,
            &case,
            "2026-03-17T12:00:00Z",
            Some("2026-03-17T12:00:00Z"),
        )
        .await;

        assert_eq!(workers, ["", "sam"]);
        assert_eq!(believed.unwrap(), pair("frt", "bob"));
    })
    .await;
}

#[tokio::test]
async fn a_move_before_the_current_span_or_in_the_future_is_refused() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;

        let before = world
            .move_to(&case, "north", "sam", at("2026-03-02T08:59:59Z"))
            .await;
        let future = world
            .move_to(&case, "north", "sam", at("2026-03-02T09:00:01Z"))
            .await;

        assert_eq!(reason(&before.unwrap_err()), "EFFECTIVE_BEFORE_SPAN");
        assert_eq!(reason(&future.unwrap_err()), "EFFECTIVE_IN_FUTURE");
    })
    .await;
}

#[tokio::test]
async fn each_span_tells_what_explains_it() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;
        let case = world.allocate(&case, "ann", None).await.unwrap();
        world
            .move_to(&case, "north", "sam", at(START))
            .await
            .unwrap();

        let spans = world.spans(&case.case_id).await;
        let kinds = |spans: &[wire::Span]| {
            spans
                .iter()
                .map(|span| (span.epoch, span.cause_kind.clone()))
                .collect::<Vec<_>>()
        };
        let expected = |list: &[(i64, &str)]| {
            list.iter()
                .map(|(epoch, kind)| (*epoch, (*kind).to_owned()))
                .collect::<Vec<_>>()
        };

        // All at one instant: spans of no length stay, since each names its cause.
        assert_eq!(
            kinds(&spans.teams),
            expected(&[(1, "placement"), (3, "transfer")])
        );
        assert_eq!(
            kinds(&spans.workers),
            expected(&[(1, "placement"), (2, "allocation"), (3, "transfer")])
        );
        assert!(spans.teams[1].cause_id.len() == 36 && spans.workers[1].cause_id.is_empty());
    })
    .await;
}

/// Something that is done to a case, this many minutes after the last thing and back-dated by that many.
#[derive(Debug, Clone)]
enum Act {
    Allocate(&'static str),
    MoveTo(&'static str, &'static str),
    End,
}

fn any_act() -> impl Strategy<Value = (Act, i64, i64)> {
    let act = prop_oneof![
        4 => prop_oneof![Just("ann"), Just("bob"), Just("sam"), Just("nia")].prop_map(Act::Allocate),
        4 => prop_oneof![
            Just(Act::MoveTo("north", "sam")),
            Just(Act::MoveTo("north", "nia")),
            Just(Act::MoveTo("frt", "ann")),
            Just(Act::MoveTo("frt", "tom")),
        ],
        1 => Just(Act::End),
    ];
    (act, 0_i64..3, -1_i64..6)
}

/// Acts at random, early and late, refused or not; then looks at what is left.
async fn act_at_random(world: &World, acts: &[(Act, i64, i64)]) {
    let mut case = world.place(world.clock.now()).await;
    for (act, later, back) in acts {
        world
            .clock
            .set(world.clock.now() + later.minutes())
            .unwrap();
        let when = world.clock.now() - back.minutes();
        let answer = match act {
            Act::Allocate(worker) => world.allocate(&case, worker, Some(when)).await,
            Act::MoveTo(team, worker) => world.move_to(&case, team, worker, when).await,
            Act::End => world.end(&case, when).await,
        };
        match answer {
            Ok(changed) => case = changed,
            // A rule may say no; the database never has to.
            Err(refused) => assert_ne!(refused.code(), tonic::Code::Internal, "{refused:?}"),
        }
        check(world, &case).await;
    }
}

/// at every instant of an open case exactly one team, at most one worker, in history and now.
async fn check(world: &World, case: &wire::Case) {
    let spans = world.spans(&case.case_id).await;
    for line in [&spans.teams, &spans.workers] {
        assert_eq!(line[0].from, case.opened_at);
        for pair in line.windows(2) {
            assert_eq!(pair[0].until, pair[1].from, "{line:#?}");
            assert!(pair[0].epoch < pair[1].epoch);
        }
        for span in line {
            let from = moment(span.from.as_ref());
            assert!(span.until.is_none() || moment(span.until.as_ref()) >= from);
        }
        let last = line.last().unwrap();
        assert_eq!(last.until, case.closed_at);
    }
    let team = spans.teams.last().unwrap();
    if case.open {
        assert_eq!(team.team_id, case.team_id);
        assert_eq!(spans.workers.last().unwrap().worker_id, case.worker_id);
    }
    for span in &spans.workers {
        // Whoever is responsible belongs to the team that is, unless the stretch has no length.
        let holds = |team: &&wire::Span| {
            moment(team.from.as_ref()) <= moment(span.from.as_ref())
                && team
                    .until
                    .is_none_or(|until| instant(&until).unwrap() > moment(span.from.as_ref()))
        };
        if span.until != span.from {
            let of = spans.teams.iter().find(holds);
            assert_eq!(
                of.map(|team| team.team_id.as_str()),
                Some(span.team_id.as_str())
            );
        }
    }
}

fn moment(value: Option<&prost_types::Timestamp>) -> Timestamp {
    instant(value.unwrap()).unwrap()
}

fn play(runtime: &tokio::runtime::Runtime, world: &World, cases: u32) {
    let mut runner = TestRunner::new(Cases {
        failure_persistence: None,
        ..Cases::with_cases(cases)
    });
    let acts = proptest::collection::vec(any_act(), 1..10);
    runner
        .run(&acts, |acts| {
            runtime.block_on(act_at_random(world, &acts));
            Ok(())
        })
        .unwrap();
}

#[test]
fn x_20_history_is_contiguous_whatever_happens_on_sqlite() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let db = TestDb::sqlite();
    let world = runtime.block_on(World::council(db.url().to_owned()));

    play(&runtime, &world, 64);
}

#[test]
fn x_20_history_is_contiguous_whatever_happens_on_postgresql() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let db = runtime.block_on(TestDb::postgres());
    let world = runtime.block_on(World::council(db.url().to_owned()));

    play(&runtime, &world, 32);
}
