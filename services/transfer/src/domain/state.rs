//! What a transfer is at one moment.

use std::collections::BTreeMap;

use baton_ids::{AuthorityId, CaseId, ChildId, FamilyId, TeamId, TransferId, WorkerId};
use baton_protocol::Party;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::agenda::Listed;
use super::asked::LookedAt;
use super::clock::Clock;
use super::consideration::OpenedBy;
use super::departures::Departure;
use super::hold::Hold;
use super::item::Item;
use super::shown::{Referred, SoFar};

/// The move of one case from one team to another, from its trigger to its completion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// The authority whose protocol holds.
    pub authority: AuthorityId,
    /// The case that moves.
    pub case: CaseId,
    /// The child.
    pub child: ChildId,
    /// The family group, whose reactions run one after another.
    pub family: Option<FamilyId>,
    /// Digest of the pack it is pinned to.
    pub pack: String,
    /// The route of the protocol.
    pub route: String,
    /// Where it stands.
    pub phase: Phase,
    /// What holds it up, beside the phase.
    pub holds: Vec<Hold>,
    /// The team that is responsible until the move.
    pub from_team: TeamId,
    /// The worker responsible until the move, as last seen in the ledger.
    pub from_worker: Option<WorkerId>,
    /// The team that becomes responsible.
    pub to_team: TeamId,
    /// The area of the receiving team, when it has one.
    pub area: Option<String>,
    /// When the current span of responsibility began, as last seen: no act lies before it.
    pub span_since: Option<Timestamp>,
    /// The worker named by the receiving team.
    pub receiving_worker: Option<WorkerId>,
    /// When that worker was named.
    pub worker_named_at: Option<Timestamp>,
    /// When the case was put into the receiving team's tray.
    pub placed_at: Option<Timestamp>,
    /// Who completes it for the team that takes it.
    pub completed_by: Party,
    /// When the case moves.
    pub point: Point,
    /// What has to be there before it can complete.
    pub gate: Vec<Item>,
    /// The meetings that belong to it.
    pub meetings: Vec<Meeting>,
    /// Everything that is or was due.
    pub clocks: Vec<Clock>,
    /// What the outgoing team still owes after a move with actions.
    pub actions: Vec<Action>,
    /// Rules broken or departed from.
    pub departures: Vec<Departure>,
    /// What went wrong and waits for somebody: the ledger's refusal, a move that is held.
    pub troubles: Vec<Trouble>,
    /// Facts that are unknown and stand in the way, by what they stand in the way of: `outcome`, `point`,
    /// `expiry:<clock>`.
    pub undecided: BTreeMap<String, Vec<String>>,
    /// The conference that triggered it.
    pub conference: Option<Conference>,
    /// The date the managers of both teams are agreeing on, when the route asks for one.
    pub agreement: Option<Agreement>,
    /// Kinds of notices that were sent, with when.
    pub notices_sent: BTreeMap<String, Timestamp>,
    /// How often a notice had to be given anew because its cause moved.
    pub notice_round: u32,
    /// Grows by one with each change.
    pub version: i64,
    /// The epoch of the case when the transfer was opened or last looked at the ledger.
    pub from_epoch: i64,
    /// The highest version of the child's facts it has seen.
    pub facts_version: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What opened it; unknown for those of before this was recorded, which a conference opened.
    #[serde(default)]
    pub opened_by: Option<OpenedBy>,
    /// The day before which the move is not due, because it was put off until then (M-158).
    #[serde(default)]
    pub put_off_to: Option<Date>,
    /// How many deferrals and disputes there were: each has clocks of its own.
    #[serde(default)]
    pub hold_round: u32,
    /// Whether a dispute decided which team takes the case: a change of address no longer does.
    #[serde(default)]
    pub team_decided: bool,
    /// Whether nobody has said yet which of the area's teams receives the case: `to_team` is the first of them meanwhile, and
    /// has no part in it (W-095).
    #[serde(default)]
    pub team_open: bool,
    /// When the notices that are given anew with another day were due as they were given (W-168).
    #[serde(default)]
    pub told_due: BTreeMap<String, Option<Timestamp>>,
    /// The procedures that bind beside the protocol, by name.
    #[serde(default)]
    pub references: Vec<Referred>,
    /// What the child has had so far, where the protocol shows it before another move.
    #[serde(default)]
    pub so_far: Option<SoFar>,
    /// When somebody said so.
    #[serde(default)]
    pub team_named_at: Option<Timestamp>,
    /// On what was known it asks for what it asks for. None for one of before that was kept.
    #[serde(default)]
    pub looked_at: Option<LookedAt>,
}

