//! Suspensions of the protocol in the database.

use baton_ids::AuthorityId;
use baton_store::{Db, Json, StoreError, Tx, dialect, with_db, with_tx};
use uuid::Uuid;

use crate::domain::{Suspension, SuspensionState, Transfer};

/// How many a list shows at most.
const LISTED_MAX: i64 = 50;

/// The suspension in force, if one is.
#[tracing::instrument(name = "db.suspension.active", skip_all)]
pub async fn active_suspension(
    tx: &mut Tx,
    authority: &AuthorityId,
) -> Result<Option<Suspension>, StoreError> {
    let sql = "SELECT document FROM suspensions WHERE authority = $1 AND active = TRUE";
    let found: Option<Json<Suspension>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|Json(suspension)| suspension))
}

/// Finds a suspension, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.suspension.lock", skip_all)]
pub async fn lock_suspension(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: Uuid,
) -> Result<Option<Suspension>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM suspensions WHERE authority = $1 AND id = $2",
        postgres: "SELECT document FROM suspensions WHERE authority = $1 AND id = $2 FOR UPDATE");
    let found: Option<Json<Suspension>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id)
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|Json(suspension)| suspension))
}

/// Suspensions, newest first.
#[tracing::instrument(name = "db.suspension.list", skip_all)]
pub async fn suspensions(
    db: &Db,
    authority: &AuthorityId,
    active_only: bool,
) -> Result<Vec<Suspension>, StoreError> {
    let sql = "SELECT document FROM suspensions WHERE authority = $1 AND ($2 = FALSE OR active = TRUE) \
        ORDER BY id DESC LIMIT $3";
    let found: Vec<Json<Suspension>> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(active_only)
        .bind(LISTED_MAX)
        .fetch_all(c)
        .await)?;
    Ok(found
        .into_iter()
        .map(|Json(suspension)| suspension)
        .collect())
}

/// Writes a suspension, new or changed; false when another is in force.
#[tracing::instrument(name = "db.suspension.save", skip_all)]
pub async fn save_suspension(tx: &mut Tx, suspension: &Suspension) -> Result<bool, StoreError> {
    let sql = if suspension.version == 1 {
        "INSERT INTO suspensions (id, authority, active, version, document) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE suspensions SET active = $3, version = $4, document = $5 \
            WHERE id = $1 AND authority = $2 AND version = $4 - 1"
    };
    let done = with_tx!(tx, c => sqlx::query(sql)
        .bind(suspension.id)
        .bind(suspension.authority.as_str())
        .bind(suspension.state == SuspensionState::Active)
        .bind(suspension.version)
        .bind(Json(suspension))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Every transfer of the authority on which people still work, kept from change until this transaction ends.
#[tracing::instrument(name = "db.transfer.lock_workable", skip_all)]
pub async fn lock_workable(
    tx: &mut Tx,
    authority: &AuthorityId,
) -> Result<Vec<Transfer>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM transfers WHERE authority = $1 AND live = TRUE \
            AND phase IN ('open', 'placed') ORDER BY id",
        postgres: "SELECT document FROM transfers WHERE authority = $1 AND live = TRUE \
            AND phase IN ('open', 'placed') ORDER BY id FOR UPDATE");
    let found: Vec<Json<Transfer>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .fetch_all(c)
        .await)?;
    Ok(found.into_iter().map(|Json(transfer)| transfer).collect())
}
