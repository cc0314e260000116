//! Notices: one row each.

use std::collections::BTreeSet;

use baton_ids::{AuthorityId, CaseId, ChildId, NoticeId};
use baton_store::{Db, Json, StoreError, Tx, dialect, sqlx, with_db, with_tx, write_last};
use uuid::Uuid;

use super::Page;
use crate::domain::notice::{Addressee, Notice};

type Document = Json<Notice>;

const OF_DUTY: &str = "SELECT document FROM notices WHERE authority = $1 AND cause_key = $2 AND kind = $3 \
    AND audience = $4 ORDER BY id";

/// Which notices a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those about this case.
    pub case: Option<CaseId>,
    /// Only those of this process.
    pub process: Option<Uuid>,
    /// Only those of this kind. Empty for all.
    pub kind: String,
    /// Only those for this recipient. Empty for all.
    pub recipient: String,
}

/// Finds a notice, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.notice.lock", skip_all, fields(notice.id = %id))]
pub async fn lock(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: NoticeId,
) -> Result<Option<Notice>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM notices WHERE authority = $1 AND id = $2",
        postgres: "SELECT document FROM notices WHERE authority = $1 AND id = $2 FOR UPDATE");
    let found: Option<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(notice)| notice))
}

/// Finds a notice.
#[tracing::instrument(name = "db.notice.find", skip_all, fields(notice.id = %id))]
pub async fn find(
    db: &Db,
    authority: &AuthorityId,
    id: NoticeId,
) -> Result<Option<Notice>, StoreError> {
    let sql = "SELECT document FROM notices WHERE authority = $1 AND id = $2";
    let found: Option<Document> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);
    Ok(found.map(|Json(notice)| notice))
}

/// Writes a new notice. False when the duty is on record already.
#[tracing::instrument(name = "db.notice.insert", skip_all, fields(notice.id = %notice.id))]
pub async fn insert(tx: &mut Tx, notice: &Notice) -> Result<bool, StoreError> {
    let sql = "INSERT INTO notices (id, authority, cause_key, kind, audience, recipient_kind, recipient_id, \
        process_id, case_id, child_id, state, version, document) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(notice.id.uuid())
        .bind(notice.authority.as_str())
        .bind(&notice.cause_key)
        .bind(&notice.kind)
        .bind(notice.audience.key(notice.about.child))
        .bind(&notice.recipient.kind)
        .bind(&notice.recipient.id)
        .bind(notice.about.process)
        .bind(notice.about.case.map(CaseId::uuid))
        .bind(notice.about.child.map(ChildId::uuid))
        .bind(notice.state.code())
        .bind(notice.version)
        .bind(Json(notice))
        .execute(c)
        .await?
        .rows_affected());
    Ok(written == 1)
}

/// Writes a changed notice, if it is still at the version with which it was read.
#[tracing::instrument(name = "db.notice.save", skip_all, fields(notice.id = %notice.id))]
pub async fn save(tx: &mut Tx, before: i64, notice: &Notice) -> Result<(), StoreError> {
    write_last!(tx, 1, update => update
        .push("UPDATE notices SET recipient_kind = ")
        .push_bind(&notice.recipient.kind)
        .push(", recipient_id = ")
        .push_bind(&notice.recipient.id)
        .push(", state = ")
        .push_bind(notice.state.code())
        .push(", version = ")
        .push_bind(notice.version)
        .push(", document = ")
        .push_bind(Json(notice))
        .push(", retry_at = NULL WHERE id = ")
        .push_bind(notice.id.uuid())
        .push(" AND version = ")
        .push_bind(before))
}

/// Whether the duty is on record.
#[tracing::instrument(name = "db.notice.exists", skip_all)]
pub async fn exists(
    tx: &mut Tx,
    authority: &AuthorityId,
    cause_key: &str,
    kind: &str,
    audience: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT * FROM notices \
        WHERE authority = $1 AND cause_key = $2 AND kind = $3 AND audience = $4)";
    Ok(with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(cause_key)
        .bind(kind)
        .bind(audience)
        .fetch_one(c)
        .await?))
}

