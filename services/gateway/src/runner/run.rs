//! One reaction, carried on as far as it goes.

mod attempt;
mod keep;

use baton_contracts::record::v1::{Outcome, Receipt};
use baton_store::StoreError;
use jiff::Timestamp;
use prost::Message;
use tokio::time::Instant;
use uuid::Uuid;

use super::seen::Seen;
use super::verdict::{self, Verdict};
use super::{Runner, receipts};
use crate::reactions::answer::Answer;
use crate::reactions::record::{Frozen, Phase, Reaction};
use crate::reactions::step::Step;
use crate::reactions::{self, Next, Parking, Progress, outcome};
use crate::storage;
use crate::storage::lanes::Lane;
use crate::storage::writes::Write;

/// Carries a reaction on while it holds the lane.
pub(super) struct Run {
    runner: Runner,
    lane: Lane,
    held_since: Instant,
    /// What goes into the next commit.
    pub(super) writes: Vec<Write>,
    /// What this run has learned about the child.
    seen: Seen,
    /// Reactions whose cause had one already.
    taken: Vec<Uuid>,
    /// Whether an earlier run may have begun others.
    resumed: bool,
}

/// What to do about a reaction.
#[derive(Debug)]
pub(super) enum Decision {
    /// Send what is frozen.
    Send,
    /// Nothing more.
    Finish(Vec<Outcome>),
    /// Nothing more: the report could not be understood.
    Reject(Vec<String>),
    /// Stand still.
    Park(Parking),
    /// Take this for the answer: nothing was sent.
    Answered(Answer),
    /// Try again later: the context cannot be had.
    Wait,
}

/// How far a reaction came.
#[derive(Debug)]
pub(super) enum End {
    /// Done.
    Done(Vec<Outcome>),
    /// Done: not understood.
    Rejected(Vec<String>),
    /// Parked; this came of it so far.
    Parked,
    /// Put off until an instant.
    Later(Timestamp),
    /// Somebody else runs it.
    Lost,
}

impl Run {
    pub fn new(runner: &Runner, lane: Lane) -> Self {
        Self {
            runner: runner.clone(),
            lane,
            held_since: Instant::now(),
            writes: Vec::new(),
            seen: Seen::default(),
            taken: Vec::new(),
            resumed: false,
        }
    }

    /// A run that goes on where another one left off.
    pub fn resuming(runner: &Runner, lane: Lane, reaction: &Reaction) -> Self {
        Self {
            // Others begin in the commit that keeps an answer.
            resumed: reaction.steps_done > 0,
            ..Self::new(runner, lane)
        }
    }

    /// Asks the plan what comes next, and freezes it.
    pub async fn prepare(&mut self, reaction: &mut Reaction) -> Decision {
        if reaction.frozen.is_some() {
            return Decision::Send;
        }
        let Some(cause) = reaction.cause.clone() else {
            return Decision::Finish(Vec::new());
        };
        let progress = Progress {
            id: reaction.id,
            answers: &reaction.answers,
        };
        let next = reactions::next(&cause, progress);
        match next {
            Next::Finished(outcomes) => Decision::Finish(outcomes),
            Next::Reject(problems) => Decision::Reject(problems),
            Next::Park(parking) => Decision::Park(parking),
            Next::Send(step) => self.freeze(reaction, step).await,
        }
    }

    async fn freeze(&mut self, reaction: &mut Reaction, step: Step) -> Decision {
        let Some(cause) = &reaction.cause else {
            return Decision::Finish(Vec::new());
        };
        let contexts = &self.runner.0.contexts;
        match self
            .seen
            .context(contexts, &reaction.authority, cause, &step)
            .await
        {
            Ok(context) => {
                reaction.frozen = Some(Frozen {
                    path: step.path.to_owned(),
                    request: step.request,
                    context: context.encode_to_vec(),
                });
                Decision::Send
            }
            // There is no such child or case: the command itself would be answered no differently.
            Err(status) if verdict::of(step.path, &status) == Verdict::Refused => {
                Decision::Answered(Answer::refused(step.path, &status))
            }
            Err(status) => {
                tracing::warn!(flow.id = %reaction.id, code = ?status.code(), "a context cannot be had");
                Decision::Wait
            }
        }
    }

    /// Carries a reaction on as far as it goes, keeps what became of it, and gives the lane back.
    pub async fn carry_out(
        mut self,
        reaction: &mut Reaction,
        first: Decision,
    ) -> Result<Option<Receipt>, StoreError> {
        let end = self.carry_on(reaction, first).await?;
        if matches!(end, End::Lost) {
            self.give_back().await?;
            return Ok(None);
        }
        let receipt = receipts::of(&self.runner.0.store, reaction, end).await?;
        if let (Some(receipt), Some(report_id)) = (&receipt, reaction.report_id) {
            self.writes.push(Write::Receipt {
                report_id,
                receipt: receipt.encode_to_vec(),
            });
        }
        self.writes.push(self.leave());
        if self.flush().await? {
            return Ok(receipt);
        }
        self.give_back().await?;
        Ok(None)
    }

