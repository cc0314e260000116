//! The history of responsibility on two axes of time: when it was true, and when it was believed.

use baton_ids::{AuthorityId, CaseId, TeamId, WorkerId};
use baton_store::{Db, Instant, Json, StoreError, Tx, sqlx, with_db, with_tx, write_last};
use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::spans::{Axis, ExplainedBy, Span, Turn, cut};

/// Turns the history: what was believed beyond the turn no longer is, what is left of it and what begins takes
/// its place.
#[tracing::instrument(name = "db.span.turn", skip_all, fields(case.id = %case))]
pub async fn turn(
    tx: &mut Tx,
    authority: &AuthorityId,
    case: CaseId,
    turn: Turn,
    recorded_at: Timestamp,
) -> Result<(), StoreError> {
    // What an earlier turn of this transaction began is believed too.
    tx.flush().await?;
    let superseded = disbelieve(tx, case, turn.axes, turn.at, recorded_at).await?;
    let mut spans = cut(superseded, turn.at);
    spans.extend(turn.begins);
    // Each axis in its own order: a span finds the end of the one before it.
    spans.sort_by_key(|span| (span.axis, span.epoch));
    insert(tx, authority, case, &spans, recorded_at).await
}

/// Ends the belief in the spans that reach beyond an instant, and answers them.
async fn disbelieve(
    tx: &mut Tx,
    case: CaseId,
    axes: &[Axis],
    beyond: Timestamp,
    recorded_at: Timestamp,
) -> Result<Vec<Span>, StoreError> {
    let sql = "UPDATE spans SET believed_until = $5 WHERE case_id = $1 \
        AND ((axis = 'team' AND $2) OR (axis = 'worker' AND $3)) \
        AND believed_until IS NULL AND (effective_until IS NULL OR effective_until > $4) \
        RETURNING axis, team_id, worker_id, effective_from, effective_until, recorded_at, epoch, \
            cause_kind, cause_id, rules";
    let rows: Vec<SpanRow> = with_tx!(tx, c => sqlx::query_as(sql)
        .bind(case.uuid())
        .bind(axes.contains(&Axis::Team))
        .bind(axes.contains(&Axis::Worker))
        .bind(Instant::from(beyond))
        .bind(Instant::from(recorded_at))
        .fetch_all(c)
        .await?);

    rows.into_iter().map(Span::try_from).collect()
}

/// Writes spans at the end of the transaction, in the order given.
async fn insert(
    tx: &mut Tx,
    authority: &AuthorityId,
    case: CaseId,
    spans: &[Span],
    believed_from: Timestamp,
) -> Result<(), StoreError> {
    if spans.is_empty() {
        return Ok(());
    }
    let rows = i64::try_from(spans.len()).unwrap_or(i64::MAX);
    write_last!(tx, rows, insert => insert
    .push("INSERT INTO spans (id, authority, case_id, axis, team_id, worker_id, effective_from, \
        effective_until, recorded_at, believed_from, epoch, cause_kind, cause_id, rules) ")
    .push_values(spans, |mut row, span| {
        let (cause_kind, cause_id) = cause_columns(span.explained_by);
        row.push_bind(Uuid::now_v7())
            .push_bind(authority.as_str())
            .push_bind(case.uuid())
            .push_bind(axis_code(span.axis))
            .push_bind(span.team.as_str())
            .push_bind(span.worker.as_ref().map_or("", WorkerId::as_str))
            .push_bind(Instant::from(span.from))
            .push_bind(span.until.map(Instant::from))
            .push_bind(Instant::from(span.recorded_at))
            .push_bind(Instant::from(believed_from))
            .push_bind(span.epoch)
            .push_bind(cause_kind)
            .push_bind(cause_id)
            .push_bind(Json(&span.rules));
    }))
}

/// The whole history as believed now, oldest first, teams before workers.
#[tracing::instrument(name = "db.span.list", skip_all, fields(case.id = %case))]
pub async fn list(db: &Db, authority: &AuthorityId, case: CaseId) -> Result<Vec<Span>, StoreError> {
    let rows: Vec<SpanRow> = with_db!(db, c => sqlx::query_as(BELIEVED)
        .bind(authority.as_str())
        .bind(case.uuid())
        .fetch_all(c)
        .await?);

    rows.into_iter().map(Span::try_from).collect()
}

