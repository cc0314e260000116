//! Who has to be told. A duty to tell goes with the event that makes it due; notification does the rest.

use std::collections::BTreeMap;

use baton_calendar::Anchor;
use baton_ids::WorkerId;
use baton_protocol::transfer::{MEETING, Notice, Occasion};
use baton_protocol::{Anchors, Audience, Moment, Party};
use jiff::civil::Date;

use super::clock::{Clock, Rung};
use super::draft::{Draft, ids};
use super::event::NoticeDue;
use super::numbers::NEW_CONTACT_NUMBERS;
use super::state::{Phase, Transfer};

impl Draft<'_> {
    /// Adds the notices that an occasion makes due to the last event.
    pub fn tell(&mut self, occasion: Occasion) {
        self.tell_about(occasion, None);
    }

    /// Adds the notices that an item makes due that is met now (W-083).
    pub fn tell_of_item(&mut self, item: &str) {
        self.tell_about(Occasion::ItemMet, Some(item));
    }

    fn tell_about(&mut self, occasion: Occasion, item: Option<&str>) {
        let Some(route) = self.route() else { return };
        let due = self.rules.pack.notices_of(route, occasion, &self.scope());
        let notices: Vec<NoticeDue> = due
            .iter()
            .filter(|applies| !self.lacks_number(applies.rule))
            .filter(|applies| occasion != Occasion::ItemMet || applies.rule.item.as_deref() == item)
            .map(|applies| self.notice(applies.rule))
            .collect();
        if let Some(event) = self.events.last_mut() {
            event.notices.extend(notices);
        }
    }

    pub fn notice(&self, rule: &Notice) -> NoticeDue {
        let due = self.rules.pack.notice_due(
            rule,
            &self.anchors_with_the_opening_meeting(),
            &self.scope(),
            self.rules.calendar,
        );
        NoticeDue {
            kind: rule.notice.clone(),
            audience: rule.to.clone(),
            medium: rule.by.clone(),
            rules: ids(&rule.cites),
            due_at: due.map(|due| due.breached_at),
            meets_item: rule.meets.clone(),
            cause_key: format!(
                "{}/{}/{}",
                self.transfer.id, rule.notice, self.transfer.notice_round
            ),
            content: rule
                .content
                .iter()
                .filter_map(|key| Some((key.clone(), self.content(key)?)))
                .collect(),
            sender: rule.sender,
        }
    }

    /// What is told at the opening is told before the meeting that opened the process is on its record (W-168).
    fn anchors_with_the_opening_meeting(&self) -> Anchors {
        let anchors = self.anchors();
        let opened_by = self.transfer.opened_by.as_ref();
        let meeting = opened_by.and_then(|by| Some((by.event.strip_prefix(MEETING)?, by.at)));
        let Some((meeting, held_at)) = meeting else {
            return anchors;
        };
        let kind = meeting.split(':').next().unwrap_or(meeting);
        let moment = Moment::Meeting(kind.to_owned());
        if anchors.find(&moment, self.facts()).is_some() {
            return anchors;
        }
        anchors.at(moment, held_at)
    }

    /// Codes and dates only: names and addresses are added where they are kept.
    fn content(&self, key: &str) -> Option<String> {
        let transfer = &self.transfer;
        let conference = transfer.conference.as_ref();
        match key {
            "conference_at" => conference
                .and_then(|conference| conference.at)
                .map(|at| at.to_string()),
            "conference_kind" => conference.map(|conference| conference.kind.clone()),
            "initial_cin_meeting_on" => self.initial_cin_meeting_on().map(|day| day.to_string()),
            "conference_ref" => conference.map(|conference| conference.reference.clone()),
            "receiving_team" | "to_team" => transfer.known_to_team().map(ToString::to_string),
            // The child in need, child protection or looked-after child that is told of (W-091).
            "status" => self.facts().code("plan").map(str::to_owned),
            "outgoing_team" | "from_team" => Some(transfer.from_team.to_string()),
            "receiving_worker" | "to_worker" => {
                transfer.receiving_worker.as_ref().map(ToString::to_string)
            }
            "outgoing_worker" => transfer.from_worker.as_ref().map(ToString::to_string),
            "to_manager" => self.receiving_managers(),
            // A letter waits for the number only where it goes by the second name.
            "to_team_phone" | NEW_CONTACT_NUMBERS => self.new_contact_number(),
            "point_due_on" | "moves_on" => transfer.point.due_on.map(|date| date.to_string()),
            "agreed_date" => transfer
                .agreement
                .as_ref()
                .map(|agreement| agreement.date.to_string()),
            "moved_at" => match transfer.phase {
                Phase::Completed { moved_at, .. } => Some(moved_at.to_string()),
                _ => None,
            },
            "actions" => {
                let owed = transfer
                    .actions
                    .iter()
                    .filter(|action| action.done_at.is_none());
                Some(
                    owed.map(|action| action.item.as_str())
                        .collect::<Vec<_>>()
                        .join(","),
                )
            }
            "outcome" => conference.and_then(|conference| conference.outcome.clone()),
            _ => None,
        }
    }

    /// The day of the first meeting on a child in need plan: of the one that was held, else the day it is booked for (W-168).
    fn initial_cin_meeting_on(&self) -> Option<Date> {
        let held = Moment::Meeting("initial_cin".to_owned());
        let anchors = self.anchors_with_the_opening_meeting();
        match anchors.find(&held, self.facts()) {
            Some(Anchor::Instant(at)) => Some(self.rules.calendar.date_of(at)),
            Some(Anchor::Date(day)) => Some(day),
            None => self.facts().date("initial_cin_meeting_booked_for"),
        }
    }

    /// Who holds the post of manager of the team that takes the case (M-126); nobody while the post is vacant.
    fn receiving_managers(&self) -> Option<String> {
        let team = self.context.team(self.transfer.known_to_team()?)?;
        let managers: Vec<&str> = team.managers.iter().map(WorkerId::as_str).collect();
        (!managers.is_empty()).then(|| managers.join(", "))
    }

    /// A breach reaches whoever stands on the rung, besides the task.
    pub fn tell_of_breach(&mut self, clock: &Clock, number: usize, rung: &Rung) {
        let notice = of_breach(&self.transfer, clock, number, rung);
        if let Some(event) = self.events.last_mut() {
            event.notices.push(notice);
        }
    }
}

