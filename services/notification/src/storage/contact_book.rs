//! How people are reached.

use baton_ids::{AuthorityId, ChildId};
use baton_store::{StoreError, Tx, sqlx, with_tx};

use crate::domain::notice::Entry;

/// An entry as it is set.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// `worker`, `family`, `child`, `agency`, `referrer`.
    pub kind: String,
    /// The worker, or an id of the entry.
    pub id: String,
    /// The child the entry belongs to.
    pub child: Option<ChildId>,
    /// The medium.
    pub medium: String,
    /// Digest of the address.
    pub address_digest: String,
}

/// Writes an entry, in the place of one with the same kind and id.
#[tracing::instrument(name = "db.contact_book.set", skip_all)]
pub async fn set(tx: &mut Tx, authority: &AuthorityId, entry: &NewEntry) -> Result<(), StoreError> {
    let sql = "INSERT INTO contact_book (authority, kind, id, child_id, medium, address_digest) \
        VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (authority, kind, id) DO UPDATE SET child_id = excluded.child_id, medium = excluded.medium, \
            address_digest = excluded.address_digest";
    with_tx!(tx, c => sqlx::query(sql)
        .bind(authority.as_str())
        .bind(&entry.kind)
        .bind(&entry.id)
        .bind(entry.child.map(ChildId::uuid))
        .bind(&entry.medium)
        .bind(&entry.address_digest)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// The entries of a kind that belong to a child.
#[tracing::instrument(name = "db.contact_book.of_child", skip_all, fields(child.id = %child))]
pub async fn of_child(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
    kind: &str,
) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT id, medium FROM contact_book WHERE authority = $1 AND child_id = $2 AND kind = $3 ORDER BY id";
    let rows: Vec<(String, String)> = with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .bind(kind)
        .fetch_all(c)
        .await?);
    Ok(rows
        .into_iter()
        .map(|(id, medium)| Entry { id, medium })
        .collect())
}

/// The medium and the digest of the address of one entry.
#[tracing::instrument(name = "db.contact_book.find", skip_all)]
pub async fn find(
    tx: &mut Tx,
    authority: &AuthorityId,
    kind: &str,
    id: &str,
) -> Result<Option<(String, String)>, StoreError> {
    let sql = "SELECT medium, address_digest FROM contact_book WHERE authority = $1 AND kind = $2 AND id = $3";
    Ok(with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(kind)
        .bind(id)
        .fetch_optional(c)
        .await?))
}
