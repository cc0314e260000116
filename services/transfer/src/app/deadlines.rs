//! What happens when a deadline rings: local, in the transaction of the store's runner, without fresh facts.

use baton_ids::{AuthorityId, TransferId};
use baton_store::{DueDeadline, Tx};
use jiff::Timestamp;

use super::announce::Origin;
use super::{App, Failure, write};
use crate::domain::{self, Clock};
use crate::storage;

/// What an event of the point's day names as its cause.
const POINT: &str = "point";

impl App {
    /// Settles one ring: a reminder, a breach, a step up the ladder, or an undecided trigger that nobody decided.
    #[tracing::instrument(name = "job.deadline.ring", skip_all, fields(deadline.name = %due.name))]
    pub async fn ring(&self, tx: &mut Tx, due: DueDeadline) -> Result<(), Failure> {
        let now = self.clock.now();
        let Ok(authority) = AuthorityId::new(&due.authority) else {
            return Ok(());
        };
        if due.body["of"] == "consideration" {
            return self.ring_consideration(tx, &authority, &due, now).await;
        }
        if due.body["of"] == super::watch::OF_WATCH {
            return self.ring_watch(tx, &authority, &due, now).await;
        }
        if due.body["of"] == "suspension" {
            return self.ring_suspension(tx, &authority, &due, now).await;
        }
        if due.body["of"] == super::policy::OF_POLICY_REVIEW {
            return self.ring_policy_review(tx, &authority, now).await;
        }
        let id = TransferId::from_uuid(due.aggregate_id);
        let Some(before) = storage::lock(tx, &authority, id).await? else {
            return Ok(());
        };
        let (clock, events) = if due.name == write::POINT_COMES {
            (POINT, domain::point_came(&before, now))
        } else if let Some(kind) = due.name.strip_prefix(write::MEETING_PASSES) {
            let pack = self.pack(&before.pack)?;
            let events = domain::meeting_passed(&before, kind, self.rules(&pack), now);
            (kind, events)
        } else {
            let Some((clock, ring)) = Clock::ring_of(&due.name) else {
                return Ok(());
            };
            (clock, domain::ring(&before, clock, ring, now))
        };
        let origin = Origin::of_deadline(clock, &before.pack, before.facts_version, now);
        if events.is_empty() {
            // Met or moved in the meantime: the store's list follows the transfer's.
            write::sync(tx, &before);
            return Ok(());
        }
        write::save(tx, Some(&before), &events, &origin).await?;
        Ok(())
    }

    async fn ring_consideration(
        &self,
        tx: &mut Tx,
        authority: &AuthorityId,
        due: &DueDeadline,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let found = storage::lock_consideration(tx, authority, due.aggregate_id).await?;
        let Some(mut consideration) = found.filter(|found| found.open && !found.overdue) else {
            return Ok(());
        };
        consideration.overdue = true;
        consideration.version += 1;
        let origin = Origin::of_deadline("undecided", &consideration.pack, 0, now);
        super::child::save_consideration(
            tx,
            &consideration,
            &origin,
            "transfer.trigger_overdue",
            now,
        )
        .await?;
        Ok(())
    }
}
