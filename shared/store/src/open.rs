//! Opening a service's database.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_clock::BusinessClock;
use jiff::Timestamp;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlSafeStr};
use tokio::sync::{Notify, watch};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{Db, Migrations, StoreConfig, StoreError, with_db};

/// The store's own tables; a service's come after them.
const OWN: Migrations = Migrations {
    sqlite: &[
        (
            1,
            "store",
            include_str!("../migrations/sqlite/0001_store.sql"),
        ),
        (
            2,
            "packs",
            include_str!("../migrations/sqlite/0002_packs.sql"),
        ),
    ],
    postgres: &[
        (
            1,
            "store",
            include_str!("../migrations/postgres/0001_store.sql"),
        ),
        (
            2,
            "packs",
            include_str!("../migrations/postgres/0002_packs.sql"),
        ),
        (
            3,
            "json",
            include_str!("../migrations/postgres/0003_json.sql"),
        ),
    ],
};

/// A connection that has been idle for longer than this is tried before it is given out.
const IDLE_UNTRIED: Duration = Duration::from_secs(5);

/// A service's own database. Clones share it.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) service: &'static str,
    pub(crate) clock: BusinessClock,
    pub(crate) incarnation: String,
    pub(crate) feed_heartbeat: Duration,
    /// The transactions under way, each in a task of its own.
    pub(crate) running: TaskTracker,
    /// Rung when events were committed and wait to be sealed.
    pub(crate) unsealed: Notify,
    /// The last sealed position of each authority, as far as this process knows.
    pub(crate) heads: watch::Sender<BTreeMap<String, i64>>,
    /// Rung when a deadline comes before the one that is waited for.
    pub(crate) deadlines: Notify,
    /// The deadline that is waited for. None while it is not known, or there is none.
    pub(crate) next_deadline: watch::Sender<Option<Timestamp>>,
    /// Held for as long as the store is open, so that one process uses the file.
    lock: Mutex<Option<File>>,
}

impl Store {
    /// Opens the database, brings its schema up to date (unless configured not to) and takes note of its
    /// incarnation. A SQLite file is locked against other processes until the store is closed or dropped.
    pub async fn open(
        config: StoreConfig,
        service: &'static str,
        migrations: Migrations,
        clock: BusinessClock,
    ) -> Result<Self, StoreError> {
        let (db, lock) = if config.url.starts_with("sqlite:") {
            let (db, lock) = open_sqlite(&config, migrations).await?;
            (db, Some(lock))
        } else {
            (open_postgres(&config, service, migrations).await?, None)
        };
        let incarnation = incarnation(&db).await?;

        Ok(Self(Arc::new(Inner {
            db,
            service,
            clock,
            incarnation,
            feed_heartbeat: config.feed_heartbeat,
            running: TaskTracker::new(),
            unsealed: Notify::new(),
            heads: watch::Sender::new(BTreeMap::new()),
            deadlines: Notify::new(),
            next_deadline: watch::Sender::new(None),
            lock: Mutex::new(lock),
        })))
    }

    /// Read access, for [`with_db!`](crate::with_db). For several statements that must agree use [`Store::read`].
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The clock this store was opened with.
    pub fn clock(&self) -> &BusinessClock {
        &self.0.clock
    }

    /// The service whose database this is.
    pub fn service(&self) -> &'static str {
        self.0.service
    }

    /// The name of this database's life. A database started afresh has another, and cursors do not fit it.
    pub fn incarnation(&self) -> &str {
        &self.0.incarnation
    }

    /// Waits for the transactions under way, then closes the connections. Later calls are refused. Of SQLite nothing is left
    /// beside the file: it can be copied, replaced, or opened by another process.
    pub async fn close(&self) {
        self.0.running.close();
        self.0.running.wait().await;
        match &self.0.db {
            Db::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
        // Whoever still has a clone, say to answer a call that nobody waits for, keeps nobody else out.
        self.0
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}

async fn open_sqlite(
    config: &StoreConfig,
    migrations: Migrations,
) -> Result<(Db, File), StoreError> {
    let options = SqliteConnectOptions::from_str(&config.url)
        .map_err(|_| StoreError::Open("the url is not a SQLite url".to_owned()))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .optimize_on_close(true, None);
    let lock = lock_file(options.get_filename())?;

    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(config.acquire_timeout)
        .connect_with(options.clone())
        .await?;
    if config.migrate {
        migrator(OWN.sqlite, migrations.sqlite)
            .run(&write)
            .await
            .map_err(open_error)?;
    }
    let read = SqlitePoolOptions::new()
        .max_connections(config.max_connections.clamp(1, 4))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(config.acquire_timeout)
        // Who cannot write cannot note what optimising found: closing would fail and go on behind our back, and whoever
        // closes last and cannot write leaves the log beside the file.
        .connect_with(options.optimize_on_close(false, None).read_only(true))
        .await?;

    Ok((Db::Sqlite { read, write }, lock))
}

/// Takes `<file>.lock`. The operating system gives it back when the process ends, however it ends.
fn lock_file(database: &std::path::Path) -> Result<File, StoreError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| StoreError::Open(format!("the lock file: {}", error.kind())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::FileInUse),
        Err(TryLockError::Error(error)) => {
            Err(StoreError::Open(format!("the lock file: {}", error.kind())))
        }
    }
}

