//! Family groups and their children.

use baton_ids::{AuthorityId, ChildId, FamilyId};
use baton_store::{Db, Instant, Json, StoreError, Tx, dialect, sqlx, with_db, with_tx, write_last};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::fact::Current;
use crate::domain::family::{Child, Family};

/// What the row of a child holds besides its columns.
#[derive(Serialize, Deserialize)]
struct Document {
    household: Option<String>,
    facts: Current,
}

type ChildRow = (Uuid, Uuid, i64, Json<Document>);

/// The whole group of a child in one statement, so that version and facts agree.
const SELECT_GROUP_OF: &str = "SELECT c.id, f.id, f.version, c.document FROM children me \
    JOIN families f ON f.id = me.family_id \
    JOIN children c ON c.family_id = f.id \
    WHERE me.authority = $1 AND me.id = $2 ORDER BY c.id";

/// The family group of a child.
#[tracing::instrument(name = "db.family.find", skip_all, fields(child.id = %child))]
pub async fn find(
    db: &Db,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<Family>, StoreError> {
    let rows: Vec<ChildRow> = with_db!(db, c => sqlx::query_as(SELECT_GROUP_OF)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_all(c)
        .await?);
    Ok(family(authority, rows))
}

/// The family group of a child, seen from inside a transaction.
#[tracing::instrument(name = "db.family.find_in", skip_all, fields(child.id = %child))]
pub async fn find_in(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<Family>, StoreError> {
    let rows: Vec<ChildRow> = with_tx!(tx, c => sqlx::query_as(SELECT_GROUP_OF)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_all(c)
        .await?);
    Ok(family(authority, rows))
}

/// The family group of a child, kept from changing until this transaction ends.
///
/// Answers [`StoreError::Contention`] when the group was merged into another while this waited for it.
#[tracing::instrument(name = "db.family.lock", skip_all, fields(child.id = %child))]
pub async fn lock(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<Family>, StoreError> {
    let Some(locked) = lock_group_of(tx, authority, child).await? else {
        return Ok(None);
    };
    // A second statement: it sees what whoever held the lock has committed.
    let family = find_in(tx, authority, child).await?;
    // Merging locks the groups too: a child that is still in the locked group stays in it.
    if family
        .as_ref()
        .is_some_and(|family| family.id.uuid() == locked)
    {
        Ok(family)
    } else {
        Err(StoreError::Contention)
    }
}

async fn lock_group_of(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<Uuid>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT f.id FROM families f JOIN children c ON c.family_id = f.id \
            WHERE c.authority = $1 AND c.id = $2",
        postgres: "SELECT f.id FROM families f JOIN children c ON c.family_id = f.id \
            WHERE c.authority = $1 AND c.id = $2 FOR UPDATE OF f");
    Ok(with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_optional(c)
        .await?))
}

fn family(authority: &AuthorityId, rows: Vec<ChildRow>) -> Option<Family> {
    let (_, id, version, _) = rows.first()?;
    Some(Family {
        id: FamilyId::from_uuid(*id),
        authority: authority.clone(),
        version: *version,
        children: rows
            .into_iter()
            .map(|(id, _, _, Json(document))| Child {
                id: ChildId::from_uuid(id),
                household: document.household,
                facts: document.facts,
            })
            .collect(),
    })
}

/// Writes a new group with its first child.
#[tracing::instrument(name = "db.family.insert", skip_all, fields(family.id = %family.id))]
pub async fn insert(
    tx: &mut Tx,
    family: &Family,
    registered_at: Timestamp,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO families (id, authority, version) VALUES ($1, $2, $3)";
    with_tx!(tx, c => sqlx::query(insert)
        .bind(family.id.uuid())
        .bind(family.authority.as_str())
        .bind(family.version)
        .execute(c)
        .await
            .map(drop))?;
    let insert = "INSERT INTO children (id, authority, family_id, registered_at, document) \
        VALUES ($1, $2, $3, $4, $5)";
    for child in &family.children {
        with_tx!(tx, c => sqlx::query(insert)
            .bind(child.id.uuid())
            .bind(family.authority.as_str())
            .bind(family.id.uuid())
            .bind(Instant::from(registered_at))
            .bind(Json(document(child)))
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// Writes what changed in a group at the end of the transaction, if it is still at the version with which it was read.
#[tracing::instrument(name = "db.family.save", skip_all, fields(family.id = %family.id))]
pub async fn save(tx: &mut Tx, before: &Family, family: &Family) -> Result<(), StoreError> {
    if before == family {
        return Ok(());
    }
    write_last!(tx, 1, update => update
        .push("UPDATE families SET version = ")
        .push_bind(family.version)
        .push(" WHERE id = ")
        .push_bind(family.id.uuid())
        .push(" AND version = ")
        .push_bind(before.version))?;
    let changed = family
        .children
        .iter()
        .filter(|child| before.child(child.id) != Some(child));
    for child in changed {
        write_last!(tx, 1, update => update
            .push("UPDATE children SET family_id = ")
            .push_bind(family.id.uuid())
            .push(", document = ")
            .push_bind(Json(document(child)))
            .push(" WHERE id = ")
            .push_bind(child.id.uuid()))?;
    }
    Ok(())
}

/// Notes that a group was merged into another.
#[tracing::instrument(name = "db.family.merge", skip_all, fields(family.id = %into))]
pub async fn mark_merged(tx: &mut Tx, family: FamilyId, into: FamilyId) -> Result<(), StoreError> {
    write_last!(tx, 1, update => update
        .push("UPDATE families SET merged_into = ")
        .push_bind(into.uuid())
        .push(" WHERE id = ")
        .push_bind(family.uuid()))
}

fn document(child: &Child) -> Document {
    Document {
        household: child.household.clone(),
        facts: child.facts.clone(),
    }
}
