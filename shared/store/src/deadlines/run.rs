//! Acting on deadlines when they are due.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::transact::{Begin, lock_number, roll_back};
use crate::{DueDeadline, Instant, Json, Store, StoreError, Tx, link_to_cause, with_db, with_tx};

/// How often to look for deadlines that another replica left behind.
const POLL: Duration = Duration::from_secs(5);

/// How often to look while a failed deadline waits for its next attempt.
const POLL_FAILED: Duration = Duration::from_millis(250);

/// The wait after the first failure of a deadline; it doubles up to [`RETRY_MAX`].
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_mins(5);

#[derive(sqlx::FromRow)]
struct Row {
    authority: String,
    aggregate_id: Uuid,
    name: String,
    due_at: Instant,
    body: Json<Value>,
    attempts: i64,
}

/// What one look at the table came to.
enum Look {
    /// A deadline was handled, or another replica took it.
    Acted,
    /// Nothing is due. The next is due then; and whether failed ones wait.
    Nothing {
        next_due: Option<Timestamp>,
        failed: bool,
    },
}

impl Store {
    /// Acts on due deadlines, one after another in due order, until told to stop. Every replica runs it; each
    /// deadline is handled once.
    ///
    /// `settle` is how long after the instant to wait, so that an act in flight counts; a simulated clock needs none.
    /// `handler` gets the transaction: it locks and changes the aggregate, announces the breach and calls
    /// [`Tx::sync_deadlines`]. It decides from the aggregate, which may have been met a moment ago: then it does
    /// nothing. When it fails, all is taken back and tried again with back-off; the others go on meanwhile.
    ///
    /// No row of `deadlines` is locked while the handler runs: commands lock the aggregate first and its deadlines
    /// after, and the other way round would be a deadlock.
    pub async fn run_deadlines<H, E>(
        &self,
        settle: Duration,
        handler: H,
        shutdown: CancellationToken,
    ) where
        H: for<'t> Fn(&'t mut Tx, DueDeadline) -> BoxFuture<'t, Result<(), E>>
            + Send
            + Sync
            + 'static,
        E: From<StoreError> + Display + Send + 'static,
    {
        let settle = if self.0.clock.is_simulated() {
            Duration::ZERO
        } else {
            settle
        };
        let handler = Arc::new(handler);
        let mut backoff = Backoff::new();
        while !shutdown.is_cancelled() {
            match self.look(settle, &handler).await {
                Ok(Look::Acted) => backoff.reset(),
                Ok(Look::Nothing { next_due, failed }) => {
                    backoff.reset();
                    self.0.next_deadline.send_replace(next_due);
                    let poll = if failed { POLL_FAILED } else { POLL };
                    tokio::select! {
                        () = shutdown.cancelled() => {}
                        () = self.0.deadlines.notified() => {}
                        () = self.due(next_due, settle) => {}
                        () = tokio::time::sleep(poll) => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "deadlines cannot be read; it is tried again");
                    backoff.wait(&shutdown).await;
                }
            }
        }
    }

    /// Looks again when a deadline was written that comes before the one that is waited for.
    pub(crate) fn note_deadline(&self, earliest: Timestamp) {
        let next = *self.0.next_deadline.borrow();
        if next.is_none_or(|next| earliest < next) {
            self.0.deadlines.notify_one();
        }
    }

    async fn due(&self, next_due: Option<Timestamp>, settle: Duration) {
        match next_due.and_then(|due| due.checked_add(settle).ok()) {
            Some(instant) => self.0.clock.sleep_until(instant).await,
            None => std::future::pending().await,
        }
    }

    async fn look<H, E>(&self, settle: Duration, handler: &Arc<H>) -> Result<Look, StoreError>
    where
        H: for<'t> Fn(&'t mut Tx, DueDeadline) -> BoxFuture<'t, Result<(), E>>
            + Send
            + Sync
            + 'static,
        E: From<StoreError> + Display + Send + 'static,
    {
        // Until the look is over, every new deadline is news.
        self.0.next_deadline.send_replace(None);
        let now = self.0.clock.now();
        let cutoff = Instant::from(now.checked_sub(settle).unwrap_or(now));
        match self.earliest_due(cutoff).await? {
            Some(due) => {
                let aggregate_id = due.aggregate_id;
                let name = due.name.clone();
                if let Err(error) = self.handle(due.clone(), Arc::clone(handler)).await {
                    tracing::error!(
                        aggregate.id = %aggregate_id,
                        deadline = name,
                        attempts = due.attempts + 1,
                        %error,
                        "a deadline could not be handled; it is tried again",
                    );
                    self.put_off(&due).await?;
                }
                Ok(Look::Acted)
            }
            None => self.nothing_due(cutoff).await,
        }
    }

    async fn earliest_due(&self, cutoff: Instant) -> Result<Option<DueDeadline>, StoreError> {
        let select = "SELECT authority, aggregate_id, name, due_at, body, attempts FROM deadlines \
            WHERE state = 'open' AND due_at <= $1 AND (retry_at IS NULL OR retry_at <= $2) \
            ORDER BY due_at, aggregate_id, name LIMIT 1";
        let real_now = Instant::from(baton_clock::lease_now());
        let row: Option<Row> = with_db!(self.db(), c => sqlx::query_as(select)
            .bind(cutoff)
            .bind(real_now)
            .fetch_optional(c)
            .await)?;
        Ok(row.map(DueDeadline::from))
    }

    async fn nothing_due(&self, cutoff: Instant) -> Result<Look, StoreError> {
        let select = "SELECT MIN(CASE WHEN due_at > $1 THEN due_at END), COUNT(retry_at) \
            FROM deadlines WHERE state = 'open'";
        let (next, failed): (Option<Instant>, i64) = with_db!(self.db(), c =>
            sqlx::query_as(select).bind(cutoff).fetch_one(c).await)?;
        Ok(Look::Nothing {
            next_due: next.map(Instant::timestamp),
            failed: failed > 0,
        })
    }

    /// Lets the handler act on one deadline and marks it as fired, in one transaction.
    async fn handle<H, E>(&self, due: DueDeadline, handler: Arc<H>) -> Result<(), E>
    where
        H: for<'t> Fn(&'t mut Tx, DueDeadline) -> BoxFuture<'t, Result<(), E>>
            + Send
            + Sync
            + 'static,
        E: From<StoreError> + Display + Send + 'static,
    {
        let store = self.clone();
        self.to_the_end("deadline", async move {
            let number = lock_number(
                "deadline",
                &[due.aggregate_id.as_bytes(), due.name.as_bytes()],
            );
            let mut tx = store.begin(Begin::Locked(number)).await?;
            // Another replica may have had the lock before us.
            if !still_open(&mut tx, &due).await? {
                roll_back(tx).await;
                return Ok(());
            }
            if let Some(traceparent) = last_trace(&mut tx, due.aggregate_id).await? {
                link_to_cause(&tracing::Span::current(), &traceparent);
            }
            tx.firing = Some((due.aggregate_id, due.name.clone()));
            tx.mark(|| due.name.clone());
            if let Err(error) = handler(&mut tx, due.clone()).await {
                roll_back(tx).await;
                return Err(error);
            }
            // Only now is it known whether the handler gave the deadline another instant.
            tx.finish(None).await?;
            mark_fired(&mut tx, &due).await?;
            store.commit(tx, "deadline").await?;
            Ok(())
        })
        .await
    }

    /// Notes a failure and when to try again, in real time.
    async fn put_off(&self, due: &DueDeadline) -> Result<(), StoreError> {
        let doublings = u32::try_from(due.attempts).unwrap_or(u32::MAX).min(16);
        let wait = RETRY_FIRST.saturating_mul(1 << doublings).min(RETRY_MAX);
        let now = baton_clock::lease_now();
        let retry_at = Instant::from(now.checked_add(wait).unwrap_or(now));
        let DueDeadline {
            aggregate_id,
            name,
            due_at,
            ..
        } = due.clone();
        self.transact("put_off_deadline", move |tx| {
            Box::pin(async move {
                let update = "UPDATE deadlines SET attempts = attempts + 1, retry_at = $4 \
                    WHERE aggregate_id = $1 AND name = $2 AND due_at = $3 AND state = 'open'";
                with_tx!(tx, c => sqlx::query(update)
                    .bind(aggregate_id)
                    .bind(name)
                    .bind(Instant::from(due_at))
                    .bind(retry_at)
                    .execute(c)
                    .await
                    .map(drop))?;
                Ok(())
            })
        })
        .await
    }
}

