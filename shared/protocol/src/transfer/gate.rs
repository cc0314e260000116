//! Gate items: what has to be there before a transfer completes.

use baton_calendar::{Duration, plus};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::clock::Rung;
use crate::condition::{Condition, Scope, Truth};
use crate::facts::{FactKey, Facts};
use crate::moment::{Moment, Term};
use crate::pack::Strength;
use crate::party::Party;
use crate::rule_id::RuleId;
use crate::transfer::criteria::{Aged, Criteria};

/// One thing that has to be there before a transfer completes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word that a practitioner writes"
)]
pub struct GateItem {
    /// Its name, for instance `first_response_audit`.
    pub item: String,
    /// What it is, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Whether it applies to this child; always when absent. While undecided it applies.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Asked for only of a child of that age, on the day on which the case would move.
    #[serde(default)]
    pub age: Option<Aged>,
    /// Asked for only once this moment is known, for instance once a meeting was held.
    #[serde(default)]
    pub asked_once: Option<Moment>,
    /// What it bars while it is open.
    #[serde(default)]
    pub bars: Bars,
    /// Questions that are each answered yes or no; one no fails the item.
    #[serde(default)]
    pub asks: Vec<String>,
    /// A decision: yes and no are both answers, and what counts is that everybody who confirms gave the same (L-028).
    #[serde(default)]
    pub decision: bool,
    /// What is shown at the item from a day on (L-037).
    #[serde(default)]
    pub flag: Option<Flag>,
    /// Pieces of the record whose completion, as the record system reports it, completes the item.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// The states of evidence that suffice; `complete` and `updated` when empty (M-100 adds `commenced`).
    #[serde(default)]
    pub evidence_states: Vec<String>,
    /// Where this holds one that was only `commenced` does not suffice: there was one before (M-100). Not while nobody
    /// has said.
    #[serde(default)]
    pub updated_where: Option<Condition>,
    /// What satisfies it.
    #[serde(default)]
    pub satisfied_by: SatisfiedBy,
    /// Who completes it.
    #[serde(default)]
    pub completed_by: Option<Party>,
    /// Who signs it, after it was completed when somebody completes it.
    #[serde(default)]
    pub signed_by: Option<Party>,
    /// Who reviews what was signed (W-174).
    #[serde(default)]
    pub reviewed_by: Option<Party>,
    /// Every one of these has to confirm (M-144: both managers).
    #[serde(default)]
    pub confirmed_by: Vec<Party>,
    /// Any one of those is enough (M-115).
    #[serde(default)]
    pub any_one: bool,
    /// What a decision of no means.
    #[serde(default)]
    pub if_no: IfNo,
    /// Who prepares it may not sign it, who signs it may not review it.
    #[serde(default)]
    pub four_eyes: bool,
    /// Hard or soft. Settled at load.
    #[serde(default)]
    pub strength: Option<Strength>,
    /// Where a case moves with what is missing as actions: this one cannot follow the case, so whoever completes the
    /// transfer without it gives a reason (M-001).
    #[serde(default)]
    pub cannot_follow: bool,
    /// By when; no limit of its own when absent.
    #[serde(default)]
    pub due: Option<Term>,
    /// How long before the due date its owner is reminded.
    #[serde(default)]
    pub remind: Vec<Duration>,
    /// Who is told when it is overdue, besides its owner.
    #[serde(default)]
    pub escalate: Vec<Rung>,
    /// Who may do without it; nobody when absent.
    #[serde(default)]
    pub waiver: Option<Waiver>,
    /// What happens when it is found wanting.
    #[serde(default)]
    pub if_failed: IfFailed,
}

