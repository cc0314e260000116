//! Sealing: numbering what was committed, and chaining it.
//!
//! A sequence number is drawn before its transaction commits, so a reader of `seq > cursor` misses events of slower
//! transactions. Sealing numbers only what is committed: whoever seals holds the one row of `sealing_fence`, takes
//! the queue of unsealed events in order, and gives each the next position of its authority and the hash
//! `SHA-256(hash before || digest)`.
//!
//! On PostgreSQL a task does so after the commits, in batches: at once when nothing was sealed for a while, and else after
//! a pause in which more comes together. SQLite has one writer, which may as well number its events in their own
//! transaction: no second commit, and the feed is never behind.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::QueryBuilder;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::transact::Begin;
use crate::{Json, Store, StoreError, Tx, dialect, with_db, with_tx};

/// How many events are sealed in one transaction.
const BATCH_MAX: i64 = 256;

/// How often to look for what other replicas committed or sealed.
const POLL: Duration = Duration::from_millis(200);

/// The time after a batch in which more comes together. While more has come each time it doubles: what a batch costs here,
/// and wherever the feed is read, hardly grows with it.
const PAUSE: Duration = Duration::from_millis(20);
/// The longest such time: a feed is never much later.
const PAUSE_MAX: Duration = Duration::from_millis(160);

/// What rings within this time came during the pause.
const AT_ONCE: Duration = Duration::from_millis(1);

/// The hash before the first event of a feed.
pub(crate) const GENESIS: [u8; 32] = [0; 32];

/// The next hash of a chain.
pub(crate) fn chain(before: &[u8], digest: &[u8]) -> Vec<u8> {
    Sha256::new()
        .chain_update(before)
        .chain_update(digest)
        .finalize()
        .to_vec()
}

/// An event without a position, and the end of its feed.
#[derive(sqlx::FromRow)]
struct Unsealed {
    seq: i64,
    event_id: Uuid,
    authority: String,
    digest: Vec<u8>,
    position: Option<i64>,
    hash: Option<Vec<u8>>,
}

struct Head {
    /// The position the feed had before this batch.
    from: i64,
    position: i64,
    hash: Vec<u8>,
}

struct Link {
    seq: i64,
    authority: String,
    position: i64,
    event_id: Uuid,
    hash: Vec<u8>,
}

/// What one transaction sealed.
#[derive(Default)]
struct Sealed {
    heads: Heads,
    /// Whether there may be more.
    full: bool,
}

/// The new last positions of the feeds that grew.
pub(crate) type Heads = Vec<(String, i64)>;

impl Store {
    /// Seals events until told to stop, and tells the feeds' readers. Every replica runs it.
    pub async fn run_sealing(&self, shutdown: CancellationToken) {
        let mut backoff = Backoff::new();
        let mut rung = false;
        let mut pause = PAUSE;
        while !shutdown.is_cancelled() {
            let sealed = if rung {
                self.seal_rung().await
            } else {
                self.seal_all().await
            };
            match sealed {
                Ok(()) => backoff.reset(),
                Err(error) => {
                    tracing::warn!(%error, "sealing failed; it is tried again");
                    backoff.wait(&shutdown).await;
                    rung = false;
                    continue;
                }
            }
            if rung {
                tokio::time::sleep(pause).await;
            }
            let waits_since = tokio::time::Instant::now();
            rung = tokio::select! {
                () = shutdown.cancelled() => false,
                () = self.0.unsealed.notified() => true,
                () = tokio::time::sleep(POLL), if self.0.db.is_shared() => false,
            };
            pause = if rung && waits_since.elapsed() < AT_ONCE {
                (pause * 2).min(PAUSE_MAX)
            } else {
                PAUSE
            };
        }
    }

    /// Seals what this process has just committed.
    async fn seal_rung(&self) -> Result<(), StoreError> {
        loop {
            let sealed = self.seal_some().await?;
            if sealed.heads.is_empty() {
                // Another replica was faster: how far did it come?
                return self.look_at_heads().await;
            }
            self.note_heads(sealed.heads);
            if !sealed.full {
                return Ok(());
            }
        }
    }

