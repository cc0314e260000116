//! The tracker: one row a transfer.

use baton_store::{Db, Instant, Json, Store, StoreError, Tx, sqlx, with_db, with_tx};

use super::ROWS_MAX;
use crate::views::{LEAST_URGENT, Tracked, is_live};

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
    /// The worker whom the receiving team named. Empty while none is.
    pub worker_id: String,
    /// Whether it has something to come.
    pub live: bool,
    /// The sort text of its earliest limit.
    pub due_sort: String,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

/// Which transfers a tracker shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those in or out of one of these teams.
    pub teams: Vec<String>,
    /// Only those that come to them.
    pub incoming_only: bool,
    /// Only those that leave them.
    pub outgoing_only: bool,
    /// Only this route. Empty for all.
    pub route: String,
    /// Only this phase. Empty for all.
    pub phase: String,
    /// Only those for this worker. Empty for all.
    pub worker_id: String,
    /// Only those whose earliest limit lies before this day. Empty for all.
    pub due_before: String,
}

/// Where a page of the tracker begins: after this row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct After {
    /// Whether it had ended.
    pub ended: bool,
    /// The sort text of its earliest limit.
    pub due_sort: String,
    /// The transfer. Empty for the beginning.
    pub transfer_id: String,
}

/// Writes what events say, one a transfer; what one leaves out stays.
pub async fn track(tx: &mut Tx, authority: &str, said: &[Tracked]) -> Result<(), StoreError> {
    // Whether the day of the move is said is no column, and decides which statement it is.
    let (dated, undated): (Vec<&Tracked>, Vec<&Tracked>) =
        said.iter().partition(|said| said.point_on.is_some());
    for (said, point_on) in [(dated, "excluded.point_on"), (undated, "tracker.point_on")] {
        for some in said.chunks(ROWS_MAX) {
            upsert(tx, authority, some, point_on).await?;
        }
    }
    Ok(())
}

async fn upsert(
    tx: &mut Tx,
    authority: &str,
    said: &[&Tracked],
    point_on: &'static str,
) -> Result<(), StoreError> {
    with_tx!(tx, c => {
        let mut upsert = sqlx::QueryBuilder::new(
            "INSERT INTO tracker (authority, transfer_id, case_id, child_id, route, phase, live, \
             from_team_id, to_team_id, point_on, worker_id, due_sort, ended_at) ",
        );
        upsert.push_values(said, |mut row, said| {
            let due_sort = if said.ended_at.is_some() { "" } else { LEAST_URGENT };
            row.push_bind(authority)
                .push_bind(&said.transfer_id)
                .push_bind(&said.case_id)
                .push_bind(&said.child_id)
                .push_bind(&said.route)
                .push_bind(&said.phase)
                .push_bind(is_live(&said.phase))
                .push_bind(&said.from_team_id)
                .push_bind(&said.to_team_id)
                .push_bind(said.point_on.as_deref().unwrap_or_default())
                .push_bind(&said.worker_id)
                .push_bind(due_sort)
                .push_bind(said.ended_at.map(Instant::from));
        });
        upsert.push(
            " ON CONFLICT (authority, transfer_id) DO UPDATE SET \
             route = CASE WHEN excluded.route = '' THEN tracker.route ELSE excluded.route END, \
             phase = CASE WHEN excluded.phase = '' THEN tracker.phase ELSE excluded.phase END, \
             live = CASE WHEN excluded.phase = '' THEN tracker.live ELSE excluded.live END, \
             from_team_id = CASE WHEN excluded.from_team_id = '' THEN tracker.from_team_id \
                 ELSE excluded.from_team_id END, \
             to_team_id = CASE WHEN excluded.to_team_id = '' THEN tracker.to_team_id \
                 ELSE excluded.to_team_id END, \
             worker_id = CASE WHEN excluded.worker_id = '' THEN tracker.worker_id ELSE excluded.worker_id END, \
             due_sort = CASE WHEN excluded.ended_at IS NULL THEN tracker.due_sort ELSE '' END, \
             ended_at = COALESCE(tracker.ended_at, excluded.ended_at), point_on = ",
        );
        upsert.push(point_on);
        upsert.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// The columns of a row, and the lists that the two databases take differently.
macro_rules! select {
    ($list:literal, $rest:literal) => {
        concat!(
            "SELECT transfer_id, case_id, child_id, route, phase, from_team_id, to_team_id, point_on, worker_id, \
             live, due_sort, ended_at FROM tracker WHERE authority = $1 \
             AND ((NOT $3 AND to_team_id IN (",
            $list,
            ")) OR (NOT $4 AND from_team_id IN (",
            $list,
            "))) AND ($5 = '' OR route = $5) AND ($6 = '' OR phase = $6) \
             AND ($7 = '' OR worker_id = $7) AND ($8 = '' OR (live AND due_sort < $8)) ",
            $rest
        )
    };
}

/// A page of the transfers of teams, in and out: live ones first, the earliest limit at the top, then those that ended,
/// newest first. Transfer ids grow with time.
pub async fn page(
    store: &Store,
    authority: &str,
    filter: &Filter,
    after: &After,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    macro_rules! paged {
        ($list:literal) => {
            select!(
                $list,
                "AND ((NOT live AND NOT $9) OR (live <> $9 \
                    AND ($11 = '' OR due_sort > $10 OR (due_sort = $10 AND transfer_id < $11)))) \
                 ORDER BY live DESC, due_sort, transfer_id DESC LIMIT $12"
            )
        };
    }
    let sql = match store.db() {
        Db::Sqlite { .. } => paged!("SELECT value FROM json_each($2)"),
        Db::Postgres(_) => paged!("SELECT json_array_elements_text($2)"),
    };
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(Json(&filter.teams))
        .bind(filter.outgoing_only)
        .bind(filter.incoming_only)
        .bind(&filter.route)
        .bind(&filter.phase)
        .bind(&filter.worker_id)
        .bind(&filter.due_before)
        .bind(after.ended)
        .bind(&after.due_sort)
        .bind(&after.transfer_id)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    Ok(rows)
}

/// Those of some transfers that a tracker shows.
pub async fn some(
    store: &Store,
    authority: &str,
    filter: &Filter,
    transfers: &[String],
) -> Result<Vec<Row>, StoreError> {
    let sql = match store.db() {
        Db::Sqlite { .. } => select!(
            "SELECT value FROM json_each($2)",
            "AND transfer_id IN (SELECT value FROM json_each($9))"
        ),
        Db::Postgres(_) => select!(
            "SELECT json_array_elements_text($2)",
            "AND transfer_id IN (SELECT json_array_elements_text($9))"
        ),
    };
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(Json(&filter.teams))
        .bind(filter.outgoing_only)
        .bind(filter.incoming_only)
        .bind(&filter.route)
        .bind(&filter.phase)
        .bind(&filter.worker_id)
        .bind(&filter.due_before)
        .bind(Json(transfers))
        .fetch_all(c)
        .await)?;
    Ok(rows)
}
