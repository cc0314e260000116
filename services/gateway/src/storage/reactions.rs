//! Reactions by age, by lane and by cause.

use baton_contracts::type_v1::Owner;
use baton_store::{Instant, Store, StoreError, Tx, sqlx, with_db, with_tx};
use jiff::Timestamp;
use prost::Message;
use uuid::Uuid;

use crate::reactions::answer::Answers;
use crate::reactions::cause::Cause;
use crate::reactions::record::{Frozen, Phase, Reaction};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, authority, kind, cause_key, lane, parent_id, report_id, phase, steps_done, \
             attempts, next_at, version, cause, answers, frozen_path, frozen_request, \
             frozen_context, parked_because, parked_owner, traceparent, created_at FROM reactions ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    authority: String,
    kind: String,
    cause_key: String,
    lane: String,
    parent_id: Option<Uuid>,
    report_id: Option<Uuid>,
    phase: String,
    steps_done: i64,
    attempts: i64,
    next_at: Instant,
    version: i64,
    cause: Option<Vec<u8>>,
    answers: Option<Vec<u8>>,
    frozen_path: Option<String>,
    frozen_request: Option<Vec<u8>>,
    frozen_context: Option<Vec<u8>>,
    parked_because: String,
    parked_owner: Vec<u8>,
    traceparent: String,
    created_at: Instant,
}

impl TryFrom<Row> for Reaction {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let cause = row
            .cause
            .map(|bytes| Cause::decode(bytes.as_slice()))
            .transpose()
            .map_err(|_| StoreError::Corrupt("reactions.cause"))?;
        let answers = row
            .answers
            .map(|bytes| Answers::decode(bytes.as_slice()))
            .transpose()
            .map_err(|_| StoreError::Corrupt("reactions.answers"))?
            .unwrap_or_default();
        let frozen = match (row.frozen_path, row.frozen_request, row.frozen_context) {
            (Some(path), Some(request), Some(context)) => Some(Frozen {
                path,
                request,
                context,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            authority: row.authority,
            kind: row.kind,
            cause_key: row.cause_key,
            lane: row.lane,
            parent_id: row.parent_id,
            report_id: row.report_id,
            phase: Phase::parse(&row.phase).ok_or(StoreError::Corrupt("reactions.phase"))?,
            steps_done: row.steps_done,
            attempts: row.attempts,
            next_at: row.next_at.timestamp(),
            version: row.version,
            cause,
            answers: answers.answers,
            frozen,
            parked_because: row.parked_because,
            parked_owner: Owner::decode(row.parked_owner.as_slice())
                .map_err(|_| StoreError::Corrupt("reactions.parked_owner"))?,
            traceparent: row.traceparent,
            created_at: row.created_at.timestamp(),
        })
    }
}

