//! Settings of allocation.

use serde::Deserialize;

/// Settings of allocation. Every one has a default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Working days within which a difference between ledger and record system is settled. The protocols are
    /// silent on it.
    pub discrepancy_working_days: u16,
    /// How long after its due instant a deadline is acted on, so that an act in flight counts, in milliseconds.
    /// Zero under a simulated clock.
    pub deadline_settle_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            discrepancy_working_days: 2,
            deadline_settle_ms: 2_000,
        }
    }
}
