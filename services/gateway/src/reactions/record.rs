//! A reaction as it is kept.

use baton_contracts::type_v1::Owner;
use jiff::Timestamp;
use uuid::Uuid;

use super::answer::Answer;
use super::cause::{Cause, What};

/// A reaction: its cause, the answers so far, and the command that is under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    /// Its id. Ordered by age.
    pub id: Uuid,
    /// The authority.
    pub authority: String,
    /// Its kind: the type of the report or event.
    pub kind: String,
    /// What it reacts to. A second one with the same key is never started.
    pub cause_key: String,
    /// Reactions of one lane run one after another.
    pub lane: String,
    /// The reaction whose step led to this one.
    pub parent_id: Option<Uuid>,
    /// The report whose receipt waits for this one.
    pub report_id: Option<Uuid>,
    /// Where it stands.
    pub phase: Phase,
    /// How many commands were sent and answered.
    pub steps_done: i64,
    /// How often the command under way was tried.
    pub attempts: i64,
    /// When it may be tried again, in real time.
    pub next_at: Timestamp,
    /// Grows with each write.
    pub version: i64,
    /// What it reacts to, in full. Absent once it is done.
    pub cause: Option<Cause>,
    /// One answer a step. Empty once it is done.
    pub answers: Vec<Answer>,
    /// The command under way, byte for byte as it was first sent.
    pub frozen: Option<Frozen>,
    /// Why it stands still, and who has to look. Empty unless parked.
    pub parked_because: String,
    /// Who has to look.
    pub parked_owner: Owner,
    /// The trace of its cause.
    pub traceparent: String,
    /// When it began, by the business clock.
    pub created_at: Timestamp,
}

impl Reaction {
    /// Whether a team has let go of responsibility and the ledger does not know yet.
    pub fn moves_responsibility(&self) -> bool {
        let what = self.cause.as_ref().and_then(|cause| cause.what.as_ref());
        matches!(what, Some(What::Release(_) | What::ClosureRelease(_)))
    }

    /// Its kind and what comes next: the command that is frozen, or else where it stands.
    pub fn mark(&self) -> String {
        let next = self.frozen.as_ref().map_or(self.phase.as_str(), |frozen| {
            frozen.path.rsplit('/').next().unwrap_or_default()
        });
        format!("{}.{next}", self.kind)
    }
}

/// A command as it is sent, however often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// The method.
    pub path: String,
    /// The request message.
    pub request: Vec<u8>,
    /// The encoded context.
    pub context: Vec<u8>,
}

/// Where a reaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Under way, or waiting to be tried again.
    Runnable,
    /// Stands still until somebody has looked.
    Parked,
    /// Done.
    Done,
}

impl Phase {
    /// As it is kept and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Runnable => "runnable",
            Self::Parked => "parked",
            Self::Done => "done",
        }
    }

    /// From what is kept.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Runnable, Self::Parked, Self::Done]
            .into_iter()
            .find(|phase| phase.as_str() == text)
    }
}
