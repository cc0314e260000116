//! A closure as it stands.

use baton_ids::{AuthorityId, CaseId, ChildId, ClosureId, FamilyId, TeamId};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{Event, What};

/// The end of a case, from being considered to being closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// The closure.
    pub id: ClosureId,
    /// The authority.
    pub authority: AuthorityId,
    /// The case.
    pub case: CaseId,
    /// The child.
    pub child: ChildId,
    /// The family group of the child, when it is known.
    pub family: Option<FamilyId>,
    /// Where it stands.
    pub phase: Phase,
    /// Why it is considered, as a code.
    pub ground: String,
    /// The team that closes: the responsible one.
    pub team: TeamId,
    /// The role that decides, in neutral terms.
    pub decided_by: String,
    /// Since when it is considered.
    pub considered_at: Timestamp,
    /// The person who proposed it. None when it came from Baton or a record system.
    pub proposed_by: Option<String>,
    /// By when it is decided. None where the protocol sets no limit.
    pub due: Option<Due>,
    /// The roles in which it was approved.
    pub approvals: Vec<String>,
    /// The rules.
    pub rules: Vec<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The epoch after the end. Zero until closed.
    pub to_epoch: i64,
    /// Grows by one with each event.
    pub version: i64,
    /// The highest version of the facts that a command came with.
    pub facts_version: i64,
    /// Digest of the pack in force when it began: its rules hold to the end.
    pub pack: String,
}

/// Where a closure stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The responsible manager has to decide.
    Considered,
    /// Released to the ledger, which decides.
    Closing(Release),
    /// The ledger ended responsibility.
    Closed(Release),
    /// Decided against: the case stays open.
    Declined,
}

/// What a closure hands to the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Id of the release.
    pub id: Uuid,
    /// The epoch the ledger must still be at.
    pub expected_epoch: i64,
    /// When responsibility ends in the world.
    pub effective_at: Timestamp,
    /// The rules.
    pub rules: Vec<String>,
}

/// By when a closure is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The day it was counted from. None for one of before that was kept.
    #[serde(default)]
    pub from: Option<Date>,
    /// The last day on which a decision is in time.
    pub on: Date,
    /// The instant at which it is breached.
    pub breached_at: Timestamp,
    /// The rules.
    pub rules: Vec<String>,
    /// The days that did not count, and why.
    pub skipped: Vec<(Date, String)>,
    /// Where it stands.
    pub state: DueState,
}

/// Where a limit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// Running.
    Open,
    /// Decided in time.
    Met(Timestamp),
    /// The instant passed and nothing was decided.
    Breached,
    /// Decided late, after the breach.
    Answered(Timestamp),
}

impl Closure {
    /// Whether it has not ended.
    pub const fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Considered | Phase::Closing(_))
    }
}

impl Phase {
    /// The code in storage and events.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Considered => "considered",
            Self::Closing(_) => "closing",
            Self::Closed(_) => "closed",
            Self::Declined => "declined",
        }
    }
}

/// The closure after an event. Total: a decision is never refused here.
#[must_use]
pub fn apply(mut closure: Closure, event: &Event) -> Closure {
    closure.version += 1;
    match &event.what {
        What::Considered { .. } => {}
        What::Proposed { by, team } => {
            closure.proposed_by.clone_from(by);
            closure.team = team.clone();
        }
        What::Approved {
            team,
            role,
            release,
            ..
        } => {
            closure.team = team.clone();
            closure.approvals.push(role.clone());
            closure.phase = Phase::Closing(release.clone());
            decided(&mut closure, event.effective_at);
        }
        What::Declined { .. } => {
            closure.phase = Phase::Declined;
            decided(&mut closure, event.effective_at);
        }
        What::Closed { release, epoch } => {
            closure.phase = Phase::Closed(release.clone());
            closure.closed_at = Some(event.effective_at);
            closure.to_epoch = *epoch;
        }
        What::EndFailed { .. } => {
            closure.phase = Phase::Considered;
            closure.approvals.clear();
        }
        What::DeadlineBreached { .. } => {
            if let Some(due) = &mut closure.due {
                due.state = DueState::Breached;
            }
        }
    }
    for rule in &event.rules {
        if !closure.rules.contains(rule) {
            closure.rules.push(rule.clone());
        }
    }
    closure
}

/// A decision meets the limit, or answers its breach.
fn decided(closure: &mut Closure, at: Timestamp) {
    if let Some(due) = &mut closure.due {
        due.state = match due.state {
            DueState::Open if at < due.breached_at => DueState::Met(at),
            DueState::Open | DueState::Breached => DueState::Answered(at),
            done @ (DueState::Met(_) | DueState::Answered(_)) => done,
        };
    }
}
