//! Transfers: a case on its way from one team to another, from the trigger to the ledger's answer.
//!
//! The rules are in `domain`, and what an authority's protocol says is in its pack. [`build`] assembles the parts for
//! the launcher and for tests alike.
//!
//! # Invariants
//! - A case has at most one live transfer.
//! - Nothing is released to the ledger past an open gate, unless the item was waived, departed from with a reason, or
//!   became a dated action by the protocol.
//! - While the ledger decides (`COMPLETING`) nothing else is possible.
//! - Tasks and the store's deadlines are read off the state, so that none can be forgotten or left behind.

mod app;
mod config;
mod domain;
mod rpc;
mod storage;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use baton_calendar::{Calendar, HolidayError};
use baton_clock::BusinessClock;
use baton_contracts::transfer::v1::transfer_explain_service_server::TransferExplainServiceServer;
use baton_contracts::transfer::v1::transfer_reaction_service_server::TransferReactionServiceServer;
use baton_contracts::transfer::v1::transfer_service_server::TransferServiceServer;
use baton_packs::Packs;
use baton_protocol_files::Library;
use baton_rpc::{FeedServer, SimulationServer};
use baton_store::{Migrations, Store, StoreError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use config::Config;

/// The service's name in events, telemetry and configuration.
pub const NAME: &str = "transfer";

/// The schema of this service.
pub const fn migrations() -> Migrations {
    Migrations {
        sqlite: &[
            (
                1000,
                "transfers",
                include_str!("../migrations/sqlite/1000_transfers.sql"),
            ),
            (
                1001,
                "considerations",
                include_str!("../migrations/sqlite/1001_considerations.sql"),
            ),
            (
                1002,
                "watches",
                include_str!("../migrations/sqlite/1002_watches.sql"),
            ),
            (
                1003,
                "watches_of_child",
                include_str!("../migrations/sqlite/1003_watches_of_child.sql"),
            ),
            (
                1004,
                "suspensions",
                include_str!("../migrations/sqlite/1004_suspensions.sql"),
            ),
            (
                1005,
                "policy_reviews",
                include_str!("../migrations/sqlite/1005_policy_reviews.sql"),
            ),
            (
                1006,
                "agenda",
                include_str!("../migrations/sqlite/1006_agenda.sql"),
            ),
        ],
        postgres: &[
            (
                1000,
                "transfers",
                include_str!("../migrations/postgres/1000_transfers.sql"),
            ),
            (
                1001,
                "considerations",
                include_str!("../migrations/postgres/1001_considerations.sql"),
            ),
            (
                1002,
                "watches",
                include_str!("../migrations/postgres/1002_watches.sql"),
            ),
            (
                1003,
                "watches_of_child",
                include_str!("../migrations/postgres/1003_watches_of_child.sql"),
            ),
            (
                1004,
                "suspensions",
                include_str!("../migrations/postgres/1004_suspensions.sql"),
            ),
            (
                1005,
                "policy_reviews",
                include_str!("../migrations/postgres/1005_policy_reviews.sql"),
            ),
            (
                1006,
                "agenda",
                include_str!("../migrations/postgres/1006_agenda.sql"),
            ),
            (
                1007,
                "json",
                include_str!("../migrations/postgres/1007_json.sql"),
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
}

/// The service at work.
pub struct Service {
    /// Its gRPC services, for a server or for direct calls.
    pub routes: Routes,
    /// Packs and what they ask for, sealing and deadlines; each ends after the shutdown.
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
    } = parts;
    let settle = if clock.is_simulated() {
        Duration::ZERO
    } else {
        Duration::from_millis(config.deadline_settle_ms)
    };
    let packs = Packs::open(&store, &library).await?;
    let app = app::App::new(
        store.clone(),
        packs.clone(),
        Calendar::embedded()?,
        clock.clone(),
    );

    let mut policies = app::Policies::of(app.clone());
    policies.follow().await;

    let following = tokio::spawn(policies.run(shutdown.clone()));
    let looking = tokio::spawn(packs.run(shutdown.clone()));
    let sealing = tokio::spawn({
        let (store, shutdown) = (store.clone(), shutdown.clone());
        async move { store.run_sealing(shutdown).await }
    });
    let deadlines = tokio::spawn(app.clone().run_deadlines(settle, shutdown.clone()));

    let mut routes = Routes::builder();
    routes
        .add_service(TransferServiceServer::new(rpc::Transfers(app.clone())))
        .add_service(TransferExplainServiceServer::new(rpc::Explanations(
            app.clone(),
        )))
        .add_service(TransferReactionServiceServer::new(rpc::Reactions(app)))
        .add_service(FeedServer::service(store.clone(), shutdown));
    if clock.is_simulated() {
        routes.add_service(SimulationServer::service(store, None));
    }
    Ok(Service {
        routes: routes.routes(),
        tasks: vec![sealing, deadlines, looking, following],
    })
}