    /// Seals whatever waits, and takes note of what other replicas have sealed.
    pub(crate) async fn seal_all(&self) -> Result<(), StoreError> {
        while self.unsealed_events().await? {
            let sealed = self.seal_some().await?;
            self.note_heads(sealed.heads);
        }
        self.look_at_heads().await
    }

    async fn seal_some(&self) -> Result<Sealed, StoreError> {
        self.transact_as(Begin::Fenced, "seal", |tx| Box::pin(seal_batch(tx)))
            .await
    }

    async fn look_at_heads(&self) -> Result<(), StoreError> {
        let select = "SELECT authority, position FROM feed_heads";
        let heads = with_db!(self.db(), c => sqlx::query_as(select).fetch_all(c).await)?;
        self.note_heads(heads);
        Ok(())
    }

    /// Whether any committed event waits to be sealed.
    async fn unsealed_events(&self) -> Result<bool, StoreError> {
        let select = "SELECT EXISTS (SELECT 1 FROM unsealed)";
        Ok(with_db!(self.db(), c => sqlx::query_scalar(select).fetch_one(c).await)?)
    }

    /// Seals the events of this very transaction where there is one writer.
    pub(crate) async fn seal_at_commit(&self, tx: &mut Tx) -> Result<Heads, StoreError> {
        if !tx.announced || tx.is_postgres() {
            return Ok(Heads::new());
        }
        let mut heads = Heads::new();
        loop {
            let sealed = seal_batch(tx).await?;
            heads.extend(sealed.heads);
            if !sealed.full {
                return Ok(heads);
            }
        }
    }

    /// Tells this process's readers how far the feeds go.
    pub(crate) fn note_heads(&self, heads: Heads) {
        self.0.heads.send_if_modified(|known| {
            let mut grown = false;
            for (authority, position) in heads {
                let last = known.entry(authority).or_insert(0);
                grown |= position > *last;
                *last = position.max(*last);
            }
            grown
        });
    }
}

/// Seals up to [`BATCH_MAX`] events, of all authorities together. Nobody else does so meanwhile: on PostgreSQL the
/// transaction began with [`Begin::Fenced`].
async fn seal_batch(tx: &mut Tx) -> Result<Sealed, StoreError> {
    let waiting = unsealed(tx).await?;
    if waiting.is_empty() {
        return Ok(Sealed::default());
    }
    let full = waiting.len() >= usize::try_from(BATCH_MAX).unwrap_or(usize::MAX);
    let mut heads: BTreeMap<String, Head> = BTreeMap::new();
    let mut links = Vec::with_capacity(waiting.len());
    for event in waiting {
        let position = event.position.unwrap_or(0);
        let head = heads
            .entry(event.authority.clone())
            .or_insert_with(|| Head {
                from: position,
                position,
                hash: event.hash.unwrap_or_else(|| GENESIS.to_vec()),
            });
        head.position += 1;
        head.hash = chain(&head.hash, &event.digest);
        links.push(Link {
            seq: event.seq,
            authority: event.authority,
            position: head.position,
            event_id: event.event_id,
            hash: head.hash.clone(),
        });
    }
    if tx.is_postgres() {
        write_at_once(tx, &links, &heads).await?;
    } else {
        insert_links(tx, &links).await?;
        for (authority, head) in &heads {
            move_head(tx, authority, head).await?;
        }
        remove_unsealed(tx, &links).await?;
    }
    let heads = heads.into_iter();
    Ok(Sealed {
        heads: heads
            .map(|(authority, head)| (authority, head.position))
            .collect(),
        full,
    })
}

async fn unsealed(tx: &mut Tx) -> Result<Vec<Unsealed>, StoreError> {
    // PostgreSQL takes the queue's numbers first, whatever it believes of their number: by a join it may read every event
    // from the beginning.
    let select = dialect!(tx,
        sqlite: "SELECT e.seq, e.event_id, e.authority, e.digest, h.position, h.hash \
            FROM unsealed u JOIN events e ON e.seq = u.seq \
            LEFT JOIN feed_heads h ON h.authority = e.authority ORDER BY u.seq LIMIT $1",
        postgres: "SELECT e.seq, e.event_id, e.authority, e.digest, h.position, h.hash \
            FROM events e LEFT JOIN feed_heads h ON h.authority = e.authority \
            WHERE e.seq = ANY (ARRAY(SELECT seq FROM unsealed ORDER BY seq LIMIT $1)) ORDER BY e.seq");
    Ok(with_tx!(tx, c => sqlx::query_as(select).bind(BATCH_MAX).fetch_all(c).await)?)
}

