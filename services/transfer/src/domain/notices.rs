//! Who has to be told. A duty to tell goes with the event that makes it due; notification does the rest.

use std::collections::BTreeMap;

use baton_calendar::Anchor;
use baton_ids::WorkerId;
use baton_protocol::transfer::{MEETING, Notice, Occasion};
use baton_protocol::{Anchors, Audience, Moment, Party};
use jiff::Timestamp;
use jiff::civil::Date;

use super::clock::{Clock, Rung};
use super::draft::{Draft, ids};
use super::event::{Change, NoticeDue};
use super::numbers::NEW_CONTACT_NUMBERS;
use super::state::{Phase, Transfer};

impl Draft<'_> {
    /// Adds the notices that an occasion makes due to the last event.
    pub fn tell(&mut self, occasion: Occasion) {
        self.tell_those(occasion, |_| true);
    }

    /// Adds the notices that an item makes due that is met now (W-083).
    pub fn tell_of_item(&mut self, item: &str) {
        self.tell_those(Occasion::ItemMet, |rule| rule.item.as_deref() == Some(item));
    }

    /// Has what an occasion makes due told as further notices.
    pub fn tell_again(&mut self, occasion: Occasion, rules: Vec<String>, at: Timestamp) {
        let due = self.due_now(occasion);
        self.push(Change::NoticesDueAgain { due }, rules, at);
        self.tell(occasion);
    }

    /// Tells anew what was told with another day than the one that a fact names now, until what it is about has been (W-168,
    /// While no day is known there is nothing to tell.
    pub fn tell_of_moved_days(&mut self) {
        let mut moved = self.due_now(Occasion::DueMoved);
        moved.retain(|notice, due| {
            self.transfer.told_due.get(notice) != Some(due) && self.counts_from_a_fact(notice)
        });
        if moved.is_empty() {
            return;
        }
        let (due, rules) = (moved.clone(), vec!["X-23".to_owned()]);
        self.push(Change::NoticesDueAgain { due }, rules, self.received_at());
        self.tell_those(Occasion::DueMoved, |rule| moved.contains_key(&rule.notice));
    }

    /// Whether a fact is what a notice is due from now: the day that is arranged, not the meeting that was held.
    fn counts_from_a_fact(&self, notice: &str) -> bool {
        let rule = self.rules.pack.transfer.notice(notice);
        let term = rule.and_then(|rule| rule.due.as_ref());
        let anchors = self.anchors_with_the_opening_meeting();
        let mut known = term
            .into_iter()
            .flat_map(|term| term.moment.alternatives())
            .filter(|moment| anchors.find(moment, self.facts()).is_some());
        matches!(known.next(), Some(Moment::Fact(_)))
    }

    /// When those of the notices of an occasion are due that are told anew with another day.
    pub fn due_now(&self, occasion: Occasion) -> BTreeMap<String, Option<Timestamp>> {
        let Some(route) = self.route() else {
            return BTreeMap::new();
        };
        let (pack, scope) = (self.rules.pack, self.scope());
        let again = pack
            .notices_of(route, Occasion::DueMoved, &scope)
            .into_iter();
        again
            .map(|applies| applies.rule)
            .filter(|rule| rule.is_due_on(occasion))
            .map(|rule| {
                (
                    rule.notice.clone(),
                    self.notice(rule).due.map(|due| due.breached_at),
                )
            })
            .collect()
    }

    fn tell_those(&mut self, occasion: Occasion, which: impl Fn(&Notice) -> bool) {
        let Some(route) = self.route() else { return };
        let due = self.rules.pack.notices_of(route, occasion, &self.scope());
        let notices: Vec<NoticeDue> = due
            .iter()
            .filter(|applies| !self.lacks_number(applies.rule) && which(applies.rule))
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
            due,
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
        due: None,
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
