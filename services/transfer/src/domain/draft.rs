//! A transfer while it is being decided on: what changes, step by step, and what follows from each change.

use baton_calendar::Calendar;
use baton_protocol::transfer::Route;
use baton_protocol::{Anchors, Facts, Moment, Pack, RuleId, Scope, Value};
use jiff::Timestamp;

use super::apply::apply_to;
use super::context::Context;
use super::event::{Change, Event};
use super::item::ItemState;
use super::state::Transfer;

/// The rules under which something is decided: a pack, and a calendar that is never pinned.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The pack.
    pub pack: &'a Pack,
    /// The calendar.
    pub calendar: &'a Calendar,
}

/// A transfer while it is being decided on.
pub struct Draft<'a> {
    /// How it stands after the events so far.
    pub transfer: Transfer,
    /// What was decided so far.
    pub events: Vec<Event>,
    /// What it is decided on.
    pub context: &'a Context,
    /// The rules.
    pub rules: Rules<'a>,
    /// What is known about the child, with this transfer's own conference.
    facts: Facts,
}

impl<'a> Draft<'a> {
    /// Begins from a transfer as it stands.
    pub fn new(transfer: Transfer, context: &'a Context, rules: Rules<'a>) -> Self {
        let mut draft = Self {
            transfer,
            events: vec![],
            context,
            rules,
            facts: Facts::new(),
        };
        draft.look_at_facts();
        draft
    }

    /// Adds what was decided, and applies it.
    pub fn push(&mut self, change: Change, rules: Vec<String>, effective_at: Timestamp) {
        let event = Event {
            change,
            rules,
            effective_at,
            notices: vec![],
        };
        apply_to(&mut self.transfer, &event);
        if matches!(
            event.change,
            Change::ConferenceSet(_) | Change::MeetingSet(_)
        ) {
            self.look_at_facts();
        }
        self.events.push(event);
    }

    /// The facts know only the latest conference. What belongs to this transfer counts from its own.
    fn look_at_facts(&mut self) {
        let mut facts = self
            .context
            .child
            .as_ref()
            .map_or_else(Facts::new, |child| child.facts.clone());
        if let Some(conference) = &self.transfer.conference {
            let held_at = self.transfer.conference_held_at();
            let state = if held_at.is_some() {
                "held"
            } else {
                "scheduled"
            };
            let outcome = conference.outcome.as_ref();
            let own = [
                (
                    "conference.ref",
                    Some(Value::Code(conference.reference.clone())),
                ),
                (
                    "conference.kind",
                    Some(Value::Code(conference.kind.clone())),
                ),
                ("conference.state", Some(Value::Code(state.to_owned()))),
                ("conference.held_at", held_at.map(Value::Instant)),
                (
                    "conference.outcome",
                    outcome.map(|outcome| Value::Code(outcome.clone())),
                ),
            ];
            for (key, value) in own {
                // A kind or an outcome that the catalogue does not know stays unknown.
                if let Some(value) = value {
                    let _ = facts.set(key, value);
                } else if let Ok(key) = key.parse() {
                    facts.forget(&key);
                }
            }
        }
        self.facts = facts;
    }

    /// Notes which unknown facts stand in the way of something, when that changed.
    pub fn set_undecided(&mut self, about: &str, facts: Vec<String>, rules: &[String]) {
        let known = self
            .transfer
            .undecided
            .get(about)
            .map_or(&[][..], Vec::as_slice);
        if known != facts.as_slice() {
            let about = about.to_owned();
            self.push(
                Change::UndecidedSet { about, facts },
                rules.to_vec(),
                self.received_at(),
            );
        }
    }

    /// The route of the protocol; `None` only if the pack is not the one the transfer is pinned to.
    pub fn route(&self) -> Option<&'a Route> {
        self.rules.pack.transfer.route(&self.transfer.route)
    }

    /// What is known about the child.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What the protocol's conditions can see.
    pub fn scope(&self) -> Scope<'_> {
        let mut scope = Scope::of(self.facts());
        if let Some(conference) = &self.transfer.conference {
            scope.conference_kind = Some(&conference.kind);
            scope.outcome = conference.outcome.as_deref();
        }
        scope.item_failed = self
            .transfer
            .gate
            .iter()
            // What only should be so holds nothing.
            .any(|item| item.asked_for && item.hard && item.state() == ItemState::Failed);
        scope.worker_named = self.transfer.receiving_worker.is_some();
        scope.today = Some(self.today());
        let opened_by = self.transfer.opened_by.as_ref();
        scope.counted_to = opened_by.map(|opened_by| self.rules.calendar.date_of(opened_by.at));
        scope
    }

    /// When the moments of this transfer were or will be.
    pub fn anchors(&self) -> Anchors {
        let transfer = &self.transfer;
        let mut anchors = Anchors::new().at(Moment::Opened, transfer.opened_at);
        if let Some(opened_by) = &transfer.opened_by {
            anchors = anchors.at(Moment::Triggered, opened_by.at);
        }
        let booked = transfer
            .conference
            .as_ref()
            .and_then(|conference| conference.at);
        if let Some(at) = transfer.conference_held_at().or(booked) {
            anchors = anchors.at(Moment::Conference, at);
        }
        if let Some(at) = transfer.conference_held_at() {
            anchors = anchors.at(Moment::ConferenceHeld, at);
        }
        if let Some(at) = transfer.placed_at {
            anchors = anchors.at(Moment::Placed, at);
        }
        for meeting in &transfer.meetings {
            if let Some(at) = meeting.held_at {
                anchors = anchors.at(Moment::Meeting(meeting.kind.clone()), at);
            }
        }
        if let Some(from) = transfer.point.from {
            anchors = anchors.at(Moment::Point, from);
        }
        if let Some(due_on) = transfer.point.due_on {
            anchors = anchors.on(Moment::PointDue, baton_calendar::Anchor::Date(due_on));
        }
        // Regular meetings: the next one from the day on that opened it (W-092).
        let opened_on = transfer.opened_by.as_ref().map(|by| by.at);
        let opened_on = self
            .rules
            .calendar
            .date_of(opened_on.unwrap_or(transfer.opened_at));
        for schedule in &self.rules.pack.transfer.schedules {
            let kind = &schedule.meeting;
            let own = self
                .rules
                .pack
                .transfer
                .schedule(kind, transfer.area.as_deref());
            if let Some(day) = own.and_then(|own| own.next(opened_on)) {
                let moment = Moment::NextMeeting(kind.clone());
                anchors = anchors.on(moment, baton_calendar::Anchor::Date(day));
            }
        }
        if let Some(agreement) = transfer
            .agreement
            .as_ref()
            .filter(|agreement| agreement.is_made())
        {
            anchors = anchors.on(
                Moment::AgreedDate,
                baton_calendar::Anchor::Date(agreement.date),
            );
        }
        if let super::state::Phase::Completed { moved_at, .. } = transfer.phase {
            anchors = anchors.at(Moment::Moved, moved_at);
        }
        anchors
    }

    /// When the call was received: acts are judged by it.
    pub fn received_at(&self) -> Timestamp {
        self.context.received_at
    }
}

/// Rule IDs as records carry them.
pub fn ids(rules: &[RuleId]) -> Vec<String> {
    rules.iter().map(ToString::to_string).collect()
}

/// Two lists of rules as one, each rule once.
pub fn joined(first: &[String], second: &[String]) -> Vec<String> {
    let mut rules = first.to_vec();
    rules.extend(second.iter().filter(|rule| !first.contains(rule)).cloned());
    rules
}
