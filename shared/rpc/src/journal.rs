//! From an event of the contracts to a row of the journal.

use baton_contracts::event::v1::Event;
use baton_contracts::{event_to_json, instant};
use baton_store::NewEvent;
use uuid::Uuid;

use crate::Problem;

/// The row for an event. The event must carry its ids and both times; `traceparent` is filled in when empty.
///
/// Fails with `INTERNAL` when an id or a time is missing or malformed: the service made the event itself.
pub fn announcement(mut event: Event) -> Result<NewEvent, Problem> {
    if event.traceparent.is_empty() {
        event.traceparent = crate::traceparent();
    }
    Ok(NewEvent {
        event_id: id("event_id", &event.event_id)?,
        aggregate_id: id("aggregate_id", &event.aggregate_id)?,
        aggregate_version: event.aggregate_version,
        case_id: optional_id("case_id", &event.case_id)?,
        child_id: optional_id("child_id", &event.child_id)?,
        family_id: optional_id("family_id", &event.family_id)?,
        effective_at: time("effective_at", event.effective_at.as_ref())?,
        recorded_at: time("recorded_at", event.recorded_at.as_ref())?,
        authority: event.authority.clone(),
        event_type: event.r#type.clone(),
        traceparent: Some(event.traceparent.clone()),
        // Last: the event itself goes into it.
        body: event_to_json(event).map_err(|error| broken(&error.to_string()))?,
    })
}

fn id(field: &str, text: &str) -> Result<Uuid, Problem> {
    Uuid::try_parse(text).map_err(|_| broken(field))
}

fn optional_id(field: &str, text: &str) -> Result<Option<Uuid>, Problem> {
    if text.is_empty() {
        Ok(None)
    } else {
        id(field, text).map(Some)
    }
}

fn time(field: &str, value: Option<&prost_types::Timestamp>) -> Result<jiff::Timestamp, Problem> {
    value
        .and_then(|value| instant(value).ok())
        .ok_or_else(|| broken(field))
}

fn broken(what: &str) -> Problem {
    tracing::error!(what, "an event cannot be recorded");
    Problem::internal()
}
