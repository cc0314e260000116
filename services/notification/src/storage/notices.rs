//! Notices: one row each.

use std::collections::BTreeSet;

use baton_ids::{AuthorityId, CaseId, ChildId, NoticeId};
use baton_store::{Db, Json, StoreError, Tx, dialect, sqlx, with_db, with_tx, write_last};
use uuid::Uuid;

use super::Page;
use crate::domain::notice::Notice;

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

/// Writes a new notice. One whose duty has come on record meanwhile fails the transaction.
#[tracing::instrument(name = "db.notice.insert", skip_all, fields(notice.id = %notice.id))]
pub async fn insert(tx: &mut Tx, notice: &Notice) -> Result<(), StoreError> {
    write_last!(tx, 1, insert => insert
        .push(
            "INSERT INTO notices (id, authority, cause_key, kind, audience, recipient_kind, recipient_id, \
             process_id, case_id, child_id, state, version, document) ",
        )
        .push_values([notice], |mut row, notice| {
            row.push_bind(notice.id.uuid())
                .push_bind(notice.authority.as_str())
                .push_bind(&notice.cause_key)
                .push_bind(&notice.kind)
                .push_bind(notice.audience.key(notice.about.child))
                .push_bind(&notice.recipient.kind)
                .push_bind(&notice.recipient.id)
                .push_bind(notice.about.process)
                .push_bind(notice.about.case.map(CaseId::uuid))
                .push_bind(notice.about.child.map(ChildId::uuid))
                .push_bind(notice.state.code())
                .push_bind(notice.version)
                .push_bind(Json(notice));
        })
        .push(" ON CONFLICT DO NOTHING"))
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

/// What is on record about a duty to tell.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Told {
    /// The cause.
    pub cause_key: String,
    /// The kind of notice.
    pub kind: String,
    /// Whom the rule names.
    pub audience: String,
    /// What the recipient is.
    pub recipient_kind: String,
    /// The recipient. Empty while nobody is found.
    pub recipient_id: String,
}

impl Told {
    /// What a notice says of its duty.
    pub fn by(notice: &Notice) -> Self {
        Self {
            cause_key: notice.cause_key.clone(),
            kind: notice.kind.clone(),
            audience: notice.audience.key(notice.about.child),
            recipient_kind: notice.recipient.kind.clone(),
            recipient_id: notice.recipient.id.clone(),
        }
    }
}

/// What is on record about the duties of these causes.
#[tracing::instrument(name = "db.notice.of_causes", skip_all)]
pub async fn of_causes(
    tx: &mut Tx,
    authority: &AuthorityId,
    causes: &BTreeSet<&str>,
) -> Result<Vec<Told>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT cause_key, kind, audience, recipient_kind, recipient_id FROM notices \
            WHERE authority = $1 AND cause_key IN (SELECT value FROM json_each($2))",
        postgres: "SELECT cause_key, kind, audience, recipient_kind, recipient_id FROM notices \
            WHERE authority = $1 AND cause_key IN (SELECT json_array_elements_text($2))");
    Ok(with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(Json(causes))
        .fetch_all(c)
        .await?))
}

/// The notices of these processes that were not sent, oldest first.
#[tracing::instrument(name = "db.notice.unsent_of", skip_all)]
pub async fn unsent_of(
    tx: &mut Tx,
    authority: &AuthorityId,
    processes: &BTreeSet<Uuid>,
) -> Result<Vec<Notice>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM notices WHERE authority = $1 \
            AND process_id IN (SELECT UNHEX(value) FROM json_each($2)) \
            AND state IN ('unresolved', 'ready', 'awaiting_facts', 'held', 'unaddressed') ORDER BY id",
        postgres: "SELECT document FROM notices WHERE authority = $1 \
            AND process_id IN (SELECT json_array_elements_text($2)::UUID) \
            AND state IN ('unresolved', 'ready', 'awaiting_facts', 'held', 'unaddressed') ORDER BY id");
    let rows: Vec<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(hex_list(processes.iter().copied()))
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(notice)| notice).collect())
}

/// The notices of children in a state, locked.
#[tracing::instrument(name = "db.notice.lock_of_children", skip_all)]
pub async fn lock_of_children(
    tx: &mut Tx,
    authority: &AuthorityId,
    children: impl Iterator<Item = ChildId>,
    state: &str,
) -> Result<Vec<Notice>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM notices WHERE authority = $1 \
            AND child_id IN (SELECT UNHEX(value) FROM json_each($2)) AND state = $3 ORDER BY id",
        postgres: "SELECT document FROM notices WHERE authority = $1 \
            AND child_id IN (SELECT json_array_elements_text($2)::UUID) AND state = $3 ORDER BY id FOR UPDATE");
    let rows: Vec<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(hex_list(children.map(ChildId::uuid)))
        .bind(state)
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(|Json(notice)| notice).collect())
}

/// Ids as both databases read them from a list: 32 hex digits each.
fn hex_list(ids: impl Iterator<Item = Uuid>) -> Json<Vec<String>> {
    Json(ids.map(|id| id.simple().to_string()).collect())
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
