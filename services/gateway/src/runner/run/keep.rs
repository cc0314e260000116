//! What a run writes, and when it is committed.

use baton_clock::lease_now;
use baton_store::StoreError;
use tokio::time::Instant;
use uuid::Uuid;

use super::Run;
use crate::reactions::Parking;
use crate::reactions::record::{Phase, Reaction};
use crate::runner::flow_event;
use crate::storage::writes::Write;

impl Run {
    /// Has a reaction stand still, as a task of somebody's.
    pub(super) fn park(
        &mut self,
        reaction: &mut Reaction,
        parking: Parking,
    ) -> Result<(), StoreError> {
        tracing::warn!(flow.id = %reaction.id, reason = parking.reason, "a reaction is parked");
        reaction.parked_because = parking.reason;
        reaction.parked_owner = parking.owner;
        self.close(reaction, Phase::Parked);
        let now = self.runner.0.contexts.clock().now();
        self.writes
            .push(Write::Announce(Box::new(flow_event::parked(
                reaction, now,
            )?)));
        Ok(())
    }

    /// Ends a reaction, for good or until somebody has looked.
    pub(super) fn close(&mut self, reaction: &mut Reaction, phase: Phase) {
        reaction.phase = phase;
        if phase == Phase::Done {
            reaction.frozen = None;
        }
        self.save(reaction);
    }

    /// Writes a reaction over the version before it, with the next commit.
    pub(in crate::runner) fn save(&mut self, reaction: &mut Reaction) {
        reaction.version += 1;
        self.writes.push(Write::Save(Box::new(reaction.clone())));
    }

    /// Commits what has gathered. False when somebody else runs the reaction.
    pub(super) async fn flush(&mut self) -> Result<bool, StoreError> {
        let lease = self.runner.lease();
        if self.held_since.elapsed() > lease / 4 {
            let until = lease_now() + lease;
            self.writes.push(Write::Hold {
                lane: self.lane.clone(),
                until,
            });
            self.held_since = Instant::now();
        }
        if self.writes.is_empty() {
            return Ok(true);
        }
        let writes = std::mem::take(&mut self.writes);
        let marks: Vec<(bool, Option<Uuid>)> = writes
            .iter()
            .map(|write| match write {
                Write::Begin(reaction) => (false, Some(reaction.id)),
                write => (write.is_guard(), None),
            })
            .collect();
        let hits = self.runner.0.committer.commit(writes).await?;
        for ((is_guard, begun), hit) in marks.iter().zip(&hits) {
            match (hit, is_guard, begun) {
                (false, true, _) => return Ok(false),
                (false, false, Some(id)) => self.taken.push(*id),
                _ => {}
            }
        }
        Ok(true)
    }
}
