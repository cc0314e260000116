use std::collections::HashSet;

use baton_store::{ChainFault, Cursor, StoreError, with_tx};
use baton_testkit::{TestDb, clock_at, each_database};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::events::seal;
use crate::support::{START, announce, event, eventually, in_time, open, two_replicas};

#[tokio::test(flavor = "multi_thread")]
async fn two_sealers_and_sixteen_writers_lose_nothing_and_number_without_gaps() {
    const WRITERS: i64 = 16;
    const EACH: i64 = 40;

    each_database(|url| async move {
        let stores = two_replicas(&url, clock_at(START)).await;
        let shutdown = CancellationToken::new();
        let sealers = stores.clone().map(|store| {
            let shutdown = shutdown.clone();
            tokio::spawn(async move { store.run_sealing(shutdown).await })
        });
        let writers = (0..WRITERS).map(|writer| {
            let store = stores[usize::try_from(writer % 2).unwrap()].clone();
            tokio::spawn(async move {
                let aggregate = Uuid::now_v7();
                for version in 1..=EACH {
                    let authority = if version % 3 == 0 { "camden" } else { "wirral" };
                    announce(&store, vec![event(authority, aggregate, version)]).await;
                }
            })
        });
        in_time(futures::future::try_join_all(writers))
            .await
            .unwrap();
        eventually(async || stores[0].quiet().await.unwrap().is_empty()).await;
        shutdown.cancel();
        for sealer in sealers {
            in_time(sealer).await.unwrap();
        }

        let mut ids = HashSet::new();
        for authority in ["wirral", "camden"] {
            let feed = stores[1]
                .read_feed(authority, &Cursor::default(), 10_000)
                .await
                .unwrap();
            let positions: Vec<_> = feed.iter().map(|sealed| sealed.cursor.position).collect();
            assert_eq!(
                positions,
                (1..=i64::try_from(feed.len()).unwrap()).collect::<Vec<_>>()
            );
            let mut last = std::collections::HashMap::new();
            for sealed in &feed {
                let before = last.insert(sealed.event.aggregate_id, sealed.event.aggregate_version);
                assert!(
                    before < Some(sealed.event.aggregate_version),
                    "an aggregate's order"
                );
            }
            let report = stores[0].verify_chain(authority).await.unwrap();
            assert_eq!(
                (report.fault, report.events),
                (None, positions.len().try_into().unwrap())
            );
            ids.extend(feed.into_iter().map(|sealed| sealed.event.event_id));
        }
        assert_eq!(ids.len(), usize::try_from(WRITERS * EACH).unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_committed_behind_a_later_one_is_sealed_after_it() {
    let db = TestDb::postgres().await;
    let store = open(db.url()).await;
    let (slow, fast) = (
        event("wirral", Uuid::now_v7(), 1),
        event("wirral", Uuid::now_v7(), 1),
    );
    let [slow_id, fast_id] = [slow.event_id, fast.event_id];
    let other = store.clone();
    let shutdown = CancellationToken::new();
    let sealing = tokio::spawn({
        let (store, shutdown) = (store.clone(), shutdown.clone());
        async move { store.run_sealing(shutdown).await }
    });

    let done: Result<(), StoreError> = store
        .transact("slow", move |tx| {
            Box::pin(async move {
                tx.announce(&[slow]);
                announce(&other, vec![fast]).await;
                while other.position_of(fast_id).await?.is_none() {
                    tokio::task::yield_now().await;
                }
                Ok(())
            })
        })
        .await;
    done.unwrap();
    eventually(async || store.quiet().await.unwrap().is_empty()).await;
    shutdown.cancel();
    in_time(sealing).await.unwrap();

    assert_eq!(store.position_of(fast_id).await.unwrap(), Some(1));
    assert_eq!(store.position_of(slow_id).await.unwrap(), Some(2));
    assert_eq!(store.position_of(Uuid::now_v7()).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_log_is_found() {
    const ALTERATIONS: [(&str, ChainFault); 5] = [
        (
            "UPDATE events SET aggregate_version = 7 WHERE aggregate_version = 2",
            ChainFault::EventAltered(2),
        ),
        (
            "UPDATE events SET body = '{}' WHERE aggregate_version = 3",
            ChainFault::EventAltered(3),
        ),
        (
            "UPDATE sealed SET hash = events.digest FROM events WHERE position = 2",
            ChainFault::HashAltered(2),
        ),
        ("DELETE FROM sealed WHERE position = 2", ChainFault::Gap(2)),
        ("DELETE FROM sealed WHERE position = 3", ChainFault::Gap(3)),
    ];
    for (alteration, fault) in ALTERATIONS {
        each_database(|url| {
            let fault = fault.clone();
            async move {
                let store = open(&url).await;
                announce(
                    &store,
                    (1..=3)
                        .map(|n| event("wirral", Uuid::now_v7(), n))
                        .collect(),
                )
                .await;
                seal(&store).await;
                let sound = store.verify_chain("wirral").await.unwrap();

                as_the_database_owner(&store, alteration).await;
                let report = store.verify_chain("wirral").await.unwrap();

                assert_eq!((sound.events, sound.fault), (3, None));
                assert_eq!(report.fault, Some(fault), "{alteration}");
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_without_events_is_sound() {
    each_database(|url| async move {
        let report = open(&url).await.verify_chain("wirral").await.unwrap();

        assert_eq!((report.events, report.fault), (0, None));
    })
    .await;
}

/// Does what only somebody with the owner's rights can: takes the triggers off first.
async fn as_the_database_owner(store: &baton_store::Store, sql: &'static str) {
    let done: Result<(), StoreError> = store
        .transact("tamper", move |tx| {
            Box::pin(async move {
                let off = baton_store::dialect!(tx,
                    sqlite: ["DROP TRIGGER events_no_update", "DROP TRIGGER sealed_no_update", "DROP TRIGGER sealed_no_delete"],
                    postgres: ["ALTER TABLE events DISABLE TRIGGER USER", "ALTER TABLE sealed DISABLE TRIGGER USER", "SELECT 1"]);
                for sql in off.into_iter().chain([sql]) {
                    with_tx!(tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
                }
                Ok(())
            })
        })
        .await;
    done.unwrap();
}
