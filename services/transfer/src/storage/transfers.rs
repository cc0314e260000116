//! Transfers in the database: one row, a version, columns for what is asked, a document for the rest.

use baton_ids::{AuthorityId, CaseId, ChildId, TransferId};
use baton_store::{Db, Instant, Json, StoreError, Tx, dialect, with_db, with_tx, write_last};
use sqlx::FromRow;
use uuid::Uuid;

use crate::domain::Transfer;

/// What a list of transfers asks for.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Only those of this case.
    pub case: Option<CaseId>,
    /// Only those of this child.
    pub child: Option<ChildId>,
    /// Only those that have not ended.
    pub live_only: bool,
    /// Only those older than this one: where the last page ended.
    pub before: Option<TransferId>,
    /// How many at most.
    pub limit: i64,
}

#[derive(FromRow)]
pub struct Row {
    document: Json<Transfer>,
    version: i64,
}

impl Row {
    /// The columns are what was compared and set; a document that says otherwise was tampered with.
    pub fn transfer(self) -> Result<Transfer, StoreError> {
        let Json(transfer) = self.document;
        if transfer.version == self.version {
            Ok(transfer)
        } else {
            Err(StoreError::Corrupt("transfers.version"))
        }
    }
}

/// Finds a transfer.
#[tracing::instrument(name = "db.transfer.find", skip_all, fields(transfer.id = %id))]
pub async fn find(
    db: &Db,
    authority: &AuthorityId,
    id: TransferId,
) -> Result<Option<Transfer>, StoreError> {
    let sql = "SELECT document, version FROM transfers WHERE authority = $1 AND id = $2";
    let row: Option<Row> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    row.map(Row::transfer).transpose()
}

/// Finds a transfer, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.transfer.lock", skip_all, fields(transfer.id = %id))]
pub async fn lock(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: TransferId,
) -> Result<Option<Transfer>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document, version FROM transfers WHERE authority = $1 AND id = $2",
        postgres: "SELECT document, version FROM transfers WHERE authority = $1 AND id = $2 FOR UPDATE");
    let row: Option<Row> = with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    row.map(Row::transfer).transpose()
}

/// The child's transfers, newest first, kept from change until this transaction ends: the live one if there is one,
/// and those completed whose meetings and actions may still be due.
#[tracing::instrument(name = "db.transfer.series_of_child", skip_all)]
pub async fn series_of_child(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Vec<Transfer>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document, version FROM transfers WHERE authority = $1 AND child_id = $2 \
            AND phase IN ('open', 'placed', 'completing', 'completed') ORDER BY id DESC LIMIT 20",
        postgres: "SELECT document, version FROM transfers WHERE authority = $1 AND child_id = $2 \
            AND phase IN ('open', 'placed', 'completing', 'completed') ORDER BY id DESC LIMIT 20 FOR UPDATE");
    let rows: Vec<Row> = with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Row::transfer).collect()
}

/// Adds a transfer; false when the case has a live one.
#[tracing::instrument(name = "db.transfer.insert", skip_all, fields(transfer.id = %transfer.id))]
pub async fn insert(tx: &mut Tx, transfer: &Transfer) -> Result<bool, StoreError> {
    let sql = "INSERT INTO transfers \
        (id, authority, case_id, child_id, phase, live, version, opened_at, document) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let done = with_tx!(tx, c => sqlx::query(sql)
        .bind(transfer.id.uuid())
        .bind(transfer.authority.as_str())
        .bind(transfer.case.uuid())
        .bind(transfer.child.uuid())
        .bind(transfer.phase.code())
        .bind(transfer.phase.is_live())
        .bind(transfer.version)
        .bind(Instant::from(transfer.opened_at))
        .bind(Json(transfer))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Saves a transfer that was at version `from`, at the end of the transaction.
#[tracing::instrument(name = "db.transfer.save", skip_all, fields(transfer.id = %transfer.id))]
pub async fn save(tx: &mut Tx, transfer: &Transfer, from: i64) -> Result<(), StoreError> {
    write_last!(tx, 1, update => update
        .push("UPDATE transfers SET phase = ")
        .push_bind(transfer.phase.code())
        .push(", live = ")
        .push_bind(transfer.phase.is_live())
        .push(", version = ")
        .push_bind(transfer.version)
        .push(", document = ")
        .push_bind(Json(transfer))
        .push(" WHERE id = ")
        .push_bind(transfer.id.uuid())
        .push(" AND version = ")
        .push_bind(from))
}

/// A page of transfers, newest first.
#[tracing::instrument(name = "db.transfer.list", skip_all)]
pub async fn list(
    db: &Db,
    authority: &AuthorityId,
    page: &Page,
) -> Result<Vec<Transfer>, StoreError> {
    // The highest UUID stands for "from the newest": ids sort by the time they were made.
    let sql = "SELECT document, version FROM transfers WHERE authority = $1 AND id < $2 \
        AND ($3 = FALSE OR case_id = $4) AND ($5 = FALSE OR child_id = $6) AND ($7 = FALSE OR live = TRUE) \
        ORDER BY id DESC LIMIT $8";
    let rows: Vec<Row> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(page.before.map_or(Uuid::max(), TransferId::uuid))
        .bind(page.case.is_some())
        .bind(page.case.map_or(Uuid::nil(), CaseId::uuid))
        .bind(page.child.is_some())
        .bind(page.child.map_or(Uuid::nil(), ChildId::uuid))
        .bind(page.live_only)
        .bind(page.limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Row::transfer).collect()
}
