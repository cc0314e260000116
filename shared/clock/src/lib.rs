//! The two clocks of Baton.
//!
//! [`BusinessClock`] is what rules, deadlines and records count in. It may be simulated, and then it only
//! moves forward and only when told. Leases, back-off and timeouts never use it: they take
//! `tokio::time::Instant`, or [`lease_now`] where a lease is stored in a database, so that a simulated day
//! does not stop a retry.
//!
//! Invariant: no other crate reads the wall clock (`clippy.toml` forbids it).

mod business;

pub use business::{BusinessClock, ClockError};

use jiff::Timestamp;

/// The real wall clock, for leases and retry times kept in a database. Never for rules.
pub fn lease_now() -> Timestamp {
    wall()
}

/// Cuts an instant to whole microseconds, the finest that both databases keep.
pub fn cut_to_micros(instant: Timestamp) -> Timestamp {
    // The microseconds of a valid instant are a valid instant.
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the wall clock"
)]
fn wall() -> Timestamp {
    cut_to_micros(Timestamp::now())
}