/// Positions, heads and the queue in one round trip. Removes from the queue exactly what was sealed: a smaller number
/// may have been committed since we looked.
async fn write_at_once(
    tx: &mut Tx,
    links: &[Link],
    heads: &BTreeMap<String, Head>,
) -> Result<(), StoreError> {
    let write = "WITH links AS ( \
            SELECT seq, authority, position, event_id, decode(hash, 'hex') AS hash \
            FROM json_to_recordset($1) \
                AS l (seq BIGINT, authority TEXT, position BIGINT, event_id UUID, hash TEXT)), \
        done AS (DELETE FROM unsealed WHERE seq IN (SELECT seq FROM links)), \
        placed AS ( \
            INSERT INTO sealed (authority, position, event_id, hash) \
            SELECT authority, position, event_id, hash FROM links) \
        INSERT INTO feed_heads (authority, position, hash) \
        SELECT l.authority, l.position, l.hash FROM links l \
            JOIN json_to_recordset($2) AS h (authority TEXT, from_position BIGINT, position BIGINT) \
                ON h.authority = l.authority AND h.position = l.position \
            LEFT JOIN feed_heads now ON now.authority = l.authority \
            WHERE COALESCE(now.position, 0) = h.from_position \
        ON CONFLICT (authority) DO UPDATE SET position = excluded.position, hash = excluded.hash \
            WHERE feed_heads.position < excluded.position";
    let given: Value = links
        .iter()
        .map(|link| {
            json!({
                "seq": link.seq,
                "authority": link.authority,
                "position": link.position,
                "event_id": link.event_id,
                "hash": hex::encode(&link.hash),
            })
        })
        .collect();
    let ends: Value = heads
        .iter()
        .map(|(authority, head)| {
            json!({
                "authority": authority,
                "from_position": head.from,
                "position": head.position,
            })
        })
        .collect();
    let moved = with_tx!(tx, c => sqlx::query(write)
        .bind(Json(given))
        .bind(Json(ends))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    // Should the fence ever fail, two positions still cannot be given out twice.
    if usize::try_from(moved).is_ok_and(|moved| moved == heads.len()) {
        Ok(())
    } else {
        Err(StoreError::Contention)
    }
}

async fn insert_links(tx: &mut Tx, links: &[Link]) -> Result<(), StoreError> {
    with_tx!(tx, c => {
        let mut insert =
            QueryBuilder::new("INSERT INTO sealed (authority, position, event_id, hash) ");
        insert.push_values(links, |mut row, link| {
            row.push_bind(&link.authority)
                .push_bind(link.position)
                .push_bind(link.event_id)
                .push_bind(&link.hash);
        });
        insert.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// Compare-and-set: should the fence ever fail, two positions still cannot be given out twice.
async fn move_head(tx: &mut Tx, authority: &str, head: &Head) -> Result<(), StoreError> {
    let upsert = "INSERT INTO feed_heads (authority, position, hash) VALUES ($1, $2, $3) \
        ON CONFLICT (authority) DO UPDATE SET position = excluded.position, hash = excluded.hash \
        WHERE feed_heads.position = $4";
    let moved = with_tx!(tx, c => sqlx::query(upsert)
        .bind(authority)
        .bind(head.position)
        .bind(&head.hash)
        .bind(head.from)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if moved == 1 {
        Ok(())
    } else {
        Err(StoreError::Contention)
    }
}

/// Removes exactly what was sealed.
async fn remove_unsealed(tx: &mut Tx, links: &[Link]) -> Result<(), StoreError> {
    let delete = "DELETE FROM unsealed WHERE seq IN (SELECT value FROM json_each($1))";
    let done: Vec<i64> = links.iter().map(|link| link.seq).collect();
    with_tx!(tx, c => sqlx::query(delete).bind(Json(done)).execute(c).await.map(drop))?;
    Ok(())
}
