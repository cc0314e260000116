//! The transfer point: the day on which a case moves, or the days until which it may.

use std::collections::BTreeSet;

use baton_calendar::{Anchor, Calendar, Due, PlainDays};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::anchors::Anchors;
use crate::condition::{Condition, Scope, Truth};
use crate::facts::FactKey;
use crate::moment::{Moment, Term};
use crate::pack::Strength;
use crate::rule_id::RuleId;

/// How the transfer point is found. Exactly one of `at`, `latest_of`, `earliest_of`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointRule {
    /// What it says, in the protocol's words: `at conference`.
    pub says: String,
    /// One term.
    #[serde(default)]
    pub at: Option<PointPart>,
    /// The last of several.
    #[serde(default)]
    pub latest_of: Vec<PointPart>,
    /// The first of several.
    #[serde(default)]
    pub earliest_of: Vec<PointPart>,
    /// Days before which neither the meeting nor the move should be.
    #[serde(default)]
    pub not_before: Vec<NotBefore>,
}

/// One term of a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointPart {
    /// The term: `at conference`, `3 working days after conference`.
    pub term: Term,
    /// The case moves on the day after that, and not before it (M-120).
    #[serde(default)]
    pub next_day: bool,
    /// Whether it belongs; always when absent.
    #[serde(default)]
    pub when: Option<Condition>,
    /// While `when` cannot be decided: whether the term belongs. Has to be given beside a `when`.
    #[serde(default)]
    pub if_unknown: Option<bool>,
    /// The rules it rests on.
    #[serde(default)]
    pub cites: Vec<RuleId>,
}

/// A day before which neither the meeting nor the move should be (L-013).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotBefore {
    /// The day.
    pub moment: Moment,
    /// Whether it binds; always when absent.
    #[serde(default)]
    pub when: Option<Condition>,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Hard: the point is moved to that day. Soft: it stays and a reason is asked for.
    pub strength: Strength,
}

/// What counting needs besides facts and anchors.
#[derive(Debug, Clone, Copy)]
pub struct CalendarCount<'a> {
    /// The calendar.
    pub calendar: &'a Calendar,
    /// What a plain day means.
    pub plain_days: PlainDays,
}

/// Where the point lies.
#[derive(Debug, Clone, PartialEq)]
pub enum Dated {
    /// It can be told.
    On(PointDate),
    /// It waits for these moments.
    NotYet {
        /// What it waits for.
        waiting_for: Vec<Moment>,
        /// The rules that make it wait.
        rules: Vec<RuleId>,
    },
}

/// A transfer point that can be told.
#[derive(Debug, Clone, PartialEq)]
pub struct PointDate {
    /// From when on the case may move: the instant of the moment that decides.
    pub from: Anchor,
    /// The last day on which it moves in time.
    pub due: Due,
    /// The moment that decides.
    pub counted_from: Moment,
    /// The rules.
    pub rules: Vec<RuleId>,
    /// Terms before which the point lies though it should not.
    pub too_early: Vec<TooEarly>,
    /// Facts that are unknown and were taken as the rule says.
    pub assumed: BTreeSet<FactKey>,
}

/// A "not before" that the point does not keep, or of which it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooEarly {
    /// The moment it should not lie before.
    pub moment: Moment,
    /// Its day; `None` while it cannot be told.
    pub day: Option<Date>,
    /// The rules.
    pub rules: Vec<RuleId>,
    /// How strictly it binds.
    pub strength: Strength,
}

struct Candidate<'p> {
    part: &'p PointPart,
    from: Anchor,
    due: Due,
}

impl PointRule {
    /// Where the point lies on these facts and moments.
    pub fn date(&self, anchors: &Anchors, scope: &Scope<'_>, count: CalendarCount<'_>) -> Dated {
        let mut assumed = BTreeSet::new();
        let mut waiting_for = Vec::new();
        let mut rules = Vec::new();
        let mut candidates = Vec::new();
        for part in self.parts() {
            if !part.belongs(scope, &mut assumed) {
                continue;
            }
            let Some(from) = anchors.find(&part.term.moment, scope.facts) else {
                waiting_for.push(part.term.moment.clone());
                rules.extend(part.cites.iter().cloned());
                continue;
            };
            let due = part.term.due_from(from, count.calendar, count.plain_days);
            let (from, due) = match due.on.tomorrow() {
                Ok(next) if part.next_day => {
                    let next = Anchor::Date(next);
                    (next, count.calendar.due_at(next))
                }
                _ => (from, due),
            };
            candidates.push(Candidate { part, from, due });
        }

        let earliest = !self.earliest_of.is_empty();
        if !waiting_for.is_empty() && (!earliest || candidates.is_empty()) {
            return Dated::NotYet { waiting_for, rules };
        }
        let by_day = |candidate: &&Candidate<'_>| {
            (
                candidate.due.breached_at,
                candidate.from.instant(count.calendar),
            )
        };
        let deciding = if earliest {
            candidates.iter().min_by_key(by_day)
        } else {
            candidates.iter().max_by_key(by_day)
        };
        let Some(deciding) = deciding else {
            return Dated::NotYet { waiting_for, rules };
        };

