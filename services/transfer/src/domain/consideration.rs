//! A trigger that could not be decided on, because facts are unknown: it waits for them with an owner and a deadline.

use baton_ids::{AuthorityId, CaseId, ChildId, FamilyId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::basis::Basis;
use super::command::{ConferenceReport, MeetingHeld};
use super::owner::Owner;

/// An undecided trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consideration {
    /// Its id.
    pub id: Uuid,
    /// The authority.
    pub authority: AuthorityId,
    /// The case.
    pub case: CaseId,
    /// The child.
    pub child: ChildId,
    /// The family group.
    pub family: Option<FamilyId>,
    /// Digest of the pack in force when it was considered.
    pub pack: String,
    /// The trigger event.
    pub event: String,
    /// The conference, when it is about one.
    pub conference: Option<ConferenceReport>,
    /// The meeting, when it is about another one.
    #[serde(default)]
    pub meeting: Option<MeetingHeld>,
    /// When the trigger was true in the world.
    pub effective_at: Timestamp,
    /// What is missing, as fact keys.
    pub missing: Vec<String>,
    /// Who has to find out.
    pub owner: Owner,
    /// Who hears of it when it is overdue.
    pub escalate_to: Vec<Owner>,
    /// The last day on which it is in time.
    pub due_on: Date,
    /// When it is overdue.
    pub breach_at: Timestamp,
    /// Whether that has passed.
    pub overdue: bool,
    /// The rules.
    pub rules: Vec<String>,
    /// Whether it still waits.
    pub open: bool,
    /// Grows by one with each change.
    pub version: i64,
}

/// What opened a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedBy {
    /// The trigger: `conference_scheduled`, `meeting:…`, `facts_changed`, `requested`, `date`.
    pub event: String,
    /// When that was true in the world.
    pub at: Timestamp,
    /// What was known then; none for those of before this was recorded.
    #[serde(default)]
    pub basis: Option<Basis>,
}
