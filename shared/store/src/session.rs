//! One type over both databases, and the macros that reach through it.

use jiff::Timestamp;
use uuid::Uuid;

use crate::ending::Ending;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// Read access to the database, for [`with_db!`](crate::with_db).
#[derive(Debug, Clone)]
pub enum Db {
    /// A file: many readers, one writer.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one writer. Only transactions use it.
        write: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

impl Db {
    /// Whether other processes may write here too.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

/// The transaction of one of the databases.
#[derive(Debug)]
pub enum Session {
    /// Of a file.
    Sqlite(Transaction<'static, Sqlite>),
    /// Of a server.
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction under way. Pass `&mut Tx` down; never begin a second one inside it.
pub struct Tx {
    #[doc(hidden)]
    pub session: Session,
    pub(crate) announced: bool,
    pub(crate) ending: Ending,
    /// The earliest instant among the deadlines that were written.
    pub(crate) earliest_deadline: Option<Timestamp>,
    /// The deadline (aggregate, name) whose handler this transaction belongs to.
    pub(crate) firing: Option<(Uuid, String)>,
    pub(crate) after_commit: Vec<Box<dyn FnOnce() + Send>>,
    /// What is being committed, more closely than by its label.
    #[cfg(feature = "kill-points")]
    pub(crate) marks: Vec<String>,
}

impl Tx {
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            announced: false,
            ending: Ending::default(),
            earliest_deadline: None,
            firing: None,
            after_commit: Vec::new(),
            #[cfg(feature = "kill-points")]
            marks: Vec::new(),
        }
    }

    /// Says more closely than the label what this transaction commits: a kill point `<label>.<mark>` of its own. Does
    /// nothing unless kill points are compiled in.
    #[cfg(not(feature = "kill-points"))]
    pub fn mark(&mut self, _mark: impl FnOnce() -> String) {}

    /// Says more closely than the label what this transaction commits: a kill point `<label>.<mark>` of its own.
    #[cfg(feature = "kill-points")]
    pub fn mark(&mut self, mark: impl FnOnce() -> String) {
        self.marks.push(mark());
    }

    /// Runs `act` once this transaction has committed, and not at all when it does not. For waking a task
    /// of this process; nothing that must happen may hang on it.
    pub fn after_commit(&mut self, act: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(act));
    }

    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self.session, Session::Postgres(_))
    }
}

/// Runs one body with the connection of a [`Tx`], whichever database it is: `with_tx!(tx, c => query.execute(c).await)`.
#[macro_export]
macro_rules! with_tx {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx.statement() {
            $crate::Session::Sqlite(session) => {
                let $c: &mut $crate::sqlx::SqliteConnection = &mut **session;
                $body
            }
            $crate::Session::Postgres(session) => {
                let $c: &mut $crate::sqlx::PgConnection = &mut **session;
                $body
            }
        }
    };
}

/// Adds a write to the last ones of the transaction: `write_last!(tx, 1, q => q.push("UPDATE … ").push_bind(version))`. It is
/// one statement without `RETURNING`, independent of the others that wait, and has to hit so many rows: otherwise the
/// transaction fails with [`StoreError::Contention`](crate::StoreError::Contention), at the latest when it ends.
#[macro_export]
macro_rules! write_last {
    ($tx:expr, $rows:expr, $q:ident => $body:expr) => {
        match $tx.last($rows) {
            $crate::Last::Sqlite(mut $q, tx) => {
                $body;
                tx.run_last(*$q, $rows).await
            }
            $crate::Last::Postgres($q) => {
                $body;
                $tx.last_is_whole();
                Ok(())
            }
        }
    };
}

/// Runs one body with the read pool of a [`Db`]: `with_db!(store.db(), c => query.fetch_all(c).await)`.
#[macro_export]
macro_rules! with_db {
    ($db:expr, $c:ident => $body:expr) => {
        match $db {
            $crate::Db::Sqlite { read, .. } => {
                let $c = read;
                $body
            }
            $crate::Db::Postgres(pool) => {
                let $c = pool;
                $body
            }
        }
    };
}

/// Picks the value for the database of a [`Tx`]: `dialect!(tx, sqlite: "…", postgres: "… FOR UPDATE")`.
#[macro_export]
macro_rules! dialect {
    ($tx:expr, sqlite: $sqlite:expr, postgres: $postgres:expr) => {
        match &$tx.session {
            $crate::Session::Sqlite(_) => $sqlite,
            $crate::Session::Postgres(_) => $postgres,
        }
    };
}
