//! A contact: information that arrived, the team that deals with it until a case exists, and what was decided.

use std::collections::BTreeSet;

use baton_ids::{AuthorityId, CaseId, ChildId, ContactId, FamilyId, ReferralId, TeamId, WorkerId};
use baton_protocol::{Audience, FactKey, Facts, KnownFacts, PostHeld, Role, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::duty::{Duty, Owes};
use super::routing::Basis;

mod apply;
mod done;

pub use apply::apply;
pub use done::{Passed, Period, Reminder, StepDone};

/// A contact. Its process is pinned to the pack in force when it was launched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The authority.
    pub authority: AuthorityId,
    /// The child it is about.
    pub child: ChildId,
    /// The child's family group when the contact last changed.
    pub family: FamilyId,
    /// Digest of the pack it follows.
    pub pack: String,
    /// Grows by one with each change.
    pub version: i64,
    /// The team that holds it until a case exists.
    pub team: TeamId,
    /// Where it came from, as a code.
    pub source_kind: String,
    /// Its form, as a code.
    pub form: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// The child's open case when it was launched.
    pub case: Option<CaseId>,
    /// By when it has to be decided. None where the protocol sets no limit.
    pub due: Option<Due>,
    /// Where it stands.
    pub state: State,
    /// The rules that decided so far.
    pub rules: Vec<String>,
    /// The facts that mattered, by key.
    pub facts_used: Vec<String>,
    /// The facts that are unknown and could have changed where it went, by key.
    pub facts_unknown: Vec<String>,
    /// Version of the family's facts on which it was last decided.
    pub facts_version: i64,
    /// What has to be done because of the way it goes, and is not yet.
    #[serde(default)]
    pub duties: Vec<OpenDuty>,
    /// What kind of contact it is, as the protocol names it.
    #[serde(default = "concern")]
    pub kind: String,
    /// The person who launched it. None when a record system did.
    #[serde(default)]
    pub launched_by: Option<String>,
    /// Whether that person is of another team than the one that deals with it.
    #[serde(default)]
    pub from_elsewhere: bool,
    /// The worker to whom the child's open case was allocated when it was launched.
    #[serde(default)]
    pub worker: Option<String>,
    /// Who decides on it where its kind says so.
    #[serde(default)]
    pub decider: Option<Owes>,
    /// What was done about it, in order.
    #[serde(default)]
    pub steps: Vec<StepDone>,
    /// What somebody owes, or owed.
    #[serde(default)]
    pub owed: Vec<Duty>,
    /// The teams that had it before, in order.
    #[serde(default)]
    pub passed: Vec<Passed>,
    /// What to keep in mind about it.
    #[serde(default)]
    pub guidance: Vec<Reminder>,
    /// The steps for which every decision on it waits.
    #[serde(default)]
    pub steps_before: Vec<String>,
    /// On what its way was chosen. None for one of before this was kept.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// On what rests what was asked of it as it was launched. None for one of before this was kept.
    #[serde(default)]
    pub asked_on: Option<KnownFacts>,
}

/// Something that has to be done because of the way a contact goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDuty {
    /// Its name.
    pub name: String,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// The fact that says it is done.
    pub met_by: FactKey,
    /// Whose duty it is.
    pub role: Role,
    /// In which team.
    pub team: TeamId,
    /// Whether the contact waits for it.
    pub before_decision: bool,
}

impl OpenDuty {
    /// Whether the facts say that it is done.
    pub fn is_met(&self, facts: &Facts) -> bool {
        facts
            .get(&self.met_by)
            .is_some_and(|value| !matches!(value, Value::None | Value::Flag(false)))
    }
}

fn concern() -> String {
    baton_protocol::front_door::CONCERN.to_owned()
}

/// Where a contact stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "a contact has one state, and nearly every one ends decided"
)]
pub enum State {
    /// It waits for a decision.
    Launched,
    /// It is decided.
    Decided(Decision),
}

/// What was decided about a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The outcome, as a code of the protocol.
    pub outcome: String,
    /// Who decided.
    pub by: String,
    /// The post in which they decided: the holder's or a recorded cover's.
    pub post: PostHeld,
    /// When.
    pub at: Timestamp,
    /// The referral it became. None when it became none.
    pub referral: Option<ReferralId>,
    /// The team that goes on with it.
    pub routed_to: Option<TeamId>,
    /// Digest of the rationale.
    pub rationale_digest: Option<String>,
    /// The worker who takes the referral too.
    #[serde(default)]
    pub worker: Option<WorkerId>,
    /// From when on the case is the team's. None for the decision itself.
    #[serde(default)]
    pub effective_at: Option<Timestamp>,
    /// The level of need. None where it was not said.
    #[serde(default)]
    pub need_level: Option<String>,
    /// The ground, as a code. None where none was given.
    #[serde(default)]
    pub ground: Option<String>,
    /// Digests of the issues that the assessment has to address.
    #[serde(default)]
    pub issues: Vec<String>,
    /// What the record shows of the contact, one after the other.
    #[serde(default)]
    pub record_as: Vec<String>,
    /// For how long whoever decided chooses so. None where nobody asks.
    #[serde(default)]
    pub period: Option<Period>,
    /// On what its way was chosen. None when it leads nowhere, and for one of before this was kept.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// On what rests what was asked of it. None for one of before this was kept.
    #[serde(default)]
    pub asked_on: Option<KnownFacts>,
}