/// Where a transfer stands. Each phase carries what is true only in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub enum Phase {
    /// Triggered; its point has not come.
    Open,
    /// In the receiving team's tray; the outgoing team is still responsible.
    Placed,
    /// With the ledger, which decides.
    Completing {
        /// What was handed over.
        release: Release,
    },
    /// A ledger span names this transfer.
    Completed {
        /// When responsibility moved in the world.
        moved_at: Timestamp,
        /// The epoch after the move.
        epoch: i64,
        /// The release that the ledger answered.
        release_id: Uuid,
    },
    /// Taken back by a person.
    Withdrawn,
    /// Its reason went away.
    Lapsed {
        /// Why, as a code.
        reason: String,
    },
    /// A stronger route took its place.
    Superseded {
        /// The transfer that did.
        by: TransferId,
    },
}

/// When the case moves, as counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// In the protocol's words.
    pub description: String,
    /// From when on the case may move, once it can be told.
    pub from: Option<Timestamp>,
    /// The day from which the last one is counted, once it can be told.
    #[serde(default)]
    pub counted_from: Option<Date>,
    /// The last day on which it moves in time, once it can be told.
    pub due_on: Option<Date>,
    /// What the date waits for.
    pub waiting_for: Vec<String>,
    /// When the point came, in the world.
    pub reached_at: Option<Timestamp>,
    /// The days that the count skipped, and why.
    pub skipped: Vec<Skipped>,
    /// The rules.
    pub rules: Vec<String>,
    /// Days before which the point lies though it should not, which asks for a reason.
    pub too_early: Vec<TooEarly>,
}

/// A day before which the move should not be (L-013).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooEarly {
    /// The day's name in the protocol.
    pub moment: String,
    /// The day, once it can be told.
    pub day: Option<Date>,
    /// The rules.
    pub rules: Vec<String>,
}

/// A day that a count skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The day.
    pub date: Date,
    /// Why it did not count.
    pub reason: String,
}

/// A meeting of the transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its kind: `conference`, `core_group`, `handover`, ...
    pub kind: String,
    /// When it was held.
    pub held_at: Option<Timestamp>,
    /// Whether it has to say when the case moves (L-049).
    #[serde(default)]
    pub agrees_time: bool,
    /// The day on which the managers agreed there that the case moves. Another day than the given one moves nothing by
    /// itself: for that they agree a date (L-041).
    #[serde(default)]
    pub agreed_on: Option<Date>,
    /// Who arranges it, where the protocol says so.
    #[serde(default)]
    pub arranged_by: Option<Party>,
    /// For a regular meeting, the one that has the case before it.
    #[serde(default)]
    pub listed: Option<Listed>,
    /// Who should attend.
    pub attend: Vec<Attendee>,
    /// Who should have attended and did not, when attendance is known.
    pub absent: Vec<Attendee>,
    /// Who should chair.
    pub chair: Vec<Party>,
    /// The rules.
    pub rules: Vec<String>,
}

/// Somebody who should attend a meeting, under which rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// Who.
    pub who: Party,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// Whether they only should: whoever stays away owes a reason.
    #[serde(default)]
    pub soft: bool,
}

