//! Looks for reactions to carry on: those that feeds began, those put off, and those whose runner is gone.

use std::sync::Arc;
use std::time::Duration;

use baton_clock::lease_now;
use baton_store::{Db, StoreError, link_to_cause};
use tokio::time::sleep;
use tracing::Instrument as _;
use uuid::Uuid;

use super::Runner;
use super::run::{Decision, Run};
use crate::reactions::record::Reaction;
use crate::storage;
use crate::storage::lanes::Lane;
use crate::storage::writes::Write;

/// How long to wait for news: other replicas and passing time do not wake this process.
const POLL: Duration = Duration::from_millis(200);
/// The time after a search that found something in which more comes together.
const REST: Duration = Duration::from_millis(10);
/// How long to wait after the database failed.
const PAUSE: Duration = Duration::from_secs(1);

impl Runner {
    /// Looks for work until told to stop, then lets what is under way come to rest.
    pub async fn run(&self) {
        if let Err(error) = self.clear_lanes().await {
            tracing::error!(error = %error, "lanes cannot be cleared; they wait for their leases to end");
        }
        while !self.0.shutdown.is_cancelled() {
            let found = match self.search().await {
                Ok(found) => found,
                Err(error) => {
                    tracing::error!(error = %error, "the search for reactions failed");
                    sleep(PAUSE).await;
                    continue;
                }
            };
            // What was found may hide more behind it; those that run wake us when they end, several at a time.
            if found > 0 {
                sleep(REST).await;
            }
            tokio::select! {
                () = self.0.work.notified() => {}
                () = sleep(POLL) => {}
                () = self.0.shutdown.cancelled() => {}
            }
        }
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// A file can be open in one process only: whoever held a lane is gone.
    async fn clear_lanes(&self) -> Result<(), StoreError> {
        if !matches!(self.0.store.db(), Db::Sqlite { .. }) {
            return Ok(());
        }
        self.0
            .store
            .transact("clear_lanes", |tx| {
                Box::pin(async move { storage::lanes::clear(tx).await })
            })
            .await
    }

    async fn search(&self) -> Result<usize, StoreError> {
        let free = i64::try_from(self.0.slots.available_permits()).unwrap_or(i64::MAX);
        if free == 0 {
            return Ok(0);
        }
        let waiting = storage::reactions::waiting(&self.0.store, lease_now(), free).await?;
        let found = waiting.len();
        for reaction in waiting {
            self.start(reaction);
        }
        Ok(found)
    }

    /// Carries a reaction on by itself, unless its lane runs here already: then the search finds it when that ends. It does
    /// nothing when something older waits in the lane, or another replica runs it.
    pub(super) fn start(&self, reaction: Reaction) {
        let lane = Lane {
            authority: reaction.authority.clone(),
            name: reaction.lane.clone(),
            holder: Uuid::now_v7(),
        };
        let Some(here) = self.0.lanes.enter(&lane) else {
            return;
        };
        let Ok(slot) = Arc::clone(&self.0.slots).try_acquire_owned() else {
            // Every run that ends makes room for what the search finds.
            return;
        };
        let runner = self.clone();
        self.spawn(async move {
            if let Err(error) = runner.resume(lane, reaction).await {
                tracing::error!(error = %error, "a reaction cannot be carried on");
                sleep(PAUSE).await;
            }
            let was_full = runner.0.slots.available_permits() == 0;
            drop((here, slot));
            runner.0.finished.notify_waiters();
            if was_full {
                runner.0.work.notify_one();
            }
        });
    }

    /// Carries a reaction on if it is the oldest of its lane. Should another replica have done so meanwhile, its next save
    /// misses.
    async fn resume(&self, lane: Lane, mut reaction: Reaction) -> Result<(), StoreError> {
        let span = span_of(&reaction);
        async {
            let mut run = Run::resuming(self, lane.clone(), &reaction);
            let now = lease_now();
            run.writes.push(Write::Take {
                lane,
                until: now + self.lease(),
                now,
                mine: reaction.id,
            });
            let was_frozen = reaction.frozen.is_some();
            let first = run.prepare(&mut reaction).await;
            if !was_frozen && matches!(first, Decision::Send) {
                run.save(&mut reaction);
            }
            run.carry_out(&mut reaction, first).await.map(drop)
        }
        .instrument(span)
        .await
    }
}

/// A short trace of its own, linked to its cause: the cause may be days old.
fn span_of(reaction: &Reaction) -> tracing::Span {
    let span = tracing::info_span!(
        "reaction",
        flow.id = %reaction.id,
        flow.kind = reaction.kind,
        authority = reaction.authority
    );
    link_to_cause(&span, &reaction.traceparent);
    span
}
