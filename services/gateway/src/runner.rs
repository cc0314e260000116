//! Carries reactions on: sends what is frozen, keeps the answer, freezes what comes next.
//!
//! # What makes it correct
//! - A command is frozen, request and context, before it is first sent, and sent again byte for byte.
//! - Its key is the reaction and the step: the service takes it once, however often it arrives.
//! - One commit a step keeps the answer and freezes the next command.
//! - Every write compares the version before it: a runner that lost its lease writes nothing.
//! - Reactions of a family run one after another: whoever holds the lane runs its oldest.
//! - A step is given up well before its lease ends.

mod back_off;
mod committer;
pub mod flow_event;
mod here;
mod receipts;
mod room;
mod run;
mod search;
mod seen;
mod verdict;

use std::sync::Arc;
use std::time::Duration;

use baton_clock::lease_now;
use baton_contracts::event::v1::Event;
use baton_contracts::record::v1::Receipt;
use baton_store::{Db, Store, StoreError, Tx};
use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::context::Contexts;
use crate::reactions::Spawned;
use crate::reactions::record::{Phase, Reaction};
use crate::services::Services;
use crate::storage;
use crate::storage::lanes::Lane;
use crate::storage::reports::Report;
use crate::storage::writes::Write;
use committer::Committer;
use here::LanesHere;
use room::Room;
use run::Run;

/// Runs reactions. Clones share the work.
#[derive(Clone)]
pub struct Runner(Arc<Shared>);

struct Shared {
    store: Store,
    /// How long one call may take.
    step: Duration,
    services: Services,
    contexts: Contexts,
    committer: Committer,
    /// The lanes that this process runs now.
    lanes: LanesHere,
    /// Wakes the search for work.
    work: Arc<Notify>,
    /// Room for reactions that nobody waits for.
    room: Arc<Room>,
    /// Wakes whoever waits for a receipt.
    finished: Notify,
    tasks: TaskTracker,
    shutdown: CancellationToken,
    #[cfg(test)]
    abandoned: CancellationToken,
}

/// What became of a report that was to be begun. All but `Duplicate` say that it is kept.
#[derive(Debug)]
pub enum Begun {
    /// It is being carried out. The receipt comes when it is done; nothing comes when it is parked or put off.
    Running(oneshot::Receiver<Receipt>),
    /// Another reaction of the family goes first.
    Queued,
    /// This revision was reported before.
    Duplicate,
}

impl Runner {
    /// A runner over a store. A call may take as long as a step.
    pub fn new(
        store: Store,
        services: Services,
        contexts: Contexts,
        step: Duration,
        shutdown: CancellationToken,
    ) -> Self {
        const COMMITTERS_POSTGRES: usize = 4;
        let at_once = match store.db() {
            Db::Sqlite { .. } => 1,
            Db::Postgres(_) => COMMITTERS_POSTGRES,
        };
        let committer = Committer::start(&store, at_once);
        let work = Arc::new(Notify::new());
        Self(Arc::new(Shared {
            store,
            step,
            services,
            contexts,
            committer,
            lanes: LanesHere::new(&work),
            room: Room::new(&work),
            work,
            finished: Notify::new(),
            tasks: TaskTracker::new(),
            shutdown,
            #[cfg(test)]
            abandoned: CancellationToken::new(),
        }))
    }

    /// How long a lane is held without being heard of: more than twice a step.
    fn lease(&self) -> Duration {
        self.0.step * 5 / 2
    }

    /// Keeps a report and begins its reaction with the first command frozen, all in one commit, and then carries
    /// it out. Once begun it runs to its end, even when the caller goes away.
    pub async fn begin(&self, report: Report, spawned: Spawned) -> Result<Begun, StoreError> {
        let (say, said) = oneshot::channel();
        let runner = self.clone();
        let work = async move { runner.begin_here(report, spawned, say).await };
        self.spawn(work.in_current_span());
        said.await.map_err(|_| StoreError::Interrupted)?
    }

