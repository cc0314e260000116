//! Everything the services share about storing: one API over SQLite and PostgreSQL.
//!
//! - [`Store::open`] opens a service's own database and brings it up to date.
//! - [`Store::transact`] runs one write transaction to its end, even when the caller is dropped.
//! - [`Store::once`] does the same at most once per request key, and answers a repeat from what it stored.
//! - [`Store::read`] and [`Store::db`] read.
//! - [`Tx::announce`] appends events; [`Store::run_sealing`] numbers and chains them;
//!   [`Store::feed_stream`] hands them out; [`Store::subscribe`] applies another service's feed.
//! - [`Tx::sync_deadlines`] says what an aggregate waits for; [`Store::run_deadlines`] acts when it is due.
//! - [`Tx::keep_pack`] and [`Tx::activate_pack`] keep the texts of protocols for ever, and from which day each is in force.
//! - [`Tx::put_private`] keeps what people wrote apart from events, which carry only its digest.
//!
//! # Writing a statement
//! One text serves both databases: `$1`-style parameters, `i64` only, instants as [`Instant`], documents as
//! [`Json`], ids as `uuid::Uuid`. [`with_tx!`] and [`with_db!`] dispatch; [`dialect!`] is for the odd statement
//! whose text differs. Never let a constraint fail on purpose inside a transaction: PostgreSQL then refuses every
//! further statement. Use `ON CONFLICT` and the number of rows.
//!
//! ```ignore
//! let hit = with_tx!(tx, c => sqlx::query("UPDATE cases SET state = $3 WHERE id = $1 AND version = $2")
//!     .bind(id.uuid()).bind(version).bind(state).execute(c).await)?.rows_affected() == 1;
//! ```
//!
//! A write that nothing in its transaction looks at again goes to the end with [`write_last!`], where events, deadlines
//! and the request's key wait too: on PostgreSQL they are one statement then. [`Tx::flush`] makes them earlier.
//!
//! # Invariants
//! - Nothing here knows a service, a contract or a rule.
//! - The events table is append-only; triggers of both databases keep it so.
//! - No error of this crate repeats a stored or given value.

mod backoff;
mod cause;
mod chain;
mod config;
mod deadlines;
mod ending;
mod error;
mod events;
mod feed;
mod instant;
mod json;
pub mod kill;
mod open;
mod packs;
mod private;
mod requests;
mod retention;
mod sealing;
mod session;
mod subscribe;
mod transact;

pub use cause::link_to_cause;
pub use chain::{ChainFault, ChainReport};
pub use config::{Migration, Migrations, StoreConfig};
pub use deadlines::{Deadline, DueDeadline};
#[doc(hidden)]
pub use ending::Last;
pub use error::StoreError;
pub use events::NewEvent;
pub use feed::{Batch, Cursor, FeedError, FeedStream, SealedEvent};
pub use futures::future::BoxFuture;
pub use instant::Instant;
pub use json::Json;
pub use open::Store;
pub use packs::{Activation, PackShelf, StoredPack, in_force};
pub use requests::RequestKey;
pub use retention::{PRUNED_AT_ONCE, Retention, days_before, in_batches, run_now_and_then};
pub use session::{Db, Session, Tx};
pub use sqlx;
pub use subscribe::Subscription;
