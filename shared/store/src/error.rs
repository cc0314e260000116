//! What can go wrong in a store, without repeating what was stored.

use std::fmt;

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The same request key came before with another body. Answer `ALREADY_EXISTS`.
    #[error("this request id was used before with another body")]
    RequestIdReused,
    /// Another transaction was in the way (deadlock, serialization, a busy file). Nothing was changed;
    /// the caller may try again. Answer `ABORTED`.
    #[error("another transaction was in the way")]
    Contention,
    /// The database cannot be reached or has no free connection. Answer `UNAVAILABLE`.
    #[error("the database is not available: {0}")]
    Unavailable(DatabaseFault),
    /// The database refused a statement, or a row could not be read.
    #[error("the database refused: {0}")]
    Database(DatabaseFault),
    /// A row contradicts itself or the code. The text names the place, never a value.
    #[error("a stored row cannot be understood: {0}")]
    Corrupt(&'static str),
    /// Another process has this SQLite file open.
    #[error("another process uses this database file")]
    FileInUse,
    /// The database could not be opened or brought up to date.
    #[error("the store cannot be opened: {0}")]
    Open(String),
    /// The work of a transaction panicked or the process is stopping. Nothing was changed.
    #[error("the work was interrupted")]
    Interrupted,
}

/// What a database said, cut down to what holds no personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseFault(String);

impl fmt::Display for DatabaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DatabaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_) => Self::Unavailable(fault(&error)),
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // PostgreSQL: serialization failure, deadlock, lock not available. SQLite: busy, locked.
                Some("40001" | "40P01" | "55P03" | "5" | "6" | "261" | "262" | "517") => {
                    Self::Contention
                }
                // PostgreSQL: connection exceptions, too many connections, shutting down.
                Some(code)
                    if code.starts_with("08") || code.starts_with("57P") || code == "53300" =>
                {
                    Self::Unavailable(fault(&error))
                }
                _ => Self::Database(fault(&error)),
            },
            _ => Self::Database(fault(&error)),
        }
    }
}

/// Says what happened. A database's detail and hint may quote a row, and so may the messages of class 22
/// (data exceptions) and of decoders: those are left out.
fn fault(error: &sqlx::Error) -> DatabaseFault {
    DatabaseFault(match error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            let table = database.table().unwrap_or_default();
            if code.starts_with("22") {
                format!("code {code} (data exception) {table}")
            } else {
                format!("code {code} {table}: {}", database.message())
            }
        }
        sqlx::Error::Io(io) => format!("input or output failed: {}", io.kind()),
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} cannot be read"),
        sqlx::Error::ColumnNotFound(name) => format!("no column {name}"),
        sqlx::Error::TypeNotFound { type_name } => format!("no type {type_name}"),
        sqlx::Error::RowNotFound => "no row".to_owned(),
        sqlx::Error::PoolTimedOut => "no free connection in time".to_owned(),
        sqlx::Error::PoolClosed => "the store is closed".to_owned(),
        sqlx::Error::BeginFailed => "a transaction could not begin".to_owned(),
        sqlx::Error::Encode(_) => "a value cannot be written".to_owned(),
        sqlx::Error::Decode(_) => "a value cannot be read".to_owned(),
        sqlx::Error::Protocol(_) => "the protocol was broken".to_owned(),
        sqlx::Error::Configuration(_) => "the configuration is wrong".to_owned(),
        sqlx::Error::Tls(_) => "TLS failed".to_owned(),
        _ => "the driver failed".to_owned(),
    })
}