/// The notice of a breach to a rung of the ladder.
pub fn of_breach(transfer: &Transfer, clock: &Clock, number: usize, rung: &Rung) -> NoticeDue {
    let cause_key = format!(
        "{}/{}/escalation/{number}/{}",
        transfer.id, clock.name, clock.due_on
    );
    about_clock(transfer, clock, "escalation_notice", rung.to, cause_key)
}

/// The notice that something is due soon.
pub fn of_reminder(transfer: &Transfer, clock: &Clock) -> NoticeDue {
    let left = clock.remind_at.len();
    let cause_key = format!(
        "{}/{}/reminder/{left}/{}",
        transfer.id, clock.name, clock.due_on
    );
    let mut notice = about_clock(transfer, clock, "review_due", clock.owner, cause_key);
    if let Some(reminder) = &clock.reminder {
        notice.kind.clone_from(&reminder.kind);
        notice.audience.clone_from(&reminder.to);
        notice.medium.clone_from(&reminder.by);
    }
    notice
}

fn about_clock(
    transfer: &Transfer,
    clock: &Clock,
    kind: &str,
    to: Party,
    cause_key: String,
) -> NoticeDue {
    NoticeDue {
        kind: kind.to_owned(),
        audience: vec![Audience::Party(to)],
        medium: "email".to_owned(),
        rules: clock.rules.clone(),
        due_at: None,
        meets_item: None,
        cause_key,
        content: BTreeMap::from([
            ("clock".to_owned(), clock.name.clone()),
            ("due_on".to_owned(), clock.due_on.to_string()),
            ("receiving_team".to_owned(), transfer.to_team.to_string()),
        ]),
        sender: None,
    }
}
