//! What an event says.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::domain::notice::{Addressee, Event, Notice, Owner, State};

/// The type of an event and its data.
pub(super) fn described(event: &Event, after: &Notice) -> (&'static str, Json) {
    match event {
        // The organisation is asked only about a role that nobody was found for yet.
        Event::Prepared(_) => match &after.audience {
            Addressee::Role(owner)
                if after.state == State::Unresolved && owner.worker.is_empty() =>
            {
                ("notice.prepared", prepared(after, owner))
            }
            Addressee::Role(owner) => ("notice.opened", prepared(after, owner)),
            Addressee::Outside(audience) => {
                let owner = Owner {
                    role: audience.to_string(),
                    ..Owner::default()
                };
                ("notice.opened", prepared(after, &owner))
            }
        },
        Event::Addressed { medium, .. } => {
            let data = with(
                basics(after),
                json!({ "medium": medium, "medium_asked": after.medium_asked }),
            );
            ("notice.addressed", data)
        }
        Event::Unaddressed => ("notice.unaddressed", basics(after)),
        Event::FactsAwaited => ("notice.facts_awaited", basics(after)),
        Event::Held { .. } => ("notice.held", basics(after)),
        Event::Resumed => ("notice.resumed", basics(after)),
        Event::Sent { at } => ("notice.sent", sent(after, *at)),
        Event::Withheld { because, .. } => {
            let data = json!({ "because": because, "meets_item": after.about.meets_item });
            ("notice.withheld", with(basics(after), data))
        }
        Event::Given { how, at, .. } => {
            let data = json!({ "how": how, "given_at": at.to_string(), "meets_item": after.about.meets_item });
            ("notice.given", with(basics(after), data))
        }
        Event::Delivered { at } => (
            "notice.delivered",
            with(basics(after), json!({ "at": at.to_string() })),
        ),
        Event::Returned { at } => (
            "notice.returned",
            with(basics(after), json!({ "at": at.to_string() })),
        ),
        Event::Breached { .. } => {
            let data = json!({
                "due_on": due_on(after),
                "needs_resolution": false,
            });
            ("notice.deadline_breached", with(basics(after), data))
        }
    }
}

/// When an event was true in the world, where it says so.
pub(super) const fn effective_at(event: &Event) -> Option<Timestamp> {
    match event {
        Event::Sent { at }
        | Event::Withheld { at, .. }
        | Event::Given { at, .. }
        | Event::Delivered { at }
        | Event::Returned { at }
        | Event::Breached { at } => Some(*at),
        Event::Prepared(_)
        | Event::Addressed { .. }
        | Event::Unaddressed
        | Event::FactsAwaited
        | Event::Held { .. }
        | Event::Resumed => None,
    }
}

/// What a process that waits for the notice has to know.
pub(super) fn sent(after: &Notice, at: Timestamp) -> Json {
    let in_time = after.due.as_ref().is_none_or(|due| at < due.at);
    with(
        basics(after),
        json!({
            "medium": after.medium,
            "sent_at": at.to_string(),
            "cause_key": after.cause_key,
            "meets_item": after.about.meets_item,
            "in_time": in_time,
        }),
    )
}

fn prepared(after: &Notice, owner: &Owner) -> Json {
    with(
        basics(after),
        json!({
            "owner": {
                "role": owner.role,
                "team_id": owner.team,
                "worker_id": owner.worker,
                "area": owner.area,
            },
            "medium": after.medium_asked,
            "due_on": due_on(after),
            "cause_key": after.cause_key,
            "meets_item": after.about.meets_item,
        }),
    )
}

/// What every event of a notice says. A worker is named; whoever is outside is named by what they are to the child.
fn basics(after: &Notice) -> Json {
    let worker = if after.recipient.kind == "worker" {
        after.recipient.id.as_str()
    } else {
        ""
    };
    json!({
        "kind": after.kind,
        "process_id": after.about.process.to_string(),
        "cause_event_id": after.about.event,
        "recipient_kind": after.recipient.kind,
        "worker_id": worker,
    })
}

fn due_on(after: &Notice) -> String {
    after
        .due
        .as_ref()
        .map(|due| due.on.to_string())
        .unwrap_or_default()
}

/// One object with the entries of both.
fn with(mut data: Json, more: Json) -> Json {
    if let (Json::Object(data), Json::Object(more)) = (&mut data, more) {
        data.extend(more);
    }
    data
}
