//! The tasks of the transfers in the tracker.

use std::collections::{BTreeMap, BTreeSet};

use baton_store::{Db, Instant, Json, Store, StoreError, Tx, sqlx, with_db, with_tx};

use super::ROWS_MAX;
use crate::views::{Duty, State};

#[derive(sqlx::FromRow)]
struct Row {
    transfer_id: String,
    name: String,
    owner: String,
    due_on: String,
    breach_at: Option<Instant>,
    state: String,
    done_at: Option<Instant>,
    reported_at: Option<Instant>,
    inherited: bool,
    rules: Json<Vec<String>>,
}

impl TryFrom<Row> for Duty {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = State::parse(&row.state).ok_or(StoreError::Corrupt("tracker_tasks.state"))?;
        Ok(Self {
            transfer_id: row.transfer_id,
            name: row.name,
            owner: row.owner,
            due_on: row.due_on,
            breach_at: row.breach_at.map(Instant::timestamp),
            state,
            done_at: row.done_at.map(Instant::timestamp),
            reported_at: row.reported_at.map(Instant::timestamp),
            inherited: row.inherited,
            rules: row.rules.0,
            // A task that has a limit has a clock.
            is_bare: row.breach_at.is_none(),
        })
    }
}

macro_rules! select {
    ($list:literal) => {
        concat!(
            "SELECT transfer_id, name, owner, due_on, breach_at, state, done_at, reported_at, inherited, rules \
             FROM tracker_tasks WHERE authority = $1 AND transfer_id IN (",
            $list,
            ") ORDER BY transfer_id, CASE WHEN due_on = '' THEN 1 ELSE 0 END, due_on, name"
        )
    };
}

const SQLITE: &str = select!("SELECT value FROM json_each($2)");
const POSTGRES: &str = select!("SELECT json_array_elements_text($2)");

/// Writes what is now known of tasks, and puts the transfers where their earliest limit belongs.
pub async fn change(tx: &mut Tx, authority: &str, said: Vec<Duty>) -> Result<(), StoreError> {
    if said.is_empty() {
        return Ok(());
    }
    let transfers: BTreeSet<String> = said.iter().map(|due| due.transfer_id.clone()).collect();
    let transfers: Vec<String> = transfers.into_iter().collect();
    let sql = baton_store::dialect!(tx, sqlite: SQLITE, postgres: POSTGRES);
    let rows: Vec<Row> = with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority)
        .bind(Json(&transfers))
        .fetch_all(c)
        .await)?;
    let mut known: BTreeMap<(String, String), Duty> = BTreeMap::new();
    for row in rows {
        let due = Duty::try_from(row)?;
        known.insert((due.transfer_id.clone(), due.name.clone()), due);
    }
    let mut changed = Vec::with_capacity(said.len());
    for due in said {
        let key = (due.transfer_id.clone(), due.name.clone());
        let due = match known.remove(&key) {
            Some(before) => before.then(due),
            None => due,
        };
        known.insert(key, due.clone());
        changed.push(due);
    }
    for some in changed.chunks(ROWS_MAX) {
        upsert(tx, authority, some).await?;
    }
    place(tx, authority, &transfers).await
}

async fn upsert(tx: &mut Tx, authority: &str, tasks: &[Duty]) -> Result<(), StoreError> {
    with_tx!(tx, c => {
        let mut upsert = sqlx::QueryBuilder::new(
            "INSERT INTO tracker_tasks (authority, transfer_id, name, owner, due_on, breach_at, state, done_at, \
             reported_at, inherited, rules) ",
        );
        upsert.push_values(tasks, |mut row, due| {
            row.push_bind(authority)
                .push_bind(&due.transfer_id)
                .push_bind(&due.name)
                .push_bind(&due.owner)
                .push_bind(&due.due_on)
                .push_bind(due.breach_at.map(Instant::from))
                .push_bind(due.state.code())
                .push_bind(due.done_at.map(Instant::from))
                .push_bind(due.reported_at.map(Instant::from))
                .push_bind(due.inherited)
                .push_bind(Json(&due.rules));
        });
        upsert.push(
            " ON CONFLICT (authority, transfer_id, name) DO UPDATE SET owner = excluded.owner, \
             due_on = excluded.due_on, breach_at = excluded.breach_at, state = excluded.state, \
             done_at = excluded.done_at, reported_at = excluded.reported_at, inherited = excluded.inherited, \
             rules = excluded.rules",
        );
        upsert.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// A live transfer stands where its earliest limit that was not met belongs.
async fn place(tx: &mut Tx, authority: &str, transfers: &[String]) -> Result<(), StoreError> {
    macro_rules! update {
        ($list:literal) => {
            concat!(
                "UPDATE tracker SET due_sort = CASE WHEN live THEN COALESCE( \
                     (SELECT MIN(k.due_on) FROM tracker_tasks k WHERE k.authority = tracker.authority \
                         AND k.transfer_id = tracker.transfer_id \
                         AND k.state IN ('open', 'breached') AND k.due_on <> ''), '9999-99-99') ELSE '' END \
                 WHERE authority = $1 AND transfer_id IN (",
                $list,
                ")"
            )
        };
    }
    let update = baton_store::dialect!(tx,
        sqlite: update!("SELECT value FROM json_each($2)"),
        postgres: update!("SELECT json_array_elements_text($2)"));
    with_tx!(tx, c => sqlx::query(update)
        .bind(authority)
        .bind(Json(transfers))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// The tasks of several transfers: the earliest due first, those without a limit last.
pub async fn of_transfers(
    store: &Store,
    authority: &str,
    transfers: &[String],
) -> Result<BTreeMap<String, Vec<Duty>>, StoreError> {
    let sql = match store.db() {
        Db::Sqlite { .. } => SQLITE,
        Db::Postgres(_) => POSTGRES,
    };
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(Json(transfers))
        .fetch_all(c)
        .await)?;
    let mut found: BTreeMap<String, Vec<Duty>> = BTreeMap::new();
    for row in rows {
        let due = Duty::try_from(row)?;
        found.entry(due.transfer_id.clone()).or_default().push(due);
    }
    Ok(found)
}
