//! The reviews of policies in the database, and the journal that their figures are counted from.

use baton_ids::AuthorityId;
use baton_store::{Db, Instant, Json, StoreError, Tx, dialect, with_db, with_tx};
use jiff::Timestamp;
use serde_json::Value;

use crate::domain::PolicyReview;

/// What a period had, one row for each event that counts. The types are those of the index `events_counted`. Whether
/// the meeting had been held is asked only of what was completed.
const NOTED: &str = "SELECT event_type, body -> 'data', \
        CASE WHEN event_type = 'transfer.completed' THEN EXISTS (SELECT 1 FROM events met \
            WHERE met.aggregate_id = events.aggregate_id AND met.event_type = 'transfer.meeting_recorded' \
            AND met.body -> 'data' ->> 'kind' = $4) ELSE FALSE END \
    FROM events WHERE authority = $1 AND recorded_at >= $2 AND recorded_at < $3 \
        AND event_type IN ('transfer.opened', 'transfer.completed', 'transfer.returned', 'transfer.withdrawn', \
            'transfer.held', 'transfer.deadline_breached', 'transfer.meeting_recorded')";

/// Which events are counted.
#[derive(Debug, Clone)]
pub struct Period<'a> {
    /// The authority.
    pub authority: &'a AuthorityId,
    /// From when on.
    pub from: Timestamp,
    /// What is recorded at that instant belongs to the next one.
    pub until: Timestamp,
    /// The meeting that is asked about.
    pub meeting: Option<&'a str>,
}

/// An event that may count.
#[derive(Debug, Clone)]
pub struct Noted {
    /// Its type.
    pub kind: String,
    /// What it says.
    pub data: Value,
    /// For a completed transfer: whether the meeting had been held.
    pub met: bool,
}

type Row = (String, Json<Value>, bool);

/// What a period has so far.
#[tracing::instrument(name = "db.policy_review.count", skip_all)]
pub async fn noted(db: &Db, period: Period<'_>) -> Result<Vec<Noted>, StoreError> {
    let rows: Vec<Row> = with_db!(db, c => sqlx::query_as(NOTED)
        .bind(period.authority.as_str())
        .bind(Instant::from(period.from))
        .bind(Instant::from(period.until))
        .bind(period.meeting.unwrap_or_default())
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Noted::from).collect())
}

/// The same, as the transaction sees it.
#[tracing::instrument(name = "db.policy_review.count_within", skip_all)]
pub async fn noted_within(tx: &mut Tx, period: Period<'_>) -> Result<Vec<Noted>, StoreError> {
    let rows: Vec<Row> = with_tx!(tx, c => sqlx::query_as(NOTED)
        .bind(period.authority.as_str())
        .bind(Instant::from(period.from))
        .bind(Instant::from(period.until))
        .bind(period.meeting.unwrap_or_default())
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Noted::from).collect())
}

/// The review of an authority's policy, if one was ever asked for.
#[tracing::instrument(name = "db.policy_review.find", skip_all)]
pub async fn policy_review(
    db: &Db,
    authority: &AuthorityId,
) -> Result<Option<PolicyReview>, StoreError> {
    let sql = "SELECT document FROM policy_reviews WHERE authority = $1";
    let found: Option<Json<PolicyReview>> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|Json(review)| review))
}

/// Finds it, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.policy_review.lock", skip_all)]
pub async fn lock_policy_review(
    tx: &mut Tx,
    authority: &AuthorityId,
) -> Result<Option<PolicyReview>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM policy_reviews WHERE authority = $1",
        postgres: "SELECT document FROM policy_reviews WHERE authority = $1 FOR UPDATE");
    let found: Option<Json<PolicyReview>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|Json(review)| review))
}

/// Writes it, new or changed; false when another process began it a moment ago.
#[tracing::instrument(name = "db.policy_review.save", skip_all)]
pub async fn save_policy_review(tx: &mut Tx, review: &PolicyReview) -> Result<bool, StoreError> {
    let sql = if review.version == 1 {
        "INSERT INTO policy_reviews (authority, id, version, document) \
            VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE policy_reviews SET version = $3, document = $4 \
            WHERE authority = $1 AND id = $2 AND version = $3 - 1"
    };
    let done = with_tx!(tx, c => sqlx::query(sql)
        .bind(review.authority.as_str())
        .bind(review.id)
        .bind(review.version)
        .bind(Json(review))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

impl From<Row> for Noted {
    fn from((kind, Json(data), met): Row) -> Self {
        Self { kind, data, met }
    }
}
