//! Transactions that run to their end.
//!
//! tonic drops the future of a handler when its client cancels, its deadline passes or its connection breaks. A
//! transaction that went with it would leave the caller with "failed" for something that may have happened; and
//! sqlx 0.9.0 hands a connection back with its transaction still open when `begin` is dropped. So every
//! transaction, reading ones too, runs in a task of its own from before `begin` to after `commit`.

use futures::future::BoxFuture;
use sqlx::AssertSqlSafe;
use tracing::{Instrument, Span};

use crate::kill::{self, Stage};
use crate::{Db, Session, Store, StoreError, Tx};

impl Store {
    /// Runs `work` in one write transaction: commits when it answers `Ok`, takes everything back when it
    /// answers `Err`. Once begun it ends by itself, even if the caller is dropped meanwhile.
    ///
    /// `label` names the transaction in traces and kill points, in the service's words: `"accept_transfer"`.
    ///
    /// It is never tried a second time here: on [`StoreError::Contention`] (rare: statements lock rows, the
    /// isolation level decides nothing) nothing was changed, and the caller sends its request again.
    ///
    /// ```ignore
    /// store.transact("accept_transfer", move |tx| Box::pin(async move {
    ///     let transfer = storage::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    ///     …
    ///     tx.announce(&events);
    ///     Ok(transfer)
    /// })).await
    /// ```
    pub async fn transact<T, E, F>(&self, label: &'static str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        self.transact_as(Begin::Plain, label, work).await
    }

    /// [`Self::transact`], begun in some way.
    pub(crate) async fn transact_as<T, E, F>(
        &self,
        how: Begin,
        label: &'static str,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let store = self.clone();
        self.to_the_end(label, async move {
            let mut tx = store.begin(how).await?;
            match work(&mut tx).await {
                Ok(answer) => {
                    store.commit(tx, label).await?;
                    Ok(answer)
                }
                Err(refusal) => {
                    roll_back(tx).await;
                    Err(refusal)
                }
            }
        })
        .await
    }

    /// Runs `work` on one unchanging view of the database, for several statements that must agree. Writing
    /// is refused by the database.
    pub async fn read<T, E, F>(&self, label: &'static str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let store = self.clone();
        self.to_the_end(label, async move {
            let session = match &store.0.db {
                Db::Sqlite { read, .. } => {
                    Session::Sqlite(read.begin().await.map_err(StoreError::from)?)
                }
                Db::Postgres(pool) => Session::Postgres(
                    pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                        .await
                        .map_err(StoreError::from)?,
                ),
            };
            let mut tx = Tx::new(session);
            let answer = work(&mut tx).await;
            roll_back(tx).await;
            answer
        })
        .await
    }

    /// Waits until the disk has everything that was committed here before, what [`Store::subscribe`] applied included. Call
    /// it before telling outside what a feed led to.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let Db::Postgres(pool) = &self.0.db else {
            return Ok(()); // every commit has waited
        };
        // The log is written in order: a commit that waits brings those before it along. It has to write something.
        let touch = "UPDATE store_meta SET value = value WHERE key = 'incarnation'";
        sqlx::query(touch).execute(pool).await?;
        Ok(())
    }

    /// Runs a future in a task of its own, within the caller's span.
    pub(crate) async fn to_the_end<T, E, W>(&self, label: &'static str, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: Future<Output = Result<T, E>> + Send + 'static,
    {
        if self.0.running.is_closed() {
            return Err(StoreError::Interrupted.into());
        }
        let span = tracing::info_span!("db.transact", db.operation.name = label);
        // Where nobody sees this one, the task still belongs to the call's.
        let span = if span.is_disabled() {
            Span::current()
        } else {
            span
        };
        match self.0.running.spawn(work.instrument(span)).await {
            Ok(answer) => answer,
            // The work panicked (the panic hook has told why) or the runtime is going down.
            Err(_) => Err(StoreError::Interrupted.into()),
        }
    }

    /// Begins a write transaction, on PostgreSQL with what it needs first in the same round trip. SQLite has one writer
    /// and waits for the disk once for all.
    pub(crate) async fn begin(&self, how: Begin) -> Result<Tx, StoreError> {
        let session = match &self.0.db {
            Db::Sqlite { write, .. } => Session::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Session::Postgres(match how {
                Begin::Plain => pool.begin().await?,
                Begin::Locked(number) => {
                    // A number can be no injection; a simple query takes no parameters.
                    let begin = format!("BEGIN; SELECT pg_advisory_xact_lock({number})");
                    pool.begin_with(AssertSqlSafe(begin)).await?
                }
                Begin::Fenced => {
                    pool.begin_with("BEGIN; SELECT id FROM sealing_fence WHERE id = 1 FOR UPDATE")
                        .await?
                }
                Begin::Relaxed => {
                    pool.begin_with("BEGIN; SET LOCAL synchronous_commit = off")
                        .await?
                }
            }),
        };
        Ok(Tx::new(session))
    }

    /// Commits and then wakes whoever waits for what was committed.
    pub(crate) async fn commit(&self, mut tx: Tx, label: &'static str) -> Result<(), StoreError> {
        tx.finish(None).await?;
        let heads = self.seal_at_commit(&mut tx).await?;
        let service = self.0.service;
        kill::point(Stage::BeforeCommit, service, label);
        #[cfg(feature = "kill-points")]
        let marks = std::mem::take(&mut tx.marks);
        #[cfg(feature = "kill-points")]
        kill::points(Stage::BeforeCommit, service, label, &marks);
        let Tx {
            session,
            announced,
            earliest_deadline,
            after_commit,
            ..
        } = tx;
        match session {
            Session::Sqlite(session) => session.commit().await?,
            Session::Postgres(session) => session.commit().await?,
        }
        kill::point(Stage::AfterCommit, service, label);
        #[cfg(feature = "kill-points")]
        kill::points(Stage::AfterCommit, service, label, &marks);

        if announced && self.0.db.is_shared() {
            self.0.unsealed.notify_one();
        }
        self.note_heads(heads);
        if let Some(earliest) = earliest_deadline {
            self.note_deadline(earliest);
        }
        for act in after_commit {
            act();
        }
        Ok(())
    }
}

/// How a write transaction begins.
pub(crate) enum Begin {
    /// As it comes.
    Plain,
    /// Waits for whoever holds the same number.
    Locked(i64),
    /// Waits for whoever seals.
    Fenced,
    /// Answers its commit before the disk has it. Only for what is done again, with the same outcome, when the
    /// last moments before a crash are lost, and whose consequences leave this database after a later commit that does
    /// wait: the log is written in order, so that one brings this one along.
    Relaxed,
}

/// Rolls back now rather than with the connection's next use. A failure is no news: the work has failed already, and a
/// connection that cannot roll back is broken and gets discarded.
pub(crate) async fn roll_back(tx: Tx) {
    let _ = match tx.session {
        Session::Sqlite(session) => session.rollback().await,
        Session::Postgres(session) => session.rollback().await,
    };
}

/// A number for [`Begin::Locked`], from what must not happen at once.
pub(crate) fn lock_number(purpose: &str, parts: &[&[u8]]) -> i64 {
    use sha2::{Digest, Sha256};

    let mut hasher = Sha256::new();
    for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let (head, _) = digest.split_at(8);
    i64::from_be_bytes(head.try_into().unwrap_or_default())
}
