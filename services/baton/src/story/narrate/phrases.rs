//! What an event says, in English. An event without a phrase is told by its type and its codes.

use serde_json::Value;

use super::super::fits::plain;
use super::super::when;
use super::super::world::list;

/// What happened. `None` for what the lines about due dates and notices tell already, or what is not part of the story.
pub fn phrase(event: &Value) -> Option<String> {
    let kind = plain(&event["type"]);
    let data = &event["data"];
    match kind.as_str() {
        "facts.changed" | "facts.reported" => facts(data),
        // The lines about what is due tell these.
        "transfer.deadline_set"
        | "transfer.deadline_met"
        | "transfer.deadline_answered"
        | "transfer.deadline_cancelled"
        | "transfer.conference_set" => None,
        other if is_no_part(other) => None,
        other => of_case(other, data)
            .or_else(|| of_transfer(other, event))
            .or_else(|| Some(generic(other, data))),
    }
}

/// A code in words.
fn code(data: &Value, key: &str) -> String {
    id(data, key).replace('_', " ")
}

/// An id or a code as it is.
fn id(data: &Value, key: &str) -> String {
    data[key].as_str().unwrap_or_default().to_owned()
}

fn with(worker: &str) -> String {
    if worker.is_empty() {
        "with no worker".to_owned()
    } else {
        format!("with {worker}")
    }
}

/// What happens to a contact, to a case and to its end.
fn of_case(kind: &str, data: &Value) -> Option<String> {
    Some(match kind {
        "contact.launched" => format!(
            "a {} contact from {} lies with {}, to be decided by {}",
            code(data, "form"),
            code(data, "source_kind"),
            id(data, "team_id"),
            when::spoken_day(&id(data, "decision_due_on"))
        ),
        "contact.decided" => format!("the contact is decided: {}", code(data, "outcome")),
        "contact.deadline_breached" => "the contact is not decided in time".to_owned(),
        "referral.routed" => format!("the referral goes to {}", id(data, "team_id")),
        "case.placed" => format!(
            "the case is open: {} is responsible, {}",
            id(data, "team_id"),
            with(&id(data, "worker_id"))
        ),
        "case.allocated" => format!(
            "{} is the worker, in {}",
            id(data, "worker_id"),
            id(data, "team_id")
        ),
        "case.next_worker_identified" => format!(
            "{} is identified as the next worker; nothing moves yet",
            id(data, "worker_id")
        ),
        "case.unallocated" => format!("the case is without a worker: {}", code(data, "state")),
        "case.unallocated_authorised" => format!(
            "it may stay without a worker; a report on progress is due on {}",
            id(data, "report_due_on")
        ),
        "case.unallocated_step_signed" => format!(
            "{} is signed as {}",
            code(data, "step"),
            code(data, "signed_as")
        ),
        "case.unallocated_reported" => format!(
            "progress on finding a worker is reported; the next report is due on {}",
            id(data, "next_on")
        ),
        "case.unallocated_report_due" => format!(
            "BREACH: nobody reported on progress by {}",
            id(data, "due_on")
        ),
        "case.ended" => format!(
            "the case is closed; {} was responsible to the end",
            id(data, "team_id")
        ),
        "responsibility.moved" => format!(
            "RESPONSIBILITY MOVES from {} to {}, {}",
            id(data, "from_team_id"),
            id(data, "team_id"),
            with(&id(data, "worker_id"))
        ),
        "closure.considered" => format!(
            "{} is asked to consider closing: {}",
            id(data, "team_id"),
            code(data, "ground")
        ),
        "closure.proposed" => "closing is proposed".to_owned(),
        "closure.released" => "approved; the ledger is asked to end responsibility".to_owned(),
        "closure.closed" => "the closure is complete".to_owned(),
        _ => return None,
    })
}

/// What happens to a transfer.
fn of_transfer(kind: &str, event: &Value) -> Option<String> {
    let data = &event["data"];
    Some(match kind {
        "transfer.opened" => {
            let point = match id(data, "point_due_on") {
                day if day.is_empty() => "on a day that cannot be told yet".to_owned(),
                day => format!("on {}", when::spoken_day(&day)),
            };
            format!(
                "a transfer opens ({}): from {} to {}, {point}; it needs {}",
                code(data, "route"),
                id(data, "from_team_id"),
                id(data, "to_team_id"),
                names(data, "items")
            )
        }
        "transfer.worker_named" => {
            format!("{} is named as receiving worker", id(data, "worker_id"))
        }
        "transfer.item_completed"
        | "transfer.item_signed"
        | "transfer.item_accepted"
        | "transfer.item_met" => {
            let missing = names(data, "missing");
            let what = kind.trim_start_matches("transfer.item_");
            let rest = if missing.is_empty() {
                String::new()
            } else {
                format!("; next: {missing}")
            };
            format!("{} is {what}{rest}", code(data, "item"))
        }
        "transfer.item_failed" => format!(
            "{} is found wanting: {}",
            code(data, "item"),
            names(data, "missing")
        ),
        "transfer.meeting_recorded" => format!(
            "the {} was held on {}",
            code(data, "kind"),
            day_of(data, "held_at")
        ),
        "transfer.meeting_listed" => match id(data, "listed_on") {
            day if day.is_empty() => format!("no {} has the case before it", code(data, "kind")),
            day => format!(
                "the {} of {} has the case before it",
                code(data, "kind"),
                when::spoken_day(&day)
            ),
        },
        "transfer.point_recomputed" => match id(data, "point_due_on") {
            day if day.is_empty() => "when the case moves cannot be told yet".to_owned(),
            day => format!("the case is to move on {}", when::spoken_day(&day)),
        },
        "transfer.placed" => {
            format!(
                "the case is placed in {}'s tray; {} stays responsible",
                id(data, "to_team_id"),
                id(data, "from_team_id")
            )
        }
        "transfer.returned" => format!(
            "returned to {}: nothing completes until it is put right",
            id(data, "from_team_id")
        ),
        "transfer.hold_lifted" => format!("no longer {}", code(data, "hold")),
        "transfer.released" => "released to the ledger, which decides".to_owned(),
        "transfer.completed" => format!(
            "the transfer is completed, moved on {}",
            day_of(data, "moved_at")
        ),
        "transfer.lapsed" => format!("the transfer lapses: {}", reason(event)),
        "transfer.withdrawn" => "the transfer is withdrawn".to_owned(),
        "transfer.deadline_breached" => format!(
            "BREACH: {} was due on {}",
            code(data, "name"),
            when::spoken_day(&id(data, "due_on"))
        ),
        "transfer.deadline_escalated" => {
            format!("escalated to {}: {}", code(data, "to"), code(data, "name"))
        }
        _ => return None,
    })
}

