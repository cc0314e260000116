//! What was done about a contact, and what to keep in mind.

use baton_ids::TeamId;
use baton_protocol::PostHeld;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Something that was done about a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// The step.
    pub step: String,
    /// Who did it.
    pub by: String,
    /// The post in which they did. None when a record system reported it.
    pub post: Option<PostHeld>,
    /// When.
    pub at: Timestamp,
    /// On what it rests, as a code. Empty where nothing is asked.
    pub basis: String,
    /// Digest of the reasons.
    pub reason_digest: Option<String>,
}

/// A contact went to another team, which does not stop its clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The team that had it.
    pub from: TeamId,
    /// The team that has it.
    pub to: TeamId,
    /// Who passed it on.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Digest of the reason.
    pub reason_digest: Option<String>,
}

/// Something to keep in mind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Its name.
    pub guidance: String,
    /// What it says.
    pub says: String,
    /// The document it points to. Empty for none.
    pub reference: String,
    /// The rules.
    pub rules: Vec<String>,
}

/// Days from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first.
    pub from: Date,
    /// The last.
    pub until: Date,
}
