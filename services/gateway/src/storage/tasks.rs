//! Open tasks by tray, by owner, by case and by transfer.

use std::collections::BTreeMap;

use baton_contracts::type_v1::Owner;
use baton_store::{Db, Instant, Json, Store, StoreError, Tx, sqlx, with_db, with_tx};
use uuid::Uuid;

use super::ROWS_MAX;
use crate::views::{Changes, Place, Task, owner_key};

/// More open tasks than this about one case or transfer say nothing new.
const WAITING_MAX: i64 = 500;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT key, code, tray, role, team_id, worker_id, area, due_on, overdue, since, rules, \
             refs, case_id, child_id FROM tasks ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    key: String,
    code: String,
    tray: bool,
    role: String,
    team_id: String,
    worker_id: String,
    area: String,
    due_on: String,
    overdue: bool,
    since: Instant,
    rules: Json<Vec<String>>,
    refs: Json<BTreeMap<String, String>>,
    case_id: Option<Uuid>,
    child_id: Option<Uuid>,
}

impl From<Row> for Task {
    fn from(row: Row) -> Self {
        Self {
            key: row.key,
            code: row.code,
            tray: row.tray,
            owner: Owner {
                role: row.role,
                team_id: row.team_id,
                worker_id: row.worker_id,
                area: row.area,
            },
            due_on: row.due_on,
            overdue: row.overdue,
            since: row.since.timestamp(),
            rules: row.rules.0,
            references: row.refs.0,
            case_id: row.case_id,
            child_id: row.child_id,
        }
    }
}

/// Opens and closes tasks. One that is open already goes on waiting since it first did; one that is not open stays so.
pub async fn change(tx: &mut Tx, authority: &str, changes: &Changes) -> Result<(), StoreError> {
    let closed: Vec<&str> = changes
        .iter()
        .filter(|(_, change)| change.closed)
        .map(|(key, _)| key.as_str())
        .collect();
    if !closed.is_empty() {
        let delete = baton_store::dialect!(tx,
            sqlite: "DELETE FROM tasks WHERE authority = $1 AND key IN (SELECT value FROM json_each($2))",
            postgres: "DELETE FROM tasks WHERE authority = $1 \
                AND key IN (SELECT json_array_elements_text($2))");
        with_tx!(tx, c => sqlx::query(delete)
            .bind(authority)
            .bind(Json(closed))
            .execute(c)
            .await
            .map(drop))?;
    }
    let opened: Vec<&Task> = changes
        .iter()
        .filter_map(|(_, change)| change.opened.as_ref())
        .collect();
    for some in opened.chunks(ROWS_MAX) {
        open(tx, authority, some).await?;
    }
    Ok(())
}

