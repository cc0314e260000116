//! Open tasks by tray, by owner, by case and by transfer.

use std::collections::BTreeMap;

use baton_contracts::type_v1::Owner;
use baton_store::{Instant, Json, Store, StoreError, Tx, sqlx, with_db, with_tx};
use uuid::Uuid;

use crate::views::{Changes, Place, Task, owner_key};

/// More open tasks than this about one case or transfer say nothing new.
const WAITING_MAX: i64 = 500;
/// How many tasks go into one statement.
const ROWS_MAX: usize = 256;

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
                AND key IN (SELECT jsonb_array_elements_text($2))");
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

/// A page of what waits in a team's tray.
pub async fn tray(
    store: &Store,
    authority: &str,
    team_id: &str,
    after: &Place,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    let sql = select!(
        "WHERE authority = $1 AND team_id = $2 AND tray \
         AND (due_sort, since, key) > ($3, $4, $5) ORDER BY due_sort, since, key LIMIT $6"
    );
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(team_id)
        .bind(&after.due_sort)
        .bind(Instant::from(after.since))
        .bind(&after.key)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// A page of what has one of several owners.
pub async fn of_owners(
    store: &Store,
    authority: &str,
    owner_keys: &[String],
    after: &Place,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    use baton_store::Db;

    // A list is the one thing that the two databases take differently.
    let sqlite = select!(
        "WHERE authority = $1 AND owner_key IN (SELECT value FROM json_each($2)) \
         AND (due_sort, since, key) > ($3, $4, $5) ORDER BY due_sort, since, key LIMIT $6"
    );
    let postgres = select!(
        "WHERE authority = $1 AND owner_key IN (SELECT jsonb_array_elements_text($2)) \
         AND (due_sort, since, key) > ($3, $4, $5) ORDER BY due_sort, since, key LIMIT $6"
    );
    let sql = match store.db() {
        Db::Sqlite { .. } => sqlite,
        Db::Postgres(_) => postgres,
    };
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(Json(owner_keys))
        .bind(&after.due_sort)
        .bind(Instant::from(after.since))
        .bind(&after.key)
        .bind(limit)
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