/// What satisfies a gate item.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SatisfiedBy {
    /// The acts of those it names: completed, signed, reviewed, confirmed.
    #[default]
    Acts,
    /// A condition on the facts.
    Facts(Condition),
    /// A date among the facts that is not older than this on the day of the transfer (L-038).
    Recent(Recent),
    /// Criteria of which enough are met on the day on which the transfer was asked for (M-106).
    Criteria(Criteria),
    /// A date among the facts since which a time has passed on the day of the transfer: nobody can make up for it (S-125).
    Lasted(Lasted),
    /// A notice of this kind that was sent.
    Notice(String),
    /// A meeting of this kind that was held.
    Meeting(String),
    /// A receiving worker who is named.
    ReceivingWorker,
    /// A receiving team that is identified (W-095).
    ReceivingTeam,
}

/// A date that must not be older than a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recent {
    /// The fact that is a date.
    pub fact: FactKey,
    /// How old it may be, the anniversary day included.
    pub within: Duration,
}

/// A time that has to have passed since a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lasted {
    /// The fact that is a date.
    pub fact: FactKey,
    /// How long since then at least: on the anniversary day it has passed.
    pub at_least: Duration,
}

/// What is shown at an item from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Its name, for instance `three_months_in_care`.
    pub flag: String,
    /// The day.
    pub from: Term,
    /// The setting that lists what is asked from then on besides; nothing while it is not regulated.
    #[serde(default)]
    pub asks_of: Option<String>,
}

/// Who may do without an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Any one of these; all of them when `jointly`.
    pub by: Vec<Party>,
    /// Every one of `by` has to agree (L-029).
    #[serde(default)]
    pub jointly: bool,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
}

/// What an item bars while it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bars {
    /// Completion; a soft one asks for a reason.
    #[default]
    Completion,
    /// Nothing: it is somebody's task, and a departure or a breach when it is not done.
    Nothing,
}

/// What happens when an item is found wanting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfFailed {
    /// The item is open, its owner has a task.
    #[default]
    StaysOpen,
    /// The outgoing team has to put it right; completion waits, clocks run on (W-086).
    Return,
}

/// What a decision of no means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfNo {
    /// Nothing more than that: no is an answer as good as yes.
    #[default]
    GoesOn,
    /// The case stays where it is: the transfer ends.
    Stays,
}

impl GateItem {
    /// Whether it bars completion. A soft one asks for a reason.
    pub fn is_hard(&self) -> bool {
        self.strength != Some(Strength::Soft)
    }

    /// Whose it is first: who completes it, signs it, or confirms it.
    pub fn owner(&self) -> Option<Party> {
        self.completed_by
            .or(self.signed_by)
            .or_else(|| self.confirmed_by.first().copied())
            .or(self.reviewed_by)
    }

    /// Whether a state of evidence that the record system reports suffices for this child.
    pub fn accepts_state(&self, state: &str, scope: &Scope<'_>) -> bool {
        let existed = self.updated_where.as_ref();
        let existed = existed.is_some_and(|when| when.decide(scope).truth == Truth::True);
        if state == "commenced" && existed {
            return false;
        }
        if self.evidence_states.is_empty() {
            return matches!(state, "complete" | "updated");
        }
        self.evidence_states
            .iter()
            .any(|accepted| accepted == state)
    }
}

impl Lasted {
    /// Whether the time has passed on a day. Where the date is known to be none it has not.
    pub fn holds(&self, facts: &Facts, on: Date) -> Truth {
        match facts.get(&self.fact) {
            None => Truth::Undecided {
                missing: [self.fact.clone()].into(),
            },
            Some(_) => match facts.date(self.fact.as_str()) {
                Some(date) if plus(date, self.at_least) <= on => Truth::True,
                _ => Truth::False,
            },
        }
    }
}

impl Recent {
    /// Whether the date is recent enough on a day. Known to be none is not.
    pub fn holds(&self, facts: &Facts, on: Date) -> Truth {
        match facts.get(&self.fact) {
            None => Truth::Undecided {
                missing: [self.fact.clone()].into(),
            },
            Some(_) => match facts.date(self.fact.as_str()) {
                Some(date) if date <= on && on <= plus(date, self.within) => Truth::True,
                _ => Truth::False,
            },
        }
    }
}
