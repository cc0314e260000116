//! What is owed on a case while a kind of team has it, whether the case moves or not.

use baton_calendar::Duration;
use serde::{Deserialize, Serialize};

use crate::clock::Rung;
use crate::condition::{Condition, Scope, Truth};
use crate::facts::FactKey;
use crate::moment::Term;
use crate::party::{Party, TeamKind};
use crate::rule_id::RuleId;

/// Something that the responsible team owes on a case: a decision to be recorded, a referral at an age, a statement.
///
/// It is a task from when `when` holds until `met_by` does. It ends when `when` no longer holds, and when the case goes to
/// another kind of team. While nobody has said whether `when` holds nothing is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Its name, which is the code of the task: `decide_on_legal_planning`.
    pub duty: String,
    /// What it asks, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The kinds of team that owe it while they have the case.
    pub while_with: Vec<TeamKind>,
    /// The cases on which it is owed; all of them when absent.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Asked from that day on, from a fact or an age. What was done before does not count (M-180).
    #[serde(default)]
    pub asked_from: Option<Term>,
    /// Asked until the day before that day.
    #[serde(default)]
    pub asked_until: Option<Term>,
    /// The duties that come before it: it is not asked until each of them is met, and done all the same it is out of order
    /// (M-172).
    #[serde(default)]
    pub only_after: Vec<String>,
    /// The fact that is the day on which it was done, where `asked_from` asks for it.
    #[serde(default)]
    pub done_on: Option<FactKey>,
    /// By when, from a fact or an age; no limit when absent. While the day cannot be told nothing is asked.
    #[serde(default)]
    pub due: Option<Term>,
    /// How long after the day of `due` it is still in time: the day after an anniversary, for instance (S-048).
    #[serde(default)]
    pub plus: Option<Duration>,
    /// Who owes it.
    pub by: Party,
    /// What is on record once it is done.
    pub met_by: Condition,
    /// How long before the due date its owner is reminded.
    #[serde(default)]
    pub remind: Vec<Duration>,
    /// Who is told of a breach, and when, lowest rung first.
    #[serde(default)]
    pub escalate: Vec<Rung>,
}

impl Duty {
    /// Whether it is asked of a case of that kind of team on these facts, done or not.
    pub fn is_asked_of(&self, kind: TeamKind, scope: &Scope<'_>) -> bool {
        let when = self.when.as_ref();
        self.while_with.contains(&kind)
            && when.is_none_or(|when| when.decide(scope).truth == Truth::True)
    }

    /// Whether it cannot be owed on these facts. What nobody has said leaves it open.
    pub fn is_out_of_question(&self, scope: &Scope<'_>) -> bool {
        let when = self.when.as_ref();
        when.is_some_and(|when| when.decide(scope).truth == Truth::False)
    }

    /// Whether it is on record that it was done.
    pub fn is_met(&self, scope: &Scope<'_>) -> bool {
        self.met_by.decide(scope).truth == Truth::True
    }
}
