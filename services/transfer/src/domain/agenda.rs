//! The agenda of regular meetings: which of them has a case before it. A case that waits for one is before the next; one
//! that passed without it leaves it to the one after (W-092).

use baton_protocol::Value;
use baton_protocol::transfer::MeetingSchedule;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::draft::{Draft, Rules, ids};
use super::event::{Change, Event};
use super::item::MetBy;
use super::opening::DISTRICT;
use super::state::{Meeting, Transfer};

/// The regular meeting that has a case before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The day: of the next one, or of the one that was held.
    pub on: Date,
    /// The district whose meeting it is. `None` where it is the whole authority's.
    pub area: Option<String>,
    /// The end of that day.
    pub until: Timestamp,
}

impl Transfer {
    /// The regular meetings that have or had the case before them. What has ended waits for none.
    pub fn agenda(&self) -> impl Iterator<Item = (&Meeting, &Listed)> {
        let waits = self.phase.is_workable();
        self.meetings
            .iter()
            .filter(move |meeting| waits || meeting.held_at.is_some())
            .filter_map(|meeting| Some((meeting, meeting.listed.as_ref()?)))
    }

    /// The regular meetings that it still waits for.
    pub fn meetings_to_come(&self) -> impl Iterator<Item = (&Meeting, &Listed)> {
        self.agenda()
            .filter(|(meeting, _)| meeting.held_at.is_none())
    }

    /// Whether something about the case waits for a meeting of that kind: the gate, a clock or the day of the move.
    fn waits_for_meeting(&self, kind: &str) -> bool {
        let name = format!("meeting:{kind}");
        let clock = self.clocks.iter().any(|clock| {
            (clock.is_open() || clock.is_overdue())
                && clock.met_by.split(" or ").any(|one| one.trim() == name)
        });
        self.gate_waits_for_meeting(kind) || clock || self.point.waiting_for.contains(&name)
    }

    /// Whether an item of the gate is met by a meeting of that kind and is still open.
    pub fn gate_waits_for_meeting(&self, kind: &str) -> bool {
        self.gate.iter().any(|item| {
            !item.is_settled()
                && matches!(&item.met_by, MetBy::Meeting { kind: waits_for } if waits_for == kind)
        })
    }
}

impl Draft<'_> {
    /// Puts the case before the next of the regular meetings that it waits for, and before none that it does not.
    pub fn refresh_agenda(&mut self) {
        let to_come = self.transfer.meetings.iter();
        let to_come = to_come.filter(|meeting| meeting.held_at.is_none());
        for mut meeting in to_come.cloned().collect::<Vec<_>>() {
            let Some(schedule) = self.schedule(&meeting.kind) else {
                continue;
            };
            let waits = self.transfer.waits_for_meeting(&meeting.kind);
            let next = schedule.next(self.today()).filter(|_| waits);
            let listed = next.map(|on| self.listed(on));
            if listed != meeting.listed {
                let rules = ids(&schedule.cites);
                meeting.listed = listed;
                self.push(Change::MeetingSet(meeting), rules, self.received_at());
            }
        }
    }

    /// The regular meeting that was held then, for a kind of which the protocol has any.
    pub fn listed_when_held(&self, kind: &str, held_at: Timestamp) -> Option<Listed> {
        self.schedule(kind)
            .map(|_| self.listed(self.rules.calendar.date_of(held_at)))
    }

    fn listed(&self, on: Date) -> Listed {
        Listed {
            on,
            area: self.meeting_area(),
            until: self.rules.calendar.end_of(on),
        }
    }

    fn schedule(&self, kind: &str) -> Option<&MeetingSchedule> {
        let area = self.meeting_area();
        let transfers = &self.rules.pack.transfer;
        transfers.schedule(kind, area.as_deref())
    }

    /// Whose meeting it is: the district's that takes the case, or else the one's that has it.
    fn meeting_area(&self) -> Option<String> {
        let outgoing = self.context.team(&self.transfer.from_team);
        let taking = self.transfer.area.clone();
        taking.or_else(|| outgoing?.area.clone()).or_else(|| {
            match self.facts().get(&DISTRICT.parse().ok()?) {
                Some(Value::Code(district)) => Some(district.clone()),
                _ => None,
            }
        })
    }
}

/// What happens when the day of a regular meeting has passed at `now` and nobody reported that it dealt with the case: the
/// next one has it before it. Nothing when it was held or moved in the meantime.
pub fn meeting_passed(
    transfer: &Transfer,
    kind: &str,
    rules: Rules<'_>,
    now: Timestamp,
) -> Vec<Event> {
    let mut to_come = transfer.meetings_to_come();
    let passed = to_come.find(|(meeting, listed)| meeting.kind == kind && listed.until <= now);
    let Some((meeting, listed)) = passed else {
        return vec![];
    };
    let schedule = rules.pack.transfer.schedule(kind, listed.area.as_deref());
    let next = schedule.and_then(|schedule| schedule.next(rules.calendar.date_of(now)));
    let mut meeting = meeting.clone();
    meeting.listed = next.map(|on| Listed {
        on,
        area: listed.area.clone(),
        until: rules.calendar.end_of(on),
    });
    vec![Event {
        rules: schedule.map_or_else(Vec::new, |schedule| ids(&schedule.cites)),
        change: Change::MeetingSet(meeting),
        effective_at: listed.until,
        notices: vec![],
    }]
}
