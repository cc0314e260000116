//! Looks at the six databases after the fact and says what is wrong.
//!
//! It reads tables with SQL and shares no code with what wrote them: a mistake there is not repeated here.

#[path = "checker/record.rs"]
mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool};

/// One service's database.
pub enum Database {
    /// A file.
    Sqlite(SqlitePool),
    /// A server's.
    Postgres(PgPool),
}

/// A row, every column as text.
type Cells = Vec<Option<String>>;

impl Database {
    /// Opens a database for reading.
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite(SqlitePool::connect(url).await?))
        } else {
            Ok(Self::Postgres(PgPool::connect(url).await?))
        }
    }

    /// Runs a query whose columns are written `id(x)`, `us(x)` (an instant in microseconds), `hex(x)`, `flag(x)` or
    /// `text(x)`, separated by `|`, before ` FROM `.
    async fn rows(&self, query: &str) -> Result<Vec<Cells>> {
        let (columns, rest) = query.split_once(" FROM ").context("a query has FROM")?;
        let columns: Vec<String> = columns
            .split('|')
            .map(|column| self.column(column.trim()))
            .collect();
        let sql = AssertSqlSafe(format!("SELECT {} FROM {rest}", columns.join(", ")));
        let width = columns.len();
        match self {
            Self::Sqlite(pool) => {
                let rows = sqlx::query(sql).fetch_all(pool).await?;
                rows.iter()
                    .map(|row| (0..width).map(|at| Ok(row.try_get(at)?)).collect())
                    .collect()
            }
            Self::Postgres(pool) => {
                let rows = sqlx::query(sql).fetch_all(pool).await?;
                rows.iter()
                    .map(|row| (0..width).map(|at| Ok(row.try_get(at)?)).collect())
                    .collect()
            }
        }
    }

    fn column(&self, column: &str) -> String {
        let inner = column.strip_suffix(')').unwrap_or(column);
        let (kind, name) = inner.split_once('(').unwrap_or(("text", inner));
        match (self, kind) {
            (Self::Sqlite(_), "id" | "hex") => format!("lower(hex({name}))"),
            (Self::Postgres(_), "id") => format!("replace(CAST({name} AS TEXT), '-', '')"),
            (Self::Postgres(_), "hex") => format!("encode({name}, 'hex')"),
            (Self::Postgres(_), "us") => {
                format!("CAST(CAST(EXTRACT(EPOCH FROM {name}) * 1000000 AS BIGINT) AS TEXT)")
            }
            (Self::Postgres(_), "flag") => format!("CAST(CAST({name} AS INTEGER) AS TEXT)"),
            _ => format!("CAST({name} AS TEXT)"),
        }
    }
}

/// What the six services left behind.
pub struct Databases {
    /// The databases, by service.
    pub of: BTreeMap<&'static str, Database>,
    /// Where notification put what it sent.
    pub spool: Option<PathBuf>,
}

