//! Looks for reactions to carry on: those that feeds began, those put off, and those whose runner is gone.

use std::time::Duration;

use baton_clock::lease_now;
use baton_store::{Db, StoreError, link_to_cause};
use tokio::time::sleep;
use tracing::Instrument as _;

use super::Runner;
use super::room::{LaneKey, Place};
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
        for lane in self.0.room.hurried() {
            self.run_first(lane);
        }
        while let Some((place, reaction)) = self.0.room.next() {
            self.run_in(place, reaction);
        }
        let free = self.0.room.free();
        if free == 0 {
            // Whatever ends makes room for what may be there.
            self.0.room.searched(true);
            return Ok(0);
        }
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let waiting = storage::reactions::waiting(&self.0.store, lease_now(), limit).await?;
        let found = waiting.len();
        self.0.room.searched(found >= free);
        for reaction in waiting {
            self.start(reaction);
        }
        Ok(found)
    }

    /// Carries a reaction on by itself, now or when there is room for it, unless its lane runs here already: then the search
    /// finds it when that ends. It does nothing when something older waits in the lane, or another replica runs it.
    pub(super) fn start(&self, reaction: Reaction) {
        if let Some((place, reaction)) = self.0.room.enter(reaction) {
            self.run_in(place, reaction);
        }
    }

    fn run_in(&self, place: Place, reaction: Reaction) {
        let lane = Lane::new(&reaction.authority, &reaction.lane);
        let Some(here) = self.0.lanes.enter(&lane) else {
            return;
        };
        let runner = self.clone();
        self.spawn(async move {
            if let Err(error) = runner.resume(lane, reaction).await {
                tracing::error!(error = %error, "a reaction cannot be carried on");
                sleep(PAUSE).await;
            }
            drop((here, place));
            runner.0.finished.notify_waiters();
        });
    }

    /// Runs a lane in which a report waits for its turn, whatever else runs.
    fn run_first(&self, key: LaneKey) {
        let Some(here) = self.0.lanes.enter(&Lane::new(&key.0, &key.1)) else {
            // Whoever leaves it wakes the search.
            self.0.room.hurry_later(key);
            return;
        };
        let runner = self.clone();
        let waited_for = self.0.room.report();
        self.spawn(async move {
            match runner.run_lane(&key).await {
                Ok(true) => {}
                Ok(false) => runner.0.room.hurry_later(key),
                Err(error) => {
                    tracing::error!(error = %error, "a lane cannot be run");
                    runner.0.room.hurry_later(key);
                    sleep(PAUSE).await;
                }
            }
            drop((here, waited_for));
        });
    }

    /// Carries on what waits in a lane, oldest first. False when something is left that cannot be carried on now.
    async fn run_lane(&self, (authority, lane): &LaneKey) -> Result<bool, StoreError> {
        let mut before = None;
        loop {
            let first = storage::reactions::first_in(&self.0.store, authority, lane).await?;
            let Some(reaction) = first else {
                return Ok(true);
            };
            if before == Some(reaction.id) || reaction.next_at > lease_now() {
                return Ok(false);
            }
            before = Some(reaction.id);
            self.resume(Lane::new(authority, lane), reaction).await?;
            self.0.finished.notify_waiters();
        }
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
