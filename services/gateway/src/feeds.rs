//! What the gateway makes of the feeds: journey, task lists, tracker and reactions, in the transaction of the
//! cursor.

use std::sync::Arc;

use baton_contracts::event::v1::Event;
use baton_contracts::event_from_json;
use baton_rpc::{Conn, FeedAlarm, Health, subscribe_to};
use baton_store::{Batch, Cursor, FeedError, FeedStream, Store, StoreError, Subscription, Tx};
use futures::StreamExt as _;
use futures::future::BoxFuture;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::services::{NAME, Services};
use crate::storage::{journey, tasks, tracked, tracker};
use crate::views::{Changes, Duty, Tracked};

/// Subscribes to every service's feed of every authority, and to the gateway's own.
pub fn start(
    app: &App,
    services: &Services,
    authorities: &[String],
    health: &Health,
    shutdown: &CancellationToken,
) -> Vec<JoinHandle<()>> {
    let mut tasks = Vec::new();
    for authority in authorities {
        for (name, conn) in services.all() {
            tasks.push(follow(app, name, authority, conn, health, shutdown));
        }
        tasks.push(follow_own(app, authority, health, shutdown));
    }
    tasks
}

fn follow(
    app: &App,
    service: &'static str,
    authority: &str,
    conn: Conn,
    health: &Health,
    shutdown: &CancellationToken,
) -> JoinHandle<()> {
    let connect = subscribe_to(conn, authority);
    let alarm = FeedAlarm::new(health.clone(), service, authority);
    subscribe(app, service, authority, connect, alarm, shutdown)
}

fn follow_own(
    app: &App,
    authority: &str,
    health: &Health,
    shutdown: &CancellationToken,
) -> JoinHandle<()> {
    let (store, of) = (app.store().clone(), authority.to_owned());
    let connect =
        move |cursor: Cursor| -> BoxFuture<'static, Result<FeedStream<Event>, FeedError>> {
            let stream = own(&store, &of, cursor);
            Box::pin(async move { Ok(stream) })
        };
    let alarm = FeedAlarm::new(health.clone(), NAME, authority);
    subscribe(app, NAME, authority, connect, alarm, shutdown)
}

/// The gateway's own feed needs no connection.
fn own(store: &Store, authority: &str, cursor: Cursor) -> FeedStream<Event> {
    store
        .feed_stream(authority, cursor)
        .map(|batch| {
            let Batch { events, cursor } = batch?;
            let events = events
                .iter()
                .map(|sealed| event_from_json(&sealed.event.body))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|_| StoreError::Corrupt("an event of the gateway"))?;
            Ok(Batch { events, cursor })
        })
        .boxed()
}

fn subscribe<C>(
    app: &App,
    service: &'static str,
    authority: &str,
    connect: C,
    alarm: FeedAlarm,
    shutdown: &CancellationToken,
) -> JoinHandle<()>
where
    C: Fn(Cursor) -> BoxFuture<'static, Result<FeedStream<Event>, FeedError>>
        + Send
        + Sync
        + 'static,
{
    let subscription = Subscription {
        name: service.to_owned(),
        authority: authority.to_owned(),
    };
    let (app, shutdown) = (app.clone(), shutdown.clone());
    tokio::spawn(async move {
        let store = app.store().clone();
        let followed = store
            .subscribe(
                subscription,
                connect,
                move |tx, events: Arc<[Event]>| {
                    let app = app.clone();
                    Box::pin(async move { apply(&app, tx, &events).await })
                },
                shutdown,
            )
            .await;
        if let Err(error) = followed {
            // Only a feed that does not continue from our cursor ends here: applying on would invent history.
            tracing::error!({ "baton.service" } = service, error = %error, "a feed has diverged and is no longer followed");
            alarm.diverged().await;
        }
    })
}

/// Applies a batch: nothing outside its transaction.
async fn apply(app: &App, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    let Some(first) = events.first() else {
        return Ok(());
    };
    let authority = first.authority.as_str();
    tasks::change(tx, authority, &Changes::of(events)).await?;
    tracker::track(tx, authority, &Tracked::of_all(events)).await?;
    tracked::change(tx, authority, Duty::of_all(events)).await?;
    app.runner().begin_in(tx, events).await?;
    // Last, so that the row that orders all batches of an authority is held for the commit only.
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let before = journey::number(tx, authority, count).await?;
    journey::insert(tx, before, events).await?;
    let applied = app.applied().clone();
    tx.after_commit(move || {
        applied.send_replace(());
    });
    Ok(())
}
