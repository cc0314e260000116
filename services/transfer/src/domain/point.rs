//! The transfer point: counted anew whenever something moved that it counts from.

use baton_calendar::Due;
use baton_protocol::Truth;
use baton_protocol::transfer::Dated;
use jiff::Timestamp;

use super::draft::{Draft, ids, joined};
use super::event::Change;
use super::state::{Point, Skipped, TooEarly, Transfer};

impl Transfer {
    /// Every unknown fact that stands in the way of something, once.
    pub fn unknown_facts(&self) -> Vec<String> {
        let facts: std::collections::BTreeSet<&String> =
            self.undecided.values().flatten().collect();
        facts.into_iter().cloned().collect()
    }

    /// When its point comes by itself, because nothing but a date is waited for.
    pub fn point_comes_at(&self) -> Option<Timestamp> {
        let point = &self.point;
        let waits =
            self.phase.is_workable() && point.reached_at.is_none() && point.waiting_for.is_empty();
        point.from.filter(|_| waits)
    }
}

impl Draft<'_> {
    /// Counts the point anew. It is reached only when the conference was held and decided for the move.
    pub fn refresh_point(&mut self) {
        let Some(route) = self.route() else { return };
        let Some(says) = route.point.as_ref().map(|point| point.says.clone()) else {
            return;
        };
        let dated =
            self.rules
                .pack
                .point_of(route, &self.anchors(), &self.scope(), self.rules.calendar);
        let mut point = Point {
            description: says,
            rules: ids(&route.cites),
            ..Point::default()
        };
        match dated {
            Dated::NotYet { waiting_for, rules } => {
                point.waiting_for = waiting_for
                    .iter()
                    .map(|moment| name_of(&moment.to_string()))
                    .collect();
                point.rules = joined(&point.rules, &ids(&rules));
            }
            Dated::On(date) => {
                point.from = Some(date.from_instant(self.rules.calendar));
                point.counted_from = Some(date.due.from);
                point.due_on = Some(date.due.on);
                point.skipped = skipped(&date.due);
                point.rules = joined(&point.rules, &ids(&date.rules));
                point.too_early = date
                    .too_early
                    .iter()
                    .map(|early| TooEarly {
                        moment: name_of(&early.moment.to_string()),
                        day: early.day,
                        rules: ids(&early.rules),
                    })
                    .collect();
            }
        }
        self.hold_point_to_the_conference(&mut point);
        if let Some(agreement) = self
            .transfer
            .agreement
            .as_ref()
            .filter(|agreement| agreement.is_made())
        {
            point.counted_from = None;
            point.due_on = Some(agreement.date);
            point.skipped.clear();
        }
        if let Some(to) = self.transfer.move_put_off_to()
            && point.due_on.is_some_and(|due_on| due_on < to)
        {
            point.due_on = Some(to);
            point.skipped.clear();
        }
        if point != self.transfer.point {
            let rules = point.rules.clone();
            let at = point.reached_at.unwrap_or_else(|| self.received_at());
            self.push(Change::PointSet(point), rules, at);
        }
    }

    /// Notes which unknown facts decide where the point lies.
    pub fn refresh_undecided(&mut self) {
        let Some(route) = self.route() else { return };
        let Some(point) = &route.point else { return };
        let scope = self.scope();
        let parts = point
            .at
            .iter()
            .chain(&point.latest_of)
            .chain(&point.earliest_of);
        let mut unknown = std::collections::BTreeSet::new();
        for when in parts.filter_map(|part| part.when.as_ref()) {
            if let Truth::Undecided { missing } = when.decide(&scope).truth {
                unknown.extend(missing.iter().map(ToString::to_string));
            }
        }
        let rules = self.transfer.point.rules.clone();
        self.set_undecided("point", unknown.into_iter().collect(), &rules);
    }

    /// A breach that is no longer open waits for no facts.
    pub fn forget_answered_expiries(&mut self) {
        let settled = |about: &&String| {
            let clock = about
                .strip_prefix("expiry:")
                .and_then(|name| self.transfer.clock(name));
            clock.is_some_and(|clock| !clock.is_overdue())
        };
        for about in self
            .transfer
            .undecided
            .keys()
            .filter(settled)
            .cloned()
            .collect::<Vec<_>>()
        {
            self.set_undecided(&about, vec![], &[]);
        }
    }

    fn hold_point_to_the_conference(&self, point: &mut Point) {
        let held_at = self.transfer.conference_held_at();
        if self.transfer.conference.is_some() && held_at.is_none() {
            if !point
                .waiting_for
                .iter()
                .any(|moment| moment.starts_with("conference"))
            {
                point.waiting_for.push("conference_held".to_owned());
            }
            return;
        }
        // Not before the conference that decided on it, even when the protocol counts from an earlier day.
        point.from = point.from.max(point.from.and(held_at));
        if point.waiting_for.is_empty() {
            point.reached_at = point.from.filter(|from| *from <= self.received_at());
        }
    }
}

pub fn skipped(due: &Due) -> Vec<Skipped> {
    due.skipped
        .iter()
        .map(|day| Skipped {
            date: day.date,
            reason: day.why.to_string(),
        })
        .collect()
}

/// A moment as callers see it: `first_looked_after_review_held_on`, not `facts.first_…`.
fn name_of(moment: &str) -> String {
    moment.strip_prefix("facts.").unwrap_or(moment).to_owned()
}
