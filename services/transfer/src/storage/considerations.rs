//! Undecided triggers in the database.

use baton_ids::{AuthorityId, CaseId};
use baton_store::{Json, StoreError, Tx, dialect, with_tx};
use uuid::Uuid;

use crate::domain::Consideration;

/// Finds the open undecided trigger of a case, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.consideration.lock_open", skip_all, fields(case.id = %case))]
pub async fn open_consideration_of(
    tx: &mut Tx,
    authority: &AuthorityId,
    case: CaseId,
) -> Result<Option<Consideration>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM considerations WHERE authority = $1 AND case_id = $2 AND open = TRUE",
        postgres: "SELECT document FROM considerations WHERE authority = $1 AND case_id = $2 AND open FOR UPDATE");
    let found: Option<Json<Consideration>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(case.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|Json(consideration)| consideration))
}

/// Finds an undecided trigger by its id, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.consideration.lock", skip_all)]
pub async fn lock_consideration(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: Uuid,
) -> Result<Option<Consideration>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM considerations WHERE authority = $1 AND id = $2",
        postgres: "SELECT document FROM considerations WHERE authority = $1 AND id = $2 FOR UPDATE");
    let found: Option<Json<Consideration>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id)
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|Json(consideration)| consideration))
}

/// Writes an undecided trigger, new or changed; false when the case has another open one.
#[tracing::instrument(name = "db.consideration.save", skip_all)]
pub async fn save_consideration(
    tx: &mut Tx,
    consideration: &Consideration,
) -> Result<bool, StoreError> {
    let sql = if consideration.version == 1 {
        "INSERT INTO considerations (id, authority, case_id, child_id, open, version, document) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE considerations SET open = $5, version = $6, document = $7 \
            WHERE id = $1 AND authority = $2 AND case_id = $3 AND child_id = $4 AND version = $6 - 1"
    };
    let done = with_tx!(tx, c => sqlx::query(sql)
        .bind(consideration.id)
        .bind(consideration.authority.as_str())
        .bind(consideration.case.uuid())
        .bind(consideration.child.uuid())
        .bind(consideration.open)
        .bind(consideration.version)
        .bind(Json(consideration))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
