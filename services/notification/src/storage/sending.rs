//! What can be sent now.

use baton_ids::{AuthorityId, NoticeId};
use baton_store::{Db, Instant, Json, StoreError, Tx, dialect, sqlx, with_db, with_tx};
use jiff::Timestamp;

use crate::domain::notice::Notice;

/// Takes the oldest notices that can be sent; no other replica takes them until this transaction ends.
#[tracing::instrument(name = "db.notice.take_ready", skip_all)]
pub async fn take_ready(
    tx: &mut Tx,
    real_now: Timestamp,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM notices WHERE state = 'ready' AND (retry_at IS NULL OR retry_at <= $1) \
            ORDER BY id LIMIT $2",
        postgres: "SELECT document FROM notices WHERE state = 'ready' AND (retry_at IS NULL OR retry_at <= $1) \
            ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED");
    let found: Vec<Json<Notice>> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(Instant::from(real_now))
        .bind(limit)
        .fetch_all(c)
        .await?);
    Ok(found.into_iter().map(|Json(notice)| notice).collect())
}

/// Puts a notice off until a real instant, because its medium failed.
#[tracing::instrument(name = "db.notice.put_off", skip_all, fields(notice.id = %id))]
pub async fn put_off(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: NoticeId,
    until: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE notices SET retry_at = $3 WHERE authority = $1 AND id = $2 AND state = 'ready'";
    with_tx!(tx, c => sqlx::query(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .bind(Instant::from(until))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Whether something can be sent and has not been.
#[tracing::instrument(name = "db.notice.any_ready", skip_all)]
pub async fn any_ready(db: &Db) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT * FROM notices WHERE state = 'ready')";
    Ok(with_db!(db, c => sqlx::query_scalar(sql).fetch_one(c).await?))
}
