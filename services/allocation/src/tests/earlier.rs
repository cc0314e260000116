//! Who had a child before the ledger began.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::timestamp;
use baton_contracts::type_v1::{self, Team};
use baton_ids::ChildId;
use baton_testkit::each_database;
use tonic::{Code, Status};

use super::harness::{START, World, at, moving, placement, request_id};

/// Team, worker, and the day on which they began: what the council's books say.
type Earlier<'a> = [(&'a str, &'a str, &'a str)];

async fn open(world: &World, child: &str, team: &str, worker: &str, since: &str) -> wire::Case {
    let body = wire::PlaceCaseRequest {
        child_id: child.to_owned(),
        team_id: team.to_owned(),
        worker_id: worker.to_owned(),
        ..placement(at(since))
    };
    let answer = world.reactions().place_case(world.reaction(body)).await;
    answer.unwrap().into_inner().case.unwrap()
}

fn asking(child: &str, earlier: &Earlier<'_>) -> wire::CountEarlierInvolvementsRequest {
    let involvements = earlier.iter().map(|(team, worker, day)| {
        let from = Some(timestamp(at(&format!("{day}T00:00:00Z"))));
        wire::EarlierInvolvement {
            team_id: (*team).to_owned(),
            worker_id: (*worker).to_owned(),
            from,
        }
    });
    wire::CountEarlierInvolvementsRequest {
        request_id: request_id(),
        child_id: child.to_owned(),
        involvements: involvements.collect(),
    }
}

/// Whether anything changed.
async fn count(world: &World, child: &str, earlier: &Earlier<'_>) -> Result<bool, Status> {
    let body = asking(child, earlier);
    let mut reactions = world.reactions();
    let answer = reactions.count_earlier_involvements(world.reaction(body));
    let as_of = answer.await?.into_inner().as_of.unwrap();
    Ok(!as_of.event_id.is_empty())
}

/// Moves and changes of worker, as they go along with every command about the child.
async fn so_far(world: &World, child: &str) -> (u32, u32) {
    let body = wire::GetContextRequest {
        child_id: child.to_owned(),
        ..Default::default()
    };
    let answer = world.reactions().get_context(world.reaction(body)).await;
    let holder = answer.unwrap().into_inner().responsibility.unwrap();
    (holder.moves, holder.worker_changes)
}

async fn move_to(world: &World, case: &wire::Case, team: &str, worker: &str) -> wire::Case {
    let body = moving(case, team, worker, at(START));
    let mut reactions = world.reactions();
    let answer = reactions.move_responsibility(world.reaction(body)).await;
    answer.unwrap().into_inner().case.unwrap()
}

const BEFORE: &Earlier<'_> = &[
    ("south", "zoe", "2025-01-10"),
    ("south", "yan", "2025-06-02"),
    // A while without a worker, then the same one.
    ("frt", "", "2025-09-01"),
    ("frt", "yan", "2025-09-15"),
];

#[tokio::test]
async fn c_003_the_count_of_a_child_who_was_taken_over_goes_on_from_the_council_s_own() {
    each_database(async |url| {
        let world = World::council(url).await;
        let child = ChildId::new().to_string();
        let case = open(&world, &child, "frt", "", START).await;
        assert_eq!(so_far(&world, &child).await, (0, 0));

        assert!(count(&world, &child, BEFORE).await.unwrap());
        assert_eq!(so_far(&world, &child).await, (1, 1));
        // The worker before the first one here was yan.
        let case = world.allocate(&case, "ann", Some(at(START))).await.unwrap();
        assert_eq!(so_far(&world, &child).await, (1, 2));
        let case = move_to(&world, &case, "north", "sam").await;
        assert_eq!(so_far(&world, &child).await, (2, 3));

        let journey = world.journey(&case.case_id).await;
        assert!(!count(&world, &child, BEFORE).await.unwrap());
        assert_eq!(so_far(&world, &child).await, (2, 3));
        assert_eq!(world.journey(&case.case_id).await, journey);

        // Put right after the move: there was one team more, and one worker less.
        let right: &Earlier<'_> = &[
            ("south", "yan", "2025-01-10"),
            ("west", "yan", "2025-06-02"),
            ("frt", "yan", "2025-09-15"),
        ];
        assert!(count(&world, &child, right).await.unwrap());
        assert_eq!(so_far(&world, &child).await, (3, 2));
        let events = world.events().await;
        let counted = events
            .iter()
            .filter(|event| event.r#type == "case.earlier_counted");
        let data: Vec<String> = counted
            .map(|event| {
                assert_eq!(event.rules, ["C-003"]);
                format!("{:?}", event.data.as_ref().unwrap().fields["moves"].kind)
            })
            .collect();
        assert_eq!(data, ["Some(NumberValue(1.0))", "Some(NumberValue(3.0))"]);
    })
    .await;
}

