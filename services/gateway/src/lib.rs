//! The gateway: the only public door, the reactions across services, and the views.
//!
//! - `door` forwards every public method of every service, with the context it gathers.
//! - `reactions` tells, purely, what follows from a cause; `runner` carries it out, once, whatever fails.
//! - `feeds` applies what services announce: journey, task lists, tracker, and further reactions.
//! - `development` moves simulated time.
//!
//! [`build`] assembles the parts for the launcher and for tests alike.
//!
//! # Invariants
//! - No rule is read here: a pack is named, never opened.
//! - No transaction of the gateway spans a call to a service.
//! - No command is checked against a view.

mod app;
mod config;
mod context;
mod development;
mod door;
mod feeds;
mod health;
mod import;
mod packs;
mod reactions;
mod retention;
mod rpc;
mod runner;
mod services;
mod storage;
#[cfg(test)]
mod tests;
mod views;

use std::ops::RangeInclusive;
use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_ids::AuthorityId;
use baton_protocol_files::Library;
use baton_rpc::Health;
use baton_store::{Store, StoreError};
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use config::Config;
pub use services::{NAME, Services};
pub use storage::migrations;

use packs::Packs;

/// What the gateway is made of.
pub struct Parts {
    /// Its own database, opened with [`migrations`].
    pub store: Store,
    /// The authorities' packs that this process brings. Those kept in the database come to them.
    pub library: Arc<Library>,
    /// The clock of rules and deadlines.
    pub clock: BusinessClock,
    /// The services behind it.
    pub services: Services,
    /// Where it tells of itself, of the services behind it and of its feeds.
    pub health: Health,
    /// Ends the background tasks.
    pub shutdown: CancellationToken,
}

/// The gateway at work.
pub struct Service {
    /// Its public services and those it forwards, for a server or for direct calls.
    pub routes: Routes,
    /// Packs, sealing, reactions and subscriptions; each ends after the shutdown.
    pub tasks: Vec<JoinHandle<()>>,
}

/// What a command of a reaction may be given, in milliseconds: less, and none is answered in time; more, and a killed
/// gateway's work lies about for hours.
const STEP_WAIT_MS: RangeInclusive<u64> = 100..=600_000;

/// Why the gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration lets clients move a clock that is not simulated.
    #[error("simulated_time is set, but the clock is the system's")]
    ClockNotSimulated,
    /// A step is given no time to be answered in, or no end.
    #[error("step_wait_ms is {0}: it has to lie between {min} and {max}", min = STEP_WAIT_MS.start(), max = STEP_WAIT_MS.end())]
    StepWait(u64),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Assembles the gateway and starts its background tasks.
pub async fn build(config: &Config, parts: Parts) -> Result<Service, StartError> {
    let Parts {
        store,
        library,
        clock,
        services,
        health,
        shutdown,
    } = parts;
    if config.simulated_time && !clock.is_simulated() {
        return Err(StartError::ClockNotSimulated);
    }
    if !STEP_WAIT_MS.contains(&config.step_wait_ms) {
        return Err(StartError::StepWait(config.step_wait_ms));
    }
    let kept = baton_packs::Packs::open(&store, &library).await?;
    let packs = in_force(kept.clone());
    let keep = retention::Keep {
        reactions_days: config.keep_reactions_days,
        tracker_days: config.keep_tracker_days,
    };
    let pruning = retention::run(store.clone(), keep, shutdown.clone());
    let (mut service, _) = assemble(config, store, &packs, &clock, &services, &health, &shutdown);
    let watching = health::watch(services, health, shutdown.clone());
    service.tasks.push(tokio::spawn(watching));
    service.tasks.push(tokio::spawn(pruning));
    service.tasks.push(tokio::spawn(kept.run(shutdown)));
    Ok(service)
}

fn assemble(
    config: &Config,
    store: Store,
    packs: &Packs,
    clock: &BusinessClock,
    services: &Services,
    health: &Health,
    shutdown: &CancellationToken,
) -> (Service, runner::Runner) {
    let contexts = context::Contexts::new(services.clone(), packs.clone(), clock.clone());
    let identities = door::Identities::new(services.clone(), contexts.clone(), packs.clone());
    let runner = runner::Runner::new(
        store.clone(),
        services.clone(),
        contexts.clone(),
        config.step_wait(),
        shutdown.clone(),
    );
    let app = app::App::new(store.clone(), contexts.clone(), runner.clone());

    let sealing = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { store.run_sealing(shutdown).await }
    });
    let running = tokio::spawn({
        let runner = runner.clone();
        async move { runner.run().await }
    });
    let mut tasks = vec![sealing, running];
    tasks.extend(feeds::start(
        &app,
        services,
        packs.authorities(),
        health,
        shutdown,
    ));

    let development = config
        .simulated_time
        .then(|| development::Development::new(app.clone(), services));
    let own = rpc::Handlers::new(
        app,
        identities.clone(),
        development,
        config.record_wait(),
        config.watch_patience(),
        config.import_wait(),
        shutdown.clone(),
    );
    let door = door::Door::new(services.clone(), contexts, identities);
    let routes = door::open(own.routes(), &door);
    (Service { routes, tasks }, runner)
}

/// The packs in force from a day in England. A new authority is served from the next start on, which subscribes to its
/// feeds.
fn in_force(packs: baton_packs::Packs) -> Packs {
    let authorities: Vec<String> = packs
        .authorities()
        .iter()
        .map(ToString::to_string)
        .collect();
    Packs::new(authorities, move |authority: &str, at: Timestamp| {
        let authority = AuthorityId::new(authority).ok()?;
        let pack = packs.in_force(&authority, reactions::local_day(at))?;
        Some(pack.digest.as_str().to_owned())
    })
}
