//! Feeds: the sealed events of one authority, in order.

use std::collections::BTreeMap;

use futures::stream::{self, BoxStream, StreamExt};
use uuid::Uuid;

use crate::events::EventRow;
use crate::{NewEvent, Store, StoreError, with_db};

/// How many events a batch of a stream holds at most.
const BATCH_MAX: i64 = 256;

/// Where a reader of a feed stands. It names the database's life and the chain's hash, so that a reader of a database
/// that was restored or replaced finds out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The incarnation of the feed's database; empty at the start.
    pub incarnation: String,
    /// The last position read; 0 at the start.
    pub position: i64,
    /// The chain's hash at that position; empty at the start.
    pub hash: Vec<u8>,
}

impl Cursor {
    /// Whether nothing was read yet. It fits every feed.
    pub const fn is_start(&self) -> bool {
        self.position == 0
    }
}

/// An event with its place in the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct SealedEvent {
    /// The cursor of a reader who has read this event.
    pub cursor: Cursor,
    /// SHA-256 over the event.
    pub digest: Vec<u8>,
    /// The event.
    pub event: NewEvent,
}

/// Some events of a feed in order, and where a reader stands after them. Without events it is a heartbeat.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch<T = SealedEvent> {
    /// The events.
    pub events: Vec<T>,
    /// Where a reader stands after them.
    pub cursor: Cursor,
}

/// Why a feed cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The feed does not know the cursor's hash at its position, or has another incarnation. Answer
    /// `FEED_DIVERGED`; the subscriber stops and alarms, since it may have applied what no longer happened.
    #[error("the feed does not continue from this cursor (position {position})")]
    Diverged {
        /// The position of the cursor.
        position: i64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The connection to the feed failed. Says why, without any content.
    #[error("the feed is not available: {0}")]
    Unavailable(String),
}

/// A feed as a stream.
pub type FeedStream<T = SealedEvent> = BoxStream<'static, Result<Batch<T>, FeedError>>;

/// A position of a feed with its event.
#[derive(sqlx::FromRow)]
pub(crate) struct SealedRow {
    pub(crate) position: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) digest: Vec<u8>,
    #[sqlx(flatten)]
    pub(crate) event: EventRow,
}

impl Store {
    /// Up to `limit` events after the cursor.
    #[tracing::instrument(name = "db.feed.read", level = "debug", skip_all)]
    pub async fn read_feed(
        &self,
        authority: &str,
        cursor: &Cursor,
        limit: i64,
    ) -> Result<Vec<SealedEvent>, FeedError> {
        let diverged = FeedError::Diverged {
            position: cursor.position,
        };
        let fits = cursor.is_start() || cursor.incarnation == self.incarnation();
        if !fits {
            return Err(diverged);
        }
        // The row of the cursor itself comes along, which shows that this feed is the one it was read from.
        let (first, count) = if cursor.is_start() {
            (1, limit)
        } else {
            (cursor.position, limit.saturating_add(1))
        };
        let mut rows = self.sealed_rows(authority, first, count).await?.into_iter();
        if !cursor.is_start() {
            match rows.next() {
                Some(row) if row.position == cursor.position && row.hash == cursor.hash => {}
                _ => return Err(diverged),
            }
        }
        Ok(rows.map(|row| self.sealed_event(row)).collect())
    }

    /// The feed after the cursor, and on as it grows; an empty batch whenever it was silent for long
    /// (`feed_heartbeat`, which also bounds how late a missed wake-up can be). Ends with the
    /// first error. Needs [`Store::run_sealing`] to be running.
    pub fn feed_stream(&self, authority: &str, cursor: Cursor) -> FeedStream {
        let reader = Reader {
            store: self.clone(),
            authority: authority.to_owned(),
            cursor,
            look: true,
            ended: false,
        };
        stream::unfold(reader, |mut reader| async move {
            if reader.ended {
                return None;
            }
            let batch = reader.next().await;
            reader.ended = batch.is_err();
            Some((batch, reader))
        })
        .boxed()
    }

