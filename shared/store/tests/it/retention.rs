//! What is taken away, and what stays.

use baton_clock::BusinessClock;
use baton_store::{
    BoxFuture, Deadline, DueDeadline, RequestKey, Retention, Store, StoreError, Tx, with_db,
};
use baton_testkit::{clock_at, each_database};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{add, at, count, eventually, note, open_at};

async fn ask(store: &baton_store::Store, principal: &str, id: &str) {
    let key = RequestKey {
        authority: "wirral".to_owned(),
        principal: principal.to_owned(),
        method: "/sample/Count".to_owned(),
        request_id: id.to_owned(),
        body_hash: vec![1],
    };
    let name = principal.to_owned();
    let done: Result<u32, StoreError> = store
        .once(key, "count", move |tx| {
            Box::pin(async move {
                add(tx, &name, 1).await?;
                Ok(1)
            })
        })
        .await;
    done.unwrap();
}

#[tokio::test]
async fn request_keys_of_clients_go_after_thirty_days_and_those_of_reactions_stay() {
    each_database(|url| async move {
        let clock: BusinessClock = clock_at("2026-03-01T00:00:00Z");
        let store = open_at(&url, clock.clone()).await;
        ask(&store, "nia", "old").await;
        ask(&store, "automatic:baton", "old").await;
        clock.set(at("2026-03-20T00:00:00Z")).unwrap();
        ask(&store, "nia", "new").await;

        // Fewer days than thirty count as thirty.
        let retention = Retention {
            requests_days: 1,
            ..Retention::default()
        };
        let none = store.prune_requests(&retention, at("2026-03-31T00:00:00Z"));
        assert_eq!(none.await.unwrap(), 0);
        let one = store.prune_requests(&retention, at("2026-03-31T00:00:01Z"));
        assert_eq!(one.await.unwrap(), 1);

        for principal in ["nia", "automatic:baton"] {
            ask(&store, principal, "old").await;
        }
        ask(&store, "nia", "new").await;
        assert_eq!(
            count(&store, "nia").await,
            3,
            "the old key no longer answers"
        );
        assert_eq!(count(&store, "automatic:baton").await, 1);

        let all = store.prune_requests(&retention, at("2028-12-31T00:00:00Z"));
        assert_eq!(all.await.unwrap(), 3);
        store.close().await;
    })
    .await;
}

/// Every deadline as `name state`.
async fn deadlines(store: &Store) -> Vec<String> {
    let select = "SELECT name || ' ' || state FROM deadlines ORDER BY name";
    with_db!(store.db(), c => sqlx::query_scalar(select).fetch_all(c).await).unwrap()
}

/// An aggregate that was breached goes on without the deadline that fired, and keeps the others.
fn write_down(tx: &mut Tx, due: DueDeadline) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move { note(tx, &due.name).await })
}

async fn wait_for(store: &Store, aggregate_id: Uuid, names: &'static [&'static str]) {
    let done: Result<(), StoreError> = store
        .transact("wait_for", move |tx| {
            Box::pin(async move {
                let open: Vec<Deadline> = names
                    .iter()
                    .zip([
                        "2026-03-02T00:00:00Z",
                        "2026-03-20T00:00:00Z",
                        "2026-09-01T00:00:00Z",
                    ])
                    .map(|(name, due_at)| Deadline {
                        name: (*name).to_owned(),
                        due_at: at(due_at),
                        body: serde_json::json!({}),
                    })
                    .collect();
                tx.sync_deadlines("wirral", aggregate_id, &open);
                Ok(())
            })
        })
        .await;
    done.unwrap();
}

#[tokio::test]
async fn deadlines_that_fired_go_with_time_and_those_that_are_open_stay() {
    each_database(|url| async move {
        let clock: BusinessClock = clock_at("2026-03-01T00:00:00Z");
        let store = open_at(&url, clock.clone()).await;
        let aggregate = Uuid::now_v7();
        wait_for(&store, aggregate, &["early", "later", "open"]).await;
        let shutdown = CancellationToken::new();
        let running = tokio::spawn({
            let (store, shutdown) = (store.clone(), shutdown.clone());
            async move {
                let settle = std::time::Duration::ZERO;
                store.run_deadlines(settle, write_down, shutdown).await;
            }
        });
        clock.set(at("2026-04-01T00:00:00Z")).unwrap();
        eventually(async || deadlines(&store).await == ["early fired", "later fired", "open open"])
            .await;
        shutdown.cancel();
        running.await.unwrap();

        // Fewer days than seven count as seven.
        let retention = Retention {
            fired_deadlines_days: 0,
            ..Retention::default()
        };
        let none = store.prune_deadlines(&retention, at("2026-03-09T00:00:00Z"));
        assert_eq!(none.await.unwrap(), 0);
        let one = store.prune_deadlines(&retention, at("2026-03-09T00:00:01Z"));
        assert_eq!(one.await.unwrap(), 1);
        assert_eq!(deadlines(&store).await, ["later fired", "open open"]);

        let rest = store.prune_deadlines(&retention, at("2030-01-01T00:00:00Z"));
        assert_eq!(rest.await.unwrap(), 1);
        assert_eq!(
            deadlines(&store).await,
            ["open open"],
            "what is waited for stays, whatever its age"
        );
        store.close().await;
    })
    .await;
}
