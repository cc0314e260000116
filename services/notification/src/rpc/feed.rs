//! From the event of another service to what notification makes of it.

use baton_contracts::event::v1::{Event, NoticeDue};
use baton_contracts::type_v1::Owner as WireOwner;
use baton_contracts::{instant, json};
use baton_ids::{AuthorityId, ChildId};
use baton_protocol::{Audience, KnownFact, Value as Fact};
use prost_types::Timestamp as WireTimestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::app::{AppError, Duty, Happening, Seen, Source};
use crate::domain::context::Cause;
use crate::domain::notice::{Addressee, Owner};
use crate::domain::safety::WITHHOLD_FROM;

/// The service whose events tell about children.
const FRONT_DOOR: &str = "front-door";

/// What an event means here.
pub fn happening(event: &Event) -> Result<Happening, AppError> {
    let data = event.data.as_ref().map_or(Value::Null, json);
    let cause = Cause {
        id: event.event_id.clone(),
        kind: event.r#type.clone(),
    };
    Ok(Happening {
        authority: AuthorityId::new(&event.authority)
            .map_err(|_| AppError::Malformed("authority"))?,
        event: event.event_id.clone(),
        process: Uuid::try_parse(&event.aggregate_id)
            .map_err(|_| AppError::Malformed("aggregate_id"))?,
        case: event.case_id.parse().ok(),
        child: event.child_id.parse().ok(),
        family: event.family_id.parse().ok(),
        pack: event.pack.clone(),
        facts_version: event.facts_version,
        seen: if event.service == FRONT_DOOR {
            seen(event, &data)
        } else {
            None
        },
        duties: event
            .notices_due
            .iter()
            .map(|notice| duty(notice, event, &data))
            .collect(),
        source: Source::of_event(cause, behind(event), event.pack.clone()),
    })
}

/// What the front door says about children.
fn seen(event: &Event, data: &Value) -> Option<Seen> {
    match event.r#type.as_str() {
        "child.registered" => Some(Seen::Family(
            event.child_id.parse().ok().into_iter().collect(),
        )),
        "family.linked" => {
            let children = data.get("children")?.as_array()?;
            let ids = children
                .iter()
                .filter_map(|child| child.get("child_id")?.as_str()?.parse::<ChildId>().ok());
            Some(Seen::Family(ids.collect()))
        }
        "facts.changed" => {
            let changed = data.get("changed")?.as_array()?;
            let is_about_safety = changed
                .iter()
                .any(|key| key.as_str() == Some(WITHHOLD_FROM));
            Some(if is_about_safety {
                Seen::Safety(known(event, data))
            } else {
                Seen::Facts
            })
        }
        "facts.reported" => Some(Seen::Facts),
        _ => None,
    }
}

/// Who must not be written to, or that nobody is, as it was reported. None when that became unknown.
fn known(event: &Event, data: &Value) -> Option<KnownFact> {
    let said = data.get("values")?.get(WITHHOLD_FROM)?;
    let value = match said.get("value")? {
        Value::Array(codes) => Fact::Codes(
            codes
                .iter()
                .filter_map(|code| Some(code.as_str()?.to_owned()))
                .collect(),
        ),
        Value::Object(none) if none.contains_key("none") => Fact::None,
        _ => return None,
    };
    let effective_at = said.get("effective_at").and_then(Value::as_str);
    Some(KnownFact {
        value,
        source: behind(event),
        effective_at: effective_at.and_then(|at| at.parse().ok()),
        recorded_at: time(event.recorded_at.as_ref()),
    })
}

fn duty(notice: &NoticeDue, event: &Event, data: &Value) -> Duty {
    let cause_key = if notice.cause_key.is_empty() {
        format!("{}/{}", event.event_id, notice.kind)
    } else {
        notice.cause_key.clone()
    };
    Duty {
        kind: notice.kind.clone(),
        audience: notice.audience.iter().map(addressee).collect(),
        medium: notice.medium.clone(),
        rules: notice.rules.clone(),
        due_at: time(notice.due_at.as_ref()),
        due_from: notice.due_from.parse().ok(),
        due_skipped: notice
            .due_skipped
            .iter()
            .filter_map(|day| Some((day.date.parse().ok()?, day.reason.clone())))
            .collect(),
        meets_item: notice.meets_item.clone(),
        cause_key,
        content: notice.content.as_ref().map_or(Value::Null, json),
        sender: sender(notice.sender.as_ref(), event, data),
    }
}

fn addressee(owner: &WireOwner) -> Addressee {
    match owner.role.as_str() {
        "family" | "parent" | "carer" => Addressee::Outside(Audience::Family),
        "child" => Addressee::Outside(Audience::Child),
        "agencies" | "agency" => Addressee::Outside(Audience::Agencies),
        "referrer" => Addressee::Outside(Audience::Referrer),
        _ => Addressee::Role(from_wire(owner)),
    }
}

/// Whoever looks after the notice: whose duty it is, else the role in which somebody acted, else the manager of the team
/// that the event speaks of.
fn sender(named: Option<&WireOwner>, event: &Event, data: &Value) -> Owner {
    if let Some(owner) = named.filter(|owner| !owner.role.is_empty()) {
        return from_wire(owner);
    }
    if let Some(actor) = event.actor.as_ref().filter(|actor| !actor.role.is_empty()) {
        return Owner {
            role: actor.role.clone(),
            team: actor.team_id.clone(),
            ..Owner::default()
        };
    }
    let team = ["team_id", "from_team_id", "to_team_id"]
        .into_iter()
        .find_map(|key| data.get(key)?.as_str());
    match team {
        Some(team) => Owner {
            role: "team_manager".to_owned(),
            team: team.to_owned(),
            ..Owner::default()
        },
        None => Owner {
            role: "administrator".to_owned(),
            ..Owner::default()
        },
    }
}

fn from_wire(owner: &WireOwner) -> Owner {
    Owner {
        role: owner.role.clone(),
        team: owner.team_id.clone(),
        worker: owner.worker_id.clone(),
        area: owner.area.clone(),
    }
}

/// Who is behind an event: whoever acted, or whose act caused it.
fn behind(event: &Event) -> String {
    event.actor.as_ref().map_or_else(String::new, |actor| {
        if actor.on_behalf_of.is_empty() {
            actor.principal.clone()
        } else {
            actor.on_behalf_of.clone()
        }
    })
}

fn time(at: Option<&WireTimestamp>) -> Option<jiff::Timestamp> {
    at.and_then(|at| instant(at).ok())
}
