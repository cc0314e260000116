//! Lanes: who runs the reactions of a family. A lane is held for a while in real time, so that another replica goes on
//! when its holder is gone.

use baton_store::{Instant, StoreError, Tx, sqlx, with_tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A lane and who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lane {
    /// The authority.
    pub authority: String,
    /// Its name: the family.
    pub name: String,
    /// Made anew each time a lane is taken.
    pub holder: Uuid,
}

/// Takes a lane that nobody holds and in which nothing but `mine` is waiting. False otherwise: then whoever holds
/// it, or the next search for work, goes on with `mine` in its turn.
pub async fn take_if_first(
    tx: &mut Tx,
    lane: &Lane,
    until: Timestamp,
    now: Timestamp,
    mine: Uuid,
) -> Result<bool, StoreError> {
    let take = "INSERT INTO lanes (authority, lane, holder, held_until) \
        SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM reactions \
            WHERE authority = $1 AND lane = $2 AND phase = 'runnable' AND id <> $6) \
        ON CONFLICT (authority, lane) DO UPDATE \
            SET holder = excluded.holder, held_until = excluded.held_until \
            WHERE lanes.held_until <= $5";
    let done = with_tx!(tx, c => sqlx::query(take)
        .bind(&lane.authority)
        .bind(&lane.name)
        .bind(lane.holder)
        .bind(Instant::from(until))
        .bind(Instant::from(now))
        .bind(mine)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Takes a lane that nobody holds. False when somebody does.
pub async fn take(
    tx: &mut Tx,
    lane: &Lane,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let take = "INSERT INTO lanes (authority, lane, holder, held_until) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (authority, lane) DO UPDATE \
            SET holder = excluded.holder, held_until = excluded.held_until \
            WHERE lanes.held_until <= $5";
    let done = with_tx!(tx, c => sqlx::query(take)
        .bind(&lane.authority)
        .bind(&lane.name)
        .bind(lane.holder)
        .bind(Instant::from(until))
        .bind(Instant::from(now))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Holds a lane until another instant; a past one gives it back. False when somebody else has taken it.
pub async fn hold(tx: &mut Tx, lane: &Lane, until: Timestamp) -> Result<bool, StoreError> {
    let hold =
        "UPDATE lanes SET held_until = $4 WHERE authority = $1 AND lane = $2 AND holder = $3";
    let done = with_tx!(tx, c => sqlx::query(hold)
        .bind(&lane.authority)
        .bind(&lane.name)
        .bind(lane.holder)
        .bind(Instant::from(until))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Gives every lane back: only for a start with a file that no other process can have open.
pub async fn clear(tx: &mut Tx) -> Result<(), StoreError> {
    with_tx!(tx, c => sqlx::query("UPDATE lanes SET held_until = $1")
        .bind(Instant::from(Timestamp::UNIX_EPOCH))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
