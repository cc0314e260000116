//! What is watched for open cases, in the database.

use baton_ids::{AuthorityId, CaseId, ChildId};
use baton_store::{Json, StoreError, Tx, dialect, with_tx};

use crate::domain::Watch;

/// Finds what is watched for a case, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.watch.lock", skip_all, fields(case.id = %case))]
pub async fn lock_watch(
    tx: &mut Tx,
    authority: &AuthorityId,
    case: CaseId,
) -> Result<Option<Watch>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM watches WHERE authority = $1 AND case_id = $2",
        postgres: "SELECT document FROM watches WHERE authority = $1 AND case_id = $2 FOR UPDATE");
    let found: Option<Json<Watch>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(case.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|Json(watch)| watch))
}

/// Finds what was watched last for a child whose case has ended.
#[tracing::instrument(name = "db.watch.lock_of_child", skip_all)]
pub async fn lock_watch_of_child(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<Watch>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM watches WHERE authority = $1 AND child_id = $2 \
            ORDER BY case_id DESC LIMIT 1",
        postgres: "SELECT document FROM watches WHERE authority = $1 AND child_id = $2 \
            ORDER BY case_id DESC LIMIT 1 FOR UPDATE");
    let found: Option<Json<Watch>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|Json(watch)| watch))
}

/// Writes what is watched for a case, new or changed; false when another call changed it in between.
#[tracing::instrument(name = "db.watch.save", skip_all, fields(case.id = %watch.case))]
pub async fn save_watch(tx: &mut Tx, watch: &Watch) -> Result<bool, StoreError> {
    let sql = if watch.version == 1 {
        "INSERT INTO watches (case_id, authority, version, document, child_id) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE watches SET version = $3, document = $4, child_id = $5 \
            WHERE case_id = $1 AND authority = $2 AND version = $3 - 1"
    };
    let done = with_tx!(tx, c => sqlx::query(sql)
        .bind(watch.case.uuid())
        .bind(watch.authority.as_str())
        .bind(watch.version)
        .bind(Json(watch))
        .bind(watch.child.uuid())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
