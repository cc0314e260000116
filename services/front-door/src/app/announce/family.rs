//! What happened to children and their groups.

use baton_contracts::event::v1::Event as Announced;
use baton_contracts::{structure, timestamp};
use baton_ids::ChildId;
use baton_protocol::{FactKey, FactKind, FactSpec, OF_SIBLINGS, Value, spec};
use baton_store::NewEvent;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::Source;
use crate::app::AppError;
use crate::domain::context::Context;
use crate::domain::family::{Event, Family};

/// An event with the group after it.
pub(in crate::app) struct FamilyRecord {
    pub event: Event,
    pub after: Family,
}

/// The rows for what was recorded, in order.
pub(in crate::app) fn announce_family(
    records: &[FamilyRecord],
    source: &Source,
    ctx: &Context,
    recorded_at: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    records
        .iter()
        .map(|FamilyRecord { event, after }| {
            let (event_type, child, data) = described(event, after);
            let announced = Announced {
                authority: after.authority.to_string(),
                r#type: event_type.to_owned(),
                aggregate_id: child.to_string(),
                aggregate_version: after.version,
                child_id: child.to_string(),
                family_id: after.id.to_string(),
                effective_at: Some(timestamp(effective_at(event).unwrap_or(ctx.received_at))),
                rules: vec!["X-24".to_owned()],
                facts_version: after.version,
                data: Some(structure(&data)),
                ..source.event(None, recorded_at)
            };
            Ok(baton_rpc::announcement(announced)?)
        })
        .collect()
}

/// The type of an event, the child it is about, and what it says.
fn described(event: &Event, after: &Family) -> (&'static str, ChildId, Json) {
    match event {
        Event::ChildRegistered { child, system } => {
            ("child.registered", *child, json!({ "system": system }))
        }
        Event::ReferenceAdded { child, system } => {
            ("child.reference_added", *child, json!({ "system": system }))
        }
        Event::FamilyLinked {
            child,
            children,
            merged,
            households,
            ..
        } => {
            let children: Vec<Json> = children
                .iter()
                .map(|id| {
                    let known = after.child(*id).and_then(|child| child.household.clone());
                    json!({ "child_id": id, "household_id": known.unwrap_or_default() })
                })
                .collect();
            let households: Vec<&ChildId> = households.keys().collect();
            let data = json!({
                "children": children,
                "merged_family_ids": merged,
                "households_of": households,
                "siblings": siblings_of(*child, after),
                "facts_version": after.version,
            });
            ("family.linked", *child, data)
        }
        Event::FactsRecorded {
            child,
            recorded,
            facts,
        } => {
            let changed = event.changed();
            let values: Map<String, Json> = changed
                .iter()
                .filter_map(|key| {
                    let known = facts.get(key)?;
                    Some((
                        key.to_string(),
                        json!({
                            "value": published(key, &known.value)?,
                            "effective_at": known.effective_at.to_string(),
                        }),
                    ))
                })
                .collect();
            let reported: Vec<&str> = recorded
                .iter()
                .map(|recorded| recorded.key.as_str())
                .collect();
            let mut data = json!({
                "reported": reported,
                "changed": changed,
                "values": values,
                "facts_version": after.version,
            });
            // What is decided for the other children may rest on it (M-072, M-073).
            let concerns_siblings = |key: &FactKey| OF_SIBLINGS.contains(&key.as_str());
            let siblings: Vec<String> = siblings_of(*child, after);
            if changed.iter().any(concerns_siblings) && !siblings.is_empty() {
                data["siblings"] = json!(siblings);
            }
            let event_type = if changed.is_empty() {
                "facts.reported"
            } else {
                "facts.changed"
            };
            (event_type, *child, data)
        }
    }
}

fn siblings_of(child: ChildId, family: &Family) -> Vec<String> {
    family
        .siblings_of(child)
        .map(|sibling| sibling.id.to_string())
        .collect()
}

/// When what an event says became true: the latest of what was reported. None when the event says nothing of it.
fn effective_at(event: &Event) -> Option<Timestamp> {
    match event {
        Event::FactsRecorded { recorded, .. } => recorded
            .iter()
            .map(|recorded| recorded.known.effective_at)
            .max(),
        Event::ChildRegistered { .. }
        | Event::ReferenceAdded { .. }
        | Event::FamilyLinked { .. } => None,
    }
}

/// The value of a fact for the journal, which never says who a child is: days of birth and ids of other systems stay
/// here, and only their key is named.
fn published(key: &FactKey, value: &Value) -> Option<Json> {
    if spec(key).is_some_and(FactSpec::is_sensitive) {
        return None;
    }
    let open_code =
        spec(key).is_none_or(|spec| spec.kind == FactKind::Code && spec.codes.is_empty());
    Some(match value {
        Value::Code(_) if open_code => return None,
        Value::Code(code) => json!(code),
        Value::Date(date) => json!(date.to_string()),
        Value::Instant(instant) => json!(instant.to_string()),
        Value::Flag(flag) => json!(flag),
        Value::Number(number) => json!(number),
        Value::Codes(codes) => json!(codes),
        Value::None => json!({ "none": true }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> FactKey {
        text.parse().unwrap()
    }

    #[test]
    fn the_journal_never_says_when_a_child_was_born() {
        let born = Value::Date("2014-05-01".parse().unwrap());

        assert_eq!(published(&key("date_of_birth"), &born), None);
        assert_eq!(published(&key("expected_delivery_date"), &born), None);
        assert_eq!(
            published(&key("plan_since"), &born),
            Some(json!("2014-05-01"))
        );
    }

    #[test]
    fn the_journal_holds_codes_of_closed_lists_only() {
        let code = |code: &str| Value::Code(code.to_owned());

        assert_eq!(
            published(&key("conference.ref"), &code("whatever-a-system-wrote")),
            None
        );
        assert_eq!(
            published(&key("plan"), &code("child_protection")),
            Some(json!("child_protection"))
        );
        assert_eq!(
            published(&key("plan"), &Value::None),
            Some(json!({ "none": true }))
        );
    }
}
