//! Cases: one row each, the ledger's present.

use baton_ids::{AuthorityId, CaseId, ChildId, TeamId, WorkerId};
use baton_store::{Db, Instant, Json, StoreError, Tx, dialect, sqlx, with_db, with_tx, write_last};
use uuid::Uuid;

use super::Page;
use crate::domain::Case;

type Document = Json<Case>;

/// Finds a case, and keeps others from changing it until this transaction ends.
#[tracing::instrument(name = "db.case.lock", skip_all, fields(case.id = %id))]
pub async fn lock(
    tx: &mut Tx,
    authority: &AuthorityId,
    id: CaseId,
) -> Result<Option<Case>, StoreError> {
    let sql = dialect!(tx,
        sqlite: "SELECT document FROM cases WHERE authority = $1 AND id = $2",
        postgres: "SELECT document FROM cases WHERE authority = $1 AND id = $2 FOR UPDATE");
    let found: Option<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);

    Ok(found.map(|Json(case)| case))
}

/// Finds the child's newest case, open or closed.
#[tracing::instrument(name = "db.case.newest_of_child", skip_all, fields(child.id = %child))]
pub async fn newest_of_child(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Option<Case>, StoreError> {
    let sql = "SELECT document FROM cases WHERE authority = $1 AND child_id = $2 \
        ORDER BY open DESC, opened_at DESC, id DESC LIMIT 1";
    let found: Option<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_optional(c)
        .await?);

    Ok(found.map(|Json(case)| case))
}

/// Every case of the child, oldest first.
#[tracing::instrument(name = "db.case.of_child", skip_all, fields(child.id = %child))]
pub async fn of_child(
    tx: &mut Tx,
    authority: &AuthorityId,
    child: ChildId,
) -> Result<Vec<Case>, StoreError> {
    let sql = "SELECT document FROM cases WHERE authority = $1 AND child_id = $2 \
        ORDER BY open, opened_at, id";
    let found: Vec<Document> = with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(child.uuid())
        .fetch_all(c)
        .await?);

    Ok(found.into_iter().map(|Json(case)| case).collect())
}

/// Writes a new case. False when the child has an open one.
#[tracing::instrument(name = "db.case.insert", skip_all, fields(case.id = %case.id))]
pub async fn insert(tx: &mut Tx, case: &Case) -> Result<bool, StoreError> {
    let sql = "INSERT INTO cases \
        (id, authority, child_id, open, team_id, worker_id, epoch, version, opened_at, document) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    let written = with_tx!(tx, c => sqlx::query(sql)
        .bind(case.id.uuid())
        .bind(case.authority.as_str())
        .bind(case.child.uuid())
        .bind(case.is_open())
        .bind(responsible_team(case))
        .bind(case.worker.as_ref().map(WorkerId::as_str))
        .bind(case.epoch)
        .bind(case.version)
        .bind(Instant::from(case.opened_at))
        .bind(Json(case))
        .execute(c)
        .await?
        .rows_affected());

    Ok(written == 1)
}

/// Writes a changed case at the end of the transaction, if it is still at the version and the epoch it was read with.
#[tracing::instrument(name = "db.case.save", skip_all, fields(case.id = %case.id))]
pub async fn save(tx: &mut Tx, before: &Case, case: &Case) -> Result<(), StoreError> {
    write_last!(tx, 1, update => update
        .push("UPDATE cases SET open = ")
        .push_bind(case.is_open())
        .push(", team_id = ")
        .push_bind(responsible_team(case))
        .push(", worker_id = ")
        .push_bind(case.worker.as_ref().map(WorkerId::as_str))
        .push(", epoch = ")
        .push_bind(case.epoch)
        .push(", version = ")
        .push_bind(case.version)
        .push(", document = ")
        .push_bind(Json(case))
        .push(" WHERE id = ")
        .push_bind(case.id.uuid())
        .push(" AND version = ")
        .push_bind(before.version)
        .push(" AND epoch = ")
        .push_bind(before.epoch))
}

fn responsible_team(case: &Case) -> Option<&str> {
    case.is_open().then_some(case.team.as_str())
}

/// Finds a case.
#[tracing::instrument(name = "db.case.find", skip_all, fields(case.id = %id))]
pub async fn find(
    db: &Db,
    authority: &AuthorityId,
    id: CaseId,
) -> Result<Option<Case>, StoreError> {
    let sql = "SELECT document FROM cases WHERE authority = $1 AND id = $2";
    let found: Option<Document> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(id.uuid())
        .fetch_optional(c)
        .await?);

    Ok(found.map(|Json(case)| case))
}

/// Which cases a list is of. What is none does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this responsible team.
    pub team: Option<TeamId>,
    /// Of this case-responsible worker.
    pub worker: Option<WorkerId>,
    /// Of this child.
    pub child: Option<ChildId>,
    /// Only open ones.
    pub open_only: bool,
}

/// Lists cases in the order in which they were opened.
#[tracing::instrument(name = "db.case.list", skip_all)]
pub async fn list(
    db: &Db,
    authority: &AuthorityId,
    filter: &Filter,
    page: Page,
) -> Result<Vec<Case>, StoreError> {
    let sql = "SELECT document FROM cases WHERE authority = $1 AND id > $2 \
        AND ($3 = '' OR team_id = $3) AND ($4 = '' OR worker_id = $4) \
        AND (NOT $5 OR child_id = $6) AND (NOT $7 OR open) ORDER BY id LIMIT $8";
    let found: Vec<Document> = with_db!(db, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(page.after.unwrap_or(Uuid::nil()))
        .bind(filter.team.as_ref().map_or("", TeamId::as_str))
        .bind(filter.worker.as_ref().map_or("", WorkerId::as_str))
        .bind(filter.child.is_some())
        .bind(filter.child.map_or(Uuid::nil(), baton_ids::Id::uuid))
        .bind(filter.open_only)
        .bind(page.size)
        .fetch_all(c)
        .await?);

    Ok(found.into_iter().map(|Json(case)| case).collect())
}
