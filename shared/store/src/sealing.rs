//! Sealing: numbering what was committed, and chaining it.
//!
//! A sequence number is drawn before its transaction commits, so a reader of `seq > cursor` misses events of slower
//! transactions. Sealing numbers only what is committed: whoever seals holds the one row of `sealing_fence`, takes
//! the queue of unsealed events in order, and gives each the next position of its authority and the hash
//! `SHA-256(hash before || digest)`.
//!
//! On PostgreSQL a task does so after the commits, in batches. SQLite has one writer, which may as well number its events
//! in their own transaction: no second commit, and the feed is never behind.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::{Store, StoreError, Tx, dialect, with_db, with_tx};

/// How many events are sealed in one transaction.
const BATCH_MAX: i64 = 256;

/// How often to look for what other replicas committed or sealed.
const POLL: Duration = Duration::from_millis(200);

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

#[derive(sqlx::FromRow)]
struct Unsealed {
    seq: i64,
    event_id: Uuid,
    authority: String,
    digest: Vec<u8>,
}

struct Head {
    /// The position the feed had before this batch.
    from: i64,
    position: i64,
    hash: Vec<u8>,
}

struct Link {
    authority: String,
    position: i64,
    event_id: Uuid,
    hash: Vec<u8>,
}

/// The new last positions of the feeds that grew.
pub(crate) type Heads = Vec<(String, i64)>;

impl Store {
    /// Seals events until told to stop, and tells the feeds' readers. Every replica runs it.
    pub async fn run_sealing(&self, shutdown: CancellationToken) {
        let mut backoff = Backoff::new();
        while !shutdown.is_cancelled() {
            match self.seal_all().await {
                Ok(()) => backoff.reset(),
                Err(error) => {
                    tracing::warn!(%error, "sealing failed; it is tried again");
                    backoff.wait(&shutdown).await;
                    continue;
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.0.unsealed.notified() => {}
                () = tokio::time::sleep(POLL), if self.0.db.is_shared() => {}
            }
        }
    }

    /// Seals whatever waits, and takes note of what other replicas have sealed.
    pub(crate) async fn seal_all(&self) -> Result<(), StoreError> {
        while self.unsealed_events().await? {
            let heads = self.transact("seal", |tx| Box::pin(seal_batch(tx))).await?;
            self.note_heads(heads);
        }
        let select = "SELECT authority, position FROM feed_heads";
        let heads = with_db!(self.db(), c => sqlx::query_as(select).fetch_all(c).await)?;
        self.note_heads(heads);
        Ok(())
    }

    /// Whether any committed event waits to be sealed.
    pub(crate) async fn unsealed_events(&self) -> Result<bool, StoreError> {
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
            let some = seal_batch(tx).await?;
            if some.is_empty() {
                return Ok(heads);
            }
            heads.extend(some);
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

/// Seals up to [`BATCH_MAX`] events, of all authorities together.
async fn seal_batch(tx: &mut Tx) -> Result<Heads, StoreError> {
    take_fence(tx).await?;
    let waiting = unsealed(tx).await?;
    if waiting.is_empty() {
        return Ok(Heads::new());
    }
    let mut heads = feed_heads(tx).await?;
    let mut links = Vec::with_capacity(waiting.len());
    let mut done = Vec::with_capacity(waiting.len());
    for event in waiting {
        let head = heads
            .entry(event.authority.clone())
            .or_insert_with(|| Head {
                from: 0,
                position: 0,
                hash: GENESIS.to_vec(),
            });
        head.position += 1;
        head.hash = chain(&head.hash, &event.digest);
        links.push(Link {
            authority: event.authority,
            position: head.position,
            event_id: event.event_id,
            hash: head.hash.clone(),
        });
        done.push(event.seq);
    }
    insert_links(tx, &links).await?;
    heads.retain(|_, head| head.position > head.from);
    for (authority, head) in &heads {
        move_head(tx, authority, head).await?;
    }
    remove_unsealed(tx, done).await?;
    Ok(heads
        .into_iter()
        .map(|(authority, head)| (authority, head.position))
        .collect())
}

/// Waits until no other replica seals. The statements after it see what that one committed.
async fn take_fence(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.is_postgres() {
        let select = "SELECT id FROM sealing_fence WHERE id = 1 FOR UPDATE";
        with_tx!(tx, c => sqlx::query(select).execute(c).await.map(drop))?;
    }
    Ok(())
}

async fn unsealed(tx: &mut Tx) -> Result<Vec<Unsealed>, StoreError> {
    let select = "SELECT e.seq, e.event_id, e.authority, e.digest \
        FROM unsealed u JOIN events e ON e.seq = u.seq ORDER BY u.seq LIMIT $1";
    Ok(with_tx!(tx, c => sqlx::query_as(select).bind(BATCH_MAX).fetch_all(c).await)?)
}

async fn feed_heads(tx: &mut Tx) -> Result<BTreeMap<String, Head>, StoreError> {
    let select = "SELECT authority, position, hash FROM feed_heads";
    let rows: Vec<(String, i64, Vec<u8>)> =
        with_tx!(tx, c => sqlx::query_as(select).fetch_all(c).await)?;
    let head = |(authority, position, hash)| {
        (
            authority,
            Head {
                from: position,
                position,
                hash,
            },
        )
    };
    Ok(rows.into_iter().map(head).collect())
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

/// Removes exactly what was sealed. A smaller number may have been committed since we looked.
async fn remove_unsealed(tx: &mut Tx, done: Vec<i64>) -> Result<(), StoreError> {
    let delete = dialect!(tx,
        sqlite: "DELETE FROM unsealed WHERE seq IN (SELECT value FROM json_each($1))",
        postgres: "DELETE FROM unsealed \
            WHERE seq IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text($1))");
    with_tx!(tx, c => sqlx::query(delete).bind(Json(done)).execute(c).await.map(drop))?;
    Ok(())
}
