//! The front door: children, their families and what is known about them; contacts, and who deals with them until a
//! case exists.
//!
//! Facts are kept with when they were true, when Baton learned them and from whom; all facts of a family group
//! share one version. A contact is launched to a team, decided within its clock, and may become a referral, which the
//! ledger then places as a case. [`build`] assembles the parts for the launcher and for tests alike.

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
use baton_contracts::frontdoor::v1::front_door_explain_service_server::FrontDoorExplainServiceServer;
use baton_contracts::frontdoor::v1::front_door_reaction_service_server::FrontDoorReactionServiceServer;
use baton_contracts::frontdoor::v1::front_door_service_server::FrontDoorServiceServer;
use baton_packs::Packs;
use baton_protocol_files::Library;
use baton_rpc::{FeedServer, SimulationServer};
use baton_store::{Migrations, Store, StoreError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use app::NAME;
pub use config::Config;

/// The schema of this service.
pub const fn migrations() -> Migrations {
    Migrations {
        sqlite: &[
            (
                1000,
                "children",
                include_str!("../migrations/sqlite/1000_children.sql"),
            ),
            (
                1001,
                "contacts",
                include_str!("../migrations/sqlite/1001_contacts.sql"),
            ),
            (
                1002,
                "enquiries_and_trays",
                include_str!("../migrations/sqlite/1002_enquiries_and_trays.sql"),
            ),
        ],
        postgres: &[
            (
                1000,
                "children",
                include_str!("../migrations/postgres/1000_children.sql"),
            ),
            (
                1001,
                "contacts",
                include_str!("../migrations/postgres/1001_contacts.sql"),
            ),
            (
                1002,
                "enquiries_and_trays",
                include_str!("../migrations/postgres/1002_enquiries_and_trays.sql"),
            ),
            (
                1003,
                "json",
                include_str!("../migrations/postgres/1003_json.sql"),
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
    /// Packs, sealing and deadlines; each ends after the shutdown.
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
    let calendar = Arc::new(Calendar::embedded()?);
    let settle = if clock.is_simulated() {
        Duration::ZERO
    } else {
        Duration::from_millis(config.deadline_settle_ms)
    };
    let packs = Packs::open(&store, &library).await?;
    let app = app::App::new(store.clone(), packs.clone(), clock.clone(), calendar);

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

    let handlers = rpc::Handlers::new(app);
    let mut routes = Routes::builder();
    routes
        .add_service(FrontDoorServiceServer::new(handlers.clone()))
        .add_service(FrontDoorExplainServiceServer::new(handlers.clone()))
        .add_service(FrontDoorReactionServiceServer::new(handlers))
        .add_service(FeedServer::service(store.clone(), shutdown));
    if clock.is_simulated() {
        routes.add_service(SimulationServer::service(store, None));
    }
    Ok(Service {
        routes: routes.routes(),
        tasks: vec![sealing, deadlines, looking],
    })
}
