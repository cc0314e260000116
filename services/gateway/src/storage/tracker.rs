//! The tracker: one row a transfer.

use baton_store::{Store, StoreError, Tx, sqlx, with_db, with_tx};

use crate::views::{Tracked, is_live};

/// One transfer as the tracker has it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// The transfer.
    pub transfer_id: String,
    /// The case.
    pub case_id: String,
    /// The child.
    pub child_id: String,
    /// The route.
    pub route: String,
    /// The phase, lower case.
    pub phase: String,
    /// The team it leaves.
    pub from_team_id: String,
    /// The team it goes to.
    pub to_team_id: String,
    /// When the case moves. Empty while it cannot be told.
    pub point_on: String,
}

/// Writes what an event says; what it leaves out stays.
pub async fn track(tx: &mut Tx, authority: &str, said: &Tracked) -> Result<(), StoreError> {
    let upsert = "INSERT INTO tracker (authority, transfer_id, case_id, child_id, route, phase, live, \
        from_team_id, to_team_id, point_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
        ON CONFLICT (authority, transfer_id) DO UPDATE SET \
        route = CASE WHEN excluded.route = '' THEN tracker.route ELSE excluded.route END, \
        phase = CASE WHEN excluded.phase = '' THEN tracker.phase ELSE excluded.phase END, \
        live = CASE WHEN excluded.phase = '' THEN tracker.live ELSE excluded.live END, \
        from_team_id = CASE WHEN excluded.from_team_id = '' THEN tracker.from_team_id \
            ELSE excluded.from_team_id END, \
        to_team_id = CASE WHEN excluded.to_team_id = '' THEN tracker.to_team_id \
            ELSE excluded.to_team_id END, \
        point_on = CASE WHEN $11 THEN excluded.point_on ELSE tracker.point_on END";
    with_tx!(tx, c => sqlx::query(upsert)
        .bind(authority)
        .bind(&said.transfer_id)
        .bind(&said.case_id)
        .bind(&said.child_id)
        .bind(&said.route)
        .bind(&said.phase)
        .bind(is_live(&said.phase))
        .bind(&said.from_team_id)
        .bind(&said.to_team_id)
        .bind(said.point_on.as_deref().unwrap_or_default())
        .bind(said.point_on.is_some())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// A page of the transfers of a team, in and out: live ones first, then the newest.
pub async fn page(
    store: &Store,
    authority: &str,
    team_id: &str,
    (after_ended, after_id): (bool, &str),
    limit: i64,
) -> Result<Vec<(bool, Row)>, StoreError> {
    #[derive(sqlx::FromRow)]
    struct Placed {
        live: bool,
        #[sqlx(flatten)]
        row: Row,
    }
    // Transfer ids grow with time: the newest come first among the live ones and among the ended ones.
    let select = "SELECT live, transfer_id, case_id, child_id, route, phase, from_team_id, to_team_id, \
        point_on FROM tracker WHERE authority = $1 AND (from_team_id = $2 OR to_team_id = $2) \
        AND ((NOT live AND NOT $3) OR (live <> $3 AND ($4 = '' OR transfer_id < $4))) \
        ORDER BY live DESC, transfer_id DESC LIMIT $5";
    let rows: Vec<Placed> = with_db!(store.db(), c => sqlx::query_as(select)
        .bind(authority)
        .bind(team_id)
        .bind(after_ended)
        .bind(after_id)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    Ok(rows
        .into_iter()
        .map(|placed| (placed.live, placed.row))
        .collect())
}
