//! What a transaction writes last: all together, on PostgreSQL in one statement.
//!
//! A statement costs a round trip and two changes of process, however little it writes, and most commands end with the
//! same writes: the aggregate's row, its deadlines, its events, the key of the request. They wait here until the
//! commit, or until [`Tx::flush`]. SQLite has no round trips: there they are written one by one.

use std::mem;

use sqlx::{Database, Encode, Postgres, QueryBuilder, Sqlite, Type};
use uuid::Uuid;

use crate::deadlines::{self, Awaited};
use crate::requests::Asked;
use crate::{Instant, Json, NewEvent, Session, StoreError, Tx};

/// How many events go into one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535.
const EVENTS_MAX: usize = 500;

const INTO_EVENTS: &str = "INSERT INTO events (event_id, authority, event_type, aggregate_id, aggregate_version, \
    case_id, child_id, family_id, effective_at, recorded_at, traceparent, body, digest) ";

const INTO_REQUESTS: &str = "INSERT INTO requests \
    (authority, principal, method, request_id, body_hash, response, created_at) ";

/// What waits for the end.
#[derive(Default)]
pub(crate) struct Ending {
    pub(crate) events: Vec<NewEvent>,
    pub(crate) awaited: Vec<Awaited>,
    /// Writes of the service are under way. On SQLite they are made already; that they count all the same lets every
    /// test see a statement that overtakes them.
    writes: bool,
    statement: Statement,
}

impl Ending {
    /// Whether a statement of its own may run now.
    pub(crate) const fn is_clear(&self) -> bool {
        !self.writes
    }
}

/// Several writes in one statement of PostgreSQL. All see the database as it was before, so none may depend on another.
#[derive(Default)]
struct Statement {
    query: QueryBuilder<Postgres>,
    parts: usize,
    /// The parts whose number of rows matters, and the number. None to be told it.
    counted: Vec<(String, Option<i64>)>,
}

impl Statement {
    fn begin(&mut self, name: &str) {
        let comma = if self.parts == 0 { "WITH " } else { ", " };
        self.parts += 1;
        self.query.push(format_args!("{comma}{name} AS ("));
    }

    fn end(&mut self) {
        self.query.push(" RETURNING 1)");
    }
}

/// A write that is added to the last ones of a transaction, for [`write_last!`](crate::write_last).
#[doc(hidden)]
pub enum Last<'t> {
    Sqlite(Box<QueryBuilder<Sqlite>>, &'t mut Tx),
    Postgres(&'t mut QueryBuilder<Postgres>),
}

impl Tx {
    /// Makes the writes that wait for the end now, because a further statement has to see them. Does nothing when none
    /// waits.
    pub async fn flush(&mut self) -> Result<(), StoreError> {
        if self.ending.is_clear() {
            return Ok(());
        }
        self.finish(None).await.map(drop)
    }

    /// Makes the writes that wait, and keeps a request with its response. False when its key is taken.
    pub(crate) async fn finish(&mut self, asked: Option<Asked<'_>>) -> Result<bool, StoreError> {
        let mut ending = mem::take(&mut self.ending);
        while ending.events.len() > EVENTS_MAX {
            let rest = ending.events.split_off(EVENTS_MAX);
            let first = Ending {
                events: mem::replace(&mut ending.events, rest),
                ..Ending::default()
            };
            self.write(first, None).await?;
        }
        self.write(ending, asked).await
    }

    async fn write(
        &mut self,
        ending: Ending,
        asked: Option<Asked<'_>>,
    ) -> Result<bool, StoreError> {
        self.announced |= !ending.events.is_empty();
        let firing = self.firing.clone();
        match &mut self.session {
            Session::Sqlite(session) => {
                deadlines::sync_one_by_one(session, &ending.awaited, firing.as_ref()).await?;
                if !ending.events.is_empty() {
                    let mut insert = QueryBuilder::<Sqlite>::new(INTO_EVENTS);
                    push_events(&mut insert, &ending.events);
                    insert.build().execute(&mut **session).await?;
                }
                let Some(asked) = asked else { return Ok(true) };
                let mut insert = QueryBuilder::<Sqlite>::new(INTO_REQUESTS);
                push_request(&mut insert, &asked);
                let done = insert.build().execute(&mut **session).await?;
                Ok(done.rows_affected() == 1)
            }
            Session::Postgres(session) => {
                let mut all = ending.statement;
                if !ending.awaited.is_empty() {
                    all.begin("given");
                    deadlines::push_sync(&mut all.query, &ending.awaited, firing.as_ref());
                    all.end();
                }
                if !ending.events.is_empty() {
                    all.begin("told");
                    all.query.push(INTO_EVENTS);
                    push_events(&mut all.query, &ending.events);
                    all.end();
                }
                if let Some(asked) = asked {
                    all.begin("asked");
                    all.query.push(INTO_REQUESTS);
                    push_request(&mut all.query, &asked);
                    all.end();
                    all.counted.push(("asked".to_owned(), None));
                }
                if all.parts == 0 {
                    return Ok(true);
                }
                let counts: Vec<String> = all
                    .counted
                    .iter()
                    .map(|(name, _)| format!("(SELECT count(*) FROM {name})"))
                    .collect();
                let counts = counts.join(", ");
                all.query
                    .push(format_args!(" SELECT ARRAY[{counts}]::BIGINT[]"));
                let found: Vec<i64> = all
                    .query
                    .build_query_scalar()
                    .fetch_one(&mut **session)
                    .await?;
                outcome(&all.counted, &found)
            }
        }
    }

    /// The session for a statement that does not wait. Nothing may overtake the writes that wait, unless it says so.
    #[doc(hidden)]
    pub fn statement(&mut self) -> &mut Session {
        debug_assert!(
            self.ending.is_clear(),
            "a statement would overtake writes that wait for the end: flush first"
        );
        &mut self.session
    }

    #[doc(hidden)]
    pub fn last(&mut self, rows: i64) -> Last<'_> {
        self.ending.writes = true;
        if !self.is_postgres() {
            return Last::Sqlite(Box::new(QueryBuilder::new("")), self);
        }
        let statement = &mut self.ending.statement;
        let name = format!("write_{}", statement.parts);
        statement.begin(&name);
        statement.counted.push((name, Some(rows)));
        Last::Postgres(&mut statement.query)
    }

    #[doc(hidden)]
    pub fn last_is_whole(&mut self) {
        self.ending.statement.end();
    }

    #[doc(hidden)]
    pub async fn run_last(
        &mut self,
        mut query: QueryBuilder<Sqlite>,
        rows: i64,
    ) -> Result<(), StoreError> {
        let Session::Sqlite(session) = &mut self.session else {
            return Ok(());
        };
        let done = query.build().execute(&mut **session).await?;
        if i64::try_from(done.rows_affected()) == Ok(rows) {
            Ok(())
        } else {
            Err(StoreError::Contention)
        }
    }
}

