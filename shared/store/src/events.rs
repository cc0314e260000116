//! Events as they are written.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{StoreError, Tx};

/// An event to be appended. The store reads only the columns; `body` is the service's own document and holds ids,
/// codes, dates and rule IDs, never anything about a person.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// The event's id (`UUIDv7`).
    pub event_id: Uuid,
    /// The authority whose feed it goes to.
    pub authority: String,
    /// Its type in words: `transfer.opened`.
    pub event_type: String,
    /// What it happened to.
    pub aggregate_id: Uuid,
    /// The version the aggregate has after it.
    pub aggregate_version: i64,
    /// The case it concerns, if one.
    pub case_id: Option<Uuid>,
    /// The child it concerns, if one.
    pub child_id: Option<Uuid>,
    /// The family group it concerns, if one.
    pub family_id: Option<Uuid>,
    /// When it was true in the world.
    pub effective_at: Timestamp,
    /// When it was recorded, by our clock.
    pub recorded_at: Timestamp,
    /// Everything else.
    pub body: Value,
    /// The W3C trace context of the cause, if there was a trace.
    pub traceparent: Option<String>,
}

impl Tx {
    /// Appends events, each with its digest, in one statement. They become part of the feed once sealed.
    pub async fn announce(&mut self, events: &[NewEvent]) -> Result<(), StoreError> {
        let _ = events;
        todo!()
    }
}