    async fn begin_here(
        &self,
        report: Report,
        spawned: Spawned,
        say: oneshot::Sender<Result<Begun, StoreError>>,
    ) {
        let _waited_for = self.0.room.report();
        let mut reaction = Self::born(&report.authority, spawned, report.received_at);
        reaction.report_id = Some(report.id);
        let lane = Lane::new(&reaction.authority, &reaction.lane);
        let Some(here) = self.0.lanes.enter(&lane) else {
            // Another reaction of this family is under way here.
            // Whoever asked may have gone: the report is kept all the same.
            let _ = say.send(self.queue(report, reaction).await);
            return;
        };
        let key = (lane.authority.clone(), lane.name.clone());
        let mut run = Run::new(self, lane.clone());
        let first = run.prepare(&mut reaction).await;
        let now = lease_now();
        let writes = vec![
            Write::Report(Box::new(report)),
            Write::Begin(Box::new(reaction.clone())),
            Write::Take {
                lane,
                until: now + self.lease(),
                now,
                mine: reaction.id,
            },
        ];
        let (send, receipt) = oneshot::channel();
        let (begun, mine) = match self.0.committer.commit(writes).await {
            Ok(hits) => match hits.as_slice() {
                [false, ..] => (Ok(Begun::Duplicate), false),
                [_, _, true] => (Ok(Begun::Running(receipt)), true),
                _ => (Ok(Begun::Queued), false),
            },
            Err(error) => (Err(error), false),
        };
        let _ = say.send(begun);
        if mine {
            match run.carry_out(&mut reaction, first).await {
                Ok(Some(receipt)) => {
                    let _ = send.send(receipt);
                }
                Ok(None) => {}
                Err(error) => {
                    // Its lane is free again when the lease ends; it goes on from what is kept.
                    tracing::error!(flow.id = %reaction.id, error = %error, "a reaction was interrupted");
                }
            }
        }
        drop(here);
        self.0.finished.notify_waiters();
        if !mine {
            self.0.room.hurry(key);
        }
    }

    /// Runs something that the shutdown waits for.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        #[cfg(test)]
        let work = {
            let abandoned = self.0.abandoned.clone();
            async move {
                let _ = abandoned.run_until_cancelled(work).await;
            }
        };
        self.0.tasks.spawn(work);
    }

    /// Keeps a report and its reaction for whoever runs the lane.
    async fn queue(&self, report: Report, reaction: Reaction) -> Result<Begun, StoreError> {
        let key = (reaction.authority.clone(), reaction.lane.clone());
        let writes = vec![
            Write::Report(Box::new(report)),
            Write::Begin(Box::new(reaction)),
        ];
        let hits = self.0.committer.commit(writes).await?;
        self.0.room.hurry(key);
        Ok(if hits.first() == Some(&true) {
            Begun::Queued
        } else {
            Begun::Duplicate
        })
    }

    /// Begins the reactions to events within the transaction that applies them, and carries them on once it is
    /// committed. A cause that has one already starts none.
    pub async fn begin_in(&self, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
        let now = self.0.contexts.clock().now();
        let begun: Vec<Reaction> = events
            .iter()
            .filter_map(|event| {
                let spawned = crate::reactions::of_event(event)?;
                let mut reaction = Self::born(&event.authority, spawned, now);
                reaction.version = 1;
                // What the event set off is linked to the event, not to the batch that brought it.
                if !event.traceparent.is_empty() {
                    reaction.traceparent.clone_from(&event.traceparent);
                }
                Some(reaction)
            })
            .collect();
        let new = storage::reactions::insert(tx, &begun.iter().collect::<Vec<_>>()).await?;
        for reaction in begun {
            if new.contains(&reaction.id) {
                tx.mark(|| reaction.mark());
                let runner = self.clone();
                tx.after_commit(move || runner.start(reaction));
            }
        }
        Ok(())
    }

    /// Looks for work: something was put back by hand.
    pub fn wake(&self) {
        self.0.work.notify_one();
    }

    /// Resolves when some reaction to a report has ended. Create it before looking.
    pub fn finished(&self) -> tokio::sync::futures::Notified<'_> {
        self.0.finished.notified()
    }

    /// Lets go of what is under way, as if the process had been killed: the tasks that run it never go on.
    #[cfg(test)]
    pub fn abandon(&self) {
        self.0.abandoned.cancel();
    }

    fn born(authority: &str, spawned: Spawned, created_at: Timestamp) -> Reaction {
        Reaction {
            id: Uuid::now_v7(),
            authority: authority.to_owned(),
            kind: spawned.kind,
            cause_key: spawned.cause_key,
            lane: spawned.lane,
            parent_id: None,
            report_id: None,
            phase: Phase::Runnable,
            steps_done: 0,
            attempts: 0,
            next_at: lease_now(),
            version: 1,
            cause: Some(spawned.cause),
            answers: Vec::new(),
            frozen: None,
            parked_because: String::new(),
            parked_owner: baton_contracts::type_v1::Owner::default(),
            traceparent: baton_rpc::traceparent(),
            created_at,
        }
    }
}
