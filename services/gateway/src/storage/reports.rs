//! Reports by their natural key, and their receipts.

use baton_contracts::record::v1::Receipt;
use baton_store::{Instant, Store, StoreError, Tx, sqlx, with_db, with_tx};
use jiff::Timestamp;
use prost::Message;
use uuid::Uuid;

/// A report as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Our id.
    pub id: Uuid,
    /// The authority.
    pub authority: String,
    /// The record system.
    pub source: String,
    /// The record system's id of the event.
    pub event_id: String,
    /// The revision.
    pub revision: i64,
    /// SHA-256 of the report's bytes.
    pub body_hash: Vec<u8>,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What became of it. Absent while that is open.
    pub receipt: Option<Vec<u8>>,
}

/// What is kept about one revision of an event.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Revision {
    /// Our id of the report.
    pub id: Uuid,
    /// The revision.
    #[sqlx(rename = "revision")]
    pub number: i64,
    /// SHA-256 of the report's bytes.
    pub body_hash: Vec<u8>,
    /// What became of it. Absent while that is open.
    pub receipt: Option<Vec<u8>>,
}

/// Keeps a report. False when this revision was reported before.
pub async fn insert(tx: &mut Tx, report: &Report) -> Result<bool, StoreError> {
    let insert = "INSERT INTO reports \
        (id, authority, source, event_id, revision, body_hash, received_at, receipt) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let done = with_tx!(tx, c => sqlx::query(insert)
        .bind(report.id)
        .bind(&report.authority)
        .bind(&report.source)
        .bind(&report.event_id)
        .bind(report.revision)
        .bind(&report.body_hash)
        .bind(Instant::from(report.received_at))
        .bind(&report.receipt)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Keeps what became of a report.
pub async fn set_receipt(tx: &mut Tx, id: Uuid, receipt: &[u8]) -> Result<bool, StoreError> {
    let done = with_tx!(tx, c => sqlx::query("UPDATE reports SET receipt = $2 WHERE id = $1")
        .bind(id)
        .bind(receipt)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Every revision of an event that was reported, newest first.
pub async fn revisions(
    store: &Store,
    authority: &str,
    source: &str,
    event_id: &str,
) -> Result<Vec<Revision>, StoreError> {
    let select = "SELECT id, revision, body_hash, receipt FROM reports \
        WHERE authority = $1 AND source = $2 AND event_id = $3 ORDER BY revision DESC LIMIT 100";
    Ok(with_db!(store.db(), c => sqlx::query_as(select)
        .bind(authority)
        .bind(source)
        .bind(event_id)
        .fetch_all(c)
        .await)?)
}

/// The receipt of a report: the stored one, or one that says it is in progress. `None` when there is no such
/// report.
pub async fn receipt(
    store: &Store,
    authority: &str,
    id: Uuid,
) -> Result<Option<Receipt>, StoreError> {
    let select = "SELECT event_id, revision, receipt FROM reports WHERE authority = $1 AND id = $2";
    let row: Option<(String, i64, Option<Vec<u8>>)> = with_db!(store.db(), c => sqlx::query_as(select)
        .bind(authority)
        .bind(id)
        .fetch_optional(c)
        .await)?;
    row.map(|(event_id, revision, receipt)| match receipt {
        Some(bytes) => {
            Receipt::decode(bytes.as_slice()).map_err(|_| StoreError::Corrupt("reports.receipt"))
        }
        None => Ok(in_progress(id, event_id, revision)),
    })
    .transpose()
}

/// A receipt for a report that is still being carried out.
pub fn in_progress(id: Uuid, event_id: String, revision: i64) -> Receipt {
    use baton_contracts::record::v1::ReceiptState;

    Receipt {
        event_id,
        revision: i32::try_from(revision).unwrap_or(i32::MAX),
        state: ReceiptState::InProgress.into(),
        report_id: id.to_string(),
        ..Receipt::default()
    }
}
