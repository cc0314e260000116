//! Two replicas of every service on the same databases carry one load, and stay exact.

use futures::future::join_all;

use crate::ensemble::Ensemble;
use crate::town::{AFTERWARDS, BEGIN, Town, held};

const CHILDREN: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_replicas_of_each_service_carry_one_load_and_stay_exact() {
    let mut ensemble = Ensemble::postgres(BEGIN, 2).await;
    let town = Town::new(ensemble.replicas.iter().map(|replica| replica.door.clone()));

    let began = std::time::Instant::now();
    let lap = |what: &str| println!("{:>6} ms  {what}", began.elapsed().as_millis());
    town.organise().await;
    lap("organised");
    let mut children = town.contacts(CHILDREN).await;
    lap("contacts launched");
    town.open(&mut children).await;
    lap("cases open");
    town.book(&mut children).await;
    lap("conferences booked");
    join_all(children.iter().map(|child| town.prepare(child))).await;
    lap("gates met");
    town.advance(AFTERWARDS).await;
    // The same report through both doors at once: one of them carries it out.
    join_all(
        children
            .iter()
            .flat_map(|child| [town.report(held(child)), town.report(held(child))]),
    )
    .await;
    lap("conferences reported");
    town.settle().await;
    lap("conferences worked off");
    join_all(children.iter().map(|child| town.complete(child))).await;
    lap("transfers released");
    town.settle().await;
    lap("transfers completed");

    for child in &children {
        assert_eq!(
            town.responsible(child).await,
            ("north".to_owned(), "sam".to_owned())
        );
    }
    ensemble.stop().await;
    let faults = ensemble.databases().await.faults().await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