/// Documents of some kilobytes are written often: PostgreSQL's own compression takes longer than all else that it does
/// with them. Not every build of it has the other one.
const QUICK_COMPRESSION: &str = "SELECT set_config(name, 'lz4', FALSE) FROM pg_settings \
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)";

/// Nobody asks for a row by what is in a document or a hash, and yet `ANALYZE` unpacks and sorts thousands of them: under
/// load that was a sixth of the server's time. Two replicas that start at once take turns.
const NO_STATISTICS: &str = "DO $$ DECLARE wide RECORD; BEGIN \
    PERFORM pg_advisory_xact_lock(4737209122); \
    FOR wide IN SELECT a.attrelid::REGCLASS AS of_table, a.attname AS name FROM pg_attribute a \
        JOIN pg_class c ON c.oid = a.attrelid \
        WHERE c.relnamespace = CURRENT_SCHEMA()::REGNAMESPACE AND c.relkind = 'r' AND a.attnum > 0 \
        AND a.atttypid IN ('JSON'::REGTYPE, 'JSONB'::REGTYPE, 'BYTEA'::REGTYPE) AND a.attstattarget IS DISTINCT FROM 0 \
    LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', wide.of_table, wide.name); \
    END LOOP; END $$";

async fn open_postgres(
    config: &StoreConfig,
    service: &str,
    migrations: Migrations,
) -> Result<Db, StoreError> {
    let options = PgConnectOptions::from_str(&config.url)
        .map_err(|_| StoreError::Open("the url is not a PostgreSQL url".to_owned()))?
        .application_name(&format!("baton-{service}"))
        .statement_cache_capacity(256)
        .options([
            // A transaction whose process hangs must not hold its locks for ever.
            ("idle_in_transaction_session_timeout", "30s"),
            // Statements find rows by key, whatever the values: planning each time anew is a tenth of the server's work.
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
        ]);
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections.max(2))
        .acquire_timeout(config.acquire_timeout)
        // A ping before every use would be a round trip more for every call.
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query(QUICK_COMPRESSION)
                    .execute(connection)
                    .await
                    .map(drop)
            })
        })
        .before_acquire(|connection, about| {
            Box::pin(
                async move { Ok(about.idle_for < IDLE_UNTRIED || connection.ping().await.is_ok()) },
            )
        })
        .connect_with(options)
        .await?;
    if config.migrate {
        migrator(OWN.postgres, migrations.postgres)
            .run(&pool)
            .await
            .map_err(open_error)?;
        sqlx::raw_sql(NO_STATISTICS).execute(&pool).await?;
    }
    Ok(Db::Postgres(pool))
}

fn migrator(own: &[crate::Migration], service: &[crate::Migration]) -> Migrator {
    let step = |&(version, name, sql): &crate::Migration| {
        let simple = MigrationType::Simple;
        Migration::new(version, name.into(), simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(own.iter().chain(service).map(step).collect())
}

fn open_error(error: sqlx::migrate::MigrateError) -> StoreError {
    match error {
        sqlx::migrate::MigrateError::Execute(error) => error.into(),
        other => StoreError::Open(other.to_string()),
    }
}

/// Reads the incarnation; the first to open a new database gives it one.
async fn incarnation(db: &Db) -> Result<String, StoreError> {
    let fresh = Uuid::now_v7().to_string();
    let insert =
        "INSERT INTO store_meta (key, value) VALUES ('incarnation', $1) ON CONFLICT DO NOTHING";
    match db {
        Db::Sqlite { write, .. } => {
            sqlx::query(insert).bind(fresh).execute(write).await?;
        }
        Db::Postgres(pool) => {
            sqlx::query(insert).bind(fresh).execute(pool).await?;
        }
    }
    let select = "SELECT value FROM store_meta WHERE key = 'incarnation'";
    Ok(with_db!(db, c => sqlx::query_scalar(select).fetch_one(c).await)?)
}