/// The trace in which the aggregate came to wait for what is due: that of its last event.
async fn last_trace(tx: &mut Tx, aggregate_id: Uuid) -> Result<Option<String>, StoreError> {
    let select = "SELECT traceparent FROM events WHERE aggregate_id = $1 ORDER BY seq DESC LIMIT 1";
    let found: Option<Option<String>> = with_tx!(tx, c => sqlx::query_scalar(select)
        .bind(aggregate_id)
        .fetch_optional(c)
        .await)?;
    Ok(found.flatten())
}

async fn still_open(tx: &mut Tx, due: &DueDeadline) -> Result<bool, StoreError> {
    let select = "SELECT EXISTS (SELECT 1 FROM deadlines \
        WHERE aggregate_id = $1 AND name = $2 AND due_at = $3 AND state = 'open')";
    Ok(with_tx!(tx, c => sqlx::query_scalar(select)
        .bind(due.aggregate_id)
        .bind(&due.name)
        .bind(Instant::from(due.due_at))
        .fetch_one(c)
        .await)?)
}

/// Marks the deadline as fired, unless the handler gave it another instant, or a command dropped it while the
/// handler waited for the aggregate.
async fn mark_fired(tx: &mut Tx, due: &DueDeadline) -> Result<(), StoreError> {
    let update = "UPDATE deadlines SET state = 'fired', retry_at = NULL \
        WHERE aggregate_id = $1 AND name = $2 AND due_at = $3 AND state = 'open'";
    with_tx!(tx, c => sqlx::query(update)
        .bind(due.aggregate_id)
        .bind(&due.name)
        .bind(Instant::from(due.due_at))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

impl From<Row> for DueDeadline {
    fn from(row: Row) -> Self {
        Self {
            authority: row.authority,
            aggregate_id: row.aggregate_id,
            name: row.name,
            due_at: row.due_at.timestamp(),
            body: row.body.0,
            attempts: row.attempts,
        }
    }
}
