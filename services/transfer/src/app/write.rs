//! What every use case does with its decision: the aggregate, its deadlines and its events, in one transaction.

use baton_store::{Deadline, StoreError, Tx};
use serde_json::json;

use super::announce::{Origin, announcements};
use super::{Call, Failure, Outcome, data};
use crate::domain::{Change, Event, Explanation, Transfer, apply_all};
use crate::storage;

/// The name under which the day of the point waits in the store. No clock has a dot in its name.
pub const POINT_COMES: &str = "point.comes";
/// What comes before the kind of a regular meeting in the name under which the end of its day waits in the store.
pub const MEETING_PASSES: &str = "meeting.passes.";

/// Keeps the reasons that were given where nothing else refers to them but by digest.
pub async fn keep_reasons(
    tx: &mut Tx,
    call: &mut Call,
    case: Option<uuid::Uuid>,
) -> Result<(), StoreError> {
    let authority = call.context.authority.to_string();
    if let Some(reason) = call
        .reason
        .take()
        .filter(|reason| !reason.trim().is_empty())
    {
        call.context.reason_digest = Some(tx.put_private(&authority, case, &reason).await?);
    }
    for (rule, reason) in std::mem::take(&mut call.departures) {
        if reason.trim().is_empty() {
            continue;
        }
        let digest = tx.put_private(&authority, case, &reason).await?;
        call.context
            .departures
            .push(crate::domain::GivenReason { rule, digest });
    }
    Ok(())
}

/// Saves what was decided about one transfer. Nothing is written when nothing was decided.
pub async fn save(
    tx: &mut Tx,
    before: Option<&Transfer>,
    events: &[Event],
    origin: &Origin,
) -> Result<Outcome, Failure> {
    let Some(after) = apply_all(before.cloned(), events) else {
        return Ok(Outcome::default());
    };
    let mut outcome = outcome_of(&after, events);
    if events.is_empty() {
        return Ok(outcome);
    }
    match before {
        // One that was superseded a moment ago has to be out of its way.
        None => {
            tx.flush().await?;
            if !storage::insert(tx, &after).await? {
                return Err(Failure::LostRace);
            }
        }
        Some(before) => storage::save(tx, &after, before.version).await?,
    }
    storage::set_agenda(tx, before, &after).await?;
    tx.sync_deadlines(
        after.authority.as_str(),
        after.id.uuid(),
        &deadlines(&after),
    );
    let rows = announcements(before, events, origin).map_err(Failure::Event)?;
    outcome.last_event = rows.last().map(|row| row.event_id);
    tx.announce(&rows);
    Ok(outcome)
}

fn outcome_of(after: &Transfer, events: &[Event]) -> Outcome {
    let mut explanation = Explanation {
        unknown_facts: after.unknown_facts(),
        ..Explanation::default()
    };
    for rule in events.iter().flat_map(|event| &event.rules) {
        if !explanation.rules.contains(rule) {
            explanation.rules.push(rule.clone());
        }
    }
    let codes = events
        .iter()
        .filter_map(|event| data::code_of(&event.change));
    let changes: Vec<String> = codes.map(str::to_owned).collect();
    after.phase.code().clone_into(&mut explanation.decision);
    Outcome {
        transfer: Some(after.clone()),
        released: events
            .iter()
            .any(|event| matches!(event.change, Change::Released(_))),
        explanation,
        changes,
        last_event: None,
    }
}

/// What a transfer waits for, as the store keeps it.
fn deadlines(transfer: &Transfer) -> Vec<Deadline> {
    let point = transfer.point_comes_at().map(|due_at| Deadline {
        name: POINT_COMES.to_owned(),
        due_at,
        body: json!({ "of": "transfer", "rules": transfer.point.rules }),
    });
    let meetings = transfer
        .meetings_to_come()
        .map(|(meeting, listed)| Deadline {
            name: format!("{MEETING_PASSES}{}", meeting.kind),
            due_at: listed.until,
            body: json!({ "of": "transfer", "rules": meeting.rules }),
        });
    transfer
        .rings()
        .into_iter()
        .map(|waiting| Deadline {
            name: waiting.name(),
            due_at: waiting.at,
            body: json!({ "of": "transfer", "rules": waiting.rules }),
        })
        .chain(point)
        .chain(meetings)
        .collect()
}

/// Makes the store's deadlines those of the transfer again.
pub fn sync(tx: &mut Tx, transfer: &Transfer) {
    tx.sync_deadlines(
        transfer.authority.as_str(),
        transfer.id.uuid(),
        &deadlines(transfer),
    );
}