        for candidate in &candidates {
            rules.extend(
                candidate
                    .part
                    .cites
                    .iter()
                    .filter(|rule| !rules.contains(rule))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
        }
        let mut date = PointDate {
            from: deciding.from,
            due: deciding.due.clone(),
            counted_from: deciding.part.term.moment.clone(),
            rules,
            too_early: Vec::new(),
            assumed,
        };
        self.apply_not_before(&mut date, anchors, scope, count);
        Dated::On(date)
    }

    fn parts(&self) -> impl Iterator<Item = &PointPart> {
        self.at
            .iter()
            .chain(&self.latest_of)
            .chain(&self.earliest_of)
    }

    /// A hard "not before" moves the point; a soft one leaves it and asks for a reason.
    fn apply_not_before(
        &self,
        date: &mut PointDate,
        anchors: &Anchors,
        scope: &Scope<'_>,
        count: CalendarCount<'_>,
    ) {
        for bound in &self.not_before {
            let truth = bound
                .when
                .as_ref()
                .map_or(Truth::True, |when| when.decide(scope).truth);
            if truth == Truth::False {
                continue;
            }
            let anchor = anchors.find(&bound.moment, scope.facts);
            let day = anchor.map(|anchor| anchor.date(count.calendar));
            let is_kept = day.is_some_and(|day| day <= date.from.date(count.calendar));
            if is_kept {
                continue;
            }
            if let (Strength::Hard, Some(anchor)) = (bound.strength, anchor) {
                date.from = anchor;
                date.due = count.calendar.due_at(anchor);
                date.counted_from = bound.moment.clone();
            }
            date.too_early.push(TooEarly {
                moment: bound.moment.clone(),
                day,
                rules: bound.cites.clone(),
                strength: bound.strength,
            });
        }
    }

    /// Which "not before" terms a meeting on a day would not keep. For a conference that is booked.
    pub fn too_early_for(
        &self,
        day: Date,
        anchors: &Anchors,
        scope: &Scope<'_>,
        calendar: &Calendar,
    ) -> Vec<TooEarly> {
        let is_bound = |bound: &&NotBefore| {
            bound
                .when
                .as_ref()
                .is_none_or(|when| when.decide(scope).truth != Truth::False)
        };
        self.not_before
            .iter()
            .filter(is_bound)
            .filter_map(|bound| {
                let from = anchors
                    .find(&bound.moment, scope.facts)
                    .map(|anchor| anchor.date(calendar));
                let is_kept = from.is_some_and(|from| from <= day);
                (!is_kept).then(|| TooEarly {
                    moment: bound.moment.clone(),
                    day: from,
                    rules: bound.cites.clone(),
                    strength: bound.strength,
                })
            })
            .collect()
    }

    /// Whether it waits for a day that the managers agree.
    pub fn is_agreed(&self) -> bool {
        self.parts()
            .any(|part| part.term.moment == Moment::AgreedDate)
    }

    /// The facts on which the point rests.
    pub fn facts(&self) -> BTreeSet<FactKey> {
        let parts = self.parts().map(|part| &part.term.moment);
        parts
            .chain(self.not_before.iter().map(|bound| &bound.moment))
            .filter_map(Moment::fact)
            .collect()
    }
}

impl PointPart {
    fn belongs(&self, scope: &Scope<'_>, assumed: &mut BTreeSet<FactKey>) -> bool {
        match self
            .when
            .as_ref()
            .map_or(Truth::True, |when| when.decide(scope).truth)
        {
            Truth::True => true,
            Truth::False => false,
            Truth::Undecided { missing } => {
                assumed.extend(missing);
                self.if_unknown.unwrap_or(true)
            }
        }
    }
}

impl PointDate {
    /// The instant from which the case may move.
    pub fn from_instant(&self, calendar: &Calendar) -> Timestamp {
        self.from.instant(calendar)
    }

    /// Whether the point is reached at an instant.
    pub fn is_reached(&self, now: Timestamp, calendar: &Calendar) -> bool {
        self.from_instant(calendar) <= now
    }
}

/// So that a part can be made in tests and by the loader from a bare term.
impl From<Term> for PointPart {
    fn from(term: Term) -> Self {
        Self {
            term,
            next_day: false,
            when: None,
            if_unknown: None,
            cites: Vec::new(),
        }
    }
}
