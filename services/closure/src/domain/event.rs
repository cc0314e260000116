//! What a closure records.

use baton_ids::TeamId;
use jiff::Timestamp;

use super::closure::Release;
use super::context::PostHeld;

/// Something that was decided about a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub what: What,
    /// When it was true in the world.
    pub effective_at: Timestamp,
    /// The rules under which it was decided.
    pub rules: Vec<String>,
    /// The post in which the actor acted. None for an act of Baton or of a record system.
    pub acted_in: Option<PostHeld>,
    /// Digest of the reason that was given, hex.
    pub reason_digest: Option<String>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Closing is considered: the responsible manager has to decide.
    Considered {
        /// Why, as a code.
        ground: String,
    },
    /// Somebody proposes to close.
    Proposed {
        /// The person. None for a record system.
        by: Option<String>,
        /// The responsible team.
        team: TeamId,
    },
    /// Approved, and released to the ledger.
    Approved {
        /// The responsible team.
        team: TeamId,
        /// The role in which it was approved.
        role: String,
        /// Soft rules departed from, each with the digest of the reason.
        departures: Vec<(String, String)>,
        /// What the ledger is asked.
        release: Release,
    },
    /// Decided against: the case stays open.
    Declined {
        /// The responsible team.
        team: TeamId,
    },
    /// The ledger ended responsibility.
    Closed {
        /// The release that it followed.
        release: Release,
        /// The epoch after the end.
        epoch: i64,
    },
    /// The ledger refused: back to being considered.
    EndFailed {
        /// Why: a reason of the closed list.
        reason: String,
    },
    /// The limit passed and nothing was decided.
    DeadlineBreached {
        /// The role that is told, the next rung up. None at the top of the ladder.
        escalate_to: Option<String>,
    },
}
