//! What happens by itself: a decision that does not come, and further rungs that are told of it.

use baton_ids::{AuthorityId, ContactId};
use baton_store::{BoxFuture, Deadline, DueDeadline, StoreError, Tx};
use serde_json::json;

use super::{App, AppError, Source};
use crate::domain::contact::{Contact, DueState};
use crate::domain::decide;
use crate::storage;

/// The decision of a contact (W-009, M-013).
const DECISION: &str = "decision";
/// A later rung of its escalation; the rung's number follows.
const ESCALATION: &str = "escalation.";

/// The open deadlines of a contact.
pub(super) fn of(contact: &Contact) -> Vec<Deadline> {
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
            let id = ContactId::from_uuid(deadline.aggregate_id);
            let Some(contact) = storage::contacts::lock(tx, &authority, id).await? else {
                return Ok(());
            };
            let rung = deadline
                .name
                .strip_prefix(ESCALATION)
                .and_then(|rung| rung.parse().ok());
            let event = match rung {
                Some(rung) => decide::escalate(&contact, rung, deadline.due_at),
                None => decide::breach(&contact, deadline.due_at),
            };
            if let Some(event) = event {
                let source = Source::by_itself(&contact, &deadline.name);
                app.write(tx, Some(contact), vec![event], &source, app.now())
                    .await?;
            }
            Ok(())
        })
    }
}
