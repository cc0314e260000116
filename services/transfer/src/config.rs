//! Settings of the transfer service.

use serde::Deserialize;

/// How the service runs. The rules are no settings: they are the authorities' packs.
#[derive(Debug, Clone, Deserialize)]
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
