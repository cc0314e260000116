//! Clocks: what is due, by whom, and what follows when it is missed.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use baton_calendar::Duration;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, Scope, Truth};
use crate::facts::FactKey;
use crate::moment::Term;
use crate::pack::Strength;
use crate::party::{InvalidParty, Party, Role};
use crate::rule_id::RuleId;
use crate::text::split_word;

/// Something that is due by a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its name, for instance `receiving_worker_named`.
    pub clock: String,
    /// What it asks, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// By when: `2 weeks after placed`.
    pub due: Term,
    /// Who owes the act.
    pub by: Party,
    /// What meets it: `receiving_worker_named`, `completed`, `date_agreed`, `conference_held`, `decided`,
    /// `item:<item>`, `meeting:<kind>`, `notice:<kind>` or `facts.<key>`; several joined by ` or `.
    pub met_by: String,
    /// Whether it runs at all; always when absent.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Never due before these: the latest of all counts. It does not run while one of them cannot be told (L-048).
    #[serde(default)]
    pub not_before: Vec<Term>,
    /// Whether it only reminds when its day has come, and is never breached (L-048).
    #[serde(default)]
    pub reminds_only: bool,
    /// The notice that reminds, of those that the transfer file tells; the general one to its owner when absent.
    #[serde(default)]
    pub reminder: Option<String>,
    /// How long before the due date somebody is reminded.
    #[serde(default)]
    pub remind: Vec<Duration>,
    /// Hard or soft; settled at load from the pack when absent.
    #[serde(default)]
    pub strength: Option<Strength>,
    /// Who is told of a breach, and when, lowest rung first.
    #[serde(default)]
    pub escalate: Vec<Rung>,
    /// What else follows from a breach: the first branch that holds.
    #[serde(default)]
    pub when_missed: Vec<Branch>,
    /// A clock of the base pack that attaches to every route that has none of this name (K-61).
    #[serde(default)]
    pub every_route: bool,
}

/// A rung of escalation: `group_manager of authority` or `senior_manager of authority after 2 working days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rung {
    /// Who is told.
    pub to: Party,
    /// How long after the breach, counted from the due date; at once when absent.
    pub after: Option<Duration>,
}

/// One possible consequence of a breach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// When it is taken; the branch without one is taken otherwise.
    #[serde(default, rename = "if")]
    pub when: Option<Condition>,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// What is done.
    pub then: Vec<Effect>,
    /// Taken while a fact that decides is unknown.
    #[serde(default)]
    pub safe: bool,
}

/// What follows from a breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing moves: the outgoing team stays responsible.
    HoldMove,
    /// The receiving team becomes responsible without a worker, pending the authority of this role.
    MoveWithoutWorker {
        /// Who alone authorises it afterwards.
        pending: Role,
    },
    /// Responsibility moves and open items become dated actions of the outgoing team.
    MoveWithActions,
    /// These are told and have a task, in this order.
    Escalate(Vec<Rung>),
}

/// The consequence that applies, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Consequence<'p> {
    /// What is done.
    pub effects: &'p [Effect],
    /// The rules of the clock and of the branch.
    pub rules: Vec<RuleId>,
    /// How it was chosen.
    pub resolved: Resolved,
}

/// How a consequence was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// Every fact that decides is known.
    Known,
    /// The safe branch, because these facts are unknown.
    Safe(BTreeSet<FactKey>),
}

impl Clock {
    /// Whether an act of that name meets it.
    pub fn is_met_by(&self, act: &str) -> bool {
        self.met_by.split(" or ").any(|meets| meets.trim() == act)
    }

    /// Whether something has to be decided on fresh facts when it is missed.
    pub fn has_consequence(&self) -> bool {
        !self.when_missed.is_empty()
    }

    /// Chooses the consequence of a breach; `None` when the clock has none.
    ///
    /// The branches are tried in order. While a fact that decides is unknown the branch marked `safe` is
    /// taken, so that nothing that weakens protection rests on what nobody knows.
    pub fn consequence(&self, scope: &Scope<'_>) -> Option<Consequence<'_>> {
        let mut missing = BTreeSet::new();
        for branch in &self.when_missed {
            match branch
                .when
                .as_ref()
                .map_or(Truth::True, |when| when.decide(scope).truth)
            {
                Truth::True => return Some(self.taken(branch, Resolved::Known)),
                Truth::False => {}
                Truth::Undecided { missing: more } => {
                    missing.extend(more);
                    let safe = self
                        .when_missed
                        .iter()
                        .find(|branch| branch.safe)
                        .unwrap_or(branch);
                    return Some(self.taken(safe, Resolved::Safe(missing)));
                }
            }
        }
        None
    }

    fn taken<'p>(&'p self, branch: &'p Branch, resolved: Resolved) -> Consequence<'p> {
        let mut rules = self.cites.clone();
        rules.extend(
            branch
                .cites
                .iter()
                .filter(|rule| !self.cites.contains(rule))
                .cloned(),
        );
        Consequence {
            effects: &branch.then,
            rules,
            resolved,
        }
    }
}

impl FromStr for Rung {
    type Err = InvalidParty;

    fn from_str(text: &str) -> Result<Self, InvalidParty> {
        let (to, after) = match split_word(text, "after") {
            Some((to, after)) => {
                let after = after
                    .parse()
                    .map_err(|_| InvalidParty::Form(text.to_owned()))?;
                (to, Some(after))
            }
            None => (text, None),
        };
        Ok(Self {
            to: to.parse()?,
            after,
        })
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to.fmt(f)?;
        match self.after {
            Some(after) => write!(f, " after {after}"),
            None => Ok(()),
        }
    }
}

impl TryFrom<String> for Rung {
    type Error = InvalidParty;

    fn try_from(text: String) -> Result<Self, InvalidParty> {
        text.parse()
    }
}

impl From<Rung> for String {
    fn from(rung: Rung) -> Self {
        rung.to_string()
    }
}