/// By when a contact has to be decided, and how that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The name of the clock.
    pub name: String,
    /// The last local day in time.
    pub on: Date,
    /// The first instant that is too late.
    pub breached_at: Timestamp,
    /// Where it stands.
    pub state: DueState,
    /// The rules it comes from.
    pub rules: Vec<String>,
    /// The role that owes the decision, in the team that holds the contact.
    pub role: String,
    /// What it was counted from.
    pub counted_from: String,
    /// The day it was counted from. None for one of before this was kept.
    #[serde(default)]
    pub from: Option<Date>,
    /// The days that did not count, and why.
    pub skipped: Vec<(Date, String)>,
    /// When the decision was made.
    pub met_at: Option<Timestamp>,
    /// Who is told of a breach.
    pub rungs: Vec<Rung>,
    /// The rungs that were told.
    pub told: BTreeSet<usize>,
    /// Whether it had passed when the contact was taken over from the council's own books.
    #[serde(default)]
    pub inherited: bool,
}

/// Where a due date stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// Running.
    Open,
    /// Decided in time.
    Met,
    /// The due instant passed without a decision.
    Breached,
    /// Decided after the breach: it stays on the record as breached.
    Answered,
}

/// Who is told of a breach, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// The role.
    pub role: String,
    /// The team of the role. None above teams.
    pub team: Option<TeamId>,
    /// The area of the role. None for the whole authority.
    pub area: Option<String>,
    /// When: the breach itself, or later.
    pub at: Timestamp,
}

/// A duty to tell somebody of a decision, or of the way a contact goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tell {
    /// The kind of notice.
    pub kind: String,
    /// Whom.
    pub to: Vec<Audience>,
    /// How.
    pub medium: String,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// By when, when there is a limit.
    pub due: Option<baton_calendar::Due>,
    /// The role whose duty it is, in the team that holds the contact.
    pub sender: Option<Role>,
    /// Whether it may say nothing of the case (W-028).
    pub restricted: bool,
    /// A role of this very team, instead of [`Tell::to`].
    pub at_team: Option<(Role, TeamId)>,
}

/// What happened to a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was launched to the team that deals with it.
    Launched {
        /// The contact.
        contact: Box<Contact>,
        /// Who has to be told at once.
        tells: Vec<Tell>,
    },
    /// It was decided.
    Decided {
        /// The decision.
        decision: Box<Decision>,
        /// The rules that decided, the outcome's and the route's.
        rules: Vec<String>,
        /// The facts that mattered, by key.
        facts_used: Vec<String>,
        /// The family group now.
        family: FamilyId,
        /// Version of the family's facts.
        facts_version: i64,
        /// The soft rules departed from, with the digest of the reason.
        departures: Vec<(String, String)>,
        /// Who has to be told.
        tells: Vec<Tell>,
        /// What has to be done.
        duties: Vec<OpenDuty>,
        /// What somebody owes from then on.
        owed: Vec<Duty>,
        /// What to keep in mind from then on.
        guidance: Vec<Reminder>,
    },
    /// Somebody has to be told of it, because of the way it went when it was launched.
    Forwarded {
        /// Who has to be told.
        tells: Vec<Tell>,
    },
    /// Duties were done.
    DutiesMet {
        /// Those that were.
        duties: Vec<OpenDuty>,
        /// When.
        at: Timestamp,
    },
    /// Something was done about it.
    StepRecorded {
        /// What.
        step: Box<StepDone>,
        /// The rules that ask for it.
        rules: Vec<String>,
        /// What somebody owes from then on.
        owed: Vec<Duty>,
    },
    /// It went to another team.
    PassedOn {
        /// From where to where.
        passed: Passed,
        /// The post in which it was passed on. None when a record system reported it.
        post: Option<PostHeld>,
        /// The rules.
        rules: Vec<String>,
    },
    /// A fact became known or a notice was sent that meets what somebody owed.
    OwedMet {
        /// What met them, as the protocol writes it: `facts.assessment_completed_on`.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// What somebody owes is due by another day.
    DutyRecounted {
        /// As it is owed now.
        duty: Box<Duty>,
        /// When the fact from which it is counted was reported.
        at: Timestamp,
    },
    /// The due instant of something owed passed.
    DutyBreached {
        /// What was owed.
        duty: String,
        /// The due instant.
        at: Timestamp,
    },
    /// A further rung was told that something owed is missing.
    DutyEscalated {
        /// What is owed.
        duty: String,
        /// Which of the rungs.
        rung: usize,
        /// When it was due.
        at: Timestamp,
    },
    /// The due instant passed without a decision.
    DecisionBreached {
        /// The due instant.
        at: Timestamp,
    },
    /// A further rung was told of the breach.
    Escalated {
        /// Which of [`Due::rungs`].
        rung: usize,
        /// When it was due.
        at: Timestamp,
    },
}

impl Contact {
    /// What was decided. None while it waits.
    pub const fn decision(&self) -> Option<&Decision> {
        match &self.state {
            State::Launched => None,
            State::Decided(decision) => Some(decision),
        }
    }
}

/// Adds what is not there yet, in order.
pub fn add_all(rules: &mut Vec<String>, more: &[String]) {
    for rule in more {
        if !rules.contains(rule) {
            rules.push(rule.clone());
        }
    }
}
