//! What other systems call a child.

use baton_ids::{AuthorityId, ChildId, FamilyId};
use baton_store::{Db, StoreError, Tx, sqlx, with_db, with_tx};
use uuid::Uuid;

const LIST: &str = "SELECT system, reference FROM child_references WHERE authority = $1 AND child_id = $2 \
    ORDER BY system, reference";
const RESOLVE_CHILD: &str = "SELECT id, family_id FROM children WHERE authority = $1 AND id = $2";

/// What a system calls a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The system.
    pub system: String,
    /// Its reference.
    pub reference: String,
}

/// The child that a system means, seen from inside a transaction.
#[tracing::instrument(name = "db.reference.find_in", skip_all)]
pub async fn find_in(
    tx: &mut Tx,
    authority: &AuthorityId,
    reference: &Reference,
) -> Result<Option<ChildId>, StoreError> {
    let sql = "SELECT child_id FROM child_references WHERE authority = $1 AND system = $2 AND reference = $3";
    let found: Option<Uuid> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(&reference.system)
        .bind(&reference.reference)
        .fetch_optional(c)
        .await?);
    Ok(found.map(ChildId::from_uuid))
}

/// Adds a reference. False when it is known already, for this child or another.
#[tracing::instrument(name = "db.reference.add", skip_all, fields(child.id = %child))]
pub async fn add(
    tx: &mut Tx,
    authority: &AuthorityId,
    reference: &Reference,
    child: ChildId,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO child_references (authority, system, reference, child_id) \
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(authority.as_str())
        .bind(&reference.system)
        .bind(&reference.reference)
        .bind(child.uuid())
        .execute(c)
        .await?
        .rows_affected());
    Ok(written == 1)
}

/// Every reference of a child.
#[tracing::instrument(name = "db.reference.list", skip_all, fields(child.id = %child))]
pub async fn list(
    db: &Db,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Vec<Reference>, StoreError> {
    let rows: Vec<(String, String)> = with_db!(db, c => sqlx::query_as(LIST)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_all(c)
        .await?);
    Ok(references(rows))
}

/// Every reference of a child, seen from inside a transaction.
#[tracing::instrument(name = "db.reference.list_in", skip_all, fields(child.id = %child))]
pub async fn list_in(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Vec<Reference>, StoreError> {
    let rows: Vec<(String, String)> = with_tx!(tx, c => sqlx::query_as(LIST)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_all(c)
        .await?);
    Ok(references(rows))
}

fn references(rows: Vec<(String, String)>) -> Vec<Reference> {
    rows.into_iter()
        .map(|(system, reference)| Reference { system, reference })
        .collect()
}

/// The child that a system means, with its family group.
#[tracing::instrument(name = "db.reference.resolve", skip_all)]
pub async fn resolve(
    db: &Db,
    authority: &AuthorityId,
    reference: &Reference,
) -> Result<Option<(ChildId, FamilyId)>, StoreError> {
    let sql = "SELECT c.id, c.family_id FROM child_references r JOIN children c ON c.id = r.child_id \
        WHERE r.authority = $1 AND r.system = $2 AND r.reference = $3";
    let found: Option<(Uuid, Uuid)> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(&reference.system)
        .bind(&reference.reference)
        .fetch_optional(c)
        .await?);
    Ok(found.map(ids))
}

/// A child by our own id, with its family group.
#[tracing::instrument(name = "db.child.resolve", skip_all, fields(child.id = %child))]
pub async fn resolve_child(
    db: &Db,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<(ChildId, FamilyId)>, StoreError> {
    let found: Option<(Uuid, Uuid)> = with_db!(db, c => sqlx::query_as(RESOLVE_CHILD)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_optional(c)
        .await?);
    Ok(found.map(ids))
}

/// A child by our own id, with its family group, seen from inside a transaction.
#[tracing::instrument(name = "db.child.resolve_in", skip_all, fields(child.id = %child))]
pub async fn resolve_in(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<(ChildId, FamilyId)>, StoreError> {
    let found: Option<(Uuid, Uuid)> = with_tx!(tx, c => sqlx::query_as(RESOLVE_CHILD)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_optional(c)
        .await?);
    Ok(found.map(ids))
}

fn ids((child, family): (Uuid, Uuid)) -> (ChildId, FamilyId) {
    (ChildId::from_uuid(child), FamilyId::from_uuid(family))
}
