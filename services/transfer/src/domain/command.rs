//! What the transfer service can be told or asked.

use std::collections::BTreeMap;

use baton_ids::{TeamId, WorkerId};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::hold::Resolution;

/// An act on one transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Names the worker who will take the case.
    NameReceivingWorker {
        /// The worker.
        worker: WorkerId,
    },
    /// Names the team that will take the case, where several of the area could.
    NameReceivingTeam {
        /// The team.
        team: TeamId,
    },
    /// Says that an item, or an action owed after the move, is done.
    CompleteItem(ItemAct),
    /// Signs an item, with answers to its questions.
    SignItem(ItemAct),
    /// Accepts or rejects an audit for the other team.
    ReviewAudit {
        /// The item.
        item: String,
        /// Whether what arrives meets the procedure.
        accepted: bool,
    },
    /// Waives an item.
    WaiveItem {
        /// The item.
        item: String,
    },
    /// Reports a meeting other than a conference.
    RecordMeeting(MeetingHeld),
    /// Agrees the date of the move.
    AgreeDate {
        /// The date.
        date: Date,
    },
    /// Releases the case to the ledger.
    CompleteTransfer,
    /// Sends it back to be put right.
    ReturnTransfer,
    /// Takes it back.
    WithdrawTransfer,
    /// Puts the transfer off.
    DeferTransfer {
        /// The day from which on it may move again.
        until: Option<Date>,
        /// When it is looked at again.
        review_on: Option<Date>,
    },
    /// Looks at a deferral again.
    ReviewDeferral {
        /// Whether it goes on.
        continues: bool,
        /// The day from which on it may move again; as before when absent.
        until: Option<Date>,
        /// When it is looked at the next time.
        review_on: Option<Date>,
    },
    /// Raises a dispute.
    RaiseDispute {
        /// On what ground.
        ground: String,
    },
    /// Takes a dispute up a rung.
    EscalateDispute,
    /// Decides a dispute.
    ResolveDispute {
        /// How.
        decision: Resolution,
    },
    /// Gives the reason for a departure that a report showed.
    ExplainDeparture {
        /// The rule.
        rule: String,
    },
    /// The ledger moved responsibility.
    ConfirmMove {
        /// The release that was answered.
        release: Uuid,
        /// The epoch after the move.
        epoch: i64,
        /// When it moved in the world.
        moved_at: Timestamp,
    },
    /// The ledger refused.
    FailCompletion {
        /// The release that was refused.
        release: Uuid,
        /// Why, as a code.
        reason: String,
        /// The rules on which it refused.
        rules: Vec<String>,
    },
    /// A notice was sent that an item waits for.
    RecordNoticeSent {
        /// The item.
        item: String,
        /// When.
        sent_at: Timestamp,
    },
    /// Decides, on fresh facts, what follows from a breach.
    ResolveExpiry {
        /// The clock.
        clock: String,
    },
    /// Evidence that the record system reported.
    RecordEvidence(Evidence),
}

/// An act on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAct {
    /// The item.
    pub item: String,
    /// Answers to its questions.
    pub answers: BTreeMap<String, bool>,
    /// When it was done: when the call was received, unless said.
    pub effective_at: Option<Timestamp>,
}

/// A meeting that was held.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MeetingHeld {
    /// Its kind.
    pub kind: String,
    /// When.
    pub held_at: Timestamp,
    /// Who attended.
    pub attended: Vec<String>,
    /// Who chaired, if known.
    pub chaired_by: Option<String>,
    /// What was agreed, by item.
    pub agreed: BTreeMap<String, bool>,
    /// The day on which the managers agreed that the case moves (L-049).
    pub agreed_date: Option<Date>,
}

/// Evidence for an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it is evidence of.
    pub item: String,
    /// How far it is.
    pub state: String,
    /// Who did it, if reported.
    pub done_by: Option<String>,
    /// When it was true in the world.
    pub effective_at: Timestamp,
    /// Answers, when reported.
    pub answers: BTreeMap<String, bool>,
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The route.
    pub route: String,
    /// The team that is to take the case, where the person says so.
    pub to_team: Option<TeamId>,
}

/// Something that happened to a child and may open, move or end a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The event, in the glossary's words: `conference_scheduled`, `facts_changed`, ...
    pub event: String,
    /// The conference, when it is about one.
    pub conference: Option<ConferenceReport>,
    /// Another meeting that was held, when it is about one.
    pub meeting: Option<MeetingHeld>,
    /// When it was true in the world.
    pub effective_at: Timestamp,
}

/// A conference as reported for one child.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ConferenceReport {
    /// The record system's reference.
    pub reference: String,
    /// Its kind.
    pub kind: String,
    /// When it is or was.
    pub at: Option<Timestamp>,
    /// The outcome for the child, once held.
    pub outcome: Option<String>,
    /// Who attended, when attendance was reported.
    pub attended: Option<Vec<String>>,
    /// Who chaired, if known.
    pub chaired_by: Option<String>,
}
