//! How an authority keeps its own policy under review.

use baton_calendar::Duration;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::party::Party;
use crate::rule_id::RuleId;

/// The policy itself is looked at again and again, on the figures of the time since (C-077).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyReviewRule {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// How often: so long after the last one at the latest.
    pub every: Duration,
    /// The day from which it is counted until the first one was held.
    pub from: Date,
    /// Who holds it, all of them together; any one of them puts it on record.
    pub by: Vec<Party>,
    /// The figures that are looked at.
    pub looks_at: Vec<ReviewFigures>,
    /// The meeting of a transfer of which the review asks how well it works.
    #[serde(default)]
    pub meeting: Option<String>,
}

/// Figures of the time since the last review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewFigures {
    /// How the transfers went.
    Transfers,
    /// How they went with the meeting and without it.
    Meetings,
    /// How cases and workers were allocated; the allocation service has these.
    Allocations,
}

impl ReviewFigures {
    /// The code in files and requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transfers => "transfers",
            Self::Meetings => "meetings",
            Self::Allocations => "allocations",
        }
    }
}