    /// Gives the lane back after a reaction turned out to be somebody else's: it may have been taken all the same, for
    /// a reaction that another replica had carried on meanwhile. Kept, it would hold the family up until the lease ends.
    async fn give_back(&mut self) -> Result<(), StoreError> {
        self.writes = vec![self.leave()];
        self.flush().await.map(drop)
    }

    fn leave(&self) -> Write {
        Write::Hold {
            lane: self.lane.clone(),
            until: Timestamp::UNIX_EPOCH,
        }
    }

    async fn carry_on(
        &mut self,
        reaction: &mut Reaction,
        first: Decision,
    ) -> Result<End, StoreError> {
        let mut decision = first;
        let mut born = Vec::new();
        loop {
            decision = match decision {
                Decision::Send => {
                    if self.runner.0.shutdown.is_cancelled() {
                        return Ok(End::Later(reaction.next_at));
                    }
                    if !self.flush().await? {
                        return Ok(End::Lost);
                    }
                    if self.taken.contains(&reaction.id) {
                        match self.take_over(reaction).await? {
                            Some(end) => return Ok(end),
                            None => self.prepare(reaction).await,
                        }
                    } else {
                        match self.send(reaction).await {
                            Ok(answer) => self.absorb(reaction, answer, &mut born).await,
                            Err(verdict) => match self.again(reaction, verdict).await {
                                Ok(decision) => decision,
                                Err(end) => return Ok(end),
                            },
                        }
                    }
                }
                Decision::Answered(answer) => self.absorb(reaction, answer, &mut born).await,
                Decision::Wait => match self.again(reaction, Verdict::Stale).await {
                    Ok(decision) => decision,
                    Err(end) => return Ok(end),
                },
                Decision::Finish(outcomes) => {
                    return self.finish(reaction, outcomes, born).await;
                }
                Decision::Reject(problems) => {
                    self.close(reaction, Phase::Done);
                    return Ok(End::Rejected(problems));
                }
                Decision::Park(parking) => {
                    self.park(reaction, parking)?;
                    return Ok(End::Parked);
                }
            };
        }
    }

    /// Keeps an answer, begins what it leads to, and asks for the next command: all for one commit.
    async fn absorb(
        &mut self,
        reaction: &mut Reaction,
        answer: Answer,
        born: &mut Vec<Reaction>,
    ) -> Decision {
        self.seen.learn(&answer);
        let spawned = reaction
            .cause
            .as_ref()
            .map(|cause| reactions::spawned(cause, &reaction.lane, &answer))
            .unwrap_or_default();
        reaction.answers.push(answer);
        reaction.steps_done += 1;
        reaction.attempts = 0;
        reaction.frozen = None;
        let decision = self.prepare(reaction).await;
        if !spawned.is_empty() || matches!(decision, Decision::Send | Decision::Wait) {
            self.save(reaction);
        }
        for spawned in spawned {
            let now = self.runner.0.contexts.clock().now();
            let mut child = Runner::born(&reaction.authority, spawned, now);
            child.parent_id = Some(reaction.id);
            child.report_id = reaction.report_id;
            child.traceparent.clone_from(&reaction.traceparent);
            // What cannot be frozen now is when its turn comes.
            let _ = self.prepare(&mut child).await;
            self.writes.push(Write::Begin(Box::new(child.clone())));
            born.push(child);
        }
        decision
    }

    /// Finishes a reaction after those that it led to.
    async fn finish(
        &mut self,
        reaction: &mut Reaction,
        mut outcomes: Vec<Outcome>,
        mut born: Vec<Reaction>,
    ) -> Result<End, StoreError> {
        if self.resumed && born.is_empty() {
            born = storage::reactions::children(&self.runner.0.store, reaction.id).await?;
        }
        for mut child in born {
            let first = self.prepare(&mut child).await;
            match Box::pin(self.carry_on(&mut child, first)).await? {
                End::Done(of_child) => {
                    for outcome in of_child {
                        outcome::join(&mut outcomes, outcome);
                    }
                }
                // It has an owner, and its own answer joins the receipt when it comes.
                End::Parked | End::Rejected(_) => {}
                End::Later(at) => {
                    reaction.next_at = at;
                    self.save(reaction);
                    return Ok(End::Later(at));
                }
                End::Lost => return Ok(End::Lost),
            }
        }
        self.close(reaction, Phase::Done);
        Ok(End::Done(outcomes))
    }

    /// Another cause, the feed, began this reaction before its parent could: goes on with that one. `Some` when there
    /// is nothing to go on with.
    async fn take_over(&mut self, reaction: &mut Reaction) -> Result<Option<End>, StoreError> {
        self.taken.retain(|id| *id != reaction.id);
        let found = storage::reactions::of_cause(
            &self.runner.0.store,
            &reaction.authority,
            &reaction.cause_key,
        )
        .await?;
        let Some(found) = found.filter(|found| found.phase == Phase::Runnable) else {
            return Ok(Some(End::Done(Vec::new())));
        };
        if found.lane != self.lane.name {
            return Ok(Some(End::Parked));
        }
        *reaction = found;
        if reaction.frozen.is_none() {
            let decision = self.prepare(reaction).await;
            if matches!(decision, Decision::Send) {
                self.save(reaction);
            }
        }
        Ok(None)
    }
}
