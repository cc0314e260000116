//! Who must not be written to, as the front door's feed has it.

use std::collections::BTreeSet;

use baton_ids::{AuthorityId, ChildId, FamilyId};
use baton_protocol::{KnownFact, KnownFacts, Value};
use baton_store::{Json, StoreError, Tx, dialect, sqlx, with_tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::safety::{Safety, WITHHOLD_FROM};

/// A row: the version that was seen, who is barred, and who said so.
type Row = (i64, Option<Json<BTreeSet<String>>>, Option<Json<Reported>>);

/// Who said whom not to write to, and when.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Reported {
    source: String,
    effective_at: Option<Timestamp>,
    recorded_at: Option<Timestamp>,
}

/// What is known about a child's safety. Locked, so that nothing is sent while it changes; a child of whom nothing is
/// known gets an empty row for it, so that what comes to be known meanwhile finds the notice that waits.
#[tracing::instrument(name = "db.safety.lock", skip_all, fields(child.id = %child))]
pub async fn lock(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<Safety>, StoreError> {
    let found = lock_known(tx, authority, child).await?;
    if found.is_some() || expect(tx, authority, child).await? {
        return Ok(found);
    }
    // The row came while we looked.
    lock_known(tx, authority, child).await
}

async fn lock_known(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<Safety>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT facts_version, barred, reported FROM safety WHERE authority = $1 AND child_id = $2",
        postgres: "SELECT facts_version, barred, reported FROM safety WHERE authority = $1 AND child_id = $2 \
            FOR SHARE");
    let found: Option<Row> = with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_optional(c)
        .await?);
    Ok(found.map(|(facts_version, barred, reported)| Safety {
        facts_version,
        facts: barred.map_or_else(KnownFacts::new, |Json(barred)| {
            known(barred, reported.map(|Json(reported)| reported))
        }),
    }))
}

/// The fact with who reported it. Of one that arrived before that was kept nobody is named.
fn known(barred: BTreeSet<String>, reported: Option<Reported>) -> KnownFacts {
    let Reported {
        source,
        effective_at,
        recorded_at,
    } = reported.unwrap_or_default();
    let value = if barred.is_empty() {
        Value::None
    } else {
        Value::Codes(barred)
    };
    let known = KnownFact {
        value,
        source,
        effective_at,
        recorded_at,
    };
    KnownFacts::from([(WITHHOLD_FROM.to_owned(), known)])
}

/// Holds the place of a child that is not known yet. It belongs to no family until it is. False when somebody else was
/// faster.
async fn expect(tx: &mut Tx, authority: &AuthorityId, child: ChildId) -> Result<bool, StoreError> {
    let sql = "INSERT INTO safety (authority, child_id, family_id, facts_version) VALUES ($1, $2, $3, 0) \
        ON CONFLICT (authority, child_id) DO NOTHING";
    let done = with_tx!(tx, c => sqlx::query(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .bind(Uuid::nil())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Notes that a child belongs to a family whose facts have reached a version.
#[tracing::instrument(name = "db.safety.place", skip_all, fields(child.id = %child))]
pub async fn place(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
    family: FamilyId,
    facts_version: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO safety (authority, child_id, family_id, facts_version) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (authority, child_id) DO UPDATE SET family_id = excluded.family_id, \
            facts_version = excluded.facts_version";
    with_tx!(tx, c => sqlx::query(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .bind(family.uuid())
        .bind(facts_version)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Notes that the facts of families have reached versions, and answers with the children whom that is news for.
#[tracing::instrument(name = "db.safety.reach", skip_all)]
pub async fn reach(
    tx: &mut Tx,
    authority: &AuthorityId,
    families: &[(FamilyId, i64)],
) -> Result<Vec<(FamilyId, ChildId)>, StoreError> {
    if families.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<(Uuid, Uuid)> = with_tx!(tx, c => {
        let mut reach = sqlx::QueryBuilder::new("WITH reached (of_family, version) AS (");
        reach.push_values(families, |mut row, (family, version)| {
            row.push_bind(family.uuid()).push_bind(*version);
        });
        reach.push(
            ") UPDATE safety SET facts_version = reached.version FROM reached \
             WHERE family_id = reached.of_family AND facts_version <= reached.version AND authority = ",
        );
        reach.push_bind(authority.as_str()).push(" RETURNING family_id, child_id");
        reach.build_query_as().fetch_all(c).await?
    });
    Ok(ids
        .into_iter()
        .map(|(family, child)| (FamilyId::from_uuid(family), ChildId::from_uuid(child)))
        .collect())
}

/// Writes who must not be written to about a child, and who says so. None: it became unknown.
#[tracing::instrument(name = "db.safety.set", skip_all, fields(child.id = %child))]
pub async fn set(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
    known: Option<&KnownFact>,
) -> Result<(), StoreError> {
    let barred = known.map(|known| match &known.value {
        Value::Codes(codes) => codes.clone(),
        _ => BTreeSet::new(),
    });
    let reported = known.map(|known| Reported {
        source: known.source.clone(),
        effective_at: known.effective_at,
        recorded_at: known.recorded_at,
    });
    let sql = "UPDATE safety SET barred = $3, reported = $4 WHERE authority = $1 AND child_id = $2";
    with_tx!(tx, c => sqlx::query(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .bind(barred.map(Json))
        .bind(reported.map(Json))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