/// Keeps a new reaction. False when its cause has one already.
pub async fn insert(tx: &mut Tx, reaction: &Reaction) -> Result<bool, StoreError> {
    let insert = "INSERT INTO reactions (id, authority, kind, cause_key, lane, parent_id, report_id, \
        phase, steps_done, attempts, next_at, version, cause, answers, frozen_path, \
        frozen_request, frozen_context, parked_because, parked_owner, traceparent, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
        $19, $20, $21) ON CONFLICT (authority, cause_key) DO NOTHING";
    let kept = Kept::of(reaction);
    let done = with_tx!(tx, c => sqlx::query(insert)
        .bind(reaction.id)
        .bind(&reaction.authority)
        .bind(&reaction.kind)
        .bind(&reaction.cause_key)
        .bind(&reaction.lane)
        .bind(reaction.parent_id)
        .bind(reaction.report_id)
        .bind(reaction.phase.as_str())
        .bind(reaction.steps_done)
        .bind(reaction.attempts)
        .bind(Instant::from(reaction.next_at))
        .bind(reaction.version)
        .bind(&kept.cause)
        .bind(&kept.answers)
        .bind(reaction.frozen.as_ref().map(|frozen| frozen.path.as_str()))
        .bind(reaction.frozen.as_ref().map(|frozen| frozen.request.as_slice()))
        .bind(reaction.frozen.as_ref().map(|frozen| frozen.context.as_slice()))
        .bind(&reaction.parked_because)
        .bind(reaction.parked_owner.encode_to_vec())
        .bind(&reaction.traceparent)
        .bind(Instant::from(reaction.created_at))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Writes a reaction over the version before it. False when that is no longer the current one: somebody else
/// runs it, and the caller has to let go.
pub async fn save(tx: &mut Tx, reaction: &Reaction) -> Result<bool, StoreError> {
    let update = "UPDATE reactions SET phase = $3, steps_done = $4, attempts = $5, next_at = $6, \
        version = $2 + 1, cause = $7, answers = $8, frozen_path = $9, frozen_request = $10, \
        frozen_context = $11, parked_because = $12, parked_owner = $13 \
        WHERE id = $1 AND version = $2";
    let kept = Kept::of(reaction);
    let done = with_tx!(tx, c => sqlx::query(update)
        .bind(reaction.id)
        .bind(reaction.version - 1)
        .bind(reaction.phase.as_str())
        .bind(reaction.steps_done)
        .bind(reaction.attempts)
        .bind(Instant::from(reaction.next_at))
        .bind(&kept.cause)
        .bind(&kept.answers)
        .bind(reaction.frozen.as_ref().map(|frozen| frozen.path.as_str()))
        .bind(reaction.frozen.as_ref().map(|frozen| frozen.request.as_slice()))
        .bind(reaction.frozen.as_ref().map(|frozen| frozen.context.as_slice()))
        .bind(&reaction.parked_because)
        .bind(reaction.parked_owner.encode_to_vec())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// What holds facts goes when the reaction is done.
struct Kept {
    cause: Option<Vec<u8>>,
    answers: Option<Vec<u8>>,
}

impl Kept {
    fn of(reaction: &Reaction) -> Self {
        if reaction.phase == Phase::Done {
            return Self {
                cause: None,
                answers: None,
            };
        }
        let answers = Answers {
            answers: reaction.answers.clone(),
        };
        Self {
            cause: reaction.cause.as_ref().map(Message::encode_to_vec),
            answers: Some(answers.encode_to_vec()),
        }
    }
}

/// The oldest reaction of a lane that is under way, whether or not it may be tried yet.
pub async fn oldest(
    store: &Store,
    authority: &str,
    lane: &str,
) -> Result<Option<Reaction>, StoreError> {
    let sql =
        select!("WHERE authority = $1 AND lane = $2 AND phase = 'runnable' ORDER BY id LIMIT 1");
    let row: Option<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(lane)
        .fetch_optional(c)
        .await)?;
    row.map(Reaction::try_from).transpose()
}

/// The reaction of a cause.
pub async fn of_cause(
    store: &Store,
    authority: &str,
    cause_key: &str,
) -> Result<Option<Reaction>, StoreError> {
    let sql = select!("WHERE authority = $1 AND cause_key = $2");
    let row: Option<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(cause_key)
        .fetch_optional(c)
        .await)?;
    row.map(Reaction::try_from).transpose()
}

/// The reactions that the steps of another led to and that are under way.
pub async fn children(store: &Store, parent_id: Uuid) -> Result<Vec<Reaction>, StoreError> {
    let sql = select!("WHERE parent_id = $1 AND phase = 'runnable' ORDER BY id");
    let rows: Vec<Row> =
        with_db!(store.db(), c => sqlx::query_as(sql).bind(parent_id).fetch_all(c).await)?;
    rows.into_iter().map(Reaction::try_from).collect()
}

/// One reaction, locked where the database locks rows.
pub async fn lock(tx: &mut Tx, authority: &str, id: Uuid) -> Result<Option<Reaction>, StoreError> {
    let sql = baton_store::dialect!(tx,
        sqlite: select!("WHERE authority = $1 AND id = $2"),
        postgres: select!("WHERE authority = $1 AND id = $2 FOR UPDATE"));
    let row: Option<Row> = with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority)
        .bind(id)
        .fetch_optional(c)
        .await)?;
    row.map(Reaction::try_from).transpose()
}

/// A page of an authority's reactions, oldest first, after one of them.
pub async fn page(
    store: &Store,
    authority: &str,
    after: Uuid,
    parked_only: bool,
    limit: i64,
) -> Result<Vec<Reaction>, StoreError> {
    let all = select!("WHERE authority = $1 AND id > $2 ORDER BY id LIMIT $3");
    let parked =
        select!("WHERE authority = $1 AND id > $2 AND phase = 'parked' ORDER BY id LIMIT $3");
    let sql = if parked_only { parked } else { all };
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(authority)
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Reaction::try_from).collect()
}

/// The lanes whose oldest reaction may be tried and that nobody holds, oldest first.
pub async fn waiting_lanes(
    store: &Store,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let select = "SELECT r.authority, r.lane FROM reactions r \
        WHERE r.phase = 'runnable' AND r.next_at <= $1 \
          AND NOT EXISTS (SELECT 1 FROM reactions o WHERE o.authority = r.authority \
              AND o.lane = r.lane AND o.phase = 'runnable' AND o.id < r.id) \
          AND NOT EXISTS (SELECT 1 FROM lanes l WHERE l.authority = r.authority \
              AND l.lane = r.lane AND l.held_until > $1) \
        ORDER BY r.id LIMIT $2";
    Ok(with_db!(store.db(), c => sqlx::query_as(select)
        .bind(Instant::from(now))
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// How many reactions are under way.
pub async fn count_runnable(store: &Store) -> Result<i64, StoreError> {
    let select = "SELECT COUNT(*) FROM reactions WHERE phase = 'runnable'";
    Ok(with_db!(store.db(), c => sqlx::query_scalar(select).fetch_one(c).await)?)
}
