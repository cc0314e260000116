//! What is watched for open cases: kept with the day that comes next, which rings.

use baton_contracts::event::v1 as wire;
use baton_contracts::structure;
use baton_ids::{AuthorityId, CaseId};
use baton_protocol::Pack;
use baton_store::{Deadline, DueDeadline, Tx};
use jiff::Timestamp;
use serde_json::json;

use super::announce::{Origin, owner};
use super::{App, Failure};
use crate::domain::{Context, DutyChange, DutyEvent, Watch, is_watched};
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
        if !is_watched(pack, trigger) {
            return Ok(None);
        }
        let authority = &context.authority;
        Ok(match (&context.responsibility, &context.child) {
            (Some(responsibility), _) => {
                storage::lock_watch(tx, authority, responsibility.case).await?
            }
            // The case has ended.
            (None, Some(child)) => storage::lock_watch_of_child(tx, authority, child.id).await?,
            (None, None) => None,
        })
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
        let came_at = watch.next.filter(|next| *next <= now);
        let duties = watch.ring_duties(now);
        if came_at.is_none() && duties.is_empty() {
            sync(tx, &watch);
            return Ok(());
        }
        watch.next = watch.next.filter(|_| came_at.is_none());
        watch.version += 1;
        let origin = Origin::of_deadline(OF_WATCH, &watch.pack, 0, now);
        save(tx, &watch).await?;
        announce(tx, &watch, &duties, &origin)?;
        if let Some(came_at) = came_at {
            let event = wire::Event {
                rules: watch.rules.iter().cloned().collect(),
                data: Some(structure(&json!({ "came_at": came_at }))),
                ..of_case(&watch, origin.event("transfer.date_came", came_at))
            };
            tx.announce(&[baton_rpc::announcement(event).map_err(Failure::Event)?]);
        }
        Ok(())
    }
}

/// The frame of an event about what is watched for a case.
fn of_case(watch: &Watch, event: wire::Event) -> wire::Event {
    wire::Event {
        authority: watch.authority.to_string(),
        aggregate_id: watch.case.to_string(),
        aggregate_version: watch.version,
        case_id: watch.case.to_string(),
        child_id: watch.child.to_string(),
        family_id: watch
            .family
            .map_or_else(String::new, |family| family.to_string()),
        ..event
    }
}

/// Announces what changed about what is owed, each with its task and whom it has to reach.
pub fn announce(
    tx: &mut Tx,
    watch: &Watch,
    changes: &[DutyChange],
    origin: &Origin,
) -> Result<(), Failure> {
    let mut rows = vec![];
    for change in changes {
        let (kind, to) = match change.what {
            DutyEvent::Set => ("transfer.duty_set", None),
            DutyEvent::OutOfOrder => ("transfer.duty_out_of_order", None),
            DutyEvent::Met => ("transfer.duty_met", None),
            DutyEvent::Cancelled => ("transfer.duty_cancelled", None),
            DutyEvent::Reminded => ("transfer.duty_reminded", Some(&change.owed.owner)),
            DutyEvent::Breached => ("transfer.duty_breached", None),
            DutyEvent::Escalated(rung) => {
                let step = change.owed.ladder.get(rung);
                ("transfer.duty_escalated", step.map(|step| &step.to))
            }
        };
        let due_on = change.owed.due_on;
        let content = json!({ "clock": change.duty, "due_on": due_on });
        let notice = to.map(|to| wire::NoticeDue {
            kind: match change.what {
                DutyEvent::Reminded => "review_due",
                _ => "escalation_notice",
            }
            .to_owned(),
            audience: vec![owner(to)],
            medium: "email".to_owned(),
            rules: change.owed.rules.clone(),
            cause_key: format!("{}/{}/{}", watch.case, change.duty, watch.version),
            content: Some(structure(&content)),
            ..Default::default()
        });
        let open = !matches!(change.what, DutyEvent::Met | DutyEvent::Cancelled);
        let task = wire::TaskChange {
            key: format!("{}/duty/{}", watch.case, change.duty),
            open,
            code: change.duty.clone(),
            owner: Some(owner(&change.owed.owner)),
            due_on: due_on.map_or_else(String::new, |due_on| due_on.to_string()),
            rules: change.owed.rules.clone(),
            tray: false,
            overdue: change.owed.overdue,
            references: [("case_id".to_owned(), watch.case.to_string())].into(),
        };
        let mut tasks = vec![task];
        tasks.extend(
            to.filter(|_| change.owed.overdue)
                .map(|to| wire::TaskChange {
                    key: format!("{}/duty/{}/{}", watch.case, change.duty, to.role),
                    code: "resolve_breach".to_owned(),
                    owner: Some(owner(to)),
                    ..tasks[0].clone()
                }),
        );
        if !open {
            let steps = change.owed.ladder.iter().filter(|step| step.done);
            let closed: Vec<wire::TaskChange> = steps
                .map(|step| wire::TaskChange {
                    key: format!("{}/duty/{}/{}", watch.case, change.duty, step.to.role),
                    code: "resolve_breach".to_owned(),
                    owner: Some(owner(&step.to)),
                    ..tasks[0].clone()
                })
                .collect();
            tasks.extend(closed);
        }
        let event = wire::Event {
            rules: change.owed.rules.clone(),
            data: Some(structure(&json!({
                "name": change.duty,
                "due_on": due_on,
                "overdue": change.owed.overdue,
            }))),
            tasks,
            notices_due: notice.into_iter().collect(),
            ..of_case(watch, origin.event(kind, change.at))
        };
        rows.push(baton_rpc::announcement(event).map_err(Failure::Event)?);
    }
    tx.announce(&rows);
    Ok(())
}

/// Saves what is watched, with its deadline.
pub async fn save(tx: &mut Tx, watch: &Watch) -> Result<(), Failure> {
    storage::save_watch(tx, watch).await?;
    sync(tx, watch);
    Ok(())
}

/// Makes the store's deadlines those of the watch again.
fn sync(tx: &mut Tx, watch: &Watch) {
    let next: Vec<Deadline> = watch
        .next_ring()
        .into_iter()
        .map(|due_at| Deadline {
            name: OF_WATCH.to_owned(),
            due_at,
            body: json!({ "of": OF_WATCH, "rules": watch.rules }),
        })
        .collect();
    tx.sync_deadlines(watch.authority.as_str(), watch.case.uuid(), &next);
}
