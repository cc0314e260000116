//! The life of a contact besides its route: kinds, steps on the way to a decision, what a decision has to say, what is
//! owed, what to keep in mind, enquiries that concern no child, and who looks into the tray.

use baton_calendar::Duration;
use serde::{Deserialize, Serialize};

use crate::clock::Rung;
use crate::condition::Condition;
use crate::facts::FactKey;
use crate::moment::Term;
use crate::pack::Strength;
use crate::party::{Party, TeamKind};
use crate::rule_id::RuleId;
use crate::transfer::Target;

/// The kind of a contact that says none: a concern about a child.
pub const CONCERN: &str = "concern";

/// A kind of contact with a way of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactKind {
    /// Its name: `transfer_in_request`, `step_up`, …
    pub kind: String,
    /// What it is, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Where it goes; by the routes of contacts when absent.
    #[serde(default)]
    pub to: Option<Target>,
    /// It goes there although the child's case is open.
    #[serde(default)]
    pub even_open: bool,
    /// Who decides on it; as on every contact when empty.
    #[serde(default)]
    pub decided_by: Vec<Party>,
    /// What a decision on it can come to; every outcome when empty.
    #[serde(default)]
    pub outcomes: Vec<String>,
}

/// Something that is done about a contact and recorded with who, in which post and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactStep {
    /// Its name: `manager_discussion`.
    pub step: String,
    /// What is done, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Any one of these does it; anybody when empty. Who has it reported by a record system is taken at its word.
    #[serde(default)]
    pub by: Vec<Party>,
    /// Only by these, and by nobody above them.
    #[serde(default)]
    pub only: bool,
    /// By somebody with a post in a team of this kind, whoever has the contact (M-081).
    #[serde(default)]
    pub of: Option<TeamKind>,
    /// What has to be on record before it.
    #[serde(default)]
    pub after: Option<StepBefore>,
    /// The reasons have to be said.
    #[serde(default)]
    pub reason: bool,
    /// What has to be affirmed, each by its code.
    #[serde(default)]
    pub asks: Vec<String>,
    /// One of these codes has to be given: on what it rests.
    #[serde(default)]
    pub basis: Vec<String>,
    /// The outcomes that wait for it; `any` for every one. None when empty.
    #[serde(default)]
    pub before: Vec<String>,
    /// The decision waits for it only while this is known to hold.
    #[serde(default)]
    pub when: Option<Condition>,
    /// How its waiting for the step before it binds, and the decision's for it.
    #[serde(default)]
    pub strength: Option<Strength>,
    /// The facts that it states: each is the day on which it was done.
    #[serde(default)]
    pub states: Vec<FactKey>,
}

/// A step that has to be on record before another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepBefore {
    /// The step.
    pub step: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// It counts no more once one of these was recorded after it (M-082).
    #[serde(default)]
    pub until: Vec<String>,
}

/// What a decision has to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionAsk {
    /// What.
    pub ask: Asked,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// For these outcomes; for every one when empty.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// Only while this is known to hold.
    #[serde(default)]
    pub when: Option<Condition>,
    /// How it binds.
    #[serde(default)]
    pub strength: Option<Strength>,
}

/// What a decision can be asked to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// The level of need.
    NeedLevel,
    /// The issues that the assessment has to address.
    Issues,
    /// The reasons.
    Rationale,
    /// The team that goes on with it, by name: no route decides.
    Team,
}

/// A bound to an outcome: it is not decided otherwise than while this holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeLimit {
    /// What it asks, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// What has to hold; unknown facts do no harm.
    pub when: Condition,
    /// How it binds.
    #[serde(default)]
    pub strength: Option<Strength>,
}

/// Something that somebody owes while a contact lives, the time after its decision included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactDuty {
    /// Its name: `assessment_complete`.
    pub duty: String,
    /// What is owed, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// When it begins: `launched`, `decided`, `step:<step>` or `missed:<duty>`.
    #[serde(default = "launched")]
    pub from: String,
    /// By when, counted from `launched`, `decided`, `opened` for when it begins, or a fact. No limit when absent, and none
    /// while the fact is unknown: it is counted, and counted again, when the fact is reported.
    #[serde(default)]
    pub due: Option<Term>,
    /// Who owes it. `receiving` is the team that goes on with the contact.
    pub by: Party,
    /// Of the team of this kind instead, where there is one.
    #[serde(default)]
    pub of: Option<TeamKind>,
    /// Of this very person, where there is one.
    #[serde(default)]
    pub person: Option<DutyPerson>,
    /// What meets it: `step:<step>`, `decided`, `notice:<kind>` or `facts.<key>`; several joined by ` or `.
    pub met_by: String,
    /// Only unless this is known not to hold when it begins.
    #[serde(default)]
    pub when: Option<Condition>,
    /// It lies in the team's tray, like a contact that waits for its decision.
    #[serde(default)]
    pub tray: bool,
    /// Who is told of a breach, lowest rung first.
    #[serde(default)]
    pub escalate: Vec<Rung>,
}

fn launched() -> String {
    "launched".to_owned()
}

/// A person by what they are to the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyPerson {
    /// Who launched it.
    Launcher,
    /// The worker to whom the child's open case is allocated.
    AllocatedWorker,
}

/// What the protocol wants kept in mind, shown to whoever deals with a contact or an enquiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// Its name.
    pub guidance: String,
    /// What it says, in one sentence.
    pub says: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The document that it points to, when it is one outside the protocol.
    #[serde(default)]
    pub reference: Option<String>,
    /// Only while this is known to hold.
    #[serde(default)]
    pub when: Option<Condition>,
}

/// A kind of enquiry that concerns no child whom Baton knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnquiryKind {
    /// Its name: `fostering`.
    pub enquiry: String,
    /// What it is, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The kind of team that deals with it; the front door when absent.
    #[serde(default)]
    pub to: Option<TeamKind>,
    /// Who deals with it there.
    pub by: Party,
    /// Nobody has to: it is noted and may be answered.
    #[serde(default)]
    pub optional: bool,
    /// One of these codes is recorded with the answer.
    #[serde(default)]
    pub topics: Vec<String>,
}

/// Who looks into a team's tray, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrayRule {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The kinds of team that have one.
    pub teams: Vec<TeamKind>,
    /// Who is answerable for the checks.
    pub by: Party,
    /// The longest time between two checks.
    pub check_every: Duration,
    /// What each check has to look at, each by its code.
    pub looks_at: Vec<String>,
    /// Who sees the whole tray.
    pub overseen_by: Party,
    /// Who is told when a check is missed.
    #[serde(default)]
    pub escalate: Vec<Rung>,
}
