//! What the gateway announces itself: a reaction that stands still is somebody's task.

use std::collections::BTreeMap;

use baton_contracts::event::v1::{Event, EventActor, TaskChange};
use baton_contracts::timestamp;
use baton_contracts::type_v1::{Cause as NamedCause, PrincipalKind};
use baton_store::{NewEvent, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

use crate::reactions::cause::{Cause, What};
use crate::reactions::record::Reaction;
use crate::services::NAME;

/// A reaction was parked.
pub fn parked(reaction: &Reaction, now: Timestamp) -> Result<NewEvent, StoreError> {
    let on_behalf_of = reaction
        .cause
        .as_ref()
        .map(|cause| cause.on_behalf_of.clone())
        .unwrap_or_default();
    let actor = EventActor {
        principal: "baton".to_owned(),
        kind: PrincipalKind::Baton.into(),
        on_behalf_of,
        ..EventActor::default()
    };
    row(Event {
        r#type: "flow.parked".to_owned(),
        actor: Some(actor),
        reason_code: reaction.parked_because.to_lowercase(),
        tasks: vec![task(reaction, true)],
        ..about(reaction, now)
    })
}

/// A person had a parked reaction go on. `digest` is that of the reason.
pub fn retried(
    reaction: &Reaction,
    actor: EventActor,
    digest: String,
    now: Timestamp,
) -> Result<NewEvent, StoreError> {
    row(Event {
        r#type: "flow.retried".to_owned(),
        actor: Some(actor),
        reason_digest: digest,
        tasks: vec![task(reaction, false)],
        ..about(reaction, now)
    })
}

fn row(event: Event) -> Result<NewEvent, StoreError> {
    baton_rpc::announcement(event).map_err(|_| StoreError::Corrupt("an event of the gateway"))
}

fn about(reaction: &Reaction, now: Timestamp) -> Event {
    let (child_id, case_id) = reaction.cause.as_ref().map(subject).unwrap_or_default();
    Event {
        event_id: Uuid::now_v7().to_string(),
        authority: reaction.authority.clone(),
        service: NAME.to_owned(),
        aggregate_id: reaction.id.to_string(),
        aggregate_version: reaction.version,
        case_id,
        child_id,
        effective_at: Some(timestamp(now)),
        recorded_at: Some(timestamp(now)),
        cause: reaction
            .cause
            .as_ref()
            .and_then(|cause| cause.named.clone())
            .or(Some(NamedCause {
                id: reaction.id.to_string(),
                kind: reaction.kind.clone(),
            })),
        data: Some(baton_contracts::structure(&serde_json::json!({
            "kind": reaction.kind,
            "steps_done": reaction.steps_done,
        }))),
        traceparent: reaction.traceparent.clone(),
        ..Event::default()
    }
}

fn task(reaction: &Reaction, open: bool) -> TaskChange {
    TaskChange {
        key: format!("flow/{}", reaction.id),
        open,
        code: "look_at_parked_flow".to_owned(),
        owner: Some(reaction.parked_owner.clone()),
        references: BTreeMap::from([("flow_id".to_owned(), reaction.id.to_string())]),
        ..TaskChange::default()
    }
}

/// The child and the case that a cause is about. Empty where it is about none.
fn subject(cause: &Cause) -> (String, String) {
    match &cause.what {
        Some(What::Report(report)) => {
            let child = report.children.first().map(|child| child.child_id.clone());
            (child.unwrap_or_default(), String::new())
        }
        Some(What::Event(event)) => (event.child_id.clone(), event.case_id.clone()),
        Some(What::Release(release)) => (
            release.child_id.clone(),
            release
                .release
                .as_ref()
                .map(|release| release.case_id.clone())
                .unwrap_or_default(),
        ),
        Some(What::ClosureRelease(release)) => (
            release.child_id.clone(),
            release
                .release
                .as_ref()
                .map(|release| release.case_id.clone())
                .unwrap_or_default(),
        ),
        Some(What::Opening(opening)) => {
            let child = opening.child.as_ref().map(|child| child.child_id.clone());
            (child.unwrap_or_default(), String::new())
        }
        None => (String::new(), String::new()),
    }
}
