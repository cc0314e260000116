use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use baton_clock::BusinessClock;
use baton_store::{BoxFuture, Deadline, DueDeadline, Store, StoreError, Tx, with_db};
use baton_testkit::{clock_at, each_database};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{START, add, at, eventually, in_time, note, notes, open_at, two_replicas};

fn deadline(name: &str, due_at: &str) -> Deadline {
    Deadline {
        name: name.to_owned(),
        due_at: at(due_at),
        body: json!({"rules": ["W-155"]}),
    }
}

async fn sync(store: &Store, aggregate_id: Uuid, open: Vec<Deadline>) {
    let done: Result<(), StoreError> = store
        .transact("sync", move |tx| {
            Box::pin(async move {
                tx.sync_deadlines("wirral", aggregate_id, &open);
                Ok(())
            })
        })
        .await;
    done.unwrap();
}

/// Every row as `name due state`.
async fn table(store: &Store) -> Vec<String> {
    let select = "SELECT name, due_at, state FROM deadlines ORDER BY name";
    let rows: Vec<(String, baton_store::Instant, String)> =
        with_db!(store.db(), c => sqlx::query_as(select).fetch_all(c).await).unwrap();
    rows.into_iter()
        .map(|(name, due, state)| format!("{name} {} {state}", due.timestamp()))
        .collect()
}

/// Writes down the name of each deadline that fires and leaves the aggregate with none.
fn write_down(tx: &mut Tx, due: DueDeadline) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        note(tx, &due.name).await?;
        tx.sync_deadlines(&due.authority, due.aggregate_id, &[]);
        Ok(())
    })
}

fn run<H>(store: &Store, shutdown: &CancellationToken, handler: H) -> JoinHandle<()>
where
    H: for<'t> Fn(&'t mut Tx, DueDeadline) -> BoxFuture<'t, Result<(), StoreError>>
        + Send
        + Sync
        + 'static,
{
    let (store, shutdown) = (store.clone(), shutdown.clone());
    tokio::spawn(async move {
        store
            .run_deadlines(Duration::from_mins(1), handler, shutdown)
            .await;
    })
}

