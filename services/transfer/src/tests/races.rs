//! Two at once: one wins, on either database.

use baton_testkit::each_database;
use tonic::Code;

use super::harness::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_completions_exactly_one_releases() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world.ready().await;
        let (mut one, mut other) = (world.public(), world.public());
        let first = world.by("nia", world.completing(&id));
        let second = world.by("nia", world.completing(&id));

        let (first, second) = tokio::join!(
            tokio::spawn(async move { one.complete_transfer(first).await }),
            tokio::spawn(async move { other.complete_transfer(second).await }),
        );

        let answers = [first.unwrap(), second.unwrap()];
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let lost = answers.into_iter().find_map(Result::err).unwrap();
        assert_eq!(
            lost.code(),
            Code::FailedPrecondition,
            "RELEASED: the other has it"
        );
        let released = world
            .events()
            .await
            .into_iter()
            .filter(|event| event.r#type == "transfer.released");
        assert_eq!(released.count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_triggers_for_one_case_exactly_one_opens() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;

        let (first, second) = tokio::join!(
            world.try_schedule("2026-03-16T14:00:00Z"),
            world.try_schedule("2026-03-16T14:00:00Z"),
        );

        // The loser either finds the winner's transfer or is told to try again; never is there a second one.
        assert!(first.is_ok() || second.is_ok());
        let opened = world
            .events()
            .await
            .into_iter()
            .filter(|event| event.r#type == "transfer.opened");
        assert_eq!(opened.count(), 1);
    })
    .await;
}
