use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use baton_store::{StoreError, with_tx};
use baton_testkit::each_database;
use tokio::sync::oneshot;

use crate::support::{add, count, in_time, note, notes, open};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_takes_everything_back() {
    each_database(|url| async move {
        let store = open(&url).await;

        let refused: Result<(), StoreError> = store
            .transact("refuse", |tx| {
                Box::pin(async move {
                    add(tx, "a", 1).await?;
                    Err(StoreError::Corrupt("sample"))
                })
            })
            .await;

        assert!(matches!(refused, Err(StoreError::Corrupt(_))));
        assert_eq!(count(&store, "a").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_ends_by_itself_when_its_caller_is_dropped() {
    each_database(|url| async move {
        let store = open(&url).await;
        let (begun, has_begun) = oneshot::channel();
        let (go_on, may_go_on) = oneshot::channel::<()>();
        let (committed, has_committed) = oneshot::channel();
        let caller = tokio::spawn({
            let store = store.clone();
            async move {
                let work = store.transact("long", |tx| {
                    Box::pin(async move {
                        tx.after_commit(|| committed.send(()).unwrap());
                        begun.send(()).unwrap();
                        may_go_on.await.unwrap();
                        add(tx, "a", 1).await
                    })
                });
                work.await
            }
        });

        in_time(has_begun).await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        go_on.send(()).unwrap();
        in_time(has_committed).await.unwrap();

        assert_eq!(count(&store, "a").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_dropped_at_any_moment_leave_no_transaction_open() {
    each_database(|url| async move {
        let store = open(&url).await;
        for delay in 0..60_u64 {
            let work = store.transact::<(), StoreError, _>("dropped", |tx| {
                Box::pin(async move { add(tx, "dropped", 1).await })
            });
            let patience = std::time::Duration::from_micros(delay * 50);
            let _ = tokio::time::timeout(patience, work).await;
        }

        // Were a connection handed back inside a transaction, this would be written in it and lost.
        for _ in 0..60 {
            let done: Result<(), StoreError> = store
                .transact("after", |tx| {
                    Box::pin(async move { add(tx, "after", 1).await })
                })
                .await;
            done.unwrap();
        }
        store.close().await;
        drop(store);
        let again = open(&url).await;

        assert_eq!(count(&again, "after").await, 60);
        assert_eq!(count(&again, "dropped").await, 60);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_panics_changes_nothing_and_harms_nobody() {
    each_database(|url| async move {
        let store = open(&url).await;

        let interrupted: Result<(), StoreError> = store
            .transact("panic", |tx| {
                Box::pin(async move {
                    add(tx, "a", 1).await?;
                    panic!("on purpose")
                })
            })
            .await;
        let next: Result<(), StoreError> = store
            .transact("next", |tx| Box::pin(async move { add(tx, "b", 1).await }))
            .await;

        assert!(matches!(interrupted, Err(StoreError::Interrupted)));
        next.unwrap();
        assert_eq!((count(&store, "a").await, count(&store, "b").await), (0, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_commit_happens_only_after_one() {
    each_database(|url| async move {
        let store = open(&url).await;
        let rung = Arc::new(AtomicBool::new(false));
        let bell = Arc::clone(&rung);

        let refused: Result<(), StoreError> = store
            .transact("refuse", move |tx| {
                Box::pin(async move {
                    tx.after_commit(move || bell.store(true, Ordering::SeqCst));
                    Err(StoreError::Contention)
                })
            })
            .await;

        assert!(refused.is_err());
        assert!(!rung.load(Ordering::SeqCst));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_statements_read_one_state_and_cannot_write() {
    each_database(|url| async move {
        let store = open(&url).await;
        let writer = store.clone();

        let (before, after) = store
            .read("both", move |tx| {
                Box::pin(async move {
                    let count = "SELECT COUNT(*) FROM notes";
                    let before: i64 =
                        with_tx!(tx, c => sqlx::query_scalar(count).fetch_one(c).await)?;
                    writer
                        .transact("note", |tx| Box::pin(async move { note(tx, "new").await }))
                        .await?;
                    let after: i64 =
                        with_tx!(tx, c => sqlx::query_scalar(count).fetch_one(c).await)?;
                    Ok::<_, StoreError>((before, after))
                })
            })
            .await
            .unwrap();
        let written: Result<(), StoreError> = store
            .read("write", |tx| {
                Box::pin(async move { note(tx, "never").await })
            })
            .await;

        assert_eq!((before, after), (0, 0));
        assert!(matches!(written, Err(StoreError::Database(_))));
        assert_eq!(notes(&store).await, ["new"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_wait_for_each_other_are_contention() {
    let db = baton_testkit::TestDb::postgres().await;
    let store = open(db.url()).await;
    let set_up: Result<(), StoreError> = store
        .transact("set_up", |tx| {
            Box::pin(async move {
                add(tx, "a", 0).await?;
                add(tx, "b", 0).await
            })
        })
        .await;
    set_up.unwrap();
    let both_hold_one = Arc::new(tokio::sync::Barrier::new(2));

    let crossing = [("a", "b"), ("b", "a")].map(|(first, second)| {
        let both_hold_one = Arc::clone(&both_hold_one);
        store.transact::<(), StoreError, _>("cross", move |tx| {
            Box::pin(async move {
                add(tx, first, 1).await?;
                both_hold_one.wait().await;
                add(tx, second, 1).await
            })
        })
    });
    let ended = in_time(futures::future::join_all(crossing)).await;

    let lost = ended
        .iter()
        .filter(|end| matches!(end, Err(StoreError::Contention)))
        .count();
    assert_eq!((lost, count(&store, "a").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_repeats_no_stored_value() {
    each_database(|url| async move {
        let store = open(&url).await;

        let refused: Result<(), StoreError> = store
            .transact("twice", |tx| {
                Box::pin(async move {
                    for _ in 0..2 {
                        let insert = "INSERT INTO counters (name, n) VALUES ('Jane Doe', 1)";
                        with_tx!(tx, c => sqlx::query(insert).execute(c).await.map(drop))?;
                    }
                    Ok(())
                })
            })
            .await;
        let error = refused.unwrap_err();

        assert!(!format!("{error} {error:?}").contains("Jane"), "{error:?}");
        assert!(error.to_string().contains("counters"), "{error}");
    })
    .await;
}
