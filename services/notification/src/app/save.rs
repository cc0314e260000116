//! Saving a notice with everything that hangs on it.

use std::sync::Arc;

use baton_ids::EventId;
use baton_store::{Deadline, StoreError, Tx};
use jiff::Timestamp;
use serde_json::json;

use super::announce::{Record, announce};
use super::{App, AppError, Source};
use crate::domain::notice::{self, Event, Notice, State};
use crate::storage;

/// The deadline of a notice.
const DUE: &str = "due";

/// What a change left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<T> {
    /// What it is now.
    pub value: T,
    /// The last event it recorded. None when nothing changed.
    pub last_event: Option<EventId>,
}

impl App {
    /// Applies events to a notice, saves it with its deadline and announces them. A new notice whose duty has come on
    /// record meanwhile fails the transaction; tried again, the duty is found.
    pub(super) async fn save(
        &self,
        tx: &mut Tx,
        before: Option<Notice>,
        events: Vec<Event>,
        source: &Source,
        now: Timestamp,
    ) -> Result<Outcome<Notice>, AppError> {
        let version = before.as_ref().map(|notice| notice.version);
        let due_before = before.as_ref().map(deadlines).unwrap_or_default();
        let mut records = Vec::with_capacity(events.len());
        let mut current = before;
        for event in events {
            let before = current.clone();
            current = notice::apply(current, &event);
            let after = current
                .clone()
                .ok_or(StoreError::Corrupt("a notice that was never prepared"))?;
            records.push(Record {
                before,
                event,
                after,
            });
        }
        let notice = current.ok_or(StoreError::Corrupt("a notice that was never prepared"))?;
        if records.is_empty() {
            return Ok(Outcome {
                value: notice,
                last_event: None,
            });
        }
        match version {
            None => storage::notices::insert(tx, &notice).await?,
            Some(version) => storage::notices::save(tx, version, &notice).await?,
        }
        let due = deadlines(&notice);
        if due != due_before {
            tx.sync_deadlines(notice.authority.as_str(), notice.id.uuid(), &due);
        }
        let announced = announce(&records, source, now)?;
        tx.announce(&announced);
        if notice.state == State::Ready {
            let ready = Arc::clone(&self.ready);
            tx.after_commit(move || ready.notify_one());
        }
        let last_event = announced
            .last()
            .map(|event| EventId::from_uuid(event.event_id));
        Ok(Outcome {
            value: notice,
            last_event,
        })
    }
}

fn deadlines(notice: &Notice) -> Vec<Deadline> {
    let due = notice
        .due
        .as_ref()
        .filter(|due| notice.state.is_unsent() && !due.breached);
    due.map(|due| Deadline {
        name: DUE.to_owned(),
        due_at: due.at,
        body: json!({ "rules": notice.rules }),
    })
    .into_iter()
    .collect()
}
