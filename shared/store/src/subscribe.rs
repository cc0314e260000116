//! Applying another service's feed, each event exactly once.

use std::fmt::Display;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::{Cursor, FeedError, FeedStream, Store, StoreError, Tx};

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
        let _ = (subscription, connect, apply, shutdown);
        todo!()
    }

    /// Where a subscription stands.
    pub async fn cursor(&self, subscription: &Subscription) -> Result<Cursor, StoreError> {
        let _ = subscription;
        todo!()
    }
}

impl Tx {
    /// Moves a subscription from one cursor to the next; false when it does not stand at `from`, because another
    /// replica has applied the batch: then roll back.
    pub async fn advance_cursor(
        &mut self,
        subscription: &Subscription,
        from: &Cursor,
        to: &Cursor,
    ) -> Result<bool, StoreError> {
        let _ = (subscription, from, to);
        todo!()
    }
}
