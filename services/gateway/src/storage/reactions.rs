//! Reactions by age, by lane and by cause.

use std::collections::BTreeSet;

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

/// How many reactions go into one statement: SQLite takes 32,766 parameters.
const AT_ONCE_MAX: usize = 500;

/// Keeps new reactions. Answers those that are new: whose cause had none.
pub async fn insert(tx: &mut Tx, reactions: &[&Reaction]) -> Result<BTreeSet<Uuid>, StoreError> {
    let mut new = BTreeSet::new();
    // An answer and the feed may begin the same reactions at once: in one order, or each would wait for the other.
    let mut reactions = reactions.to_vec();
    reactions.sort_by_key(|reaction| (&reaction.authority, &reaction.cause_key));
    for reactions in reactions.chunks(AT_ONCE_MAX) {
        let ids: Vec<Uuid> = with_tx!(tx, c => {
            let mut insert = sqlx::QueryBuilder::new(
                "INSERT INTO reactions (id, authority, kind, cause_key, lane, parent_id, report_id, \
                 phase, steps_done, attempts, next_at, version, cause, answers, frozen_path, \
                 frozen_request, frozen_context, parked_because, parked_owner, traceparent, created_at) ",
            );
            insert.push_values(reactions, |mut row, reaction| {
                let kept = Kept::of(reaction);
                row.push_bind(reaction.id)
                    .push_bind(&reaction.authority)
                    .push_bind(&reaction.kind)
                    .push_bind(&reaction.cause_key)
                    .push_bind(&reaction.lane)
                    .push_bind(reaction.parent_id)
                    .push_bind(reaction.report_id)
                    .push_bind(reaction.phase.as_str())
                    .push_bind(reaction.steps_done)
                    .push_bind(reaction.attempts)
                    .push_bind(Instant::from(reaction.next_at))
                    .push_bind(reaction.version)
                    .push_bind(kept.cause)
                    .push_bind(kept.answers)
                    .push_bind(kept.frozen.map(|frozen| frozen.path.as_str()))
                    .push_bind(kept.frozen.map(|frozen| frozen.request.as_slice()))
                    .push_bind(kept.frozen.map(|frozen| frozen.context.as_slice()))
                    .push_bind(&reaction.parked_because)
                    .push_bind(reaction.parked_owner.encode_to_vec())
                    .push_bind(&reaction.traceparent)
                    .push_bind(Instant::from(reaction.created_at));
            });
            insert.push(" ON CONFLICT (authority, cause_key) DO NOTHING RETURNING id");
            insert.build_query_scalar().fetch_all(c).await
        })?;
        new.extend(ids);
    }
    Ok(new)
}

/// Writes reactions over the versions before them. Answers those that were still current: of the others somebody else
/// runs them, and the caller has to let go.
pub async fn save(tx: &mut Tx, reactions: &[&Reaction]) -> Result<BTreeSet<Uuid>, StoreError> {
    let mut saved = BTreeSet::new();
    for reactions in reactions.chunks(AT_ONCE_MAX) {
        let ids: Vec<Uuid> = with_tx!(tx, c => {
            let mut update = sqlx::QueryBuilder::new(
                "WITH given (reaction_id, version_before, phase, steps_done, attempts, next_at, cause, answers, frozen_path, \
                 frozen_request, frozen_context, parked_because, parked_owner) AS (",
            );
            update.push_values(reactions, |mut row, reaction| {
                let kept = Kept::of(reaction);
                row.push_bind(reaction.id)
                    .push_bind(reaction.version - 1)
                    .push_bind(reaction.phase.as_str())
                    .push_bind(reaction.steps_done)
                    .push_bind(reaction.attempts)
                    .push_bind(Instant::from(reaction.next_at))
                    .push_bind(kept.cause)
                    .push_bind(kept.answers)
                    .push_bind(kept.frozen.map(|frozen| frozen.path.as_str()))
                    .push_bind(kept.frozen.map(|frozen| frozen.request.as_slice()))
                    .push_bind(kept.frozen.map(|frozen| frozen.context.as_slice()))
                    .push_bind(&reaction.parked_because)
                    .push_bind(reaction.parked_owner.encode_to_vec());
            });
            update.push(
                ") UPDATE reactions SET phase = given.phase, steps_done = given.steps_done, \
                 attempts = given.attempts, next_at = given.next_at, version = given.version_before + 1, \
                 cause = given.cause, answers = given.answers, frozen_path = given.frozen_path, \
                 frozen_request = given.frozen_request, frozen_context = given.frozen_context, \
                 parked_because = given.parked_because, parked_owner = given.parked_owner \
                 FROM given WHERE id = given.reaction_id AND version = given.version_before RETURNING id",
            );
            update.build_query_scalar().fetch_all(c).await
        })?;
        saved.extend(ids);
    }
    Ok(saved)
}

/// What holds facts goes when the reaction is done.
struct Kept<'a> {
    cause: Option<Vec<u8>>,
    answers: Option<Vec<u8>>,
    frozen: Option<&'a Frozen>,
}

impl<'a> Kept<'a> {
    fn of(reaction: &'a Reaction) -> Self {
        let frozen = reaction.frozen.as_ref();
        if reaction.phase == Phase::Done {
            return Self {
                cause: None,
                answers: None,
                frozen,
            };
        }
        let answers = Answers {
            answers: reaction.answers.clone(),
        };
        Self {
            cause: reaction.cause.as_ref().map(Message::encode_to_vec),
            answers: Some(answers.encode_to_vec()),
            frozen,
        }
    }
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

/// The oldest reactions of lanes that nobody holds, as far as they may be tried, oldest first.
pub async fn waiting(
    store: &Store,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Reaction>, StoreError> {
    // Both questions are asked of each waiting reaction by key: as joins the planner reads the whole of both tables.
    let sql = select!(
        "r WHERE phase = 'runnable' AND next_at <= $1 \
          AND id = (SELECT o.id FROM reactions o WHERE o.authority = r.authority \
              AND o.lane = r.lane AND o.phase = 'runnable' ORDER BY o.id LIMIT 1) \
          AND COALESCE((SELECT l.held_until FROM lanes l WHERE l.authority = r.authority \
              AND l.lane = r.lane), $1) <= $1 \
        ORDER BY id LIMIT $2"
    );
    let rows: Vec<Row> = with_db!(store.db(), c => sqlx::query_as(sql)
        .bind(Instant::from(now))
        .bind(limit)
        .fetch_all(c)
        .await)?;
    let readable = rows.into_iter().filter_map(|row| {
        let id = row.id;
        // One that cannot be read must not hold up the other lanes.
        Reaction::try_from(row)
            .inspect_err(
                |error| tracing::error!(flow.id = %id, error = %error, "a reaction cannot be read"),
            )
            .ok()
    });
    Ok(readable.collect())
}

/// The oldest reaction that is under way in a lane.
pub async fn first_in(
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

/// How many reactions are under way.
pub async fn count_runnable(store: &Store) -> Result<i64, StoreError> {
    let select = "SELECT COUNT(*) FROM reactions WHERE phase = 'runnable'";
    Ok(with_db!(store.db(), c => sqlx::query_scalar(select).fetch_one(c).await)?)
}
