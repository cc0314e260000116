//! Settings: what is shipped, then a file, then the environment. Whatever is misspelt stops the start.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, bail};
use baton_rpc::ServerConfig;
use baton_store::StoreConfig;
use baton_telemetry::TelemetryConfig;
use config::{Environment, File, FileFormat};
use serde::Deserialize;

use crate::cli::Settings;

const DEFAULTS: &str = include_str!("defaults.toml");
const PREFIX: &str = "BATON";
/// Stands for the name of a service in the url of its database.
const EACH: &str = "{service}";

/// A service of Baton.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Children, facts, contacts.
    FrontDoor,
    /// The ledger and the organisation.
    Allocation,
    /// Transfers.
    Transfer,
    /// Closures.
    Closure,
    /// Notices.
    Notification,
    /// The public door.
    Gateway,
}

impl Role {
    /// Every service, in the order of the roles.
    pub const ALL: [Self; 6] = [
        Self::FrontDoor,
        Self::Allocation,
        Self::Transfer,
        Self::Closure,
        Self::Notification,
        Self::Gateway,
    ];

    /// The name of the service.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => baton_gateway::NAME,
            Self::FrontDoor => baton_front_door::NAME,
            Self::Allocation => baton_allocation::NAME,
            Self::Transfer => baton_transfer::NAME,
            Self::Closure => baton_closure::NAME,
            Self::Notification => baton_notification::NAME,
        }
    }

    /// The schema of the service.
    pub fn migrations(self) -> baton_store::Migrations {
        match self {
            Self::Gateway => baton_gateway::migrations(),
            Self::FrontDoor => baton_front_door::migrations(),
            Self::Allocation => baton_allocation::migrations(),
            Self::Transfer => baton_transfer::migrations(),
            Self::Closure => baton_closure::migrations(),
            Self::Notification => baton_notification::migrations(),
        }
    }
}

/// Every setting of a process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The port.
    pub server: Server,
    /// The authorities' protocols.
    pub protocol: Protocol,
    /// The database of a single service.
    pub store: Store,
    /// How long request keys are kept.
    #[serde(default)]
    pub retention: baton_store::Retention,
    /// Where the other services are.
    pub services: Services,
    /// Logs, traces, metrics.
    #[serde(default)]
    pub telemetry: TelemetryConfig,
    /// The gateway's own settings.
    #[serde(default)]
    pub gateway: baton_gateway::Config,
    /// The front door's own settings.
    #[serde(default)]
    pub front_door: baton_front_door::Config,
    /// Allocation's own settings.
    #[serde(default)]
    pub allocation: baton_allocation::Config,
    /// Transfer's own settings.
    #[serde(default)]
    pub transfer: baton_transfer::Config,
    /// Closure's own settings.
    #[serde(default)]
    pub closure: baton_closure::Config,
    /// Notification's own settings.
    #[serde(default)]
    pub notification: baton_notification::Config,
}

/// The port.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where gRPC is served: `127.0.0.1:50051`.
    pub listen: String,
    /// Where `/metrics` is served. Nowhere when empty.
    pub metrics: String,
    /// The most calls in hand.
    pub calls_max: usize,
    /// How long to go on serving after health says no.
    #[serde(with = "humantime_serde")]
    pub drain: Duration,
    /// How long calls in hand may go on after that.
    #[serde(with = "humantime_serde")]
    pub grace: Duration,
}

impl Server {
    /// How a service is served.
    pub fn of(&self, service: &'static str) -> ServerConfig {
        let defaults = ServerConfig::new(service);
        ServerConfig {
            public: service == "gateway",
            calls_max: self.calls_max,
            drain: self.drain,
            grace: self.grace,
            ..defaults
        }
    }
}

/// The authorities' protocols.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Their folder. Empty for those in the binary.
    pub folder: String,
}

/// The database of a single service.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    pub(crate) url: String,
    url_file: String,
    max_connections: u32,
    migrate: bool,
}

impl fmt::Debug for Store {
    /// The url may hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Store")
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// How `baton all` opens the database of one of its services: where the url holds `{service}`, that database
    /// of a server, otherwise none of these but a file in the data folder.
    pub fn each(&self, service: &str) -> Option<StoreConfig> {
        if !self.url.contains(EACH) {
            return None;
        }
        Some(self.at(&self.url, service))
    }

