//! What is watched for open cases, in the database.

use baton_ids::{AuthorityId, CaseId, ChildId};
use baton_store::{Json, StoreError, Tx, dialect, with_tx, write_last};

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

/// Writes what is watched for a case, new or changed. One that another call changed in between fails the transaction.
#[tracing::instrument(name = "db.watch.save", skip_all, fields(case.id = %watch.case))]
pub async fn save_watch(tx: &mut Tx, watch: &Watch) -> Result<(), StoreError> {
    if watch.version == 1 {
        return write_last!(tx, 1, insert => insert
            .push("INSERT INTO watches (case_id, authority, version, document, child_id) ")
            .push_values([watch], |mut row, watch| {
                row.push_bind(watch.case.uuid())
                    .push_bind(watch.authority.as_str())
                    .push_bind(watch.version)
                    .push_bind(Json(watch))
                    .push_bind(watch.child.uuid());
            })
            .push(" ON CONFLICT DO NOTHING"));
    }
    write_last!(tx, 1, update => update
        .push("UPDATE watches SET version = ")
        .push_bind(watch.version)
        .push(", document = ")
        .push_bind(Json(watch))
        .push(", child_id = ")
        .push_bind(watch.child.uuid())
        .push(" WHERE case_id = ")
        .push_bind(watch.case.uuid())
        .push(" AND authority = ")
        .push_bind(watch.authority.as_str())
        .push(" AND version = ")
        .push_bind(watch.version - 1))
}
