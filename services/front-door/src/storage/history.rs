//! Every value that was ever reported about a child. Rows are added and never changed.

use baton_ids::{AuthorityId, ChildId};
use baton_protocol::Value;
use baton_store::{Db, Instant, Json, StoreError, Tx, sqlx, with_db, write_last};
use uuid::Uuid;

use crate::domain::fact::{Known, Recorded};

type HistoryRow = (String, Json<Value>, Instant, Instant, String);

/// Adds what a report stated, at the end of the transaction.
#[tracing::instrument(name = "db.fact.add", skip_all, fields(child.id = %child))]
pub async fn add(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
    recorded: &[Recorded],
    cause_id: &str,
) -> Result<(), StoreError> {
    if recorded.is_empty() {
        return Ok(());
    }
    let rows = i64::try_from(recorded.len()).unwrap_or(i64::MAX);
    write_last!(tx, rows, insert => insert
    .push("INSERT INTO fact_history \
        (id, authority, child_id, key, value, effective_at, recorded_at, source, cause_id) ")
    .push_values(recorded, |mut row, recorded| {
        row.push_bind(Uuid::now_v7())
            .push_bind(authority.as_str())
            .push_bind(child.uuid())
            .push_bind(recorded.key.as_str())
            .push_bind(Json(&recorded.known.value))
            .push_bind(Instant::from(recorded.known.effective_at))
            .push_bind(Instant::from(recorded.known.recorded_at))
            .push_bind(&recorded.known.source)
            .push_bind(cause_id);
    }))
}

/// Every value of a key, or of all keys when none is named: newest first.
#[tracing::instrument(name = "db.fact.list", skip_all, fields(child.id = %child))]
pub async fn list(
    db: &Db,
    authority: &AuthorityId,
    child: ChildId,
    key: Option<&str>,
) -> Result<Vec<(String, Known)>, StoreError> {
    let sql = "SELECT key, value, effective_at, recorded_at, source FROM fact_history \
        WHERE authority = $1 AND child_id = $2 AND (key = $3 OR $3 = '') \
        ORDER BY effective_at DESC, recorded_at DESC, id DESC";
    let rows: Vec<HistoryRow> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .bind(key.unwrap_or_default())
        .fetch_all(c)
        .await?);
    Ok(rows
        .into_iter()
        .map(|(key, Json(value), effective_at, recorded_at, source)| {
            let known = Known {
                value,
                effective_at: effective_at.timestamp(),
                recorded_at: recorded_at.timestamp(),
                source,
            };
            (key, known)
        })
        .collect())
}