/// The same inside a transaction.
#[tracing::instrument(name = "db.span.believed", skip_all, fields(case.id = %case))]
pub async fn believed(
    tx: &mut Tx,
    authority: &AuthorityId,
    case: CaseId,
) -> Result<Vec<Span>, StoreError> {
    let rows: Vec<SpanRow> = with_tx!(tx, c => sqlx::query_as(BELIEVED)
        .bind(authority.as_str())
        .bind(case.uuid())
        .fetch_all(c)
        .await?);

    rows.into_iter().map(Span::try_from).collect()
}

const BELIEVED: &str = "SELECT axis, team_id, worker_id, effective_from, effective_until, recorded_at, epoch, \
        cause_kind, cause_id, rules \
    FROM spans WHERE authority = $1 AND case_id = $2 AND believed_until IS NULL \
    ORDER BY axis, effective_from, epoch";

/// The spans that hold at an instant in the world, as believed at an instant of our clock: one an axis, or
/// none at all.
#[tracing::instrument(name = "db.span.at", skip_all, fields(case.id = %case))]
pub async fn at(
    db: &Db,
    authority: &AuthorityId,
    case: CaseId,
    instant: Timestamp,
    believed_at: Timestamp,
) -> Result<Vec<Span>, StoreError> {
    let sql = "SELECT axis, team_id, worker_id, effective_from, effective_until, recorded_at, epoch, \
            cause_kind, cause_id, rules \
        FROM spans WHERE authority = $1 AND case_id = $2 \
            AND effective_from <= $3 AND (effective_until IS NULL OR effective_until > $3) \
            AND believed_from <= $4 AND (believed_until IS NULL OR believed_until > $4) \
        ORDER BY axis, effective_from, epoch";
    let rows: Vec<SpanRow> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(case.uuid())
        .bind(Instant::from(instant))
        .bind(Instant::from(believed_at))
        .fetch_all(c)
        .await?);

    rows.into_iter().map(Span::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct SpanRow {
    axis: String,
    team_id: String,
    worker_id: String,
    effective_from: Instant,
    effective_until: Option<Instant>,
    recorded_at: Instant,
    epoch: i64,
    cause_kind: String,
    cause_id: Option<Uuid>,
    rules: Json<Vec<String>>,
}

impl TryFrom<SpanRow> for Span {
    type Error = StoreError;

    fn try_from(row: SpanRow) -> Result<Self, StoreError> {
        let worker = match row.worker_id.as_str() {
            "" => None,
            id => Some(WorkerId::new(id).map_err(|_| StoreError::Corrupt("spans.worker_id"))?),
        };
        Ok(Self {
            axis: axis(&row.axis)?,
            team: TeamId::new(&row.team_id).map_err(|_| StoreError::Corrupt("spans.team_id"))?,
            worker,
            from: row.effective_from.timestamp(),
            until: row.effective_until.map(Instant::timestamp),
            recorded_at: row.recorded_at.timestamp(),
            epoch: row.epoch,
            explained_by: explained_by(&row.cause_kind, row.cause_id)?,
            rules: row.rules.0,
        })
    }
}

const fn axis_code(axis: Axis) -> &'static str {
    match axis {
        Axis::Team => "team",
        Axis::Worker => "worker",
    }
}

fn axis(code: &str) -> Result<Axis, StoreError> {
    match code {
        "team" => Ok(Axis::Team),
        "worker" => Ok(Axis::Worker),
        _ => Err(StoreError::Corrupt("spans.axis")),
    }
}

const fn cause_columns(explained_by: ExplainedBy) -> (&'static str, Option<Uuid>) {
    match explained_by {
        ExplainedBy::Placement(referral) => ("placement", Some(referral)),
        ExplainedBy::Transfer(transfer) => ("transfer", Some(transfer)),
        ExplainedBy::Allocation => ("allocation", None),
    }
}

fn explained_by(kind: &str, id: Option<Uuid>) -> Result<ExplainedBy, StoreError> {
    match (kind, id) {
        ("placement", Some(referral)) => Ok(ExplainedBy::Placement(referral)),
        ("transfer", Some(transfer)) => Ok(ExplainedBy::Transfer(transfer)),
        ("allocation", None) => Ok(ExplainedBy::Allocation),
        _ => Err(StoreError::Corrupt("spans.cause")),
    }
}
