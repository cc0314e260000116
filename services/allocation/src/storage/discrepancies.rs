//! Differences between the ledger and the record system.

use baton_ids::{AuthorityId, CaseId};
use baton_store::{Db, Json, StoreError, Tx, sqlx, with_db, with_tx};
use uuid::Uuid;

use super::Page;
use crate::domain::Discrepancy;

/// A difference as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The case.
    pub case: CaseId,
    /// Whether it is still open.
    pub open: bool,
    /// The difference.
    pub discrepancy: Discrepancy,
}

/// Writes a difference as it now is.
#[tracing::instrument(name = "db.discrepancy.save", skip_all, fields(case.id = %case))]
pub async fn save(
    tx: &mut Tx,
    authority: &AuthorityId,
    case: CaseId,
    discrepancy: &Discrepancy,
    open: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO discrepancies (id, authority, case_id, open, document) \
        VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (id) DO UPDATE SET open = excluded.open, document = excluded.document";
    with_tx!(tx, c => sqlx::query(sql)
        .bind(discrepancy.id)
        .bind(authority.as_str())
        .bind(case.uuid())
        .bind(open)
        .bind(Json(discrepancy))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Lists differences, oldest first.
#[tracing::instrument(name = "db.discrepancy.list", skip_all)]
pub async fn list(
    db: &Db,
    authority: &AuthorityId,
    open_only: bool,
    page: Page,
) -> Result<Vec<Listed>, StoreError> {
    let sql = "SELECT case_id, open, document FROM discrepancies \
        WHERE authority = $1 AND id > $2 AND (NOT $3 OR open) ORDER BY id LIMIT $4";
    let found: Vec<(Uuid, bool, Json<Discrepancy>)> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(page.after.unwrap_or(Uuid::nil()))
        .bind(open_only)
        .bind(page.size)
        .fetch_all(c)
        .await?);

    let listed = |(case, open, Json(discrepancy)): (Uuid, bool, Json<Discrepancy>)| Listed {
        case: CaseId::from_uuid(case),
        open,
        discrepancy,
    };
    Ok(found.into_iter().map(listed).collect())
}
