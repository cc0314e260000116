//! Settings of the gateway.

use std::time::Duration;

use serde::Deserialize;

/// Settings of the gateway. Every one has a default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How long `RecordEvents` waits for what follows from a report before it answers that it is in progress, in
    /// milliseconds. Less when the caller's deadline is nearer.
    pub record_wait_ms: u64,
    /// How long `ImportOpeningPositions` takes lines over before it answers that the rest is in progress, in
    /// milliseconds. Less when the caller's deadline is nearer.
    pub import_wait_ms: u64,
    /// How long a command of a reaction may take before it is sent again, in milliseconds. Two and a half times as long after
    /// a process on PostgreSQL was killed, another one carries on what it had under way. Between 100 and 600,000.
    pub step_wait_ms: u64,
    /// How long a client that watches a list may leave what waits for it unread before it is cut off, in milliseconds.
    pub watch_patience_ms: u64,
    /// Whether clients may move the clock. Only with a simulated clock; never where real children are.
    pub simulated_time: bool,
    /// How long reactions that are done are kept, in days since they began. They hold no facts by then; they are for
    /// looking at what was sent.
    pub keep_reactions_days: u32,
    /// How long a transfer that ended stays in the tracker, in days. What happened stays in the journey.
    pub keep_tracker_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            record_wait_ms: 5_000,
            import_wait_ms: 240_000,
            step_wait_ms: 8_000,
            watch_patience_ms: 60_000,
            simulated_time: false,
            keep_reactions_days: 90,
            keep_tracker_days: 730,
        }
    }
}

impl Config {
    /// How long lines are taken over before an answer.
    pub const fn import_wait(&self) -> Duration {
        Duration::from_millis(self.import_wait_ms)
    }

    /// How long a client that watches may be slow.
    pub const fn watch_patience(&self) -> Duration {
        Duration::from_millis(self.watch_patience_ms)
    }

    /// How long a command of a reaction may take.
    pub const fn step_wait(&self) -> Duration {
        Duration::from_millis(self.step_wait_ms)
    }

    /// How long `RecordEvents` waits.
    pub const fn record_wait(&self) -> Duration {
        Duration::from_millis(self.record_wait_ms)
    }
}