impl Databases {
    /// Everything that is wrong, one line each.
    pub async fn faults(&self) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        self.responsibility(&mut faults).await?;
        self.transfers(&mut faults).await?;
        self.logs(&mut faults).await?;
        self.reactions(&mut faults).await?;
        self.subscriptions(&mut faults).await?;
        self.events_are_whole(&mut faults).await?;
        self.deadlines(&mut faults).await?;
        self.notices(&mut faults).await?;
        Ok(faults)
    }

    fn database(&self, service: &str) -> Result<&Database> {
        self.of
            .get(service)
            .with_context(|| format!("no database of {service}"))
    }

    /// When the last event of any service was recorded.
    pub async fn last_recorded(&self) -> Option<Timestamp> {
        let mut last = None;
        for database in self.of.values() {
            // A process killed while it made its tables has recorded nothing.
            let Ok(rows) = database.rows("us(max(recorded_at)) FROM events").await else {
                continue;
            };
            let micros = rows.first().and_then(|row| text(row, 0).parse().ok());
            last = last.max(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()));
        }
        last
    }

    /// How many events there are.
    pub async fn event_count(&self) -> Result<usize> {
        let mut count = 0;
        for database in self.of.values() {
            let rows = database.rows("text(count(*)) FROM events").await?;
            count += rows
                .first()
                .map_or(Ok(0), |row| text(row, 0).parse::<usize>())?;
        }
        Ok(count)
    }

    /// How many events there are, by service and type.
    pub async fn events(&self) -> Result<BTreeMap<(String, String), usize>> {
        let mut counted = BTreeMap::new();
        for (service, database) in &self.of {
            for row in database.rows("text(event_type) FROM events").await? {
                *counted
                    .entry(((*service).to_owned(), text(&row, 0)))
                    .or_default() += 1;
            }
        }
        Ok(counted)
    }

    /// Exact and contiguous: one open span on each axis of an open case, none of a closed one, no hole, no overlap, and
    /// the row says what the spans say.
    async fn responsibility(&self, faults: &mut Vec<String>) -> Result<()> {
        let ledger = self.database("allocation")?;
        let cases = ledger
            .rows("id(id)|flag(open)|team_id|worker_id|text(epoch)|us(opened_at) FROM cases ORDER BY id")
            .await?;
        let spans = ledger
            .rows(
                "id(case_id)|text(axis)|text(team_id)|text(worker_id)|us(effective_from)|us(effective_until)|text(epoch) \
                 FROM spans WHERE believed_until IS NULL ORDER BY case_id, axis, effective_from, epoch",
            )
            .await?;
        let mut by_case: BTreeMap<(String, String), Vec<Cells>> = BTreeMap::new();
        for span in spans {
            by_case
                .entry((text(&span, 0), text(&span, 1)))
                .or_default()
                .push(span);
        }
        for case in cases {
            let id = text(&case, 0);
            let open = text(&case, 1) == "1";
            for axis in ["team", "worker"] {
                let Some(spans) = by_case.get(&(id.clone(), axis.to_owned())) else {
                    faults.push(format!("case {id}: no {axis} was ever responsible"));
                    continue;
                };
                let first = spans.first().map(|span| text(span, 4)).unwrap_or_default();
                if first != text(&case, 5) {
                    faults.push(format!(
                        "case {id}: the first {axis} span does not begin when the case opened"
                    ));
                }
                for pair in spans.windows(2) {
                    if pair[0][5] != pair[1][4] {
                        faults.push(format!(
                            "case {id}: a hole or an overlap on the {axis} axis"
                        ));
                    }
                }
                let current: Vec<&Cells> = spans.iter().filter(|span| span[5].is_none()).collect();
                if current.len() != usize::from(open) {
                    faults.push(format!("case {id}: {} open {axis} spans", current.len()));
                }
                if let Some(span) = current.first() {
                    let (has, says) = if axis == "team" {
                        (text(span, 2), text(&case, 2))
                    } else {
                        (text(span, 3), text(&case, 3))
                    };
                    if has != says {
                        faults.push(format!(
                            "case {id}: the row and the open {axis} span disagree"
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// Completed means that the ledger names it, once; nothing hangs between; never two live for one case.
    async fn transfers(&self, faults: &mut Vec<String>) -> Result<()> {
        let transfers = self
            .database("transfer")?
            .rows("id(id)|id(case_id)|text(phase)|flag(live) FROM transfers")
            .await?;
        let moves = self
            .database("allocation")?
            .rows(
                "id(cause_id)|id(case_id) FROM spans \
                 WHERE axis = 'team' AND cause_kind = 'transfer' AND believed_until IS NULL",
            )
            .await?;
        let mut live = BTreeSet::new();
        for transfer in &transfers {
            let (id, case, phase) = (text(transfer, 0), text(transfer, 1), text(transfer, 2));
            let named = moves
                .iter()
                .filter(|row| text(row, 0) == id && text(row, 1) == case)
                .count();
            if named != usize::from(phase == "completed") {
                faults.push(format!(
                    "transfer {id} is {phase} and {named} ledger spans name it"
                ));
            }
            if phase == "completing" {
                faults.push(format!("transfer {id} hangs in completing"));
            }
            if text(transfer, 3) == "1" && !live.insert(case.clone()) {
                faults.push(format!("case {case} has two live transfers"));
            }
        }
        for row in &moves {
            if !transfers
                .iter()
                .any(|transfer| text(transfer, 0) == text(row, 0))
            {
                faults.push(format!(
                    "a move names transfer {} that does not exist",
                    text(row, 0)
                ));
            }
        }
        Ok(())
    }

    /// Every event is sealed once, without a gap, and the chain holds.
    async fn logs(&self, faults: &mut Vec<String>) -> Result<()> {
        for (service, database) in &self.of {
            let waiting = database.rows("text(seq) FROM unsealed").await?.len();
            let events = database.rows("id(event_id) FROM events").await?.len();
            let sealed = database
                .rows(
                    "text(s.authority)|text(s.position)|hex(s.hash)|hex(e.digest) \
                     FROM sealed s JOIN events e ON e.event_id = s.event_id ORDER BY s.authority, s.position",
                )
                .await?;
            if waiting > 0 || sealed.len() != events {
                faults.push(format!(
                    "{service}: {events} events, {} sealed, {waiting} waiting",
                    sealed.len()
                ));
            }
            let ends = database
                .rows("text(authority)|text(position)|hex(hash) FROM feed_heads")
                .await?;
            let mut heads: BTreeMap<String, (i64, Vec<u8>)> = BTreeMap::new();
            for row in &sealed {
                let (position, hash) = heads.entry(text(row, 0)).or_insert_with(start);
                *position += 1;
                let digest = hex::decode(text(row, 3))?;
                *hash = Sha256::new()
                    .chain_update(&*hash)
                    .chain_update(digest)
                    .finalize()
                    .to_vec();
                if text(row, 1) != position.to_string() {
                    faults.push(format!("{service}: a gap before position {}", text(row, 1)));
                }
                if text(row, 2) != hex::encode(&*hash) {
                    faults.push(format!(
                        "{service}: the chain breaks at position {}",
                        text(row, 1)
                    ));
                }
            }
            for end in ends {
                let (position, hash) = heads.remove(&text(&end, 0)).unwrap_or_else(start);
                if (text(&end, 1), text(&end, 2)) != (position.to_string(), hex::encode(hash)) {
                    faults.push(format!("{service}: the feed does not end where it says"));
                }
            }
        }
        Ok(())
    }

    /// Everything the gateway began is finished, and no lane is held.
    async fn reactions(&self, faults: &mut Vec<String>) -> Result<()> {
        let open = self
            .database("gateway")?
            .rows(
                "text(kind)|text(phase)|text(parked_because) FROM reactions WHERE phase <> 'done'",
            )
            .await?;
        for row in open {
            faults.push(format!(
                "reaction {} is {} ({})",
                text(&row, 0),
                text(&row, 1),
                text(&row, 2)
            ));
        }
        let held = self
            .database("gateway")?
            .rows("us(held_until) FROM lanes")
            .await?;
        if held.iter().any(|row| text(row, 0) != "0") {
            faults.push("a lane is held, and nobody is in it".to_owned());
        }
        let unanswered = self
            .database("gateway")?
            .rows("id(id) FROM reports WHERE receipt IS NULL")
            .await?;
        for row in unanswered {
            faults.push(format!("report {} has no receipt", text(&row, 0)));
        }
        Ok(())
    }

    /// Every event of every service is in the gateway's journey, once.
    async fn subscriptions(&self, faults: &mut Vec<String>) -> Result<()> {
        let journey = self
            .database("gateway")?
            .rows("id(event_id) FROM journey")
            .await?;
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for row in &journey {
            *seen.entry(text(row, 0)).or_default() += 1;
        }
        for (service, database) in &self.of {
            for row in database
                .rows("id(event_id)|text(event_type) FROM events")
                .await?
            {
                match seen.remove(&text(&row, 0)) {
                    Some(1) => {}
                    Some(times) => {
                        faults.push(format!("{service}: {} came {times} times", text(&row, 1)));
                    }
                    None => faults.push(format!("{service}: {} never came", text(&row, 1))),
                }
            }
        }
        for event in seen.keys() {
            faults.push(format!("event {event} came, and no service has it"));
        }
        Ok(())
    }
}

/// Before the first position of a feed.
fn start() -> (i64, Vec<u8>) {
    (0, vec![0; 32])
}

fn text(row: &Cells, at: usize) -> String {
    row.get(at).cloned().flatten().unwrap_or_default()
}
