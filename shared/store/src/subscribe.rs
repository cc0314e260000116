//! Applying another service's feed, each event exactly once.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use futures::StreamExt;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::transact::Begin;
use crate::{Batch, Cursor, FeedError, FeedStream, Store, StoreError, Tx, with_db, with_tx};

/// Which feed is applied, and under which name its cursor is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The name, one for each service subscribed to: `transfer`.
    pub name: String,
    /// The authority whose feed it is.
    pub authority: String,
}

impl Store {
    /// Applies a feed until told to stop: each batch and the cursor after it in one transaction. `connect` opens
    /// the feed after a cursor; `apply` writes what the events of a batch mean, in order, and nothing outside its `tx`.
    ///
    /// A broken feed is opened again with back-off; a failing `apply` is logged and tried again with back-off, for
    /// ever, since an event is never skipped. When another replica has applied a batch, this one reads on from
    /// there. Returns an error only when the feed has diverged: the caller raises the alarm.
    pub async fn subscribe<T, C, A, E>(
        &self,
        subscription: Subscription,
        connect: C,
        apply: A,
        shutdown: CancellationToken,
    ) -> Result<(), FeedError>
    where
        T: Send + Sync + 'static,
        C: Fn(Cursor) -> BoxFuture<'static, Result<FeedStream<T>, FeedError>> + Send + Sync,
        A: for<'t> Fn(&'t mut Tx, Arc<[T]>) -> BoxFuture<'t, Result<(), E>> + Send + Sync + 'static,
        E: From<StoreError> + Display + Send + 'static,
    {
        let apply = Arc::new(apply);
        let mut backoff = Backoff::new();
        loop {
            let followed = tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                // Dropping it loses nothing: a transaction under way runs to its end.
                followed = self.follow(&subscription, &connect, &apply, &mut backoff) => followed,
            };
            match followed {
                Ok(()) => {}
                Err(error @ FeedError::Diverged { .. }) => {
                    tracing::error!(
                        subscription = subscription.name,
                        authority = subscription.authority,
                        %error,
                        "a feed has diverged; it is no longer followed",
                    );
                    return Err(error);
                }
                Err(error) => tracing::warn!(
                    subscription = subscription.name,
                    authority = subscription.authority,
                    %error,
                    "a feed is interrupted; it is opened again",
                ),
            }
            backoff.wait(&shutdown).await;
        }
    }

    /// Opens the feed where the subscription stands and applies it until it ends, fails, or another replica is ahead.
    async fn follow<T, C, A, E>(
        &self,
        subscription: &Subscription,
        connect: &C,
        apply: &Arc<A>,
        backoff: &mut Backoff,
    ) -> Result<(), FeedError>
    where
        T: Send + Sync + 'static,
        C: Fn(Cursor) -> BoxFuture<'static, Result<FeedStream<T>, FeedError>> + Send + Sync,
        A: for<'t> Fn(&'t mut Tx, Arc<[T]>) -> BoxFuture<'t, Result<(), E>> + Send + Sync + 'static,
        E: From<StoreError> + Display + Send + 'static,
    {
        let mut at = self.cursor(subscription).await?;
        let mut feed = connect(at.clone()).await?;
        while let Some(batch) = feed.next().await {
            let Batch { events, cursor } = batch?;
            if !events.is_empty() {
                let step = Step {
                    subscription: subscription.clone(),
                    from: at,
                    to: cursor.clone(),
                };
                if !self.apply(step, events.into(), Arc::clone(apply)).await? {
                    return Ok(());
                }
                at = cursor;
            }
            backoff.reset();
        }
        Ok(())
    }

    /// Applies one batch; false when another replica has done so.
    async fn apply<T, A, E>(
        &self,
        step: Step,
        events: Arc<[T]>,
        apply: Arc<A>,
    ) -> Result<bool, FeedError>
    where
        T: Send + Sync + 'static,
        A: for<'t> Fn(&'t mut Tx, Arc<[T]>) -> BoxFuture<'t, Result<(), E>> + Send + Sync + 'static,
        E: From<StoreError> + Display + Send + 'static,
    {
        let applied: Result<bool, E> = self
            // Lost with a crash, the cursor is lost as well, and the batch is applied again.
            .transact_as(Begin::Relaxed, "apply_feed", move |tx| {
                Box::pin(async move {
                    // First, since it locks the row: another replica waits here and then finds it moved.
                    if !tx
                        .advance_cursor(&step.subscription, &step.from, &step.to)
                        .await?
                    {
                        return Ok(false);
                    }
                    apply(tx, events).await?;
                    Ok(true)
                })
            })
            .await;
        applied.map_err(|error| FeedError::Unavailable(format!("applying it failed: {error}")))
    }

    /// The feeds, as `feed:service/authority`, of which not everything up to these positions has been applied here.
    pub async fn behind(&self, heads: &BTreeMap<String, i64>) -> Result<Vec<String>, StoreError> {
        if heads.is_empty() {
            return Ok(Vec::new());
        }
        let select = "SELECT subscription, authority, position FROM cursors";
        let cursors: Vec<(String, String, i64)> =
            with_db!(self.db(), c => sqlx::query_as(select).fetch_all(c).await)?;
        let applied: BTreeMap<String, i64> = cursors
            .into_iter()
            .map(|(service, authority, position)| (format!("{service}/{authority}"), position))
            .collect();
        let behind = heads
            .iter()
            .filter(|(feed, head)| applied.get(*feed).copied().unwrap_or_default() < **head);
        Ok(behind.map(|(feed, _)| format!("feed:{feed}")).collect())
    }

    /// Where a subscription stands.
    pub async fn cursor(&self, subscription: &Subscription) -> Result<Cursor, StoreError> {
        let select = "SELECT incarnation, position, hash FROM cursors \
            WHERE subscription = $1 AND authority = $2";
        let row: Option<(String, i64, Vec<u8>)> = with_db!(self.db(), c => sqlx::query_as(select)
            .bind(&subscription.name)
            .bind(&subscription.authority)
            .fetch_optional(c)
            .await)?;
        Ok(
            row.map_or_else(Cursor::default, |(incarnation, position, hash)| Cursor {
                incarnation,
                position,
                hash,
            }),
        )
    }
}

