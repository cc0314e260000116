//! Two at once: one wins, on either database.

use baton_contracts::allocation::v1 as wire;
use baton_testkit::each_database;

use super::harness::{START, World, at, moving, placement, reason, request_id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_moves_from_one_epoch_exactly_one_wins() {
    each_database(async |url| {
        let world = World::council(url).await;
        for _ in 0..10 {
            let case = world.place(at(START)).await;
            let (mut one, mut other) = (world.reactions(), world.reactions());
            let to_north = world.reaction(moving(&case, "north", "sam", at(START)));
            let to_frt = world.reaction(moving(&case, "frt", "bob", at(START)));

            let (first, second) = tokio::join!(
                tokio::spawn(async move { one.move_responsibility(to_north).await }),
                tokio::spawn(async move { other.move_responsibility(to_frt).await }),
            );
            let answers = [first.unwrap(), second.unwrap()];

            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
            let lost = answers.into_iter().find_map(Result::err).unwrap();
            assert_eq!(lost.code(), tonic::Code::Aborted);
            assert_eq!(reason(&lost), "STALE_EPOCH");
            let spans = world.spans(&case.case_id).await;
            assert_eq!(
                spans
                    .teams
                    .iter()
                    .filter(|span| span.until.is_none())
                    .count(),
                1
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_placements_of_one_child_exactly_one_wins() {
    each_database(async |url| {
        let world = World::council(url).await;
        for _ in 0..10 {
            let body = placement(at(START));
            let again = wire::PlaceCaseRequest {
                request_id: request_id(),
                ..body.clone()
            };
            let (mut one, mut other) = (world.reactions(), world.reactions());
            let (body, again) = (world.reaction(body), world.reaction(again));

            let (first, second) = tokio::join!(
                tokio::spawn(async move { one.place_case(body).await }),
                tokio::spawn(async move { other.place_case(again).await }),
            );
            let answers = [first.unwrap(), second.unwrap()];

            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
            let lost = answers.into_iter().find_map(Result::err).unwrap();
            assert_eq!(reason(&lost), "CASE_ALREADY_OPEN");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_twice_at_once_takes_effect_once() {
    each_database(async |url| {
        let world = World::council(url).await;
        for _ in 0..10 {
            let case = world.place(at(START)).await;
            let body = moving(&case, "north", "sam", at(START));
            let (mut one, mut other) = (world.reactions(), world.reactions());
            let (first, second) = (world.reaction(body.clone()), world.reaction(body));

            let (first, second) = tokio::join!(
                tokio::spawn(async move { one.move_responsibility(first).await }),
                tokio::spawn(async move { other.move_responsibility(second).await }),
            );
            let (first, second) = (first.unwrap().unwrap(), second.unwrap().unwrap());

            assert_eq!(first.into_inner(), second.into_inner());
            assert_eq!(world.journey(&case.case_id).await.len(), 2);
        }
    })
    .await;
}
