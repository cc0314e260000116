//! Building each service. They look alike on purpose; each has types of its own.

use std::collections::HashMap;
use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_protocol_files::Library;
use baton_rpc::{Conn, Health};
use baton_store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use super::StartError;
use crate::Config;

/// What every service is made of.
pub struct Common {
    /// Its database.
    pub store: Store,
    /// The authorities' protocols.
    pub library: Arc<Library>,
    /// The clock.
    pub clock: BusinessClock,
    /// Where those that follow feeds tell of them. One for all services of a process.
    pub health: Health,
    /// Ends its background tasks.
    pub shutdown: CancellationToken,
}

/// A service at work.
pub struct Running {
    /// Its gRPC services.
    pub routes: Routes,
    /// Its background tasks.
    pub tasks: Vec<JoinHandle<()>>,
}

pub async fn front_door(config: &Config, common: Common) -> Result<Running, StartError> {
    let Common {
        store,
        library,
        clock,
        shutdown,
        ..
    } = common;
    let parts = baton_front_door::Parts {
        store,
        library,
        clock,
        shutdown,
    };
    let built = baton_front_door::build(&config.front_door, parts).await;
    let service = built.map_err(StartError::service(baton_front_door::NAME))?;
    Ok(Running {
        routes: service.routes,
        tasks: service.tasks,
    })
}

pub async fn allocation(config: &Config, common: Common) -> Result<Running, StartError> {
    let Common {
        store,
        library,
        clock,
        shutdown,
        ..
    } = common;
    let parts = baton_allocation::Parts {
        store,
        library,
        clock,
        shutdown,
    };
    let built = baton_allocation::build(&config.allocation, parts).await;
    let service = built.map_err(StartError::service(baton_allocation::NAME))?;
    Ok(Running {
        routes: service.routes,
        tasks: service.tasks,
    })
}

pub async fn transfer(config: &Config, common: Common) -> Result<Running, StartError> {
    let Common {
        store,
        library,
        clock,
        shutdown,
        ..
    } = common;
    let parts = baton_transfer::Parts {
        store,
        library,
        clock,
        shutdown,
    };
    let built = baton_transfer::build(&config.transfer, parts).await;
    let service = built.map_err(StartError::service(baton_transfer::NAME))?;
    Ok(Running {
        routes: service.routes,
        tasks: service.tasks,
    })
}

pub async fn closure(config: &Config, common: Common) -> Result<Running, StartError> {
    let Common {
        store,
        library,
        clock,
        shutdown,
        ..
    } = common;
    let parts = baton_closure::Parts {
        store,
        library,
        clock,
        shutdown,
    };
    let built = baton_closure::build(&config.closure, parts).await;
    let service = built.map_err(StartError::service(baton_closure::NAME))?;
    Ok(Running {
        routes: service.routes,
        tasks: service.tasks,
    })
}

/// Notification learns from the feeds of the others what has to be told.
pub async fn notification(
    config: &Config,
    common: Common,
    feeds: HashMap<&'static str, Conn>,
) -> Result<Running, StartError> {
    let Common {
        store,
        library,
        clock,
        health,
        shutdown,
    } = common;
    let parts = baton_notification::Parts {
        store,
        library,
        clock,
        shutdown,
        feeds,
        health,
    };
    let built = baton_notification::build(&config.notification, parts).await;
    let service = built.map_err(StartError::service(baton_notification::NAME))?;
    Ok(Running {
        routes: service.routes,
        tasks: service.tasks,
    })
}

/// The gateway calls the others.
pub async fn gateway(
    config: &Config,
    common: Common,
    services: baton_gateway::Services,
) -> Result<Running, StartError> {
    let Common {
        store,
        library,
        clock,
        health,
        shutdown,
    } = common;
    let parts = baton_gateway::Parts {
        store,
        library,
        clock,
        shutdown,
        services,
        health,
    };
    let built = baton_gateway::build(&config.gateway, parts).await;
    let service = built.map_err(StartError::service(baton_gateway::NAME))?;
    Ok(Running {
        routes: service.routes,
        tasks: service.tasks,
    })
}
