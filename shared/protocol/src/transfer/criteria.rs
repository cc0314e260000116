//! Criteria of which some have to be met, each by any one of several limbs: who belongs to a programme (M-106).

use std::collections::BTreeSet;

use baton_calendar::{age_reached_on, plus};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, Scope, Truth};
use crate::facts::{FactKey, Facts, Value};
use crate::front_door::Window;
use crate::rule_id::RuleId;

/// Criteria, of which some have to be met on the day they are asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// How many of them.
    pub at_least: usize,
    /// The criteria.
    pub of: Vec<Criterion>,
}

/// One criterion: any one of its limbs meets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name, for instance `education`.
    pub criterion: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Its limbs.
    pub any_of: Vec<Limb>,
    /// It counts only when one of these criteria is met as well (M-112).
    #[serde(default)]
    pub only_with: Vec<String>,
}

/// One limb of a criterion. Everything that is asked for has to hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limb {
    /// Its name, for instance `proven_offence`.
    pub limb: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// What has to hold.
    #[serde(default)]
    pub when: Option<Condition>,
    /// What the day has to lie within, the anniversary included.
    #[serde(default)]
    pub within: Vec<Window>,
    /// Days before which the day has to lie. One that is known to be none has not come.
    #[serde(default)]
    pub before: Vec<FactKey>,
    /// How old somebody has to be on the day.
    #[serde(default)]
    pub aged: Option<Aged>,
    /// It is not of the protocol's list: it counts, with a reason.
    #[serde(default)]
    pub with_reason: bool,
}

/// How old somebody has to be on a day; an age is reached on the birthday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aged {
    /// The fact that is the day of birth.
    pub born: FactKey,
    /// From that birthday on.
    #[serde(default)]
    pub from: Option<u8>,
    /// Until the day before that birthday.
    #[serde(default)]
    pub under: Option<u8>,
}

/// What became of criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    /// Whether enough are met, by what the protocol lists.
    pub truth: Truth,
    /// Enough are met only with limbs that ask for a reason: the rules of those.
    pub with_reason: Vec<RuleId>,
    /// The criteria that are not known to be met, by name.
    pub lacks: Vec<String>,
}

impl Criteria {
    /// What becomes of them on the facts, on a day.
    pub fn weigh(&self, scope: &Scope<'_>, on: Date) -> Weighted {
        let listed = self.truths(scope, on, false);
        let truth = self.enough(&listed);
        let lacks = self.of.iter().zip(&listed);
        let lacks = lacks
            .filter(|(_, truth)| **truth != Truth::True)
            .map(|(criterion, _)| criterion.criterion.clone())
            .collect();
        let mut with_reason = vec![];
        if truth != Truth::True && self.enough(&self.truths(scope, on, true)) == Truth::True {
            let limbs = self.of.iter().flat_map(|criterion| &criterion.any_of);
            let limbs =
                limbs.filter(|limb| limb.with_reason && limb.holds(scope, on) == Truth::True);
            with_reason = limbs.flat_map(|limb| limb.cites.iter().cloned()).collect();
        }
        Weighted {
            truth,
            with_reason,
            lacks,
        }
    }

    /// Every rule of its criteria and limbs.
    pub fn cites(&self) -> impl Iterator<Item = &RuleId> {
        self.of.iter().flat_map(|criterion| {
            let limbs = criterion.any_of.iter().flat_map(|limb| &limb.cites);
            criterion.cites.iter().chain(limbs)
        })
    }

    fn truths(&self, scope: &Scope<'_>, on: Date, reasoned: bool) -> Vec<Truth> {
        let own: Vec<Truth> = self
            .of
            .iter()
            .map(|criterion| {
                let limbs = criterion.any_of.iter();
                any(limbs
                    .filter(|limb| reasoned || !limb.with_reason)
                    .map(|limb| limb.holds(scope, on)))
            })
            .collect();
        let named = |name: &String| self.of.iter().position(|other| other.criterion == *name);
        self.of
            .iter()
            .zip(&own)
            .map(|(criterion, truth)| {
                if criterion.only_with.is_empty() {
                    return truth.clone();
                }
                let others = criterion.only_with.iter().filter_map(named);
                let beside = any(others.filter_map(|at| own.get(at).cloned()));
                all([truth.clone(), beside].into_iter())
            })
            .collect()
    }

    /// Enough are met; enough can no longer be met; or it cannot be told yet.
    fn enough(&self, truths: &[Truth]) -> Truth {
        let met = truths.iter().filter(|truth| **truth == Truth::True).count();
        let mut open = 0;
        let mut missing = BTreeSet::new();
        for truth in truths {
            if let Truth::Undecided { missing: more } = truth {
                open += 1;
                missing.extend(more.iter().cloned());
            }
        }
        if met >= self.at_least {
            Truth::True
        } else if met + open < self.at_least {
            Truth::False
        } else {
            Truth::Undecided { missing }
        }
    }
}

impl Limb {
    /// Whether it holds on a day.
    pub(super) fn holds(&self, scope: &Scope<'_>, on: Date) -> Truth {
        let when = self.when.iter().map(|when| when.decide(scope).truth);
        let within = self.within.iter().map(|window| {
            day(scope.facts, &window.after).map_or_else(Truth::from, |from| {
                truth(from.is_some_and(|from| from <= on && on <= plus(from, window.length)))
            })
        });
        let before = self.before.iter().map(|key| {
            day(scope.facts, key)
                .map_or_else(Truth::from, |from| truth(from.is_none_or(|from| on < from)))
        });
        let aged = self.aged.iter().map(|aged| aged.holds(scope.facts, on));
        all(when.chain(within).chain(before).chain(aged))
    }
}

impl Aged {
    /// Whether somebody is of that age on a day.
    pub fn holds(&self, facts: &Facts, on: Date) -> Truth {
        let fits = |born: Date| {
            let reached = |years: u8| age_reached_on(born, years, 0) <= on;
            self.from.is_none_or(reached) && !self.under.is_some_and(reached)
        };
        day(facts, &self.born).map_or_else(Truth::from, |born| truth(born.is_some_and(fits)))
    }
}

/// A fact of which nobody has said anything.
struct Unknown(FactKey);

impl From<Unknown> for Truth {
    fn from(Unknown(key): Unknown) -> Self {
        Self::Undecided {
            missing: BTreeSet::from([key]),
        }
    }
}

/// The day that a fact is; `None` when it is known to be none.
fn day(facts: &Facts, key: &FactKey) -> Result<Option<Date>, Unknown> {
    match facts.get(key) {
        None => Err(Unknown(key.clone())),
        Some(Value::Date(date)) => Ok(Some(*date)),
        Some(_) => Ok(None),
    }
}

const fn truth(holds: bool) -> Truth {
    if holds { Truth::True } else { Truth::False }
}

fn all(truths: impl Iterator<Item = Truth>) -> Truth {
    fold(truths, &Truth::False, Truth::True)
}

fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    fold(truths, &Truth::True, Truth::False)
}

/// One that decides decides; else what is unknown leaves it open; else `otherwise`.
fn fold(truths: impl Iterator<Item = Truth>, decides: &Truth, otherwise: Truth) -> Truth {
    let mut missing = BTreeSet::new();
    for truth in truths {
        match truth {
            Truth::Undecided { missing: more } => missing.extend(more),
            truth if truth == *decides => return truth,
            _ => {}
        }
    }
    if missing.is_empty() {
        otherwise
    } else {
        Truth::Undecided { missing }
    }
}
