//! What happens by itself: a decision that does not come, and further rungs that are told of it.

use baton_ids::{AuthorityId, ContactId};
use baton_store::{BoxFuture, Deadline, DueDeadline, StoreError, Tx};
use serde_json::json;

use super::desk::TRAY_CHECK;
use super::{App, AppError, Source};
use crate::domain::contact::{Contact, DueState, Event};
use crate::domain::decide;
use crate::storage;

/// The decision of a contact (W-009, M-013).
const DECISION: &str = "decision";
/// A later rung of its escalation; the rung's number follows.
const ESCALATION: &str = "escalation.";

/// Something else that is owed; its name follows.
const DUTY: &str = "duty.";
/// A later rung of its escalation; the rung's number, a dot and the duty's name follow.
const DUTY_ESCALATION: &str = "duty-escalation.";

/// The open deadlines of a contact.
pub(super) fn of(contact: &Contact) -> Vec<Deadline> {
    let mut open = of_decision(contact);
    for duty in contact.owed.iter().filter(|duty| duty.is_open()) {
        let Some(due) = &duty.due else { continue };
        if duty.state == DueState::Open {
            open.push(Deadline {
                name: format!("{DUTY}{}", duty.name),
                due_at: due.breached_at,
                body: json!({ "rules": due.rules }),
            });
        }
        for (index, rung) in due.rungs.iter().enumerate() {
            if rung.at > due.breached_at && !due.told.contains(&index) {
                open.push(Deadline {
                    name: format!("{DUTY_ESCALATION}{index}.{}", duty.name),
                    due_at: rung.at,
                    body: json!({ "rules": due.rules }),
                });
            }
        }
    }
    open
}

fn of_decision(contact: &Contact) -> Vec<Deadline> {
    let Some(due) = contact
        .due
        .as_ref()
        .filter(|_| contact.decision().is_none())
    else {
        return Vec::new();
    };
    let decision = (due.state == DueState::Open).then(|| Deadline {
        name: DECISION.to_owned(),
        due_at: due.breached_at,
        body: json!({ "rules": due.rules }),
    });
    let later = due
        .rungs
        .iter()
        .enumerate()
        .filter(|(index, rung)| rung.at > due.breached_at && !due.told.contains(index));
    let escalations = later.map(|(index, rung)| Deadline {
        name: format!("{ESCALATION}{index}"),
        due_at: rung.at,
        body: json!({ "rules": due.rules }),
    });
    decision.into_iter().chain(escalations).collect()
}

impl App {
    /// Acts on a deadline whose instant has come. One that no longer applies is passed over.
    pub fn due<'t>(
        &self,
        tx: &'t mut Tx,
        deadline: DueDeadline,
    ) -> BoxFuture<'t, Result<(), AppError>> {
        let app = self.clone();
        Box::pin(async move {
            let authority = AuthorityId::new(&deadline.authority)
                .map_err(|_| StoreError::Corrupt("deadlines.authority"))?;
            if deadline.name == TRAY_CHECK {
                let (tray, at) = (deadline.aggregate_id, deadline.due_at);
                return app.tray_due(tx, &authority, tray, at).await;
            }
            let id = ContactId::from_uuid(deadline.aggregate_id);
            let Some(contact) = storage::contacts::lock(tx, &authority, id).await? else {
                return Ok(());
            };
            let event = event_of(&contact, &deadline);
            if let Some(event) = event {
                let source = Source::by_itself(&contact, &deadline.name);
                app.write(tx, Some(contact), vec![event], &source, app.now())
                    .await?;
            }
            Ok(())
        })
    }
}

fn event_of(contact: &Contact, deadline: &DueDeadline) -> Option<Event> {
    let at = deadline.due_at;
    if let Some(rest) = deadline.name.strip_prefix(DUTY_ESCALATION) {
        let (rung, duty) = rest.split_once('.')?;
        return decide::escalate_duty(contact, duty, rung.parse().ok()?, at);
    }
    if let Some(duty) = deadline.name.strip_prefix(DUTY) {
        return decide::duty_breach(contact, duty, at);
    }
    match deadline.name.strip_prefix(ESCALATION) {
        Some(rung) => decide::escalate(contact, rung.parse().ok()?, at),
        None => decide::breach(contact, at),
    }
}
