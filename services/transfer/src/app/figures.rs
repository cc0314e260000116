//! From the journal to the figures of a period (C-077).

use baton_calendar::Calendar;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::domain::{Counted, Figures, HoldKind};
use crate::storage::Noted;

/// The figures of what was noted in a period.
pub fn figures(noted: &[Noted], meeting: Option<&str>, calendar: &Calendar) -> Figures {
    let counted = noted.iter();
    Figures::of(counted.filter_map(|noted| counted_as(noted, meeting, calendar)))
}

/// As what an event counts. What was late already when the council began with Baton is no figure of the period.
fn counted_as(noted: &Noted, meeting: Option<&str>, calendar: &Calendar) -> Option<Counted> {
    let Noted { kind, data, met } = noted;
    match kind.as_str() {
        "transfer.opened" => Some(Counted::Opened),
        "transfer.completed" => Some(Counted::Completed {
            in_time: in_time(data, calendar),
            met: *met,
        }),
        "transfer.returned" => Some(Counted::SentBack),
        "transfer.withdrawn" => Some(Counted::Withdrawn),
        "transfer.held" => {
            // A dispute that goes up a rung is the same dispute.
            let raised =
                data["hold"] == HoldKind::Disputed.code() && data["rung"].as_f64() == Some(1.0);
            raised.then_some(Counted::Disputed)
        }
        "transfer.deadline_breached" => (data["inherited"] != true).then_some(Counted::Breached),
        "transfer.meeting_recorded" => {
            let asked_about = meeting.is_some_and(|meeting| data["kind"] == meeting);
            asked_about.then_some(Counted::MeetingHeld)
        }
        _ => None,
    }
}

fn in_time(data: &Value, calendar: &Calendar) -> Option<bool> {
    let moved_at: Timestamp = data["moved_at"].as_str()?.parse().ok()?;
    let due_on: Date = data["point_due_on"].as_str()?.parse().ok()?;
    Some(calendar.date_of(moved_at) <= due_on)
}
