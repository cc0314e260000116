//! What tests share. Never a dependency of anything but tests.
//!
//! - [`each_database`] runs a test's body on SQLite and on PostgreSQL; every test of storage goes through it.
//! - [`TestDb`] is one empty database of either kind, gone when dropped.
//! - [`clock_at`] is a simulated clock.
//! - [`OtlpSink`] receives spans over OTLP and keeps them.
//!
//! # PostgreSQL
//! The first test that needs it starts a throw-away cluster for this checkout (`postgres.sh start`): on a Unix socket
//! only, as an unprivileged user when the tests run as root, without fsync. The other tests of the run, in whatever
//! process, use the same one, each with a database of its own. It stops by itself when unused for some minutes, or
//! with `shared/testkit/postgres.sh stop`. Without PostgreSQL's programs the tests fail and say what to install: a
//! suite that silently skips half of its statements proves nothing.

mod cluster;
mod database;
mod otlp;

pub use database::{TestDb, each_database};
pub use otlp::OtlpSink;

use baton_clock::BusinessClock;

/// A simulated clock that stands at `instant`: `clock_at("2026-03-02T09:30:00Z")`.
///
/// # Panics
/// When the text is not an instant.
pub fn clock_at(instant: &str) -> BusinessClock {
    BusinessClock::simulated(instant.parse().expect("an instant in RFC 3339"))
}
