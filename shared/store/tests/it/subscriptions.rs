use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use baton_store::{
    Cursor, FeedError, FeedStream, SealedEvent, Store, StoreError, Subscription, Tx,
};
use baton_testkit::{TestDb, clock_at, each_database};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{
    START, announce, event, eventually, in_time, note, notes, open, two_replicas,
};

fn subscription() -> Subscription {
    Subscription {
        name: "source".to_owned(),
        authority: "wirral".to_owned(),
    }
}

/// Writes down the version of each event.
fn write_down(tx: &mut Tx, events: Arc<[SealedEvent]>) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        for sealed in events.iter() {
            note(tx, &sealed.event.aggregate_version.to_string()).await?;
        }
        Ok(())
    })
}

fn feed_of(
    source: &Store,
) -> impl Fn(Cursor) -> BoxFuture<'static, Result<FeedStream, FeedError>> + use<> {
    let source = source.clone();
    move |cursor| {
        let feed = source.feed_stream("wirral", cursor);
        async move { Ok(feed) }.boxed()
    }
}

fn numbers(last: i64) -> Vec<String> {
    (1..=last).map(|n| n.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_apply_each_event_once_and_in_order() {
    each_database(|url| async move {
        let source_db = TestDb::sqlite();
        let source = open(source_db.url()).await;
        let replicas = two_replicas(&url, clock_at(START)).await;
        let shutdown = CancellationToken::new();
        let following = replicas.clone().map(|store| {
            let (connect, shutdown) = (feed_of(&source), shutdown.clone());
            tokio::spawn(async move {
                store
                    .subscribe(subscription(), connect, write_down, shutdown)
                    .await
            })
        });

        for n in 1..=50 {
            announce(&source, vec![event("wirral", Uuid::now_v7(), n)]).await;
        }
        let head = source.head("wirral").await.unwrap();
        eventually(async || replicas[0].cursor(&subscription()).await.unwrap() == head).await;
        shutdown.cancel();
        for task in following {
            in_time(task).await.unwrap().unwrap();
        }

        assert_eq!(notes(&replicas[0]).await, numbers(50));
        // Read at once for all feeds: what a reader is behind with.
        assert_eq!(
            source.heads().await.unwrap(),
            [("wirral".to_owned(), head.position)].into()
        );
        let behind = async |feed: &str, head: i64| {
            let heads = [(feed.to_owned(), head)].into();
            replicas[0].behind(&heads).await.unwrap()
        };
        assert!(behind("source/wirral", head.position).await.is_empty());
        assert_eq!(
            behind("source/wirral", head.position + 1).await,
            ["feed:source/wirral"]
        );
        assert_eq!(behind("source/merton", 1).await, ["feed:source/merton"]);
        // Nothing was ever announced there.
        assert!(behind("source/merton", 0).await.is_empty());
        assert!(
            replicas[0]
                .behind(&BTreeMap::new())
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_feed_and_a_failing_application_are_tried_again_without_skipping() {
    each_database(|url| async move {
        let source_db = TestDb::sqlite();
        let source = open(source_db.url()).await;
        let store = open(&url).await;
        announce(
            &source,
            (1..=5)
                .map(|n| event("wirral", Uuid::now_v7(), n))
                .collect(),
        )
        .await;
        let [connections, applications] = [0, 0].map(AtomicUsize::new).map(Arc::new);
        let shutdown = CancellationToken::new();

        let connect = {
            let (open_feed, connections) = (feed_of(&source), Arc::clone(&connections));
            move |cursor: Cursor| match connections.fetch_add(1, Ordering::SeqCst) {
                0 => async { Err(FeedError::Unavailable("no connection".to_owned())) }.boxed(),
                1 => async {
                    let broken = Err(FeedError::Unavailable("reset".to_owned()));
                    Ok(futures::stream::iter([broken]).boxed())
                }
                .boxed(),
                _ => open_feed(cursor),
            }
        };
        let following = tokio::spawn({
            let (store, shutdown) = (store.clone(), shutdown.clone());
            let applications = Arc::clone(&applications);
            async move {
                store
                    .subscribe(
                        subscription(),
                        connect,
                        move |tx, events| {
                            let first = applications.fetch_add(1, Ordering::SeqCst) == 0;
                            Box::pin(async move {
                                write_down(tx, events).await?;
                                if first {
                                    Err(StoreError::Contention)
                                } else {
                                    Ok(())
                                }
                            })
                        },
                        shutdown,
                    )
                    .await
            }
        });
        let head = source.head("wirral").await.unwrap();
        eventually(async || store.cursor(&subscription()).await.unwrap() == head).await;
        shutdown.cancel();
        in_time(following).await.unwrap().unwrap();

        assert_eq!(notes(&store).await, numbers(5));
        assert_eq!(applications.load(Ordering::SeqCst), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diverged_feed_ends_the_subscription() {
    each_database(|url| async move {
        let store = open(&url).await;
        let source_db = TestDb::sqlite();
        let source = open(source_db.url()).await;
        let elsewhere = Cursor {
            incarnation: "another".to_owned(),
            position: 3,
            hash: vec![1; 32],
        };
        let moved: Result<bool, StoreError> = store
            .transact("move", {
                let elsewhere = elsewhere.clone();
                move |tx| {
                    Box::pin(async move {
                        tx.advance_cursor(&subscription(), &Cursor::default(), &elsewhere)
                            .await
                    })
                }
            })
            .await;
        assert!(moved.unwrap());

        let shutdown = CancellationToken::new();
        let ended =
            in_time(store.subscribe(subscription(), feed_of(&source), write_down, shutdown)).await;

        assert!(matches!(ended, Err(FeedError::Diverged { position: 3 })));
        assert_eq!(store.cursor(&subscription()).await.unwrap(), elsewhere);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_moves_only_from_where_it_stands() {
    each_database(|url| async move {
        let store = open(&url).await;
        let start = Cursor::default();
        let [one, two] = [1, 2].map(|position| Cursor {
            incarnation: "i".to_owned(),
            position,
            hash: vec![u8::try_from(position).unwrap(); 32],
        });
        let steps = [(&start, &one), (&start, &two), (&two, &one), (&one, &two)];

        let mut moved = Vec::new();
        for (from, to) in steps {
            let (from, to) = (from.clone(), to.clone());
            let step: Result<bool, StoreError> = store
                .transact("move", move |tx| {
                    Box::pin(async move { tx.advance_cursor(&subscription(), &from, &to).await })
                })
                .await;
            moved.push(step.unwrap());
        }

        assert_eq!(moved, [true, false, false, true]);
        assert_eq!(store.cursor(&subscription()).await.unwrap(), two);
    })
    .await;
}