async fn open(tx: &mut Tx, authority: &str, tasks: &[&Task]) -> Result<(), StoreError> {
    with_tx!(tx, c => {
        let mut upsert = sqlx::QueryBuilder::new(
            "INSERT INTO tasks (authority, key, code, tray, role, team_id, worker_id, area, owner_key, \
             due_on, overdue, due_sort, since, rules, refs, transfer_id, case_id, child_id) ",
        );
        upsert.push_values(tasks, |mut row, task| {
            row.push_bind(authority)
                .push_bind(&task.key)
                .push_bind(&task.code)
                .push_bind(task.tray)
                .push_bind(&task.owner.role)
                .push_bind(&task.owner.team_id)
                .push_bind(&task.owner.worker_id)
                .push_bind(&task.owner.area)
                .push_bind(owner_key(&task.owner))
                .push_bind(&task.due_on)
                .push_bind(task.overdue)
                .push_bind(task.due_sort())
                .push_bind(Instant::from(task.since))
                .push_bind(Json(&task.rules))
                .push_bind(Json(&task.references))
                .push_bind(task.transfer_id())
                .push_bind(task.case_id)
                .push_bind(task.child_id);
        });
        upsert.push(
            " ON CONFLICT (authority, key) DO UPDATE SET code = excluded.code, tray = excluded.tray, \
             role = excluded.role, team_id = excluded.team_id, worker_id = excluded.worker_id, \
             area = excluded.area, owner_key = excluded.owner_key, due_on = excluded.due_on, \
             overdue = excluded.overdue, due_sort = excluded.due_sort, rules = excluded.rules, \
             refs = excluded.refs, transfer_id = excluded.transfer_id, case_id = excluded.case_id, \
             child_id = excluded.child_id",
        );
        upsert.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// Which tasks a list shows.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Whose.
    pub of: Whose,
    /// Only those with one of these codes. Empty for all.
    pub codes: Vec<String>,
    /// Only those that are overdue on this day. Empty for all.
    pub overdue_on: String,
}

/// Whose tasks.
#[derive(Debug, Clone)]
pub enum Whose {
    /// What waits in the trays of teams.
    Tray(Vec<String>),
    /// What has one of several owners.
    Owners(Vec<String>),
    /// What waits for anybody of teams.
    Teams(Vec<String>),
    /// What waits for a role of an area.
    Area(String),
}

impl Whose {
    fn parts(&self) -> (&'static str, Vec<String>) {
        match self {
            Self::Tray(teams) => ("tray", teams.clone()),
            Self::Owners(keys) => ("owner", keys.clone()),
            Self::Teams(teams) => ("team", teams.clone()),
            Self::Area(area) => ("area", vec![area.clone()]),
        }
    }
}

/// A list is the one thing that the two databases take differently. Each kind of list has its own statement, so that
/// each uses its index.
macro_rules! listed {
    ($whose:literal, $list:literal, $codes:literal, $rest:literal) => {
        concat!(
            "SELECT key, code, tray, role, team_id, worker_id, area, due_on, overdue, since, rules, \
             refs, case_id, child_id FROM tasks WHERE authority = $1 AND ",
            $whose,
            " IN (",
            $list,
            ") AND ($4 = 0 OR code IN (",
            $codes,
            ")) AND ($5 = '' OR overdue OR (due_on <> '' AND due_on < $5)) ",
            $rest
        )
    };
}

macro_rules! for_each_list {
    ($store:expr, $kind:expr, $sqlite_rest:literal, $postgres_rest:literal) => {{
        macro_rules! sqlite {
            ($whose:literal) => {
                listed!(
                    $whose,
                    "SELECT value FROM json_each($2)",
                    "SELECT value FROM json_each($3)",
                    $sqlite_rest
                )
            };
        }
        macro_rules! postgres {
            ($whose:literal) => {
                listed!(
                    $whose,
                    "SELECT json_array_elements_text($2)",
                    "SELECT json_array_elements_text($3)",
                    $postgres_rest
                )
            };
        }
        match ($store.db(), $kind) {
            (Db::Sqlite { .. }, "tray") => sqlite!("tray AND team_id"),
            (Db::Sqlite { .. }, "owner") => sqlite!("owner_key"),
            (Db::Sqlite { .. }, "team") => sqlite!("team_id"),
            (Db::Sqlite { .. }, _) => sqlite!("area"),
            (Db::Postgres(_), "tray") => postgres!("tray AND team_id"),
            (Db::Postgres(_), "owner") => postgres!("owner_key"),
            (Db::Postgres(_), "team") => postgres!("team_id"),
            (Db::Postgres(_), _) => postgres!("area"),
        }
    }};
}

/// A page of a list: the most urgent first.
pub async fn page(
    store: &Store,
    authority: &str,
    filter: &Filter,
    after: &Place,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    let (kind, named) = filter.of.parts();
    let sql = for_each_list!(
        store,
        kind,
        "AND (due_sort, since, key) > ($6, $7, $8) ORDER BY due_sort, since, key LIMIT $9",
        "AND (due_sort, since, key) > ($6, $7, $8) ORDER BY due_sort, since, key LIMIT $9"
    );
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(Json(&named))
        .bind(Json(&filter.codes))
        .bind(i64::from(!filter.codes.is_empty()))
        .bind(&filter.overdue_on)
        .bind(&after.due_sort)
        .bind(Instant::from(after.since))
        .bind(&after.key)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// Those of some tasks that a list shows.
pub async fn some(
    store: &Store,
    authority: &str,
    filter: &Filter,
    keys: &[String],
) -> Result<Vec<Task>, StoreError> {
    let (kind, named) = filter.of.parts();
    let sql = for_each_list!(
        store,
        kind,
        "AND key IN (SELECT value FROM json_each($6))",
        "AND key IN (SELECT json_array_elements_text($6))"
    );
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(Json(&named))
        .bind(Json(&filter.codes))
        .bind(i64::from(!filter.codes.is_empty()))
        .bind(&filter.overdue_on)
        .bind(Json(keys))
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// What a case waits for.
pub async fn of_case(
    store: &Store,
    authority: &str,
    case_id: Uuid,
) -> Result<Vec<Task>, StoreError> {
    let sql =
        select!("WHERE authority = $1 AND case_id = $2 ORDER BY due_sort, since, key LIMIT $3");
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(case_id)
        .bind(WAITING_MAX)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// What waits about a child, in whatever case or in none.
pub async fn of_child(
    store: &Store,
    authority: &str,
    child_id: Uuid,
) -> Result<Vec<Task>, StoreError> {
    let sql =
        select!("WHERE authority = $1 AND child_id = $2 ORDER BY due_sort, since, key LIMIT $3");
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(child_id)
        .bind(WAITING_MAX)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// What a transfer waits for.
pub async fn of_transfer(
    store: &Store,
    authority: &str,
    transfer_id: &str,
) -> Result<Vec<Task>, StoreError> {
    let sql =
        select!("WHERE authority = $1 AND transfer_id = $2 ORDER BY due_sort, since, key LIMIT $3");
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(transfer_id)
        .bind(WAITING_MAX)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Task::from).collect())
}
