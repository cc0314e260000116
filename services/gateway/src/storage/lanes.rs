//! Lanes: who runs the reactions of a family. A lane is held for a while in real time, so that another replica goes on
//! when its holder is gone.

use std::collections::BTreeSet;

use baton_store::sqlx::SqliteConnection;
use baton_store::{Instant, Session, StoreError, Tx, sqlx, with_tx};
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

/// A lane that is to be taken.
#[derive(Debug, Clone, Copy)]
pub struct Taking<'a> {
    /// The lane.
    pub lane: &'a Lane,
    /// Until when.
    pub until: Timestamp,
    /// Real time now.
    pub now: Timestamp,
    /// The reaction that runs.
    pub mine: Uuid,
}

/// Takes lanes that nobody holds and in which nothing older than their reaction waits. Answers the holders of those that
/// were taken: in the others whoever holds the lane, or the next search for work, goes on with the reaction in its turn.
pub async fn take(tx: &mut Tx, takings: &[Taking<'_>]) -> Result<BTreeSet<Uuid>, StoreError> {
    let Some(now) = takings.iter().map(|taking| taking.now).min() else {
        return Ok(BTreeSet::new());
    };
    // In one order, or two transactions would wait for each other. A lane that is asked for twice is taken once.
    let mut takings = takings.to_vec();
    takings.sort_by_key(|taking| (&taking.lane.authority, &taking.lane.name));
    takings.dedup_by_key(|taking| (&taking.lane.authority, &taking.lane.name));
    // The oldest is asked for by key: as a join the planner reads the whole table.
    let take = "INSERT INTO lanes (authority, lane, holder, held_until) \
        SELECT t.authority, t.lane, t.holder, t.held_until \
        FROM UNNEST($1, $2, $3, $4, $5) AS t (authority, lane, holder, held_until, mine) \
        WHERE COALESCE((SELECT r.id FROM reactions r WHERE r.authority = t.authority AND r.lane = t.lane \
            AND r.phase = 'runnable' ORDER BY r.id LIMIT 1), t.mine) >= t.mine \
        ON CONFLICT (authority, lane) DO UPDATE \
            SET holder = excluded.holder, held_until = excluded.held_until \
            WHERE lanes.held_until <= $6 \
        RETURNING holder";
    let taken = match tx.statement() {
        Session::Sqlite(session) => {
            let mut taken = Vec::with_capacity(takings.len());
            for taking in &takings {
                taken.extend(take_one(session, taking).await?);
            }
            taken
        }
        Session::Postgres(session) => {
            let column = |of: fn(&Taking<'_>) -> String| takings.iter().map(of).collect::<Vec<_>>();
            let until: Vec<Instant> = takings.iter().map(|taking| taking.until.into()).collect();
            let mine: Vec<Uuid> = takings.iter().map(|taking| taking.mine).collect();
            let holders: Vec<Uuid> = takings.iter().map(|taking| taking.lane.holder).collect();
            sqlx::query_scalar(take)
                .bind(column(|taking| taking.lane.authority.clone()))
                .bind(column(|taking| taking.lane.name.clone()))
                .bind(holders)
                .bind(until)
                .bind(mine)
                .bind(Instant::from(now))
                .fetch_all(&mut **session)
                .await?
        }
    };
    Ok(taken.into_iter().collect())
}

async fn take_one(
    session: &mut SqliteConnection,
    taking: &Taking<'_>,
) -> Result<Option<Uuid>, sqlx::Error> {
    let take = "INSERT INTO lanes (authority, lane, holder, held_until) \
        SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM reactions \
            WHERE authority = $1 AND lane = $2 AND phase = 'runnable' AND id < $6) \
        ON CONFLICT (authority, lane) DO UPDATE \
            SET holder = excluded.holder, held_until = excluded.held_until \
            WHERE lanes.held_until <= $5 \
        RETURNING holder";
    sqlx::query_scalar(take)
        .bind(&taking.lane.authority)
        .bind(&taking.lane.name)
        .bind(taking.lane.holder)
        .bind(Instant::from(taking.until))
        .bind(Instant::from(taking.now))
        .bind(taking.mine)
        .fetch_optional(session)
        .await
}

/// Gives lanes back. Answers the holders of those that nobody else has taken meanwhile.
pub async fn leave(tx: &mut Tx, lanes: &[&Lane]) -> Result<BTreeSet<Uuid>, StoreError> {
    if lanes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let free = Instant::from(Timestamp::UNIX_EPOCH);
    let left = match tx.statement() {
        Session::Sqlite(session) => {
            let leave = "UPDATE lanes SET held_until = $4 \
                WHERE authority = $1 AND lane = $2 AND holder = $3 RETURNING holder";
            let mut left = Vec::with_capacity(lanes.len());
            for lane in lanes {
                let holder: Option<Uuid> = sqlx::query_scalar(leave)
                    .bind(&lane.authority)
                    .bind(&lane.name)
                    .bind(lane.holder)
                    .bind(free)
                    .fetch_optional(&mut **session)
                    .await?;
                left.extend(holder);
            }
            left
        }
        Session::Postgres(session) => {
            // A holder has one lane: that all three belong together goes without saying.
            let leave = "UPDATE lanes SET held_until = $4 \
                WHERE authority = ANY($1) AND lane = ANY($2) AND holder = ANY($3) RETURNING holder";
            let authorities: BTreeSet<&str> =
                lanes.iter().map(|lane| lane.authority.as_str()).collect();
            let names: Vec<&str> = lanes.iter().map(|lane| lane.name.as_str()).collect();
            let holders: Vec<Uuid> = lanes.iter().map(|lane| lane.holder).collect();
            sqlx::query_scalar(leave)
                .bind(authorities.into_iter().collect::<Vec<_>>())
                .bind(names)
                .bind(holders)
                .bind(free)
                .fetch_all(&mut **session)
                .await?
        }
    };
    Ok(left.into_iter().collect())
}

/// Holds a lane for longer. False when somebody else has taken it.
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
