//! Settings of the front door.

use serde::Deserialize;

/// Settings of the front door. Every one has a default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How long after its due instant a deadline is acted on, so that an act in flight counts, in milliseconds.
    /// Zero under a simulated clock.
    pub deadline_settle_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            deadline_settle_ms: 2_000,
        }
    }
}