async fn quiet(store: &Store) {
    eventually(async || !store.quiet().await.unwrap().contains(&"due deadlines")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_holds_exactly_the_open_deadlines_of_the_aggregate() {
    each_database(|url| async move {
        let store = open_at(&url, clock_at(START)).await;
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());

        sync(&store, other, vec![deadline("z", "2026-04-01T00:00:00Z")]).await;
        sync(
            &store,
            one,
            vec![
                deadline("a", "2026-03-10T00:00:00Z"),
                deadline("b", "2026-03-17T00:00:00Z"),
            ],
        )
        .await;
        assert_eq!(
            store.next_due().await.unwrap(),
            Some(at("2026-03-10T00:00:00Z"))
        );
        sync(
            &store,
            one,
            vec![
                deadline("b", "2026-03-18T00:00:00Z"),
                deadline("c", "2026-03-19T00:00:00Z"),
            ],
        )
        .await;
        assert_eq!(
            table(&store).await,
            [
                "b 2026-03-18T00:00:00Z open",
                "c 2026-03-19T00:00:00Z open",
                "z 2026-04-01T00:00:00Z open"
            ]
        );
        sync(&store, one, vec![]).await;
        sync(&store, other, vec![]).await;

        assert_eq!(store.next_due().await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_fires_at_its_instant_and_not_before() {
    each_database(|url| async move {
        let clock = clock_at(START);
        let store = open_at(&url, clock.clone()).await;
        let shutdown = CancellationToken::new();
        let runner = run(&store, &shutdown, write_down);
        sync(
            &store,
            Uuid::now_v7(),
            vec![deadline("audit", "2026-03-17T00:00:00Z")],
        )
        .await;

        clock.set(at("2026-03-16T23:59:59.999999Z")).unwrap();
        assert!(store.quiet().await.unwrap().is_empty());
        assert!(notes(&store).await.is_empty());
        clock.set(at("2026-03-17T00:00:00Z")).unwrap();
        quiet(&store).await;
        shutdown.cancel();
        in_time(runner).await.unwrap();

        assert_eq!(notes(&store).await, ["audit"]);
        assert_eq!(table(&store).await, ["audit 2026-03-17T00:00:00Z fired"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runners_fire_each_deadline_once_and_in_due_order() {
    each_database(|url| async move {
        let clock = clock_at(START);
        let stores = two_replicas(&url, clock.clone()).await;
        for minute in (0..40).rev() {
            let due = format!("2026-03-10T00:{minute:02}:00Z");
            sync(
                &stores[0],
                Uuid::now_v7(),
                vec![deadline(&format!("{minute:02}"), &due)],
            )
            .await;
        }
        clock.set(at("2026-03-11T00:00:00Z")).unwrap();

        let shutdown = CancellationToken::new();
        let runners = stores
            .clone()
            .map(|store| run(&store, &shutdown, write_down));
        quiet(&stores[0]).await;
        shutdown.cancel();
        for runner in runners {
            in_time(runner).await.unwrap();
        }

        let fired = notes(&stores[0]).await;
        assert_eq!(
            fired,
            (0..40)
                .map(|minute| format!("{minute:02}"))
                .collect::<Vec<_>>()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fired_does_not_fire_again_unless_it_gets_another_instant() {
    each_database(|url| async move {
        let clock = clock_at(START);
        let store = open_at(&url, clock.clone()).await;
        let aggregate = Uuid::now_v7();
        let shutdown = CancellationToken::new();
        let runner = run(&store, &shutdown, write_down);

        sync(
            &store,
            aggregate,
            vec![deadline("remind", "2026-03-10T00:00:00Z")],
        )
        .await;
        clock.set(at("2026-03-10T00:00:00Z")).unwrap();
        quiet(&store).await;
        // An aggregate that still lists it, as when its facts are looked at again.
        sync(
            &store,
            aggregate,
            vec![deadline("remind", "2026-03-10T00:00:00Z")],
        )
        .await;
        assert!(store.quiet().await.unwrap().is_empty());
        sync(
            &store,
            aggregate,
            vec![deadline("remind", "2026-03-12T00:00:00Z")],
        )
        .await;
        clock.set(at("2026-03-12T00:00:00Z")).unwrap();
        quiet(&store).await;
        shutdown.cancel();
        in_time(runner).await.unwrap();

        assert_eq!(notes(&store).await, ["remind", "remind"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_may_set_the_next_instant_of_the_same_deadline() {
    each_database(|url| async move {
        let clock = clock_at(START);
        let store = open_at(&url, clock.clone()).await;
        let shutdown = CancellationToken::new();
        let runner = run(&store, &shutdown, |tx, due| {
            Box::pin(async move {
                note(tx, &due.due_at.to_string()).await?;
                let next = Deadline {
                    due_at: due.due_at + jiff::SignedDuration::from_hours(24),
                    name: due.name,
                    body: due.body,
                };
                tx.sync_deadlines(&due.authority, due.aggregate_id, &[next]);
                Ok(())
            })
        });

        sync(
            &store,
            Uuid::now_v7(),
            vec![deadline("remind", "2026-03-10T00:00:00Z")],
        )
        .await;
        clock.set(at("2026-03-12T12:00:00Z")).unwrap();
        quiet(&store).await;
        shutdown.cancel();
        in_time(runner).await.unwrap();

        let fired = [
            "2026-03-10T00:00:00Z",
            "2026-03-11T00:00:00Z",
            "2026-03-12T00:00:00Z",
        ];
        assert_eq!(notes(&store).await, fired);
        assert_eq!(
            store.next_due().await.unwrap(),
            Some(at("2026-03-13T00:00:00Z"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_is_tried_again_and_holds_up_no_other() {
    each_database(|url| async move {
        let clock = clock_at(START);
        let store = open_at(&url, clock.clone()).await;
        sync(
            &store,
            Uuid::now_v7(),
            vec![deadline("bad", "2026-03-10T00:00:00Z")],
        )
        .await;
        sync(
            &store,
            Uuid::now_v7(),
            vec![deadline("good", "2026-03-11T00:00:00Z")],
        )
        .await;
        clock.set(at("2026-03-12T00:00:00Z")).unwrap();
        let failures = AtomicUsize::new(0);
        let shutdown = CancellationToken::new();
        let runner = run(&store, &shutdown, move |tx, due| {
            let fail = due.name == "bad" && failures.fetch_add(1, Ordering::SeqCst) == 0;
            Box::pin(async move {
                note(tx, &format!("{} {}", due.name, due.attempts)).await?;
                if fail {
                    Err(StoreError::Corrupt("sample"))
                } else {
                    Ok(())
                }
            })
        });
        quiet(&store).await;
        shutdown.cancel();
        in_time(runner).await.unwrap();

        assert_eq!(notes(&store).await, ["good 0", "bad 1"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_and_the_clock_on_one_aggregate_do_not_deadlock() {
    each_database(|url| async move {
        let clock = clock_at(START);
        let stores = two_replicas(&url, clock.clone()).await;
        let aggregate = Uuid::now_v7();
        let name = aggregate.to_string();
        // Locks the aggregate and then its deadlines, as commands do.
        let command = move |store: Store, n: i64| {
            let name = name.clone();
            async move {
                let due = at(START) + jiff::SignedDuration::from_secs(n);
                let open = Deadline {
                    name: "step".to_owned(),
                    due_at: due,
                    body: json!({}),
                };
                let done: Result<(), StoreError> = store
                    .transact("command", move |tx| {
                        Box::pin(async move {
                            add(tx, &name, 1).await?;
                            tx.sync_deadlines("wirral", aggregate, &[open]);
                            Ok(())
                        })
                    })
                    .await;
                done.unwrap();
            }
        };
        let shutdown = CancellationToken::new();
        let runners = stores.clone().map(|store| {
            run(&store, &shutdown, |tx, due| {
                Box::pin(async move {
                    add(tx, &due.aggregate_id.to_string(), 1).await?;
                    tx.sync_deadlines(&due.authority, due.aggregate_id, &[]);
                    Ok(())
                })
            })
        });
        for n in 1..=60 {
            let commands = (0..4).map(|m| command(stores[m % 2].clone(), n));
            in_time(futures::future::join_all(commands)).await;
            clock
                .set(at(START) + jiff::SignedDuration::from_secs(n))
                .unwrap();
        }
        quiet(&stores[0]).await;
        shutdown.cancel();
        for runner in runners {
            in_time(runner).await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_system_clock_an_act_in_flight_gets_its_time() {
    each_database(|url| async move {
        let store = open_at(&url, BusinessClock::system()).await;
        let now = store.clock().now();
        let [just_now, long_ago] = [30, 90].map(|seconds| Deadline {
            name: format!("{seconds} seconds ago"),
            due_at: now - jiff::SignedDuration::from_secs(seconds),
            body: json!({}),
        });
        sync(&store, Uuid::now_v7(), vec![just_now]).await;
        sync(&store, Uuid::now_v7(), vec![long_ago]).await;

        let shutdown = CancellationToken::new();
        let runner = run(&store, &shutdown, write_down);
        eventually(async || !notes(&store).await.is_empty()).await;
        shutdown.cancel();
        in_time(runner).await.unwrap();

        assert_eq!(notes(&store).await, ["90 seconds ago"]);
    })
    .await;
}