struct Step {
    subscription: Subscription,
    from: Cursor,
    to: Cursor,
}

impl Tx {
    /// Moves a subscription from one cursor to the next; false when it does not stand at `from`, because another
    /// replica has applied the batch: then write nothing.
    pub async fn advance_cursor(
        &mut self,
        subscription: &Subscription,
        from: &Cursor,
        to: &Cursor,
    ) -> Result<bool, StoreError> {
        if from.is_start() {
            return self.first_cursor(subscription, to).await;
        }
        let update = "UPDATE cursors SET incarnation = $3, position = $4, hash = $5 \
            WHERE subscription = $1 AND authority = $2 \
                AND incarnation = $6 AND position = $7 AND hash = $8";
        let moved = with_tx!(self, c => sqlx::query(update)
            .bind(&subscription.name)
            .bind(&subscription.authority)
            .bind(&to.incarnation)
            .bind(to.position)
            .bind(&to.hash)
            .bind(&from.incarnation)
            .bind(from.position)
            .bind(&from.hash)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(moved == 1)
    }

    async fn first_cursor(
        &mut self,
        subscription: &Subscription,
        to: &Cursor,
    ) -> Result<bool, StoreError> {
        let insert = "INSERT INTO cursors (subscription, authority, incarnation, position, hash) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let inserted = with_tx!(self, c => sqlx::query(insert)
            .bind(&subscription.name)
            .bind(&subscription.authority)
            .bind(&to.incarnation)
            .bind(to.position)
            .bind(&to.hash)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(inserted == 1)
    }
}
