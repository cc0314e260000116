//! Deadlines: what an aggregate waits for, and acting when it is due.

use std::fmt::Display;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Store, StoreError, Tx};

/// An open deadline of an aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    /// Its name, unique within the aggregate: `core_group`, `core_group.remind`.
    pub name: String,
    /// The instant of the breach: the act was in time before it.
    pub due_at: Timestamp,
    /// What the handler wants to find again: rule IDs, codes. Nothing about a person.
    pub body: Value,
}

/// A deadline whose instant has come.
#[derive(Debug, Clone, PartialEq)]
pub struct DueDeadline {
    /// The authority of the aggregate.
    pub authority: String,
    /// The aggregate.
    pub aggregate_id: Uuid,
    /// The deadline's name.
    pub name: String,
    /// The instant of the breach.
    pub due_at: Timestamp,
    /// What was given with it.
    pub body: Value,
    /// How often the handler has failed on it.
    pub attempts: i64,
}

impl Tx {
    /// Makes the given deadlines the open ones of the aggregate: new ones are added, changed ones moved, the
    /// others dropped. One that was breached at the same instant stays breached; with another instant it is open again.
    pub async fn sync_deadlines(
        &mut self,
        authority: &str,
        aggregate_id: Uuid,
        open: &[Deadline],
    ) -> Result<(), StoreError> {
        let _ = (authority, aggregate_id, open);
        todo!()
    }
}

impl Store {
    /// Acts on due deadlines, in due order, until told to stop. Every replica runs it; each deadline is handled once.
    pub async fn run_deadlines<H, E>(&self, settle: Duration, handler: H, shutdown: CancellationToken)
    where
        H: for<'t> Fn(&'t mut Tx, DueDeadline) -> BoxFuture<'t, Result<(), E>>
            + Send
            + Sync
            + 'static,
        E: From<StoreError> + Display + Send + 'static,
    {
        let _ = (settle, handler, shutdown);
        todo!()
    }

    /// The earliest open deadline, if any.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        todo!()
    }

    /// What is still to be done at this instant of the business clock; empty when quiet.
    pub async fn quiet(&self) -> Result<Vec<&'static str>, StoreError> {
        todo!()
    }
}
