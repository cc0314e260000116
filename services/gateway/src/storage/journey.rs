//! The journey: every event once, numbered as the authority's outgoing feed.

use baton_contracts::event::v1::Event;
use baton_contracts::instant;
use baton_store::{Instant, Store, StoreError, Tx, sqlx, with_db, with_tx};
use prost::Message;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::ROWS_MAX;

/// A journey is read in one piece: a case has some hundred events.
const ENTRIES_MAX: i64 = 10_000;

/// Takes the next positions of an authority's outgoing feed and answers the last one before them. Others wait until
/// this transaction has ended, so that positions commit in order.
pub async fn number(tx: &mut Tx, authority: &str, count: i64) -> Result<i64, StoreError> {
    let upsert = "INSERT INTO journey_heads (authority, position) VALUES ($1, $2) \
        ON CONFLICT (authority) DO UPDATE SET position = journey_heads.position + excluded.position \
        RETURNING position";
    let last: i64 = with_tx!(tx, c => sqlx::query_scalar(upsert)
        .bind(authority)
        .bind(count)
        .fetch_one(c)
        .await)?;
    Ok(last - count)
}

/// Adds events at the positions after `before`, in one statement for up to [`ROWS_MAX`].
pub async fn insert(tx: &mut Tx, before: i64, events: &[Event]) -> Result<(), StoreError> {
    let rows = (before + 1..).zip(events).map(Entry::of);
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    for some in rows.chunks(ROWS_MAX) {
        with_tx!(tx, c => {
            let mut insert = QueryBuilder::new(
                "INSERT INTO journey (authority, position, event_id, event_type, case_id, child_id, \
                 effective_at, recorded_at, event) ",
            );
            insert.push_values(some, |mut row, entry| {
                row.push_bind(&entry.event.authority)
                    .push_bind(entry.position)
                    .push_bind(entry.event_id)
                    .push_bind(&entry.event.r#type)
                    .push_bind(id(&entry.event.case_id))
                    .push_bind(id(&entry.event.child_id))
                    .push_bind(entry.effective_at)
                    .push_bind(entry.recorded_at)
                    .push_bind(entry.event.encode_to_vec());
            });
            insert.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// An event at its position.
struct Entry<'a> {
    position: i64,
    event_id: Uuid,
    effective_at: Instant,
    recorded_at: Instant,
    event: &'a Event,
}

impl<'a> Entry<'a> {
    fn of((position, event): (i64, &'a Event)) -> Result<Self, StoreError> {
        const BAD: StoreError = StoreError::Corrupt("an event of a feed");
        let at = |at: Option<&prost_types::Timestamp>| {
            at.and_then(|at| instant(at).ok())
                .map(Instant::from)
                .ok_or(BAD)
        };
        let recorded_at = at(event.recorded_at.as_ref())?;
        Ok(Self {
            position,
            event_id: Uuid::try_parse(&event.event_id).map_err(|_| BAD)?,
            effective_at: at(event.effective_at.as_ref()).unwrap_or(recorded_at),
            recorded_at,
            event,
        })
    }
}

/// The id, or none for an empty text.
pub fn id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

/// Whose journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A case's.
    Case(Uuid),
    /// A child's, over all cases.
    Child(Uuid),
}

/// What happened, by effective time, then in the order in which it was recorded. Events of one instant follow in the
/// order in which they were made, which their ids keep: two feeds may bring a cause after its effect.
pub async fn entries(store: &Store, authority: &str, of: Of) -> Result<Vec<Event>, StoreError> {
    macro_rules! select {
        ($column:literal) => {
            concat!(
                "SELECT event FROM journey WHERE authority = $1 AND ",
                $column,
                " = $2 ORDER BY effective_at, recorded_at, event_id LIMIT $3"
            )
        };
    }
    let (sql, id) = match of {
        Of::Case(id) => (select!("case_id"), id),
        Of::Child(id) => (select!("child_id"), id),
    };
    let rows: Vec<Vec<u8>> = with_db!(store.db(), c => sqlx::query_scalar(sql)
        .bind(authority)
        .bind(id)
        .bind(ENTRIES_MAX)
        .fetch_all(c)
        .await)?;
    rows.iter().map(|bytes| decode(bytes)).collect()
}

/// Whether the views have seen an event.
pub async fn has(store: &Store, authority: &str, event_id: Uuid) -> Result<bool, StoreError> {
    let select = "SELECT COUNT(*) FROM journey WHERE event_id = $1 AND authority = $2";
    let count: i64 = with_db!(store.db(), c => sqlx::query_scalar(select)
        .bind(event_id)
        .bind(authority)
        .fetch_one(c)
        .await)?;
    Ok(count > 0)
}

/// Events of the outgoing feed after a position, with their positions.
pub async fn after(
    store: &Store,
    authority: &str,
    position: i64,
    limit: i64,
) -> Result<Vec<(i64, Event)>, StoreError> {
    let select = "SELECT position, event FROM journey WHERE authority = $1 AND position > $2 \
        ORDER BY position LIMIT $3";
    let rows: Vec<(i64, Vec<u8>)> = with_db!(store.db(), c => sqlx::query_as(select)
        .bind(authority)
        .bind(position)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter()
        .map(|(position, bytes)| Ok((position, decode(&bytes)?)))
        .collect()
}

/// The last position of the outgoing feed. Zero before the first event.
pub async fn last(store: &Store, authority: &str) -> Result<i64, StoreError> {
    let select = "SELECT position FROM journey_heads WHERE authority = $1";
    let last: Option<i64> = with_db!(store.db(), c => sqlx::query_scalar(select)
        .bind(authority)
        .fetch_optional(c)
        .await)?;
    Ok(last.unwrap_or_default())
}

fn decode(bytes: &[u8]) -> Result<Event, StoreError> {
    Event::decode(bytes).map_err(|_| StoreError::Corrupt("journey.event"))
}