/// False when the request was kept before: its repeat is answered, whatever its writes hit. An error when a write missed.
fn outcome(counted: &[(String, Option<i64>)], found: &[i64]) -> Result<bool, StoreError> {
    if counted.len() != found.len() {
        return Err(StoreError::Corrupt("the outcome of the last writes"));
    }
    let counts = || counted.iter().map(|(_, rows)| rows).zip(found);
    if counts().any(|(rows, found)| rows.is_none() && *found == 0) {
        return Ok(false);
    }
    let missed = counts().any(|(rows, found)| rows.is_some_and(|rows| rows != *found));
    if missed {
        return Err(StoreError::Contention);
    }
    Ok(true)
}

fn push_events<DB: Database>(query: &mut QueryBuilder<DB>, events: &[NewEvent])
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> Option<Uuid>: Encode<'q, DB>,
    for<'q> &'q String: Encode<'q, DB> + Type<DB>,
    for<'q> &'q Option<String>: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> Instant: Encode<'q, DB> + Type<DB>,
    for<'q> Json<&'q serde_json::Value>: Encode<'q, DB> + Type<DB>,
    for<'q> Vec<u8>: Encode<'q, DB> + Type<DB>,
{
    query.push_values(events, |mut row, event| {
        row.push_bind(event.event_id)
            .push_bind(&event.authority)
            .push_bind(&event.event_type)
            .push_bind(event.aggregate_id)
            .push_bind(event.aggregate_version)
            .push_bind(event.case_id)
            .push_bind(event.child_id)
            .push_bind(event.family_id)
            .push_bind(Instant::from(event.effective_at))
            .push_bind(Instant::from(event.recorded_at))
            .push_bind(&event.traceparent)
            .push_bind(Json(&event.body))
            .push_bind(event.digest());
    });
}

fn push_request<DB: Database>(query: &mut QueryBuilder<DB>, asked: &Asked<'_>)
where
    for<'q> &'q String: Encode<'q, DB> + Type<DB>,
    for<'q> &'q Vec<u8>: Encode<'q, DB> + Type<DB>,
    for<'q> &'q [u8]: Encode<'q, DB> + Type<DB>,
    for<'q> Instant: Encode<'q, DB> + Type<DB>,
{
    query.push_values([asked], |mut row, asked| {
        row.push_bind(&asked.key.authority)
            .push_bind(&asked.key.principal)
            .push_bind(&asked.key.method)
            .push_bind(&asked.key.request_id)
            .push_bind(&asked.key.body_hash)
            .push_bind(asked.response)
            .push_bind(asked.at);
    });
    query.push(" ON CONFLICT DO NOTHING");
}