/// The notices of a process, kind and audience that were not sent, locked.
#[tracing::instrument(name = "db.notice.lock_unsent", skip_all)]
pub async fn lock_unsent(
    tx: &mut Tx,
    authority: &AuthorityId,
    process: Uuid,
    kind: &str,
    audience: &Addressee,
    child: Option<ChildId>,
) -> Result<Vec<Notice>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM notices WHERE authority = $1 AND process_id = $2 AND kind = $3 \
            AND audience = $4 AND state IN ('unresolved', 'ready', 'awaiting_facts', 'held', 'unaddressed') \
            ORDER BY id",
        postgres: "SELECT document FROM notices WHERE authority = $1 AND process_id = $2 AND kind = $3 \
            AND audience = $4 AND state IN ('unresolved', 'ready', 'awaiting_facts', 'held', 'unaddressed') \
            ORDER BY id FOR UPDATE");
    let rows: Vec<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(process)
        .bind(kind)
        .bind(audience.key(child))
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(notice)| notice).collect())
}

/// The notices of a child in a state, locked.
#[tracing::instrument(name = "db.notice.lock_of_child", skip_all, fields(child.id = %child))]
pub async fn lock_of_child(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
    state: &str,
) -> Result<Vec<Notice>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM notices WHERE authority = $1 AND child_id = $2 AND state = $3 ORDER BY id",
        postgres: "SELECT document FROM notices WHERE authority = $1 AND child_id = $2 AND state = $3 \
            ORDER BY id FOR UPDATE");
    let rows: Vec<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .bind(state)
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(notice)| notice).collect())
}

/// Who has a notice of this cause and kind, by id.
#[tracing::instrument(name = "db.notice.told", skip_all)]
pub async fn told(tx: &mut Tx, notice: &Notice) -> Result<BTreeSet<String>, StoreError> {
    let sql = "SELECT recipient_id FROM notices WHERE authority = $1 AND cause_key = $2 AND kind = $3 \
        AND recipient_kind = $4 AND recipient_id <> ''";
    let ids: Vec<String> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(notice.authority.as_str())
        .bind(&notice.cause_key)
        .bind(&notice.kind)
        .bind(notice.audience.recipient_kind())
        .fetch_all(c)
        .await?);
    Ok(ids.into_iter().collect())
}

/// The notices of a duty, one a recipient.
#[tracing::instrument(name = "db.notice.of_duty", skip_all)]
pub async fn of_duty(tx: &mut Tx, notice: &Notice) -> Result<Vec<Notice>, StoreError> {
    let rows: Vec<Document> = with_tx!(tx, c => sqlx::query_scalar(OF_DUTY)
        .bind(notice.authority.as_str())
        .bind(&notice.cause_key)
        .bind(&notice.kind)
        .bind(notice.audience.key(notice.about.child))
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(notice)| notice).collect())
}

/// The notices of a duty, one a recipient, for whoever only looks.
#[tracing::instrument(name = "db.notice.look_at_duty", skip_all)]
pub async fn look_at_duty(db: &Db, notice: &Notice) -> Result<Vec<Notice>, StoreError> {
    let rows: Vec<Document> = with_db!(db, c => sqlx::query_scalar(OF_DUTY)
        .bind(notice.authority.as_str())
        .bind(&notice.cause_key)
        .bind(&notice.kind)
        .bind(notice.audience.key(notice.about.child))
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(notice)| notice).collect())
}

/// Lists notices, newest first.
#[tracing::instrument(name = "db.notice.list", skip_all)]
pub async fn list(
    db: &Db,
    authority: &AuthorityId,
    filter: &Filter,
    page: Page,
) -> Result<Vec<Notice>, StoreError> {
    let sql = "SELECT document FROM notices WHERE authority = $1 \
        AND (case_id = $2 OR $2 = $8) \
        AND (process_id = $3 OR $3 = $8) \
        AND (kind = $4 OR $4 = '') \
        AND (recipient_id = $5 OR $5 = '') \
        AND id < $6 \
        ORDER BY id DESC LIMIT $7";
    let rows: Vec<Document> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(filter.case.map_or(Uuid::nil(), CaseId::uuid))
        .bind(filter.process.unwrap_or_default())
        .bind(&filter.kind)
        .bind(&filter.recipient)
        .bind(page.after.unwrap_or(Uuid::max()))
        .bind(page.size)
        .bind(Uuid::nil())
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(notice)| notice).collect())
}
