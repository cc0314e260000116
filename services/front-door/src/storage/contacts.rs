//! Contacts: one row each.

use baton_ids::{AuthorityId, ChildId, ContactId, TeamId};
use baton_store::{Db, Json, StoreError, Tx, dialect, sqlx, with_db, with_tx};
use uuid::Uuid;

use super::Page;
use crate::domain::contact::{Contact, State};

type Document = Json<Contact>;

/// Which contacts a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those of this team.
    pub team: Option<TeamId>,
    /// Only those about this child.
    pub child: Option<ChildId>,
    /// Only those that wait for a decision.
    pub undecided_only: bool,
}

/// Finds a contact, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.contact.lock", skip_all, fields(contact.id = %id))]
pub async fn lock(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: ContactId,
) -> Result<Option<Contact>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM contacts WHERE authority = $1 AND id = $2",
        postgres: "SELECT document FROM contacts WHERE authority = $1 AND id = $2 FOR UPDATE");
    let found: Option<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(contact)| contact))
}

/// The child whom a contact is about.
#[tracing::instrument(name = "db.contact.child", skip_all, fields(contact.id = %id))]
pub async fn child_of(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: ContactId,
) -> Result<Option<ChildId>, StoreError> {
    let sql = "SELECT child_id FROM contacts WHERE authority = $1 AND id = $2";
    let found: Option<Uuid> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);
    Ok(found.map(ChildId::from_uuid))
}

/// Every contact about a child, oldest first, and keeps others from changing them until this transaction ends.
#[tracing::instrument(name = "db.contact.lock_of_child", skip_all, fields(child.id = %child))]
pub async fn lock_of_child(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Vec<Contact>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM contacts WHERE authority = $1 AND child_id = $2 ORDER BY id",
        postgres: "SELECT document FROM contacts WHERE authority = $1 AND child_id = $2 ORDER BY id FOR UPDATE");
    let rows: Vec<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(contact)| contact).collect())
}

/// Finds a contact.
#[tracing::instrument(name = "db.contact.find", skip_all, fields(contact.id = %id))]
pub async fn find(
    db: &Db,
    authority: &AuthorityId,
    id: ContactId,
) -> Result<Option<Contact>, StoreError> {
    let sql = "SELECT document FROM contacts WHERE authority = $1 AND id = $2";
    let found: Option<Document> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(contact)| contact))
}

/// Writes a new contact.
#[tracing::instrument(name = "db.contact.insert", skip_all, fields(contact.id = %contact.id))]
pub async fn insert(tx: &mut Tx, contact: &Contact) -> Result<(), StoreError> {
    let sql = "INSERT INTO contacts (id, authority, child_id, team_id, state, version, document) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    with_tx!(tx, c => sqlx::query(sql)
        .bind(contact.id.uuid())
        .bind(contact.authority.as_str())
        .bind(contact.child.uuid())
        .bind(contact.team.as_str())
        .bind(state(contact))
        .bind(contact.version)
        .bind(Json(contact))
        .execute(c)
        .await
            .map(drop))?;
    Ok(())
}

/// Writes a changed contact, if it is still at the version with which it was read.
#[tracing::instrument(name = "db.contact.save", skip_all, fields(contact.id = %contact.id))]
pub async fn save(tx: &mut Tx, before: i64, contact: &Contact) -> Result<(), StoreError> {
    let sql = "UPDATE contacts SET team_id = $3, state = $4, version = $5, document = $6 \
        WHERE id = $1 AND version = $2";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(contact.id.uuid())
        .bind(before)
        .bind(contact.team.as_str())
        .bind(state(contact))
        .bind(contact.version)
        .bind(Json(contact))
        .execute(c)
        .await?
        .rows_affected());
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::Contention)
    }
}

/// Lists contacts, newest first.
#[tracing::instrument(name = "db.contact.list", skip_all)]
pub async fn list(
    db: &Db,
    authority: &AuthorityId,
    filter: &Filter,
    page: Page,
) -> Result<Vec<Contact>, StoreError> {
    let sql = "SELECT document FROM contacts WHERE authority = $1 \
        AND (team_id = $2 OR $2 = '') \
        AND (child_id = $3 OR $3 = $4) \
        AND (state = 'launched' OR NOT $5) \
        AND id < $6 \
        ORDER BY id DESC LIMIT $7";
    let rows: Vec<Document> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(filter.team.as_ref().map_or("", TeamId::as_str))
        .bind(filter.child.map_or(Uuid::nil(), ChildId::uuid))
        .bind(Uuid::nil())
        .bind(filter.undecided_only)
        .bind(page.after.unwrap_or(Uuid::max()))
        .bind(page.size)
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(contact)| contact).collect())
}

const fn state(contact: &Contact) -> &'static str {
    match contact.state {
        State::Launched => "launched",
        State::Decided(_) => "decided",
    }
}
