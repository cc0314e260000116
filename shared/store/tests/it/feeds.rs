use std::time::Duration;

use baton_store::{Cursor, FeedError, Store, StoreConfig};
use baton_testkit::{TestDb, clock_at, each_database};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::events::seal;
use crate::support::{MIGRATIONS, START, announce, event, in_time, open, two_replicas};

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_read_on_from_a_cursor_and_holds_one_authority() {
    each_database(|url| async move {
        let store = open(&url).await;
        for n in 1..=5 {
            announce(
                &store,
                vec![
                    event("wirral", Uuid::now_v7(), n),
                    event("camden", Uuid::now_v7(), n),
                ],
            )
            .await;
        }
        seal(&store).await;

        let some = store
            .read_feed("wirral", &Cursor::default(), 2)
            .await
            .unwrap();
        let rest = store
            .read_feed("wirral", &some[1].cursor, 100)
            .await
            .unwrap();
        let none = store
            .read_feed("wirral", &rest[2].cursor, 100)
            .await
            .unwrap();

        let versions = some
            .iter()
            .chain(&rest)
            .map(|sealed| sealed.event.aggregate_version);
        assert_eq!(versions.collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert!(rest.iter().all(|sealed| sealed.event.authority == "wirral"));
        assert!(none.is_empty());
        assert_eq!(store.head("wirral").await.unwrap(), rest[2].cursor);
        assert_eq!(store.head("merton").await.unwrap(), Cursor::default());
        assert_eq!(
            store.feed_authorities().await.unwrap(),
            ["camden", "wirral"]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_feed_has_diverged() {
    each_database(|url| async move {
        let store = open(&url).await;
        let other_db = TestDb::sqlite();
        let other = open(other_db.url()).await;
        for store in [&store, &other] {
            announce(store, vec![event("wirral", Uuid::now_v7(), 1)]).await;
            seal(store).await;
        }
        let own = store.head("wirral").await.unwrap();
        let others = [
            other.head("wirral").await.unwrap(),
            Cursor {
                hash: vec![0; 32],
                ..own.clone()
            },
            Cursor {
                position: 2,
                ..own.clone()
            },
            Cursor {
                incarnation: String::new(),
                ..own.clone()
            },
        ];

        for cursor in others {
            let read = store.read_feed("wirral", &cursor, 10).await;
            assert!(
                matches!(read, Err(FeedError::Diverged { .. })),
                "{cursor:?}"
            );
            let mut stream = store.feed_stream("wirral", cursor);
            assert!(matches!(
                in_time(stream.next()).await,
                Some(Err(FeedError::Diverged { .. }))
            ));
            assert!(
                in_time(stream.next()).await.is_none(),
                "a stream ends with its error"
            );
        }
        assert!(
            store
                .read_feed("wirral", &own, 10)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_as_the_feed_grows_also_by_another_replica() {
    each_database(|url| async move {
        let [reading, writing] = two_replicas(&url, clock_at(START)).await;
        let shutdown = CancellationToken::new();
        // The reader's own task only looks for what the other has sealed or left.
        let sealing = tokio::spawn({
            let (store, shutdown) = (reading.clone(), shutdown.clone());
            async move { store.run_sealing(shutdown).await }
        });
        let mut stream = reading.feed_stream("wirral", Cursor::default());

        for n in 1..=3 {
            announce(&writing, vec![event("wirral", Uuid::now_v7(), n)]).await;
            let batch = in_time(stream.next()).await.unwrap().unwrap();
            assert_eq!(batch.events.len(), 1);
            assert_eq!(batch.events[0].event.aggregate_version, n);
            assert_eq!(batch.cursor, batch.events[0].cursor);
        }
        shutdown.cancel();
        in_time(sealing).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_feed_sends_a_heartbeat() {
    let db = TestDb::sqlite();
    let mut config = StoreConfig::new(db.url());
    config.feed_heartbeat = Duration::from_millis(20);
    let store = Store::open(config, "sample", MIGRATIONS, clock_at(START))
        .await
        .unwrap();
    announce(&store, vec![event("wirral", Uuid::now_v7(), 1)]).await;
    let head = store.head("wirral").await.unwrap();
    let mut stream = store.feed_stream("wirral", head.clone());

    let batch = in_time(stream.next()).await.unwrap().unwrap();

    assert!(batch.events.is_empty());
    assert_eq!(batch.cursor, head);
}
