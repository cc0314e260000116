//! What the gateway does across services in answer to one cause.
//!
//! A reaction is a short list of idempotent commands. [`next`] is pure: it tells the next command from the
//! cause and the answers so far, so that carrying on and resuming after a crash are the same call. It never waits
//! for a person, a meeting or a date, and undoes nothing: a refused step is answered by a further command, or the
//! reaction is parked with an owner.

pub mod answer;
pub mod cause;
pub mod step;

mod child_recorded;
mod closure_released;
mod conference;
mod contact_notice_sent;
mod contact_received;
mod contact_step_reported;
mod deadline_breached;
mod evidence_recorded;
mod facts;
mod facts_changed;
mod facts_reported;
mod holder_reported;
mod look_again;
mod meeting_held;
mod notice_prepared;
mod notice_sent;
pub mod opening;
pub mod outcome;
pub mod record;
mod referral_routed;
mod spawn;
#[cfg(test)]
mod tests;
mod transfer_lapsed;
mod transfer_released;
mod worker_named;

use baton_contracts::event::v1::Event;
use baton_contracts::record::v1::{Outcome, record_event};
use baton_contracts::type_v1::Owner;
use uuid::Uuid;

pub use facts::{local_day, local_instant};
pub use spawn::{Spawned, of_event, spawned};

use answer::{Answer, Refusal};
use cause::{Cause, What};
use step::Step;

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// A command.
    Send(Step),
    /// Nothing: the reaction is done, and this came of it.
    Finished(Vec<Outcome>),
    /// Nothing: the report could not be understood after all. One line a problem.
    Reject(Vec<String>),
    /// Nothing until somebody has looked.
    Park(Parking),
}

/// Why a reaction stands still, and who has to look.
#[derive(Debug, Clone, PartialEq)]
pub struct Parking {
    /// Who has to look.
    pub owner: Owner,
    /// A reason of the closed list.
    pub reason: String,
}

/// A reaction's id and what was answered so far.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The reaction.
    pub id: Uuid,
    /// One answer a step.
    pub answers: &'a [Answer],
}

impl Progress<'_> {
    /// The key of the next command: the same whenever this step is sent.
    pub fn request_id(&self) -> String {
        format!("{}:{}", self.id, self.answers.len())
    }

    /// The refusal of the last step, if it was refused.
    pub fn refused(&self) -> Option<&Refusal> {
        self.answers
            .last()
            .and_then(|answer| answer.refusal.as_ref())
    }

    /// The answers to a method, in order.
    pub fn to<'b>(&'b self, path: &'b str) -> impl Iterator<Item = &'b Answer> {
        self.answers
            .iter()
            .filter(move |answer| answer.path == path)
    }
}

/// What comes next in the reaction to a cause.
pub fn next(cause: &Cause, progress: Progress<'_>) -> Next {
    match &cause.what {
        Some(What::Report(report)) => of_report(report, progress),
        Some(What::Event(event)) => of_announcement(event, progress),
        Some(What::Release(release)) => transfer_released::next(release, progress),
        Some(What::ClosureRelease(release)) => closure_released::next(release, progress),
        Some(What::Opening(opening)) => opening::next(opening, cause.received_at, progress),
        None => park_unreadable(),
    }
}

fn of_report(report: &cause::Report, progress: Progress<'_>) -> Next {
    use record_event::Event as Said;

    let Some(event) = &report.event else {
        return park_unreadable();
    };
    match &event.event {
        Some(Said::ChildRecorded(said)) => child_recorded::next(report, event, said, progress),
        Some(Said::ContactReceived(said)) => contact_received::next(report, event, said, progress),
        Some(
            said @ (Said::ConferenceScheduled(_)
            | Said::ConferencePostponed(_)
            | Said::ConferenceCancelled(_)
            | Said::ConferenceHeld(_)),
        ) => conference::next(report, event, said, progress),
        Some(Said::MeetingHeld(said)) => meeting_held::next(report, event, said, progress),
        Some(Said::EvidenceRecorded(said)) => {
            evidence_recorded::next(report, event, said, progress)
        }
        Some(Said::FactsReported(said)) => facts_reported::next(report, event, said, progress),
        Some(Said::HolderReported(said)) => holder_reported::next(report, event, said, progress),
        Some(Said::ContactStepReported(said)) => {
            contact_step_reported::next(report, event, said, progress)
        }
        None => park_unreadable(),
    }
}

