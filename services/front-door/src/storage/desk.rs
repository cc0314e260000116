//! Enquiries and trays: one row each.

use baton_ids::{AuthorityId, TeamId};
use baton_store::{Db, Json, StoreError, Tx, dialect, sqlx, with_db, with_tx};
use uuid::Uuid;

use crate::domain::enquiry::Enquiry;
use crate::domain::tray::Tray;

/// Writes a new enquiry.
#[tracing::instrument(name = "db.enquiry.insert", skip_all, fields(enquiry.id = %enquiry.id))]
pub async fn insert_enquiry(tx: &mut Tx, enquiry: &Enquiry) -> Result<(), StoreError> {
    let sql = "INSERT INTO enquiries (id, authority, version, document) VALUES ($1, $2, $3, $4)";
    with_tx!(tx, c => sqlx::query(sql)
        .bind(enquiry.id)
        .bind(enquiry.authority.as_str())
        .bind(enquiry.version)
        .bind(Json(enquiry))
        .execute(c)
        .await
            .map(drop))?;
    Ok(())
}

/// Finds an enquiry, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.enquiry.lock", skip_all, fields(enquiry.id = %id))]
pub async fn lock_enquiry(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: Uuid,
) -> Result<Option<Enquiry>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM enquiries WHERE authority = $1 AND id = $2",
        postgres: "SELECT document FROM enquiries WHERE authority = $1 AND id = $2 FOR UPDATE");
    let found: Option<Json<Enquiry>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id)
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(enquiry)| enquiry))
}

/// Finds an enquiry.
#[tracing::instrument(name = "db.enquiry.find", skip_all, fields(enquiry.id = %id))]
pub async fn find_enquiry(
    db: &Db,
    authority: &AuthorityId,
    id: Uuid,
) -> Result<Option<Enquiry>, StoreError> {
    let sql = "SELECT document FROM enquiries WHERE authority = $1 AND id = $2";
    let found: Option<Json<Enquiry>> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id)
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(enquiry)| enquiry))
}

/// Writes a changed enquiry, if it is still at the version with which it was read.
#[tracing::instrument(name = "db.enquiry.save", skip_all, fields(enquiry.id = %enquiry.id))]
pub async fn save_enquiry(tx: &mut Tx, before: i64, enquiry: &Enquiry) -> Result<(), StoreError> {
    let sql = "UPDATE enquiries SET version = $3, document = $4 WHERE id = $1 AND version = $2";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(enquiry.id)
        .bind(before)
        .bind(enquiry.version)
        .bind(Json(enquiry))
        .execute(c)
        .await?
        .rows_affected());
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::Contention)
    }
}

/// Writes a new tray. Does nothing when somebody else did a moment ago.
#[tracing::instrument(name = "db.tray.insert", skip_all, fields(team.id = %tray.team))]
pub async fn insert_tray(tx: &mut Tx, tray: &Tray) -> Result<bool, StoreError> {
    let sql = "INSERT INTO trays (id, authority, team_id, version, document) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (authority, team_id) DO NOTHING";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(tray.id)
        .bind(tray.authority.as_str())
        .bind(tray.team.as_str())
        .bind(tray.version)
        .bind(Json(tray))
        .execute(c)
        .await?
        .rows_affected());
    Ok(written == 1)
}

/// Finds a team's tray, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.tray.lock", skip_all, fields(team.id = %team))]
pub async fn lock_tray(
    tx: &mut Tx,
    authority: &AuthorityId,
    team: &TeamId,
) -> Result<Option<Tray>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM trays WHERE authority = $1 AND team_id = $2",
        postgres: "SELECT document FROM trays WHERE authority = $1 AND team_id = $2 FOR UPDATE");
    let found: Option<Json<Tray>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(team.as_str())
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(tray)| tray))
}

/// Whether a team has a tray in which something has lain.
#[tracing::instrument(name = "db.tray.exists", skip_all, fields(team.id = %team))]
pub async fn has_tray(
    tx: &mut Tx,
    authority: &AuthorityId,
    team: &TeamId,
) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM trays WHERE authority = $1 AND team_id = $2";
    let found: Option<Uuid> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(team.as_str())
        .fetch_optional(c)
        .await?);
    Ok(found.is_some())
}

/// Finds a tray by its id, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.tray.lock_by_id", skip_all)]
pub async fn lock_tray_by_id(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: Uuid,
) -> Result<Option<Tray>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM trays WHERE authority = $1 AND id = $2",
        postgres: "SELECT document FROM trays WHERE authority = $1 AND id = $2 FOR UPDATE");
    let found: Option<Json<Tray>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id)
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(tray)| tray))
}

/// Finds a team's tray.
#[tracing::instrument(name = "db.tray.find", skip_all, fields(team.id = %team))]
pub async fn find_tray(
    db: &Db,
    authority: &AuthorityId,
    team: &TeamId,
) -> Result<Option<Tray>, StoreError> {
    let sql = "SELECT document FROM trays WHERE authority = $1 AND team_id = $2";
    let found: Option<Json<Tray>> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(team.as_str())
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(tray)| tray))
}

/// Writes a changed tray, if it is still at the version with which it was read.
#[tracing::instrument(name = "db.tray.save", skip_all, fields(team.id = %tray.team))]
pub async fn save_tray(tx: &mut Tx, before: i64, tray: &Tray) -> Result<(), StoreError> {
    let sql = "UPDATE trays SET version = $3, document = $4 WHERE id = $1 AND version = $2";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(tray.id)
        .bind(before)
        .bind(tray.version)
        .bind(Json(tray))
        .execute(c)
        .await?
        .rows_affected());
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::Contention)
    }
}
