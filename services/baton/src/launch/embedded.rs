//! Every service in one process, each called directly.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_protocol_files::Library;
use baton_rpc::{Conn, Health, in_process};
use baton_store::{Store, StoreConfig};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use super::StartError;
use super::folder::Folder;
use super::services::{self, Common, Running};
use crate::{Config, Role};

/// What `baton all` is made from.
pub struct EmbeddedConfig {
    /// Every setting.
    pub config: Config,
    /// The authorities' protocols.
    pub library: Arc<Library>,
    /// The clock of all services.
    pub clock: BusinessClock,
}

/// Every service at work in this process.
pub struct Embedded {
    door: Routes,
    health: Health,
    config: Config,
    stores: Vec<Store>,
    tasks: Vec<JoinHandle<()>>,
    shutdown: CancellationToken,
    _folder: Folder,
}

impl Embedded {
    /// Opens the databases in the folder and starts every service.
    pub async fn start(data: &Path, settings: EmbeddedConfig) -> Result<Self, StartError> {
        let folder = Folder::open(data)?;
        let shutdown = CancellationToken::new();
        let mut builder = Builder {
            folder,
            settings,
            health: Health::of_feeds().await,
            stores: Vec::new(),
            tasks: Vec::new(),
            shutdown,
        };
        match builder.services().await {
            Ok(door) => Ok(Self {
                door,
                health: builder.health,
                config: builder.settings.config,
                stores: builder.stores,
                tasks: builder.tasks,
                shutdown: builder.shutdown,
                _folder: builder.folder,
            }),
            Err(error) => {
                super::end(&builder.shutdown, builder.tasks).await;
                Err(error)
            }
        }
    }

    /// The gateway's routes, for a port.
    pub fn door(&self) -> Routes {
        self.door.clone()
    }

    /// What probes are told, of every service and of every feed that is followed here.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// The gateway, called directly.
    pub fn conn(&self) -> Conn {
        in_process(
            self.door.clone(),
            &self.config.server.of(Role::Gateway.name()),
        )
    }

    /// Ends background tasks, waits for transactions under way, and closes the databases.
    pub async fn stop(self) {
        super::end(&self.shutdown, self.tasks).await;
        for store in self.stores {
            store.close().await;
        }
    }
}

struct Builder {
    folder: Folder,
    settings: EmbeddedConfig,
    health: Health,
    stores: Vec<Store>,
    tasks: Vec<JoinHandle<()>>,
    shutdown: CancellationToken,
}

impl Builder {
    /// Starts the services in the order in which they need each other; the gateway's routes are the answer.
    async fn services(&mut self) -> Result<Routes, StartError> {
        self.open().await?;
        let mut config = self.settings.config.clone();
        // Who simulates time may move it.
        config.gateway.simulated_time = self.settings.clock.is_simulated();
        // Everything of this Baton lies in its folder, unless somebody says where else.
        if config.notification.spool == baton_notification::Config::default().spool {
            config.notification.spool = self.folder.spool();
        }

        let running = services::front_door(&config, self.common(Role::FrontDoor)).await?;
        let front_door = self.conn(Role::FrontDoor, running);
        let running = services::allocation(&config, self.common(Role::Allocation)).await?;
        let allocation = self.conn(Role::Allocation, running);
        let running = services::transfer(&config, self.common(Role::Transfer)).await?;
        let transfer = self.conn(Role::Transfer, running);
        let running = services::closure(&config, self.common(Role::Closure)).await?;
        let closure = self.conn(Role::Closure, running);
        let feeds = HashMap::from([
            (Role::FrontDoor.name(), front_door.clone()),
            (Role::Allocation.name(), allocation.clone()),
            (Role::Transfer.name(), transfer.clone()),
            (Role::Closure.name(), closure.clone()),
        ]);
        let running =
            services::notification(&config, self.common(Role::Notification), feeds).await?;
        let notification = self.conn(Role::Notification, running);

        let behind = baton_gateway::Services {
            front_door,
            allocation,
            transfer,
            closure,
            notification,
        };
        let gateway = services::gateway(&config, self.common(Role::Gateway), behind).await?;
        self.tasks.extend(gateway.tasks);
        Ok(gateway.routes)
    }

    /// Opens every database, side by side: each has a schema to bring up to date.
    async fn open(&mut self) -> Result<(), StartError> {
        let opening = Role::ALL.map(|role| {
            let elsewhere = self.settings.config.store.each(role.name());
            let config = elsewhere.unwrap_or_else(|| StoreConfig::new(self.folder.database(role)));
            let clock = self.settings.clock.clone();
            async move {
                Store::open(config, role.name(), role.migrations(), clock)
                    .await
                    .map_err(|source| StartError::Store {
                        service: role.name(),
                        source,
                    })
            }
        });
        self.stores = futures::future::try_join_all(opening).await?;
        for store in &self.stores {
            let pruning = super::retention(&self.settings.config, store, &self.shutdown);
            self.tasks.push(pruning);
        }
        Ok(())
    }

    fn common(&self, role: Role) -> Common {
        Common {
            // Opened in the order of `Role::ALL`, which is that of the roles.
            store: self.stores[role as usize].clone(),
            library: Arc::clone(&self.settings.library),
            clock: self.settings.clock.clone(),
            health: self.health.clone(),
            shutdown: self.shutdown.clone(),
        }
    }

    fn conn(&mut self, role: Role, running: Running) -> Conn {
        self.tasks.extend(running.tasks);
        in_process(running.routes, &self.settings.config.server.of(role.name()))
    }
}

#[cfg(test)]
mod tests {
    use baton_clock::BusinessClock;
    use baton_protocol_files::Library;

    use super::*;

    #[tokio::test]
    async fn where_the_settings_name_a_database_for_each_service_the_folder_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let (data, elsewhere) = (folder.path().join("data"), folder.path().join("elsewhere"));
        std::fs::create_dir(&elsewhere).unwrap();
        let mut config = Config::shipped().unwrap();
        config.store.url = format!("sqlite:{}/{{service}}.db", elsewhere.display());
        let settings = EmbeddedConfig {
            config,
            library: Arc::new(Library::embedded().unwrap()),
            clock: BusinessClock::system(),
        };

        Embedded::start(&data, settings).await.unwrap().stop().await;

        for role in Role::ALL {
            let file = format!("{}.db", role.name().replace('-', "_"));
            assert!(elsewhere.join(&file).is_file(), "{file}");
        }
        assert!(super::super::folder::databases(&data).is_empty());
    }
}
