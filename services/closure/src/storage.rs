//! All SQL of closure: one text a statement, for SQLite and PostgreSQL.
//!
//! Every function takes the authority: another authority's row is as good as none.

use baton_ids::{AuthorityId, CaseId, ClosureId};
use baton_store::{Db, Json, StoreError, Tx, dialect, sqlx, with_db, with_tx};
use uuid::Uuid;

use crate::domain::Closure;

type Document = Json<Closure>;

/// A page of rows: at most `size`, after the last id of the page before.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The last id of the page before. None for the first page.
    pub after: Option<Uuid>,
    /// How many rows at most.
    pub size: i64,
}

/// Finds a closure, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.closure.lock", skip_all, fields(closure.id = %id))]
pub async fn lock(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: ClosureId,
) -> Result<Option<Closure>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM closures WHERE authority = $1 AND id = $2",
        postgres: "SELECT document FROM closures WHERE authority = $1 AND id = $2 FOR UPDATE");
    let found: Option<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);

    Ok(found.map(|Json(closure)| closure))
}

/// Finds the live closure of a case, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.closure.lock_live", skip_all, fields(case.id = %case))]
pub async fn lock_live(
    tx: &mut Tx,
    authority: &AuthorityId,
    case: CaseId,
) -> Result<Option<Closure>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM closures WHERE authority = $1 AND case_id = $2 \
            AND phase IN ('considered', 'closing')",
        postgres: "SELECT document FROM closures WHERE authority = $1 AND case_id = $2 \
            AND phase IN ('considered', 'closing') FOR UPDATE");
    let found: Option<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(case.uuid())
        .fetch_optional(c)
        .await?);

    Ok(found.map(|Json(closure)| closure))
}

/// Writes a new closure. False when the case has a live one.
#[tracing::instrument(name = "db.closure.insert", skip_all, fields(closure.id = %closure.id))]
pub async fn insert(tx: &mut Tx, closure: &Closure) -> Result<bool, StoreError> {
    let sql = "INSERT INTO closures (id, authority, case_id, phase, version, document) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(closure.id.uuid())
        .bind(closure.authority.as_str())
        .bind(closure.case.uuid())
        .bind(closure.phase.code())
        .bind(closure.version)
        .bind(Json(closure))
        .execute(c)
        .await?
        .rows_affected());

    Ok(written == 1)
}

/// Writes a changed closure, if it is still at the version it was read with.
#[tracing::instrument(name = "db.closure.save", skip_all, fields(closure.id = %closure.id))]
pub async fn save(tx: &mut Tx, before: &Closure, closure: &Closure) -> Result<bool, StoreError> {
    let sql = "UPDATE closures SET phase = $3, version = $4, document = $5 WHERE id = $1 AND version = $2";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(closure.id.uuid())
        .bind(before.version)
        .bind(closure.phase.code())
        .bind(closure.version)
        .bind(Json(closure))
        .execute(c)
        .await?
        .rows_affected());

    Ok(written == 1)
}

/// Finds a closure.
#[tracing::instrument(name = "db.closure.find", skip_all, fields(closure.id = %id))]
pub async fn find(
    db: &Db,
    authority: &AuthorityId,
    id: ClosureId,
) -> Result<Option<Closure>, StoreError> {
    let sql = "SELECT document FROM closures WHERE authority = $1 AND id = $2";
    let found: Option<Document> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);

    Ok(found.map(|Json(closure)| closure))
}

/// Lists closures, oldest first.
#[tracing::instrument(name = "db.closure.list", skip_all)]
pub async fn list(
    db: &Db,
    authority: &AuthorityId,
    case: Option<CaseId>,
    live_only: bool,
    page: Page,
) -> Result<Vec<Closure>, StoreError> {
    let sql = "SELECT document FROM closures WHERE authority = $1 AND id > $2 \
        AND (NOT $3 OR case_id = $4) AND (NOT $5 OR phase IN ('considered', 'closing')) \
        ORDER BY id LIMIT $6";
    let found: Vec<Document> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(page.after.unwrap_or(Uuid::nil()))
        .bind(case.is_some())
        .bind(case.map_or(Uuid::nil(), baton_ids::Id::uuid))
        .bind(live_only)
        .bind(page.size)
        .fetch_all(c)
        .await?);

    Ok(found.into_iter().map(|Json(closure)| closure).collect())
}
