//! Feeds: the sealed events of one authority, in order.

use futures::stream::BoxStream;

use crate::{NewEvent, Store, StoreError};

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

impl Store {
    /// Up to `limit` events after the cursor.
    pub async fn read_feed(
        &self,
        authority: &str,
        cursor: &Cursor,
        limit: i64,
    ) -> Result<Vec<SealedEvent>, FeedError> {
        let _ = (authority, cursor, limit);
        todo!()
    }

    /// The feed after the cursor, and on as it grows; an empty batch every ten seconds of silence. Ends with the
    /// first error. Needs [`Store::run_sealing`] to be running.
    pub fn feed_stream(&self, authority: &str, cursor: Cursor) -> FeedStream {
        let _ = (authority, cursor);
        todo!()
    }

    /// The cursor of a reader who has read all that is sealed.
    pub async fn head(&self, authority: &str) -> Result<Cursor, StoreError> {
        let _ = authority;
        todo!()
    }

    /// The position of an event in its feed, once sealed.
    pub async fn position_of(&self, event_id: uuid::Uuid) -> Result<Option<i64>, StoreError> {
        let _ = event_id;
        todo!()
    }
}
