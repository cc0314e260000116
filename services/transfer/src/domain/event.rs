//! What a decision changes.

use std::collections::BTreeMap;

use baton_calendar::Due;
use baton_ids::{TeamId, TransferId, WorkerId};
use baton_protocol::{Audience, Party};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::asked::LookedAt;
use super::clock::Clock;
use super::departures::Departure;
use super::hold::{Hold, HoldKind, Resolution};
use super::item::Item;
use super::shown::SoFar;
use super::state::{Action, Agreement, Conference, Meeting, Point, Release, Transfer, Trouble};

/// Something that was decided, with what explains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub change: Change,
    /// The rules under which it did.
    pub rules: Vec<String>,
    /// When it was true in the world.
    pub effective_at: Timestamp,
    /// Who has to be told because of it.
    pub notices: Vec<NoticeDue>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a decision makes a handful of them and keeps none"
)]
pub enum Change {
    /// A transfer was opened.
    Opened(Box<Transfer>),
    /// The conference was scheduled anew, held or cancelled.
    ConferenceSet(Conference),
    /// The point was counted anew, or came.
    PointSet(Point),
    /// The day of the point came: what follows is decided on fresh facts.
    PointCame,
    /// Another team receives the case.
    ReceivingTeamSet {
        /// The team.
        team: TeamId,
        /// Its area.
        area: Option<String>,
        /// Whether a dispute decided on it.
        decided: bool,
    },
    /// A clock was started, or counted anew.
    ClockSet(Clock),
    /// What the clock waits for was done.
    ClockMet {
        /// The clock.
        name: String,
        /// When, in the world.
        at: Timestamp,
        /// When we learned it.
        reported_at: Timestamp,
    },
    /// What the clock waits for is no longer asked for.
    ClockCancelled {
        /// The clock.
        name: String,
    },
    /// The owner was reminded.
    Reminded {
        /// The clock.
        name: String,
    },
    /// The due instant passed.
    Breached {
        /// The clock.
        name: String,
        /// Whether it had passed when the clock was started by a late report.
        born_breached: bool,
    },
    /// A breach went up the ladder.
    Escalated {
        /// The clock.
        name: String,
        /// The number of the rung.
        rung: usize,
    },
    /// The receiving team named a worker.
    WorkerNamed {
        /// The worker.
        worker: WorkerId,
    },
    /// Something was done about an item.
    ItemSet {
        /// What.
        act: ItemChange,
        /// The item after it.
        item: Item,
    },
    /// A meeting was held or is now asked for.
    MeetingSet(Meeting),
    /// The case was put into the receiving team's tray.
    Placed,
    /// A hold began.
    Held(Hold),
    /// A hold ended.
    HoldLifted(HoldKind),
    /// The move is not due before a day, because it was put off until then.
    PutOff {
        /// The day.
        to: Date,
    },
    /// A dispute was decided.
    DisputeSettled {
        /// On what ground it was raised.
        ground: String,
        /// The decision.
        decision: Resolution,
    },
    /// A rule was broken or departed from.
    Departed(Departure),
    /// The reason for it was given afterwards.
    DepartureExplained(Departure),
    /// Something is left to do after the move.
    ActionOwed(Action),
    /// What was left to do was done.
    ActionDone {
        /// The item.
        item: String,
    },
    /// A date was proposed or agreed.
    DateAgreed(Agreement),
    /// A notice was sent that the transfer knows of.
    NoticeSent {
        /// The gate item it meets.
        item: String,
    },
    /// Notices have to be given anew.
    NoticesDueAgain {
        /// When those are due now that are given anew with another day.
        due: BTreeMap<String, Option<Timestamp>>,
    },
    /// Something went wrong and is somebody's task.
    TroubleArose(Trouble),
    /// It was settled.
    TroubleSettled {
        /// What, as a code.
        code: String,
    },
    /// Facts stand in the way, or no longer do.
    UndecidedSet {
        /// What they stand in the way of.
        about: String,
        /// The facts; none when nothing is in the way any more.
        facts: Vec<String>,
    },
    /// The case was handed to the ledger.
    Released(Release),
    /// The ledger moved responsibility.
    Completed {
        /// The epoch after the move.
        epoch: i64,
        /// When it moved.
        moved_at: Timestamp,
        /// Whether the protocol watches cases of the team that took it.
        look_again: bool,
    },
    /// The ledger refused.
    CompletionFailed {
        /// The release.
        release: Uuid,
        /// Why, as a code.
        reason: String,
    },
    /// It was taken back.
    Withdrawn,
    /// Its reason went away.
    Lapsed {
        /// Why, as a code.
        reason: String,
        /// The ground on which the outgoing team may close the case, if the protocol names one.
        closure_ground: Option<String>,
    },
    /// A stronger route took its place.
    Superseded {
        /// The transfer that did.
        by: TransferId,
    },
    /// Fresh facts or a fresh look at the ledger were taken into account.
    Seen(Seen),
}

/// What was seen of the facts and of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The version of the facts.
    pub facts_version: i64,
    /// The epoch of the case.
    pub epoch: i64,
    /// The responsible worker.
    pub worker: Option<WorkerId>,
    /// When the current span of responsibility began.
    pub span_since: Option<Timestamp>,
    /// What the child has had so far, where the protocol shows it (C-003).
    pub so_far: Option<SoFar>,
    /// When notices are due that are given anew with another day, where that was not noted when they were given.
    pub told_due: BTreeMap<String, Option<Timestamp>>,
    /// On what was known the transfer asks for what it asks for.
    pub looked_at: Option<LookedAt>,
}

/// What was done about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemChange {
    /// Completed.
    Completed,
    /// Signed with every answer yes.
    Signed,
    /// Looked at and found wanting.
    Failed,
    /// Accepted for the other team.
    Accepted,
    /// Rejected for the other team.
    Rejected,
    /// Waived.
    Waived,
    /// To be done again, or asked for anew, or no longer asked for.
    Reset,
}

/// A duty to tell somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeDue {
    /// The kind of notice.
    pub kind: String,
    /// Whom.
    pub audience: Vec<Audience>,
    /// The medium asked for.
    pub medium: String,
    /// The rules.
    pub rules: Vec<String>,
    /// By when it has to be sent, if there is a limit.
    pub due: Option<Due>,
    /// The gate item that it meets.
    pub meets_item: Option<String>,
    /// Makes notices of one kind for one cause one.
    pub cause_key: String,
    /// Codes and dates for the text.
    pub content: BTreeMap<String, String>,
    /// Who has to send it, when Baton does not.
    pub sender: Option<Party>,
}
