//! What a database need not keep for ever. Events, private values and packs are never taken away here.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::{Instant, Store, StoreError, with_tx};

/// How often a database is looked through, in real time.
const EVERY: Duration = Duration::from_hours(1);
/// How long a process has to be up before it looks for the first time.
const FIRST_AFTER: Duration = Duration::from_mins(5);
/// The most rows of one transaction, so that others wait for moments only.
pub const PRUNED_AT_ONCE: i64 = 500;

/// How long the keys of requests that took effect are kept, with their answers (a request that comes again later takes
/// effect again), and how long deadlines that fired.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Of clients, in days. Less than 30 counts as 30.
    pub requests_days: u32,
    /// Of reactions, in days: longer than any reaction stays parked, since a retry sends its command again. Less than
    /// `requests_days` counts as that.
    pub reaction_requests_days: u32,
    /// How long a deadline that fired is kept after its instant, in days of the business clock. What came of it is in the
    /// events for ever. Less than 7 counts as 7.
    pub fired_deadlines_days: u32,
    /// How the principals of reactions begin.
    #[serde(skip)]
    pub reaction_principals: &'static str,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            requests_days: 30,
            reaction_requests_days: 730,
            fired_deadlines_days: 90,
            reaction_principals: "automatic:",
        }
    }
}

impl Retention {
    fn of_clients(&self) -> u32 {
        self.requests_days.max(30)
    }

    fn of_reactions(&self) -> u32 {
        self.reaction_requests_days.max(self.of_clients())
    }

    fn of_deadlines(&self) -> u32 {
        self.fired_deadlines_days.max(7)
    }
}

/// The instant so many days before another.
pub fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24))
        .unwrap_or(Timestamp::MIN)
}

impl Store {
    /// Takes away the request keys that are too old at `now`, each batch in a transaction of its own. Answers how many.
    pub async fn prune_requests(
        &self,
        retention: &Retention,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let clients = Instant::from(days_before(now, retention.of_clients()));
        let reactions = Instant::from(days_before(now, retention.of_reactions()));
        let pattern = format!("{}%", retention.reaction_principals);
        in_batches(|| {
            let pattern = pattern.clone();
            self.transact("prune_requests", move |tx| {
                Box::pin(async move {
                    let delete = "DELETE FROM requests \
                            WHERE (authority, principal, method, request_id) IN ( \
                                SELECT authority, principal, method, request_id FROM requests \
                                WHERE created_at < CASE WHEN principal LIKE $3 THEN $2 ELSE $1 END \
                                LIMIT $4)";
                    Ok(with_tx!(tx, c => sqlx::query(delete)
                            .bind(clients)
                            .bind(reactions)
                            .bind(pattern)
                            .bind(PRUNED_AT_ONCE)
                            .execute(c)
                            .await
                            .map(|done| done.rows_affected()))?)
                })
            })
        })
        .await
    }

    /// Takes away the deadlines that fired and whose instant is too long ago at `now`, each batch in a transaction of its
    /// own. Answers how many. An aggregate that was breached no longer waits for that instant, so that none fires twice.
    pub async fn prune_deadlines(
        &self,
        retention: &Retention,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let before = Instant::from(days_before(now, retention.of_deadlines()));
        in_batches(|| {
            self.transact("prune_deadlines", move |tx| {
                Box::pin(async move {
                    let delete = "DELETE FROM deadlines WHERE state = 'fired' \
                        AND (aggregate_id, name) IN (SELECT aggregate_id, name FROM deadlines \
                            WHERE state = 'fired' AND due_at < $1 LIMIT $2)";
                    Ok(with_tx!(tx, c => sqlx::query(delete)
                        .bind(before)
                        .bind(PRUNED_AT_ONCE)
                        .execute(c)
                        .await
                        .map(|done| done.rows_affected()))?)
                })
            })
        })
        .await
    }

    /// Takes away old request keys and deadlines now and then, until told to stop.
    pub async fn run_retention(&self, retention: Retention, shutdown: CancellationToken) {
        let store = self.clone();
        run_now_and_then(
            move || {
                let (store, retention) = (store.clone(), retention.clone());
                async move {
                    let now = store.0.clock.now();
                    let requests = store.prune_requests(&retention, now).await?;
                    Ok(requests + store.prune_deadlines(&retention, now).await?)
                }
            },
            shutdown,
        )
        .await;
    }
}

/// Prunes batch after batch of at most [`PRUNED_AT_ONCE`] rows until one is not full. Answers how many rows in all.
pub async fn in_batches<P, F>(prune: P) -> Result<u64, StoreError>
where
    P: Fn() -> F + Send,
    F: Future<Output = Result<u64, StoreError>> + Send,
{
    let mut all = 0;
    loop {
        let pruned = prune().await?;
        all += pruned;
        if pruned < PRUNED_AT_ONCE.unsigned_abs() {
            return Ok(all);
        }
    }
}

/// Does what takes old rows away after a while and then every hour, in real time; sooner again, with back-off, when it
/// fails. Ends at the shutdown.
pub async fn run_now_and_then<P, F>(prune: P, shutdown: CancellationToken)
where
    P: Fn() -> F + Send,
    F: Future<Output = Result<u64, StoreError>> + Send,
{
    let mut backoff = Backoff::new();
    let mut wait = FIRST_AFTER;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        match prune().await {
            Ok(pruned) => {
                if pruned > 0 {
                    tracing::info!(rows = pruned, "what need not be kept was taken away");
                }
                backoff.reset();
                wait = EVERY;
            }
            Err(error) => {
                tracing::warn!(%error, "what need not be kept could not be taken away");
                backoff.wait(&shutdown).await;
                wait = Duration::ZERO;
            }
        }
    }
}
