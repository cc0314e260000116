//! Settings of notification.

use std::path::PathBuf;

use serde::Deserialize;

/// Settings of notification. Every one has a default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The folder into which emails and letters are written for whoever carries them. Each is one file named after its
    /// notice. The carrier moves what it has taken into the folder `taken` beneath, and never deletes from there before
    /// the notice is reported as delivered or returned: that is how a crash between writing and recording is told.
    pub spool: PathBuf,
    /// The address in the `From` of an email.
    pub from: String,
    /// How long after its due instant a deadline is acted on, in milliseconds. Zero under a simulated clock.
    pub deadline_settle_ms: u64,
    /// How long a notice that is settled (sent, given, delivered, withheld) is kept after its last change, in days. What
    /// became of it stays in the events.
    pub keep_notices_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            spool: PathBuf::from("data/spool"),
            from: "no-reply@baton.example".to_owned(),
            deadline_settle_ms: 2_000,
            keep_notices_days: 730,
        }
    }
}
