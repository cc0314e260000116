//! What is watched for open cases: kept with the day that comes next, which rings.

use baton_contracts::event::v1 as wire;
use baton_contracts::structure;
use baton_ids::{AuthorityId, CaseId};
use baton_protocol::Pack;
use baton_store::{Deadline, DueDeadline, Tx};
use jiff::Timestamp;
use serde_json::json;

use super::announce::Origin;
use super::{App, Failure};
use crate::domain::{Context, Watch, is_watched};
use crate::storage;

/// What the deadline of a watch says it is of.
pub const OF_WATCH: &str = "watch";

impl App {
    /// What is watched for the case of a call. No statement where the protocol watches nothing.
    pub(super) async fn watch(
        &self,
        tx: &mut Tx,
        context: &Context,
        pack: &Pack,
        trigger: &str,
    ) -> Result<Option<Watch>, Failure> {
        let Some(responsibility) = &context.responsibility else {
            return Ok(None);
        };
        if !is_watched(pack, context, trigger) {
            return Ok(None);
        }
        Ok(storage::lock_watch(tx, &context.authority, responsibility.case).await?)
    }

    /// A day has come on which a route may be due. The gateway has the facts looked at.
    pub(super) async fn ring_watch(
        &self,
        tx: &mut Tx,
        authority: &AuthorityId,
        due: &DueDeadline,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let case = CaseId::from_uuid(due.aggregate_id);
        let Some(mut watch) = storage::lock_watch(tx, authority, case).await? else {
            return Ok(());
        };
        let Some(came_at) = watch.next.filter(|next| *next <= now) else {
            sync(tx, &watch);
            return Ok(());
        };
        watch.rung();
        save(tx, &watch).await?;
        let origin = Origin::of_deadline(OF_WATCH, &watch.pack, 0, now);
        let event = wire::Event {
            authority: watch.authority.to_string(),
            aggregate_id: watch.case.to_string(),
            aggregate_version: watch.version,
            case_id: watch.case.to_string(),
            child_id: watch.child.to_string(),
            family_id: watch
                .family
                .map_or_else(String::new, |family| family.to_string()),
            rules: watch.rules.iter().cloned().collect(),
            data: Some(structure(&json!({ "came_at": came_at }))),
            ..origin.event("transfer.date_came", came_at)
        };
        tx.announce(&[baton_rpc::announcement(event).map_err(Failure::Event)?]);
        Ok(())
    }
}

/// Saves what is watched, with its deadline.
pub async fn save(tx: &mut Tx, watch: &Watch) -> Result<(), Failure> {
    tx.flush().await?;
    if !storage::save_watch(tx, watch).await? {
        return Err(Failure::LostRace);
    }
    sync(tx, watch);
    Ok(())
}

/// Makes the store's deadlines those of the watch again.
fn sync(tx: &mut Tx, watch: &Watch) {
    let next: Vec<Deadline> = watch
        .next
        .into_iter()
        .map(|due_at| Deadline {
            name: OF_WATCH.to_owned(),
            due_at,
            body: json!({ "of": OF_WATCH, "rules": watch.rules }),
        })
        .collect();
    tx.sync_deadlines(watch.authority.as_str(), watch.case.uuid(), &next);
}
