//! Lanes: who runs the reactions of a family. A lane is held for a while in real time, so that another replica goes on
//! when its holder is gone.

use std::collections::BTreeSet;

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

impl Lane {
    /// A lane with a holder made anew.
    pub fn new(authority: &str, name: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            name: name.to_owned(),
            holder: Uuid::now_v7(),
        }
    }
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
    let taken: Vec<Uuid> = with_tx!(tx, c => {
        let mut take = sqlx::QueryBuilder::new(
            "WITH given (authority, lane, holder, held_until, mine) AS (",
        );
        take.push_values(&takings, |mut row, taking| {
            row.push_bind(&taking.lane.authority)
                .push_bind(&taking.lane.name)
                .push_bind(taking.lane.holder)
                .push_bind(Instant::from(taking.until))
                .push_bind(taking.mine);
        });
        // The oldest is asked for by key: as a join the planner reads the whole table.
        take.push(
            ") INSERT INTO lanes (authority, lane, holder, held_until) \
             SELECT given.authority, given.lane, given.holder, given.held_until FROM given \
             WHERE COALESCE((SELECT r.id FROM reactions r WHERE r.authority = given.authority \
                 AND r.lane = given.lane AND r.phase = 'runnable' ORDER BY r.id LIMIT 1), given.mine) >= given.mine \
             ON CONFLICT (authority, lane) DO UPDATE \
                 SET holder = excluded.holder, held_until = excluded.held_until WHERE lanes.held_until <= ",
        );
        take.push_bind(Instant::from(now)).push(" RETURNING holder");
        take.build_query_scalar().fetch_all(c).await
    })?;
    Ok(taken.into_iter().collect())
}

/// Holds lanes until another instant; a past one gives a lane back. Answers the holders of those that nobody else has
/// taken.
pub async fn hold(tx: &mut Tx, lanes: &[(&Lane, Timestamp)]) -> Result<BTreeSet<Uuid>, StoreError> {
    if lanes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let held: Vec<Uuid> = with_tx!(tx, c => {
        let mut hold = sqlx::QueryBuilder::new(
            "WITH given (of_authority, of_lane, held_by, until) AS (",
        );
        hold.push_values(lanes, |mut row, (lane, until)| {
            row.push_bind(&lane.authority)
                .push_bind(&lane.name)
                .push_bind(lane.holder)
                .push_bind(Instant::from(*until));
        });
        hold.push(
            ") UPDATE lanes SET held_until = given.until FROM given WHERE authority = given.of_authority \
             AND lane = given.of_lane AND holder = given.held_by RETURNING holder",
        );
        hold.build_query_scalar().fetch_all(c).await
    })?;
    Ok(held.into_iter().collect())
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
