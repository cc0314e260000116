//! Notification: every duty to tell somebody, and the proof of what became of it.
//!
//! A duty begins in one way: the event of the service that decided carries it, and it becomes a notice in the
//! transaction of the feed's cursor. Commands only act on a notice that exists. Whom not to write to is read again at the
//! moment of sending, and a notice is never sent twice for one cause. [`build`] assembles the parts for the launcher
//! and for tests alike.

mod app;
mod config;
mod domain;
mod rpc;
mod storage;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use baton_calendar::{Calendar, HolidayError};
use baton_clock::BusinessClock;
use baton_contracts::event::v1::Event;
use baton_contracts::notification::v1::notification_explain_service_server::NotificationExplainServiceServer;
use baton_contracts::notification::v1::notification_reaction_service_server::NotificationReactionServiceServer;
use baton_contracts::notification::v1::notification_service_server::NotificationServiceServer;
use baton_packs::Packs;
use baton_protocol_files::Library;
use baton_rpc::{Conn, FeedAlarm, FeedServer, Health, SimulationServer, subscribe_to};
use baton_store::{
    Migrations, Store, StoreError, Subscription, Tx, days_before, link_to_cause, run_now_and_then,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use app::NAME;
use app::{App, AppError};
pub use config::Config;

/// The schema of this service.
pub const fn migrations() -> Migrations {
    Migrations {
        sqlite: &[
            (
                1000,
                "notices",
                include_str!("../migrations/sqlite/1000_notices.sql"),
            ),
            (
                1001,
                "contact_book",
                include_str!("../migrations/sqlite/1001_contact_book.sql"),
            ),
            (
                1002,
                "safety",
                include_str!("../migrations/sqlite/1002_safety.sql"),
            ),
            (
                1003,
                "safety_reported",
                include_str!("../migrations/sqlite/1003_safety_reported.sql"),
            ),
        ],
        postgres: &[
            (
                1000,
                "notices",
                include_str!("../migrations/postgres/1000_notices.sql"),
            ),
            (
                1001,
                "contact_book",
                include_str!("../migrations/postgres/1001_contact_book.sql"),
            ),
            (
                1002,
                "safety",
                include_str!("../migrations/postgres/1002_safety.sql"),
            ),
            (
                1003,
                "safety_reported",
                include_str!("../migrations/postgres/1003_safety_reported.sql"),
            ),
            (
                1004,
                "json",
                include_str!("../migrations/postgres/1004_json.sql"),
            ),
        ],
    }
}

/// What the service is made of.
pub struct Parts {
    /// Its own database, opened with [`migrations`].
    pub store: Store,
    /// The authorities' packs that this process brings. Those kept in the database come to them.
    pub library: Arc<Library>,
    /// The clock of rules and deadlines.
    pub clock: BusinessClock,
    /// Ends the background tasks.
    pub shutdown: CancellationToken,
    /// The services whose feeds are applied, by name: `front-door`, `allocation`, `transfer`, `closure`.
    pub feeds: HashMap<&'static str, Conn>,
    /// Where it tells of its feeds.
    pub health: Health,
}

/// The service at work.
pub struct Service {
    /// Its gRPC services, for a server or for direct calls.
    pub routes: Routes,
    /// Packs, sealing, deadlines, sending and subscriptions; each ends after the shutdown.
    pub tasks: Vec<JoinHandle<()>>,
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The list of bank holidays cannot be read.
    #[error("the bank holidays cannot be read")]
    Holidays(#[from] HolidayError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Assembles the service and starts its background tasks.
pub async fn build(config: &Config, parts: Parts) -> Result<Service, StartError> {
    let Parts {
        store,
        library,
        clock,
        shutdown,
        feeds,
        health,
    } = parts;
    let calendar = Arc::new(Calendar::embedded()?);
    let settle = if clock.is_simulated() {
        Duration::ZERO
    } else {
        Duration::from_millis(config.deadline_settle_ms)
    };
    let packs = Packs::open(&store, &library).await?;
    let authorities: Vec<String> = packs
        .authorities()
        .iter()
        .map(ToString::to_string)
        .collect();
    let app = App::new(
        store.clone(),
        packs.clone(),
        clock.clone(),
        calendar,
        config,
    );

    let looking = tokio::spawn(packs.run(shutdown.clone()));
    let sealing = tokio::spawn({
        let (store, shutdown) = (store.clone(), shutdown.clone());
        async move { store.run_sealing(shutdown).await }
    });
    let deadlines = tokio::spawn({
        let (store, app, shutdown) = (store.clone(), app.clone(), shutdown.clone());
        async move {
            store
                .run_deadlines(settle, move |tx, deadline| app.due(tx, deadline), shutdown)
                .await;
        }
    });
    let sending = tokio::spawn(app.clone().run_sending(shutdown.clone()));
    let pruning = tokio::spawn(prune(
        store.clone(),
        config.keep_notices_days,
        shutdown.clone(),
    ));
    let mut tasks = vec![sealing, deadlines, sending, looking, pruning];
    for (service, conn) in feeds {
        for authority in &authorities {
            let alarm = FeedAlarm::new(health.clone(), service, authority);
            let following = follow(
                &store,
                &app,
                service,
                authority,
                conn.clone(),
                alarm,
                &shutdown,
            );
            tasks.push(tokio::spawn(following));
        }
    }

    let handlers = rpc::Handlers::new(app.clone());
    let mut routes = Routes::builder();
    routes
        .add_service(NotificationServiceServer::new(handlers.clone()))
        .add_service(NotificationExplainServiceServer::new(handlers.clone()))
        .add_service(NotificationReactionServiceServer::new(handlers))
        .add_service(FeedServer::service(store.clone(), shutdown));
    if clock.is_simulated() {
        let under_way = Arc::new(move || -> baton_store::BoxFuture<'static, _> {
            let app = app.clone();
            Box::pin(async move { app.under_way().await })
        });
        routes.add_service(SimulationServer::service(store, Some(under_way)));
    }
    Ok(Service {
        routes: routes.routes(),
        tasks,
    })
}

/// Takes settled notices away now and then, until the shutdown.
async fn prune(store: Store, days: u32, shutdown: CancellationToken) {
    run_now_and_then(
        move || {
            let store = store.clone();
            async move {
                let before = days_before(store.clock().now(), days);
                storage::retention::prune_notices(&store, before).await
            }
        },
        shutdown,
    )
    .await;
}

/// Applies the feed of one service and authority until the shutdown.
fn follow(
    store: &Store,
    app: &App,
    service: &'static str,
    authority: &str,
    conn: Conn,
    alarm: FeedAlarm,
    shutdown: &CancellationToken,
) -> impl Future<Output = ()> + Send + 'static {
    let (store, app, shutdown) = (store.clone(), app.clone(), shutdown.clone());
    let subscription = Subscription {
        name: service.to_owned(),
        authority: authority.to_owned(),
    };
    let connect = subscribe_to(conn, authority);
    async move {
        let followed = store
            .subscribe(
                subscription,
                connect,
                move |tx, events| apply(app.clone(), tx, events),
                shutdown,
            )
            .await;
        // What a feed that has diverged said before stands; a person has to look at it.
        if followed.is_err() {
            alarm.diverged().await;
        }
    }
}

/// Applies a batch of a feed, in order. One event that cannot be applied stops the feed and is logged until it can:
/// a duty to tell is never passed over.
fn apply(
    app: App,
    tx: &mut Tx,
    events: Arc<[Event]>,
) -> baton_store::BoxFuture<'_, Result<(), AppError>> {
    Box::pin(async move {
        let happenings = events
            .iter()
            .map(|event| {
                // What is announced because of it leads back to it.
                let span = tracing::info_span!("event.apply", event.name = event.r#type);
                link_to_cause(&span, &event.traceparent);
                span.in_scope(|| rpc::happening(event))
            })
            .collect::<Result<Vec<_>, _>>()?;
        app.apply(tx, &happenings).await
    })
}