    /// How a single service opens its database. A url with `{service}` says the same to every one of them.
    pub fn open(&self, service: &str) -> anyhow::Result<StoreConfig> {
        let url = if self.url_file.is_empty() {
            self.url.clone()
        } else {
            let text = std::fs::read_to_string(&self.url_file).with_context(|| {
                format!("reading the file of store.url_file, {}", self.url_file)
            })?;
            text.trim().to_owned()
        };
        if url.is_empty() {
            bail!(
                "a single service needs its database: set BATON__STORE__URL or BATON__STORE__URL_FILE"
            );
        }
        Ok(self.at(&url, service))
    }

    fn at(&self, url: &str, service: &str) -> StoreConfig {
        let mut config = StoreConfig::new(url.replace(EACH, &service.replace('-', "_")));
        config.max_connections = self.max_connections;
        config.migrate = self.migrate;
        config
    }
}

/// Where the other services are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    /// The front door.
    pub front_door: String,
    /// Allocation.
    pub allocation: String,
    /// Transfer.
    pub transfer: String,
    /// Closure.
    pub closure: String,
    /// Notification.
    pub notification: String,
}

impl Config {
    /// Reads the settings of a process.
    pub(crate) fn load(settings: &Settings) -> anyhow::Result<Self> {
        let mut layers = shipped();
        if let Some(path) = &settings.config {
            layers = layers.add_source(
                File::from(path.as_path())
                    .format(FileFormat::Toml)
                    .required(true),
            );
        }
        let mut config = read(layers.add_source(environment()))?;
        if let Some(listen) = &settings.listen {
            config.server.listen.clone_from(listen);
        }
        Ok(config)
    }

    /// What is shipped in the binary, whatever the environment says.
    pub fn shipped() -> anyhow::Result<Self> {
        read(shipped())
    }
}

type Layers = config::ConfigBuilder<config::builder::DefaultState>;

fn shipped() -> Layers {
    config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml))
}

fn environment() -> Environment {
    Environment::with_prefix(PREFIX)
        .prefix_separator("__")
        .separator("__")
        .try_parsing(true)
}

fn read(layers: Layers) -> anyhow::Result<Config> {
    let read = layers.build().and_then(config::Config::try_deserialize);
    read.with_context(|| {
        format!("reading the settings (a stray {PREFIX}__… variable of the environment counts too)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> anyhow::Result<Config> {
        let variables = [(name.to_owned(), value.to_owned())].into_iter().collect();
        read(shipped().add_source(environment().source(Some(variables))))
    }

    #[test]
    fn every_role_stands_at_its_place() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
        }
    }

    #[test]
    fn what_is_shipped_can_be_read() {
        let config = Config::shipped().unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:50051");
        assert_eq!(config.server.grace, Duration::from_secs(10));
    }

    #[test]
    fn the_environment_outranks_what_is_shipped() {
        assert_eq!(
            with("BATON__SERVER__CALLS_MAX", "7")
                .unwrap()
                .server
                .calls_max,
            7
        );
        assert_eq!(
            with("BATON__STORE__URL", "sqlite:x.db")
                .unwrap()
                .store
                .open("transfer")
                .unwrap()
                .url,
            "sqlite:x.db"
        );
    }

    #[test]
    fn a_misspelt_setting_stops_the_start_and_is_named() {
        let error = format!("{:#}", with("BATON__SERVER__LISTN", "x").unwrap_err());
        assert!(error.contains("listn"), "{error}");
    }

    #[test]
    fn a_single_service_without_a_database_says_what_to_set() {
        let error = Config::shipped()
            .unwrap()
            .store
            .open("transfer")
            .unwrap_err();
        assert!(error.to_string().contains("BATON__STORE__URL"), "{error}");
    }

    #[test]
    fn one_process_can_keep_every_service_on_a_server() {
        let config = with("BATON__STORE__URL", "postgres://db/{service}").unwrap();
        let url = config.store.each("front-door").map(|store| store.url);
        assert_eq!(url.as_deref(), Some("postgres://db/front_door"));
        // Whoever then migrates or verifies one of them sets nothing else.
        let alone = config.store.open("front-door").unwrap();
        assert_eq!(alone.url, "postgres://db/front_door");
        assert!(
            Config::shipped()
                .unwrap()
                .store
                .each("front-door")
                .is_none()
        );
    }

    #[test]
    fn the_url_of_the_database_is_never_shown() {
        let config = with("BATON__STORE__URL", "postgres://baton:secret@db/transfer").unwrap();
        assert!(!format!("{config:?}").contains("secret"));
    }
}
