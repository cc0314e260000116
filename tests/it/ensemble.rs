//! Every service in this process, on either database, once or in several replicas, with all doors open to a test.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_contracts::Call;
use baton_gateway::Services;
use baton_protocol_files::Library;
use baton_rpc::{Conn, Health, ServerConfig, in_process};
use baton_store::{Migrations, Store, StoreConfig};
use baton_testkit::TestDb;
use sqlx::{PgPool, Row as _, SqlitePool};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::checker::{Database, Databases};

/// The six services with their schemas.
pub fn schemas() -> [(&'static str, Migrations); 6] {
    [
        (baton_front_door::NAME, baton_front_door::migrations()),
        (baton_allocation::NAME, baton_allocation::migrations()),
        (baton_transfer::NAME, baton_transfer::migrations()),
        (baton_closure::NAME, baton_closure::migrations()),
        (baton_notification::NAME, baton_notification::migrations()),
        (baton_gateway::NAME, baton_gateway::migrations()),
    ]
}

/// Stands between the gateway and a service.
pub type Between = Arc<dyn Fn(&'static str, Conn) -> Conn + Send + Sync>;

/// Nothing stands between them.
pub fn nothing() -> Between {
    Arc::new(|_, conn| conn)
}

/// One replica of each service.
pub struct Replica {
    /// The public door.
    pub door: Conn,
    /// The services behind it, by name, as the gateway calls them.
    pub behind: BTreeMap<&'static str, Conn>,
    stores: Vec<Store>,
    tasks: Vec<JoinHandle<()>>,
}

/// Replicas on the same databases, under one clock.
pub struct Ensemble {
    /// The replicas.
    pub replicas: Vec<Replica>,
    /// The clock of all.
    pub clock: BusinessClock,
    urls: BTreeMap<&'static str, String>,
    shutdown: CancellationToken,
    folder: TempDir,
    _databases: Vec<TestDb>,
}

impl Ensemble {
    /// One replica on SQLite.
    pub async fn sqlite(start: &str) -> Self {
        Self::build(start, 1, Vec::new(), nothing()).await
    }

    /// One replica on SQLite, with something between the gateway and the services.
    pub async fn sqlite_with(start: &str, between: Between) -> Self {
        Self::build(start, 1, Vec::new(), between).await
    }

    /// Replicas on databases of PostgreSQL of their own.
    pub async fn postgres(start: &str, replicas: usize) -> Self {
        Self::postgres_with(start, replicas, nothing()).await
    }

    /// The same, with something between the gateways and the services.
    pub async fn postgres_with(start: &str, replicas: usize, between: Between) -> Self {
        let mut databases = Vec::new();
        for _ in schemas() {
            databases.push(TestDb::postgres().await);
        }
        Self::build(start, replicas, databases, between).await
    }

    async fn build(start: &str, replicas: usize, databases: Vec<TestDb>, between: Between) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let urls = schemas()
            .iter()
            .enumerate()
            .map(|(at, (name, _))| {
                let file = || {
                    format!(
                        "sqlite:{}",
                        folder.path().join(format!("{name}.db")).display()
                    )
                };
                (
                    *name,
                    databases
                        .get(at)
                        .map_or_else(file, |database| database.url().to_owned()),
                )
            })
            .collect();
        let mut ensemble = Self {
            replicas: Vec::new(),
            clock: baton_testkit::clock_at(start),
            urls,
            shutdown: CancellationToken::new(),
            folder,
            _databases: databases,
        };
        for _ in 0..replicas {
            let replica = ensemble.replica(&between).await;
            ensemble.replicas.push(replica);
        }
        ensemble
    }

    async fn replica(&self, between: &Between) -> Replica {
        let library = Arc::new(Library::embedded().expect("the shipped protocols"));
        let mut replica = Replica {
            door: unreachable(),
            behind: BTreeMap::new(),
            stores: Vec::new(),
            tasks: Vec::new(),
        };
        let clock = self.clock.clone();
        macro_rules! service {
            ($service:ident, $config:expr $(, $extra:ident)*) => {{
                let store = self.store($service::NAME, $service::migrations()).await;
                replica.stores.push(store.clone());
                let (library, clock, shutdown) = (Arc::clone(&library), clock.clone(), self.shutdown.clone());
                let parts = $service::Parts { store, library, clock, shutdown $(, $extra)* };
                let built = $service::build(&$config, parts).await.expect("the service starts");
                replica.tasks.extend(built.tasks);
                in_process(built.routes, &ServerConfig::new($service::NAME))
            }};
        }
        let front_door = between(
            "front-door",
            service!(baton_front_door, baton_front_door::Config::default()),
        );
        let allocation = between(
            "allocation",
            service!(baton_allocation, baton_allocation::Config::default()),
        );
        let transfer = between(
            "transfer",
            service!(baton_transfer, baton_transfer::Config::default()),
        );
        let closure = between(
            "closure",
            service!(baton_closure, baton_closure::Config::default()),
        );
        let feeds = HashMap::from([
            ("front-door", front_door.clone()),
            ("allocation", allocation.clone()),
            ("transfer", transfer.clone()),
            ("closure", closure.clone()),
        ]);
        let health = Health::default();
        let config = baton_notification::Config {
            spool: self.spool(),
            ..Default::default()
        };
        let notification = between(
            "notification",
            service!(baton_notification, config, feeds, health),
        );
        let services = Services {
            front_door,
            allocation,
            transfer,
            closure,
            notification,
        };
        replica.behind = services.all().into_iter().collect();
        let config = baton_gateway::Config {
            simulated_time: true,
            ..Default::default()
        };
        let health = Health::default();
        replica.door = service!(baton_gateway, config, services, health);
        replica
    }

    async fn store(&self, name: &'static str, migrations: Migrations) -> Store {
        let mut config = StoreConfig::new(self.urls[name].clone());
        // All replicas of all tests share one small server.
        config.max_connections = 6;
        Store::open(config, name, migrations, self.clock.clone())
            .await
            .expect("the database opens")
    }

    /// The public door of the first replica.
    pub fn door(&self) -> Conn {
        self.replicas[0].door.clone()
    }

    /// The service that has a method, as the gateway reaches it.
    pub fn behind(&self, call: &Call) -> Conn {
        let area = call
            .service()
            .trim_start_matches("baton.")
            .split('.')
            .next()
            .unwrap_or_default();
        let service = if area == "frontdoor" {
            "front-door"
        } else {
            area
        };
        self.replicas[0].behind[service].clone()
    }

    /// Where notification puts what it sends.
    pub fn spool(&self) -> std::path::PathBuf {
        self.folder.path().join("sent")
    }

    /// Where the databases are, by service.
    pub const fn urls(&self) -> &BTreeMap<&'static str, String> {
        &self.urls
    }

    /// The databases, for looking at them with SQL.
    pub async fn databases(&self) -> Databases {
        databases(&self.urls, Some(&self.spool())).await
    }

    /// How many connections sit in an open transaction; of SQLite, how many files cannot be written for one.
    pub async fn idle_in_transaction(&self) -> i64 {
        let mut open = 0;
        for url in self.urls.values() {
            if url.starts_with("sqlite:") {
                let pool = SqlitePool::connect(url).await.expect("the file");
                open += i64::from(pool.begin_with("BEGIN IMMEDIATE").await.is_err());
                pool.close().await;
                continue;
            }
            let pool = PgPool::connect(url).await.expect("the server");
            let query = "SELECT count(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            open += sqlx::query(query)
                .fetch_one(&pool)
                .await
                .expect("the activity")
                .get::<i64, _>(0);
            pool.close().await;
        }
        open
    }

    /// Stops every replica.
    pub async fn stop(&mut self) {
        self.shutdown.cancel();
        for replica in &mut self.replicas {
            for task in replica.tasks.drain(..) {
                task.await.expect("a background task ends without a panic");
            }
            for store in replica.stores.drain(..) {
                store.close().await;
            }
        }
    }
}

/// Opens databases by url for looking.
pub async fn databases(urls: &BTreeMap<&'static str, String>, spool: Option<&Path>) -> Databases {
    let mut opened = BTreeMap::new();
    for (name, url) in urls {
        opened.insert(
            *name,
            Database::open(url).await.expect("the database opens"),
        );
    }
    Databases {
        of: opened,
        spool: spool.map(Path::to_owned),
    }
}

fn unreachable() -> Conn {
    in_process(
        tonic::service::Routes::default(),
        &ServerConfig::new("nobody"),
    )
}