#[tokio::test]
async fn c_003_the_opening_position_carries_on_the_last_involvement() {
    each_database(async |url| {
        let world = World::council(url).await;
        let other = ChildId::new().to_string();
        open(&world, &other, "north", "sam", START).await;
        let same = ChildId::new().to_string();
        open(&world, &same, "frt", "ann", START).await;
        let before: &Earlier<'_> = &[("frt", "ann", "2025-09-01")];

        count(&world, &other, before).await.unwrap();
        count(&world, &same, before).await.unwrap();

        assert_eq!(so_far(&world, &other).await, (1, 1));
        assert_eq!(so_far(&world, &same).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn c_003_what_begins_when_the_ledger_has_the_child_is_left_to_it() {
    each_database(async |url| {
        let world = World::council(url).await;
        let child = ChildId::new().to_string();
        let since = "2026-02-20T00:00:00Z";
        let case = open(&world, &child, "frt", "ann", since).await;
        move_to(&world, &case, "north", "sam").await;

        let all: &Earlier<'_> = &[
            ("frt", "bob", "2025-09-01"),
            ("frt", "ann", "2026-02-20"),
            ("north", "sam", "2026-03-02"),
        ];
        count(&world, &child, all).await.unwrap();

        assert_eq!(so_far(&world, &child).await, (1, 2));
    })
    .await;
}

#[tokio::test]
async fn c_003_a_team_that_came_in_another_s_place_carries_on() {
    each_database(async |url| {
        let world = World::council(url).await;
        for (team, until) in [("old", "2025-06-30"), ("older", "2025-06-30")] {
            let team = Team {
                team_id: team.to_owned(),
                kind: "assessment".to_owned(),
                until: until.to_owned(),
                successor_team_id: "frt".to_owned(),
                ..Team::default()
            };
            let body = wire::SetTeamRequest {
                request_id: request_id(),
                team: Some(team),
            };
            world.public().set_team(world.system(body)).await.unwrap();
        }
        let child = ChildId::new().to_string();
        open(&world, &child, "frt", "ann", START).await;

        // While both were there it was a move; when one took the other's place it was none.
        let before: &Earlier<'_> = &[("older", "ann", "2024-01-01"), ("old", "ann", "2025-01-01")];
        count(&world, &child, before).await.unwrap();

        assert_eq!(so_far(&world, &child).await, (1, 0));
    })
    .await;
}

#[tokio::test]
async fn c_003_a_child_who_was_closed_and_came_again_was_placed_anew() {
    each_database(async |url| {
        let world = World::council(url).await;
        let child = ChildId::new().to_string();
        // Closed when it was loaded: only its last team is known.
        let closed = open(&world, &child, "north", "", "2024-11-04T00:00:00Z").await;
        world
            .end(&closed, at("2025-06-30T00:00:00Z"))
            .await
            .unwrap();
        let all: &Earlier<'_> = &[
            ("frt", "ann", "2024-11-04"),
            ("north", "sam", "2025-01-20"),
            ("south", "zoe", "2025-10-01"),
        ];
        count(&world, &child, &all[..2]).await.unwrap();

        let case = open(&world, &child, "frt", "bob", "2026-02-20T00:00:00Z").await;
        assert_eq!(so_far(&world, &child).await, (1, 2));
        // The closure lies between north and south, none between south and frt.
        count(&world, &child, all).await.unwrap();
        assert_eq!(so_far(&world, &child).await, (2, 3));

        // Closed and opened again here: the count goes on, and is the same when it is taken anew.
        world.end(&case, at(START)).await.unwrap();
        open(&world, &child, "north", "sam", START).await;
        assert_eq!(so_far(&world, &child).await, (2, 4));
        assert!(!count(&world, &child, all).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn c_003_without_a_case_of_the_authority_there_is_nothing_to_count_for() {
    each_database(async |url| {
        let world = World::council(url).await;
        let child = ChildId::new().to_string();
        let unknown = count(&world, &child, BEFORE).await.unwrap_err();
        assert_eq!(unknown.code(), Code::NotFound);

        open(&world, &child, "frt", "ann", START).await;
        let mut context = world.context("baton", type_v1::PrincipalKind::Baton, vec![]);
        context.authority = "camden".to_owned();
        context.pack = "camden-pack".to_owned();
        let body = asking(&child, BEFORE);
        let mut reactions = world.reactions();
        let elsewhere = reactions
            .count_earlier_involvements(world.carrying(body, &context))
            .await
            .unwrap_err();
        assert_eq!(elsewhere.code(), Code::NotFound);
        assert_eq!(so_far(&world, &child).await, (0, 0));
    })
    .await;
}