/// Setting the stage is not the story; notices have lines of their own.
fn is_no_part(kind: &str) -> bool {
    ["org.", "notice.", "child.", "family.", "contact_book."]
        .iter()
        .any(|area| kind.starts_with(area))
}

/// Facts that a practitioner would name, as `plan child protection`.
fn facts(data: &Value) -> Option<String> {
    let changed: Vec<String> = list(data, "changed")
        .iter()
        .map(plain)
        .filter(|key| !key.starts_with("conference."))
        .map(|key| {
            let value = &data["values"][&key]["value"];
            let value = value
                .as_object()
                .and_then(|value| value.values().next())
                .unwrap_or(value);
            match value {
                Value::Null => key,
                value => format!("{key} is {}", plain(value).replace('_', " ")),
            }
        })
        .collect();
    (!changed.is_empty()).then(|| format!("now known: {}", changed.join(", ")))
}

/// The type and the codes of an event that has no phrase.
fn generic(kind: &str, data: &Value) -> String {
    // Every event of a transfer says where it stands; the line of the step said that already.
    const STANDING: [&str; 8] = [
        "route",
        "phase",
        "from_team_id",
        "to_team_id",
        "point_due_on",
        "receiving_worker_id",
        "ready",
        "overdue",
    ];
    let (area, what) = kind.split_once('.').unwrap_or(("", kind));
    let details: Vec<String> = data
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, value)| !STANDING.contains(&key.as_str()) && is_short(value))
        .map(|(key, value)| {
            format!(
                "{} {}",
                key.replace('_', " "),
                plain(value).replace('_', " ")
            )
        })
        .collect();
    let head = format!("{area} {}", what.replace('_', " "));
    if details.is_empty() {
        head
    } else {
        format!("{head}: {}", details.join(", "))
    }
}

/// Ids of ours are no use to a reader.
fn is_short(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| !text.is_empty() && text.len() < 36)
}

fn names(data: &Value, key: &str) -> String {
    list(data, key)
        .iter()
        .map(|name| plain(name).replace('_', " "))
        .collect::<Vec<_>>()
        .join(", ")
}

fn day_of(data: &Value, key: &str) -> String {
    match data[key].as_str().and_then(|text| text.parse().ok()) {
        Some(at) => when::spoken(at),
        None => "a day that is not known".to_owned(),
    }
}

fn reason(event: &Value) -> String {
    let named = [
        &event["data"]["reason"],
        &event["data"]["end_reason"],
        &event["reason_code"],
    ];
    named
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or("its reason went away")
        .replace('_', " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_told_in_a_sentence() {
        let moved = json!({ "type": "responsibility.moved", "data": {
            "from_team_id": "frt", "from_worker_id": "ann", "team_id": "north", "worker_id": "sam", "epoch": 4,
        } });
        assert_eq!(
            phrase(&moved).unwrap(),
            "RESPONSIBILITY MOVES from frt to north, with sam"
        );
    }

    #[test]
    fn an_event_without_a_phrase_is_told_by_its_codes() {
        let event = json!({ "type": "transfer.something_new", "data": {
            "kind": "of_thing", "phase": "open", "transfer_id": "0198f0a0-0000-7000-8000-000000000001",
        } });
        assert_eq!(
            phrase(&event).unwrap(),
            "transfer something new: kind of thing"
        );
    }

    #[test]
    fn only_facts_that_say_something_are_told() {
        let facts = json!({ "type": "facts.changed", "data": {
            "changed": ["conference.state", "plan"], "values": { "plan": { "value": "child_protection" } },
        } });
        assert_eq!(
            phrase(&facts).unwrap(),
            "now known: plan is child protection"
        );
        let booked =
            json!({ "type": "facts.changed", "data": { "changed": ["conference.state"] } });
        assert_eq!(phrase(&booked), None);
    }
}
