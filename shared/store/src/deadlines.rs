//! Deadlines: what an aggregate waits for.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Postgres, QueryBuilder, SqliteConnection};
use uuid::Uuid;

use crate::{Instant, Json, Store, StoreError, Tx, with_db};

mod run;

/// An open deadline of an aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    /// Its name, unique within the aggregate: `core_group`, `core_group.remind`.
    pub name: String,
    /// The instant of the breach: the act was in time before it.
    pub due_at: Timestamp,
    /// What the handler wants to find again: rule IDs, codes. Nothing about a person.
    pub body: Value,
}

/// A deadline whose instant has come.
#[derive(Debug, Clone, PartialEq)]
pub struct DueDeadline {
    /// The authority of the aggregate.
    pub authority: String,
    /// The aggregate.
    pub aggregate_id: Uuid,
    /// The deadline's name.
    pub name: String,
    /// The instant of the breach.
    pub due_at: Timestamp,
    /// What was given with it.
    pub body: Value,
    /// How often the handler has failed on it.
    pub attempts: i64,
}

/// Adds and moves. A row that fired at the same instant stays as it is, and one that would not change is not written.
const UPSERT: &str = "INSERT INTO deadlines (authority, aggregate_id, name, due_at, state, body) \
    SELECT $1, $2, value ->> '$.name', CAST(value ->> '$.micros' AS INTEGER), 'open', value -> '$.body' \
    FROM json_each($3) WHERE TRUE \
    ON CONFLICT (aggregate_id, name) DO UPDATE SET \
        due_at = excluded.due_at, state = 'open', body = excluded.body, attempts = 0, retry_at = NULL \
    WHERE deadlines.due_at <> excluded.due_at \
        OR (deadlines.state = 'open' AND deadlines.body <> excluded.body)";

/// Drops what is open and not given, except the one that is firing in this transaction.
const DROP_OTHERS: &str = "DELETE FROM deadlines \
    WHERE aggregate_id = $1 AND state = 'open' AND name <> $3 \
        AND name NOT IN (SELECT value ->> '$.name' FROM json_each($2))";

/// What one aggregate waits for from now on.
pub(crate) struct Awaited {
    authority: String,
    aggregate_id: Uuid,
    open: Vec<Deadline>,
}

/// The deadline (aggregate, name) whose handler is at work.
pub(crate) type Firing = (Uuid, String);

impl Tx {
    /// Makes the given deadlines the open ones of the aggregate, at the end of the transaction: new ones are added,
    /// changed ones moved, the others dropped. One that fired stays as it is while its instant stays the same, and is open
    /// again with another. Given twice, the last list holds.
    ///
    /// Call it with the aggregate's row locked, so that the last list written is that of the last change.
    pub fn sync_deadlines(&mut self, authority: &str, aggregate_id: Uuid, open: &[Deadline]) {
        let given = open.iter().map(|deadline| deadline.due_at);
        self.earliest_deadline = self.earliest_deadline.into_iter().chain(given).min();
        let awaited = &mut self.ending.awaited;
        awaited.retain(|others| others.aggregate_id != aggregate_id);
        awaited.push(Awaited {
            authority: authority.to_owned(),
            aggregate_id,
            open: open.to_vec(),
        });
    }
}

pub(crate) async fn sync_one_by_one(
    connection: &mut SqliteConnection,
    awaited: &[Awaited],
    firing: Option<&Firing>,
) -> Result<(), StoreError> {
    for aggregate in awaited {
        let document = Json(aggregate.open.iter().map(as_json).collect::<Value>());
        let firing = firing.filter(|(id, _)| *id == aggregate.aggregate_id);
        sqlx::query(DROP_OTHERS)
            .bind(aggregate.aggregate_id)
            .bind(&document)
            .bind(firing.map_or("", |(_, name)| name.as_str()))
            .execute(&mut *connection)
            .await?;
        sqlx::query(UPSERT)
            .bind(&aggregate.authority)
            .bind(aggregate.aggregate_id)
            .bind(&document)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Both for several aggregates, as parts of a statement of PostgreSQL. The first is called `given`.
pub(crate) fn push_sync(
    query: &mut QueryBuilder<Postgres>,
    awaited: &[Awaited],
    firing: Option<&Firing>,
) {
    let given: Value = awaited
        .iter()
        .flat_map(|aggregate| aggregate.open.iter().map(move |open| (aggregate, open)))
        .map(|(aggregate, open)| {
            let mut row = as_json(open);
            row["authority"] = json!(aggregate.authority);
            row["aggregate_id"] = json!(aggregate.aggregate_id);
            row
        })
        .collect();
    let ids: Vec<Uuid> = awaited.iter().map(|one| one.aggregate_id).collect();
    let (firing_id, firing_name) = firing.cloned().unwrap_or_default();
    query
        .push("SELECT authority, aggregate_id, name, due_at, body FROM json_to_recordset(")
        .push_bind(Json(given))
        .push(
            ") AS d (authority TEXT, aggregate_id UUID, name TEXT, due_at TIMESTAMPTZ, body JSONB)), \
            dropped AS (DELETE FROM deadlines AS old WHERE old.state = 'open' AND old.aggregate_id = ANY(",
        )
        .push_bind(ids)
        .push(") AND NOT (old.aggregate_id = ")
        .push_bind(firing_id)
        .push(" AND old.name = ")
        .push_bind(firing_name)
        .push(
            ") AND NOT EXISTS (SELECT 1 FROM given \
                WHERE given.aggregate_id = old.aggregate_id AND given.name = old.name)), \
            awaited AS (INSERT INTO deadlines (authority, aggregate_id, name, due_at, state, body) \
            SELECT authority, aggregate_id, name, due_at, 'open', body FROM given \
            ON CONFLICT (aggregate_id, name) DO UPDATE SET due_at = excluded.due_at, state = 'open', \
                body = excluded.body, attempts = 0, retry_at = NULL \
            WHERE deadlines.due_at <> excluded.due_at \
                OR (deadlines.state = 'open' AND deadlines.body <> excluded.body)",
        );
}

fn as_json(deadline: &Deadline) -> Value {
    let due_at = Instant::from(deadline.due_at);
    json!({
        "name": deadline.name,
        "due_at": due_at.timestamp(),
        "micros": due_at.micros(),
        "body": deadline.body,
    })
}

impl Store {
    /// The earliest open deadline, if any.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let select = "SELECT MIN(due_at) FROM deadlines WHERE state = 'open'";
        let due: Option<Instant> =
            with_db!(self.db(), c => sqlx::query_scalar(select).fetch_one(c).await)?;
        Ok(due.map(Instant::timestamp))
    }

    /// What is still to be done at this instant of the business clock; empty when quiet.
    pub async fn quiet(&self) -> Result<Vec<&'static str>, StoreError> {
        let select = "SELECT \
            EXISTS (SELECT 1 FROM deadlines WHERE state = 'open' AND due_at <= $1), \
            EXISTS (SELECT 1 FROM unsealed)";
        let now = Instant::from(self.0.clock.now());
        let (due, unsealed): (bool, bool) = with_db!(self.db(), c =>
            sqlx::query_as(select).bind(now).fetch_one(c).await)?;
        let reasons = [(due, "due deadlines"), (unsealed, "unsealed events")];
        Ok(reasons
            .into_iter()
            .filter(|(is_so, _)| *is_so)
            .map(|(_, reason)| reason)
            .collect())
    }
}