fn of_announcement(event: &Event, progress: Progress<'_>) -> Next {
    match event.r#type.as_str() {
        "referral.routed" => referral_routed::next(event, progress),
        "facts.changed" | "family.linked" | "transfer.held" | "transfer.hold_lifted" => {
            facts_changed::next(event, progress)
        }
        "transfer.date_came" | "transfer.point_came" | "transfer.completed" => {
            look_again::next(event, progress)
        }
        "transfer.worker_named" => worker_named::next(event, progress),
        "transfer.lapsed" => transfer_lapsed::next(event, progress),
        "notice.prepared" => notice_prepared::next(event, progress),
        "notice.sent" => match contact_notice_sent::contact_of(event) {
            Some(contact) => contact_notice_sent::next(event, contact, progress),
            None => notice_sent::next(event, progress),
        },
        _ => deadline_breached::next(event, progress),
    }
}

/// Parks with whoever runs the platform: the program, not a person, is at fault.
fn park_unreadable() -> Next {
    Next::Park(broken())
}

/// A service keeps failing on a command: whoever runs the platform has to look.
pub fn broken() -> Parking {
    Parking {
        owner: platform(),
        reason: "INTERNAL".to_owned(),
    }
}

/// Parks with a role because a step was refused.
fn park(refusal: &Refusal, owner: Owner) -> Next {
    Next::Park(Parking {
        owner,
        reason: refusal.reason(),
    })
}

/// Whoever runs the platform.
fn platform() -> Owner {
    Owner {
        role: "administrator".to_owned(),
        ..Owner::default()
    }
}

/// The manager of a team; of no team in particular when it is unknown.
fn team_manager(team_id: &str) -> Owner {
    Owner {
        role: "team_manager".to_owned(),
        team_id: team_id.to_owned(),
        ..Owner::default()
    }
}

/// A text in the data of an event. Empty when it is not there.
fn text<'a>(event: &'a Event, key: &str) -> &'a str {
    use prost_types::value::Kind;

    match event
        .data
        .as_ref()
        .and_then(|data| data.fields.get(key))
        .and_then(|value| value.kind.as_ref())
    {
        Some(Kind::StringValue(text)) => text,
        _ => "",
    }
}

/// A list of texts in the data of an event. Empty when it is not there.
fn texts(event: &Event, key: &str) -> Vec<String> {
    use prost_types::value::Kind;

    let value = event.data.as_ref().and_then(|data| data.fields.get(key));
    let Some(Kind::ListValue(list)) = value.and_then(|value| value.kind.as_ref()) else {
        return Vec::new();
    };
    list.values
        .iter()
        .filter_map(|value| match &value.kind {
            Some(Kind::StringValue(text)) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

/// A yes or no in the data of an event. No when it is not there.
fn flag(event: &Event, key: &str) -> bool {
    use prost_types::value::Kind;

    matches!(
        event
            .data
            .as_ref()
            .and_then(|data| data.fields.get(key))
            .and_then(|value| value.kind.as_ref()),
        Some(Kind::BoolValue(true))
    )
}

/// A whole number in the data of an event. Zero when it is not there.
fn number(event: &Event, key: &str) -> i64 {
    use prost_types::value::Kind;

    match event
        .data
        .as_ref()
        .and_then(|data| data.fields.get(key))
        .and_then(|value| value.kind.as_ref())
    {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "epochs and versions are far below 2^53"
        )]
        Some(Kind::NumberValue(number)) => *number as i64,
        _ => 0,
    }
}

/// An instant in the data of an event, written as text.
fn instant(event: &Event, key: &str) -> Option<prost_types::Timestamp> {
    text(event, key)
        .parse::<jiff::Timestamp>()
        .ok()
        .map(baton_contracts::timestamp)
}