/// The conference that triggered a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conference {
    /// The record system's reference.
    pub reference: String,
    /// Its kind: `initial`, `pre_birth`, ...
    pub kind: String,
    /// When it is or was.
    pub at: Option<Timestamp>,
    /// Whether it was held, and what came of it for the child.
    pub outcome: Option<String>,
}

/// A dated action that the outgoing team owes after the move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The gate item it comes from.
    pub item: String,
    /// Who owes it.
    pub owner: Party,
    /// When it was done, in the world.
    pub done_at: Option<Timestamp>,
    /// The rules.
    pub rules: Vec<String>,
}

/// Something that went wrong and is somebody's task until it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What, as a code: `completion_failed`, `move_held`, ...
    pub code: String,
    /// Who has to act.
    pub owner: Party,
    /// The rules.
    pub rules: Vec<String>,
}

/// What is handed to the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its id: one move answers it.
    pub id: Uuid,
    /// The epoch the ledger must still be at.
    pub expected_epoch: i64,
    /// The team that becomes responsible.
    pub to_team: TeamId,
    /// The worker who becomes responsible, if one is named.
    pub to_worker: Option<WorkerId>,
    /// When responsibility moves in the world.
    pub effective_at: Timestamp,
    /// The rules.
    pub rules: Vec<String>,
    /// Whether a move without a worker waits for the authority of the role the protocol names (W-155).
    pub pending_authorisation: bool,
}

/// A date for the move that the managers of both teams agree on (L-041).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The date.
    pub date: Date,
    /// Who confirmed it for the outgoing team.
    pub outgoing: Option<String>,
    /// Who confirmed it for the receiving team.
    pub receiving: Option<String>,
    /// When the second of them did.
    pub made_at: Option<Timestamp>,
}

impl Phase {
    /// The name of the phase in records: the neutral code of the glossary.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Placed => "placed",
            Self::Completing { .. } => "completing",
            Self::Completed { .. } => "completed",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed { .. } => "lapsed",
            Self::Superseded { .. } => "superseded",
        }
    }

    /// Whether the transfer has not ended. At most one such transfer exists for a case.
    pub const fn is_live(&self) -> bool {
        matches!(self, Self::Open | Self::Placed | Self::Completing { .. })
    }

    /// Whether people can still work on it: live, and not with the ledger.
    pub const fn is_workable(&self) -> bool {
        matches!(self, Self::Open | Self::Placed)
    }
}

impl Action {
    /// The name of the clock of an action for an item.
    pub fn clock_of(item: &str) -> String {
        format!("action_{item}")
    }
}

impl Agreement {
    /// Whether both teams confirmed the date.
    pub const fn is_made(&self) -> bool {
        self.outgoing.is_some() && self.receiving.is_some()
    }
}

impl Transfer {
    /// The clock of that name.
    pub fn clock(&self, name: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.name == name)
    }

    /// The gate item of that name.
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.gate.iter().find(|item| item.name == name)
    }

    /// The meeting of that kind.
    pub fn meeting(&self, kind: &str) -> Option<&Meeting> {
        self.meetings.iter().find(|meeting| meeting.kind == kind)
    }

    /// The receiving team, once it is identified.
    pub fn known_to_team(&self) -> Option<&TeamId> {
        Some(&self.to_team).filter(|_| !self.team_open)
    }

    /// When the conference was held, if it was.
    pub fn conference_held_at(&self) -> Option<Timestamp> {
        self.meeting("conference")
            .and_then(|meeting| meeting.held_at)
    }

    /// Whether something is overdue and not answered.
    pub fn is_overdue(&self) -> bool {
        self.clocks.iter().any(Clock::is_overdue)
    }

    /// Whether the gate is met and nothing holds the transfer.
    pub fn is_ready(&self) -> bool {
        self.phase.is_workable() && self.holds.is_empty() && !self.gate.iter().any(Item::bars)
    }
}
