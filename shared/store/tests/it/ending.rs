use std::sync::atomic::{AtomicI64, Ordering};

use baton_store::{Cursor, StoreError, Tx, write_last};
use baton_testkit::each_database;
use uuid::Uuid;

use crate::events::seal;
use crate::support::{add, count, event, note, notes, open};

/// Counts to `n` at the end of the transaction, from the number before it.
async fn count_last(tx: &mut Tx, name: &str, n: i64) -> Result<(), StoreError> {
    write_last!(tx, 1, update => update
        .push("UPDATE counters SET n = ")
        .push_bind(n)
        .push(" WHERE name = ")
        .push_bind(name)
        .push(" AND n = ")
        .push_bind(n - 1))
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_of_several_rows_events_and_deadlines_end_a_transaction_together() {
    each_database(|url| async move {
        let store = open(&url).await;
        let id = Uuid::now_v7();
        let done: Result<(), StoreError> = store
            .transact("end", move |tx| {
                Box::pin(async move {
                    add(tx, "a", 1).await?;
                    add(tx, "b", 1).await?;
                    tx.announce(&[event("wirral", id, 1), event("wirral", id, 2)]);
                    count_last(tx, "a", 2).await?;
                    tx.announce(&[event("wirral", id, 3)]);
                    count_last(tx, "b", 2).await
                })
            })
            .await;
        done.unwrap();
        seal(&store).await;

        assert_eq!((count(&store, "a").await, count(&store, "b").await), (2, 2));
        let feed = store
            .read_feed("wirral", &Cursor::default(), 10)
            .await
            .unwrap();
        let versions = feed.iter().map(|sealed| sealed.event.aggregate_version);
        assert_eq!(versions.collect::<Vec<_>>(), [1, 2, 3]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_misses_its_rows_takes_the_transaction_back() {
    each_database(|url| async move {
        let store = open(&url).await;
        let missed: Result<(), StoreError> = store
            .transact("miss", move |tx| {
                Box::pin(async move {
                    add(tx, "a", 1).await?;
                    tx.announce(&[event("wirral", Uuid::now_v7(), 1)]);
                    count_last(tx, "a", 7).await
                })
            })
            .await;

        assert!(matches!(missed, Err(StoreError::Contention)));
        assert_eq!(count(&store, "a").await, 0);
        assert!(store.quiet().await.unwrap().is_empty(), "no event is left");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_lets_the_next_statement_see_what_waited() {
    each_database(|url| async move {
        let store = open(&url).await;
        let done: Result<(), StoreError> = store
            .transact("flush", move |tx| {
                Box::pin(async move {
                    add(tx, "a", 1).await?;
                    count_last(tx, "a", 2).await?;
                    tx.flush().await?;
                    count_last(tx, "a", 3).await?;
                    tx.flush().await?;
                    note(tx, "after").await
                })
            })
            .await;
        done.unwrap();

        assert_eq!(count(&store, "a").await, 3);
        assert_eq!(notes(&store).await, ["after"]);
    })
    .await;
}

#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_overtakes_what_waits_is_shown_by_any_test() {
    each_database(|url| async move {
        let store = open(&url).await;
        let reached = std::sync::Arc::new(AtomicI64::new(0));
        let seen = std::sync::Arc::clone(&reached);
        let overtaken: Result<(), StoreError> = store
            .transact("overtake", move |tx| {
                Box::pin(async move {
                    add(tx, "a", 1).await?;
                    count_last(tx, "a", 2).await?;
                    seen.store(1, Ordering::SeqCst);
                    note(tx, "too early").await?;
                    seen.store(2, Ordering::SeqCst);
                    Ok(())
                })
            })
            .await;

        assert!(matches!(overtaken, Err(StoreError::Interrupted)));
        assert_eq!(reached.load(Ordering::SeqCst), 1);
        assert_eq!(count(&store, "a").await, 0);
    })
    .await;
}