    /// The cursor of a reader who has read all that is sealed.
    pub async fn head(&self, authority: &str) -> Result<Cursor, StoreError> {
        let select = "SELECT position, hash FROM feed_heads WHERE authority = $1";
        let head: Option<(i64, Vec<u8>)> = with_db!(self.db(), c =>
            sqlx::query_as(select).bind(authority).fetch_optional(c).await)?;
        Ok(head.map_or_else(Cursor::default, |(position, hash)| {
            self.cursor_at(position, hash)
        }))
    }

    /// The last sealed position of every feed, by authority.
    pub async fn heads(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let select = "SELECT authority, position FROM feed_heads";
        let heads: Vec<(String, i64)> =
            with_db!(self.db(), c => sqlx::query_as(select).fetch_all(c).await)?;
        Ok(heads.into_iter().collect())
    }

    /// The last sealed position of a feed, as far as this process knows. Another replica may have sealed more.
    pub fn known_head(&self, authority: &str) -> i64 {
        self.0.heads.borrow().get(authority).copied().unwrap_or(0)
    }

    /// The authorities that have a feed here.
    pub async fn feed_authorities(&self) -> Result<Vec<String>, StoreError> {
        let select = "SELECT authority FROM feed_heads ORDER BY authority";
        Ok(with_db!(self.db(), c => sqlx::query_scalar(select).fetch_all(c).await)?)
    }

    /// The position of an event in its feed, once sealed.
    pub async fn position_of(&self, event_id: Uuid) -> Result<Option<i64>, StoreError> {
        let select = "SELECT position FROM sealed WHERE event_id = $1";
        Ok(with_db!(self.db(), c =>
            sqlx::query_scalar(select).bind(event_id).fetch_optional(c).await)?)
    }

    /// `limit` rows of a feed from position `first` on.
    pub(crate) async fn sealed_rows(
        &self,
        authority: &str,
        first: i64,
        limit: i64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        // Positions have no gaps: both ends of the range say how few rows it is, which a limit does not.
        let select = "SELECT s.position, s.hash, e.digest, e.event_id, e.authority, e.event_type, \
                e.aggregate_id, e.aggregate_version, e.case_id, e.child_id, e.family_id, \
                e.effective_at, e.recorded_at, e.traceparent, e.body \
            FROM sealed s JOIN events e ON e.event_id = s.event_id \
            WHERE s.authority = $1 AND s.position >= $2 AND s.position < $3 \
            ORDER BY s.position";
        Ok(with_db!(self.db(), c => sqlx::query_as(select)
            .bind(authority)
            .bind(first)
            .bind(first.saturating_add(limit))
            .fetch_all(c)
            .await)?)
    }

    fn sealed_event(&self, row: SealedRow) -> SealedEvent {
        SealedEvent {
            cursor: self.cursor_at(row.position, row.hash),
            digest: row.digest,
            event: row.event.into(),
        }
    }

    fn cursor_at(&self, position: i64, hash: Vec<u8>) -> Cursor {
        Cursor {
            incarnation: self.incarnation().to_owned(),
            position,
            hash,
        }
    }
}

struct Reader {
    store: Store,
    authority: String,
    cursor: Cursor,
    /// Whether to read whatever the known head says: at first, to see that the cursor fits, and after a silence.
    look: bool,
    ended: bool,
}

impl Reader {
    async fn next(&mut self) -> Result<Batch, FeedError> {
        let mut heads = self.store.0.heads.subscribe();
        let silent = tokio::time::sleep(self.store.0.feed_heartbeat);
        tokio::pin!(silent);
        loop {
            // Reading beyond what is known to be sealed would find nothing.
            if std::mem::take(&mut self.look)
                || self.store.known_head(&self.authority) > self.cursor.position
            {
                let events = self
                    .store
                    .read_feed(&self.authority, &self.cursor, BATCH_MAX)
                    .await?;
                if let Some(last) = events.last() {
                    self.cursor = last.cursor.clone();
                    return Ok(Batch {
                        events,
                        cursor: self.cursor.clone(),
                    });
                }
            }
            let position = self.cursor.position;
            let authority = &self.authority;
            let grown =
                heads.wait_for(|heads| heads.get(authority).is_some_and(|last| *last > position));
            tokio::select! {
                // Cannot fail: our store holds the sender.
                _ = grown => {}
                () = &mut silent => {
                    self.look = true;
                    return Ok(Batch { events: Vec::new(), cursor: self.cursor.clone() });
                }
            }
        }
    }
}
