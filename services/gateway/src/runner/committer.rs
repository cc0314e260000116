//! One commit for the writes of many reactions.
//!
//! A reaction writes at once when nothing else waits. Under load the writes of several reactions share a commit: the
//! next group gathers while the last one is being made durable. A reaction goes on only after its commit.

use std::sync::Arc;

use baton_store::{BoxFuture, Store, StoreError, Tx};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::storage::writes::{self, Write};

/// The most batches of writes in one commit.
const GROUP_MAX: usize = 64;
/// The most batches that wait; a runner beyond that waits with its own.
const QUEUE_MAX: usize = 4096;

type Hits = Result<Vec<bool>, StoreError>;

/// A way to the commits.
#[derive(Clone)]
pub struct Committer {
    queue: mpsc::Sender<Batch>,
}

struct Batch {
    writes: Arc<[Write]>,
    answer: oneshot::Sender<Hits>,
}

impl Committer {
    /// Starts as many committers as the database can use at once: SQLite has one writer. They end with the last clone.
    pub fn start(store: &Store, at_once: usize) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..at_once.max(1) {
            let (store, waiting) = (store.clone(), Arc::clone(&waiting));
            tokio::spawn(async move { commit_groups(&store, &waiting).await });
        }
        Self { queue }
    }

    /// Makes writes durable, in order, all or none but for those after a guard that missed. Tells which of those
    /// that were tried hit.
    pub async fn commit(&self, writes: Vec<Write>) -> Hits {
        let (answer, hits) = oneshot::channel();
        let batch = Batch {
            writes: writes.into(),
            answer,
        };
        self.queue
            .send(batch)
            .await
            .map_err(|_| StoreError::Interrupted)?;
        hits.await.map_err(|_| StoreError::Interrupted)?
    }
}

async fn commit_groups(store: &Store, waiting: &Mutex<mpsc::Receiver<Batch>>) {
    loop {
        let mut group = Vec::new();
        let count = waiting.lock().await.recv_many(&mut group, GROUP_MAX).await;
        if count == 0 {
            return;
        }
        commit(store, group).await;
    }
}

async fn commit(store: &Store, group: Vec<Batch>) {
    let batches: Vec<Arc<[Write]>> = group
        .iter()
        .map(|batch| Arc::clone(&batch.writes))
        .collect();
    match write(store, batches).await {
        Ok(hits) => {
            for (batch, hits) in group.into_iter().zip(hits) {
                // Whoever asked may have gone; the writes are made all the same.
                let _ = batch.answer.send(Ok(hits));
            }
        }
        Err(error) => {
            let mut group = group.into_iter();
            if group.len() == 1 {
                if let Some(batch) = group.next() {
                    let _ = batch.answer.send(Err(error));
                }
                return;
            }
            // One bad batch must not take the others with it.
            for batch in group {
                let hits = write(store, vec![Arc::clone(&batch.writes)])
                    .await
                    .map(|mut hits| hits.pop().unwrap_or_default());
                let _ = batch.answer.send(hits);
            }
        }
    }
}

async fn write(store: &Store, batches: Vec<Arc<[Write]>>) -> Result<Vec<Vec<bool>>, StoreError> {
    store
        .transact(
            "react",
            move |tx: &mut Tx| -> BoxFuture<'_, Result<_, StoreError>> {
                Box::pin(async move { writes::apply(tx, &batches).await })
            },
        )
        .await
}
