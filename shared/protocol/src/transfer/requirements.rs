//! What of a route applies to this child: items, meetings, clocks, notices.

use std::collections::BTreeSet;

use baton_calendar::Due;

use crate::anchors::Anchors;
use crate::clock::Clock;
use crate::condition::{Condition, Scope, Truth};
use crate::facts::FactKey;
use crate::moment::Term;
use crate::pack::Pack;
use crate::rule_id::RuleId;
use crate::transfer::Meeting;
use crate::transfer::gate::{GateItem, SatisfiedBy};
use crate::transfer::notice::{Notice, Occasion};
use crate::transfer::point::{CalendarCount, Dated};
use crate::transfer::route::Route;

/// A part of a protocol that applies, and the facts that were unknown when it was decided so.
#[derive(Debug, Clone, PartialEq)]
pub struct Applies<'p, T> {
    /// The part.
    pub rule: &'p T,
    /// Facts that are unknown and because of which it applies for safety's sake.
    pub assumed: BTreeSet<FactKey>,
}

/// A gate item that applies, and whether the facts alone already satisfy it.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate<'p> {
    /// The item.
    pub item: &'p GateItem,
    /// For an item satisfied by facts: whether it is. `None` for an item satisfied by acts, and for one that
    /// asks how old a date is while the scope names no day.
    pub by_facts: Option<Truth>,
    /// Facts that are unknown and because of which it applies for safety's sake.
    pub assumed: BTreeSet<FactKey>,
    /// It is met by something that the protocol does not list, and so with a reason: the rules about that.
    pub with_reason: Vec<RuleId>,
    /// The criteria that are not known to be met, by name.
    pub lacks: Vec<String>,
}

fn applies<'p, T>(
    rule: &'p T,
    when: Option<&Condition>,
    scope: &Scope<'_>,
) -> Option<Applies<'p, T>> {
    match when.map_or(Truth::True, |when| when.decide(scope).truth) {
        Truth::True => Some(Applies {
            rule,
            assumed: BTreeSet::new(),
        }),
        Truth::Undecided { missing } => Some(Applies {
            rule,
            assumed: missing,
        }),
        Truth::False => None,
    }
}

impl Pack {
    /// Where the transfer point of a route lies.
    pub fn point_of(
        &self,
        route: &Route,
        anchors: &Anchors,
        scope: &Scope<'_>,
        calendar: &baton_calendar::Calendar,
    ) -> Dated {
        let count = CalendarCount {
            calendar,
            plain_days: self.plain_days,
        };
        match &route.point {
            Some(point) => point.date(anchors, scope, count),
            None => Dated::NotYet {
                waiting_for: Vec::new(),
                rules: route.cites.clone(),
            },
        }
    }

    /// When a clock is due; `None` while its moment cannot be told.
    pub fn due_of(
        &self,
        clock: &Clock,
        anchors: &Anchors,
        scope: &Scope<'_>,
        calendar: &baton_calendar::Calendar,
    ) -> Option<Due> {
        let due_of = |term: &Term| term.due(anchors, scope.facts, calendar, self.plain_days);
        let mut latest = due_of(&clock.due)?;
        for term in &clock.not_before {
            let due = due_of(term)?;
            if due.breached_at > latest.breached_at {
                latest = due;
            }
        }
        Some(latest)
    }

    /// When a gate item is due; `None` without a limit or while its moment cannot be told.
    pub fn item_due(
        &self,
        item: &GateItem,
        anchors: &Anchors,
        scope: &Scope<'_>,
        calendar: &baton_calendar::Calendar,
    ) -> Option<Due> {
        item.due
            .as_ref()?
            .due(anchors, scope.facts, calendar, self.plain_days)
    }

    /// When a notice is due; `None` without a limit or while its moment cannot be told.
    pub fn notice_due(
        &self,
        notice: &Notice,
        anchors: &Anchors,
        scope: &Scope<'_>,
        calendar: &baton_calendar::Calendar,
    ) -> Option<Due> {
        notice
            .due
            .as_ref()?
            .due(anchors, scope.facts, calendar, self.plain_days)
    }

    /// The gate of a route for this child, in the order of the file. An item of which it cannot be told
    /// whether it applies, applies.
    pub fn gate_of<'p>(&'p self, route: &'p Route, scope: &Scope<'_>) -> Vec<Gate<'p>> {
        let named = route
            .needs
            .iter()
            .filter_map(|name| self.transfer.item(name));
        named
            .filter_map(|item| {
                let applies = applies(item, item.when.as_ref(), scope)?;
                let of_age = scope.today.zip(item.age.as_ref());
                if of_age.is_some_and(|(on, aged)| aged.holds(scope.facts, on) == Truth::False) {
                    return None;
                }
                let mut gate = Gate {
                    item,
                    by_facts: None,
                    assumed: applies.assumed,
                    with_reason: vec![],
                    lacks: vec![],
                };
                match &item.satisfied_by {
                    SatisfiedBy::Facts(condition) => {
                        gate.by_facts = Some(condition.decide(scope).truth);
                    }
                    SatisfiedBy::Recent(recent) => {
                        gate.by_facts = scope.today.map(|today| recent.holds(scope.facts, today));
                    }
                    SatisfiedBy::Lasted(lasted) => {
                        gate.by_facts = scope.today.map(|today| lasted.holds(scope.facts, today));
                    }
                    SatisfiedBy::Criteria(criteria) => {
                        if let Some(on) = scope.counted_to {
                            let weighted = criteria.weigh(scope, on);
                            gate.by_facts = Some(weighted.truth);
                            gate.with_reason = weighted.with_reason;
                            gate.lacks = weighted.lacks;
                        }
                    }
                    _ => {}
                }
                Some(gate)
            })
            .collect()
    }

    /// The meetings of a route for this child.
    pub fn meetings_of<'p>(
        &'p self,
        route: &'p Route,
        scope: &Scope<'_>,
    ) -> Vec<Applies<'p, Meeting>> {
        let named = route
            .meetings
            .iter()
            .filter_map(|name| self.transfer.meeting(name));
        named
            .filter_map(|meeting| applies(meeting, meeting.when.as_ref(), scope))
            .collect()
    }

    /// The clocks of a route for any child, those of the base pack included (K-61).
    pub fn clocks_named<'p>(&'p self, route: &'p Route) -> impl Iterator<Item = &'p Clock> {
        let named = route
            .clocks
            .iter()
            .filter_map(|name| self.transfer.clock(name));
        let everywhere = self
            .transfer
            .clocks
            .iter()
            .filter(|clock| clock.every_route && !route.clocks.contains(&clock.clock));
        named.chain(everywhere)
    }

    /// The clocks of a route for this child, those of the base pack included (K-61).
    pub fn clocks_of<'p>(&'p self, route: &'p Route, scope: &Scope<'_>) -> Vec<Applies<'p, Clock>> {
        self.clocks_named(route)
            .filter_map(|clock| applies(clock, clock.when.as_ref(), scope))
            .collect()
    }

    /// The notices of a route that something that happened makes due.
    pub fn notices_of<'p>(
        &'p self,
        route: &'p Route,
        occasion: Occasion,
        scope: &Scope<'_>,
    ) -> Vec<Applies<'p, Notice>> {
        let named = route
            .tells
            .iter()
            .filter_map(|name| self.transfer.notice(name));
        named
            .filter(|notice| notice.is_due_on(occasion))
            .filter_map(|notice| applies(notice, notice.when.as_ref(), scope))
            .collect()
    }
}
