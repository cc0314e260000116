//! What is taken away, and what stays.

use baton_clock::BusinessClock;
use baton_store::{RequestKey, Retention, StoreError};
use baton_testkit::{clock_at, each_database};

use crate::support::{add, at, count, open_at};

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
