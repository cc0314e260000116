//! One service in a process of its own, as it is deployed.

use std::collections::HashMap;

use anyhow::Context as _;
use baton_clock::BusinessClock;
use baton_rpc::{Conn, Health, connect};
use baton_store::Store;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::services::{self, Common};
use super::{end, library, listen, metrics, retention, told_to_stop};
use crate::{Config, Role};

/// Runs a service until it is told to stop.
pub async fn one(
    role: Role,
    mut config: Config,
    simulated_from: Option<Timestamp>,
) -> anyhow::Result<()> {
    let name = role.name();
    let telemetry = baton_telemetry::init(name, &config.telemetry).context("starting telemetry")?;
    let library = library(&config)?;
    let clock = simulated_from.map_or_else(BusinessClock::system, BusinessClock::simulated);
    config.gateway.simulated_time = clock.is_simulated();
    let listener = listen(&config.server.listen).await?;
    let address = listener.local_addr()?;
    let metrics = metrics(&config, telemetry.metrics()).await?;
    let store = Store::open(
        config.store.open(name)?,
        name,
        role.migrations(),
        clock.clone(),
    )
    .await
    .with_context(|| format!("opening the database of {name}"))?;

    let shutdown = CancellationToken::new();
    let health = match role {
        Role::Notification | Role::Gateway => Health::of_feeds().await,
        Role::FrontDoor | Role::Allocation | Role::Transfer | Role::Closure => Health::default(),
    };
    let common = Common {
        store: store.clone(),
        library,
        clock,
        health: health.clone(),
        shutdown: shutdown.clone(),
    };
    let running = match role {
        Role::FrontDoor => services::front_door(&config, common).await,
        Role::Allocation => services::allocation(&config, common).await,
        Role::Transfer => services::transfer(&config, common).await,
        Role::Closure => services::closure(&config, common).await,
        Role::Notification => services::notification(&config, common, feeds(&config)?).await,
        Role::Gateway => services::gateway(&config, common, behind(&config)?).await,
    }?;
    let mut tasks = running.tasks;
    tasks.push(retention(&config, &store, &shutdown));
    tracing::info!(%address, { "baton.service" } = name, "the service is ready");

    let served = baton_rpc::serve_telling(
        listener,
        running.routes,
        config.server.of(name),
        health,
        told_to_stop(),
    )
    .await;
    end(&shutdown, tasks).await;
    store.close().await;
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    telemetry.shutdown().await;
    Ok(served?)
}

fn feeds(config: &Config) -> anyhow::Result<HashMap<&'static str, Conn>> {
    let services = &config.services;
    [
        (Role::FrontDoor, &services.front_door),
        (Role::Allocation, &services.allocation),
        (Role::Transfer, &services.transfer),
        (Role::Closure, &services.closure),
    ]
    .into_iter()
    .map(|(role, address)| Ok((role.name(), to(role, address)?)))
    .collect()
}

fn behind(config: &Config) -> anyhow::Result<baton_gateway::Services> {
    let services = &config.services;
    Ok(baton_gateway::Services {
        front_door: to(Role::FrontDoor, &services.front_door)?,
        allocation: to(Role::Allocation, &services.allocation)?,
        transfer: to(Role::Transfer, &services.transfer)?,
        closure: to(Role::Closure, &services.closure)?,
        notification: to(Role::Notification, &services.notification)?,
    })
}

fn to(role: Role, address: &str) -> anyhow::Result<Conn> {
    connect(role.name(), address).with_context(|| format!("the address of {}", role.name()))
}
