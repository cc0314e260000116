//! What a store is opened with.

use std::time::Duration;

use serde::Deserialize;

/// Where a service keeps its data, and how hard it may press the database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite:path/to/file.db` or `postgres://user@host/database`. May hold a password: never log it.
    pub url: String,
    /// The most connections to PostgreSQL, or readers of SQLite (which always has one writer).
    #[serde(default = "max_connections")]
    pub max_connections: u32,
    /// How long a call waits for a connection before it answers that the database is unavailable, in seconds.
    #[serde(default = "acquire_timeout", with = "seconds")]
    pub acquire_timeout: Duration,
    /// The longest silence of a feed's stream before it sends an empty batch, in seconds.
    #[serde(default = "feed_heartbeat", with = "seconds")]
    pub feed_heartbeat: Duration,
    /// Whether opening brings the schema up to date. Off where `baton migrate` runs as a job of its own.
    #[serde(default = "migrate")]
    pub migrate: bool,
}

impl StoreConfig {
    /// The defaults, for the database at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: max_connections(),
            acquire_timeout: acquire_timeout(),
            feed_heartbeat: feed_heartbeat(),
            migrate: migrate(),
        }
    }
}

const fn max_connections() -> u32 {
    8
}

const fn acquire_timeout() -> Duration {
    Duration::from_secs(5)
}

const fn feed_heartbeat() -> Duration {
    Duration::from_secs(10)
}

const fn migrate() -> bool {
    true
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer};

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
    }
}

/// One step of a schema: version, name, SQL. A shipped step never changes: its checksum is kept.
pub type Migration = (i64, &'static str, &'static str);

/// A service's own steps for each database, versions 1000 and up. The store's own tables come before them.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// The steps for SQLite.
    pub sqlite: &'static [Migration],
    /// The steps for PostgreSQL.
    pub postgres: &'static [Migration],
}
