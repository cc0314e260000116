//! Turns what a story writes into the JSON of a request, guided by the contract.
//!
//! A story may write a child's name for a reference to it, a local time for an instant, `yes` for true, the short
//! name of an enum, one thing where several may stand, and facts as `plan: child_protection`.

use std::collections::BTreeMap;

use prost_reflect::{Cardinality, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::file::text_of;
use super::when;

/// The ids of the children, by the names that the story gives them.
pub type Children = BTreeMap<String, String>;

/// Shapes the fields of a message. The error names the field and what is wrong.
pub fn message(
    descriptor: &MessageDescriptor,
    value: &Value,
    children: &Children,
) -> Result<Value, String> {
    match descriptor.full_name() {
        "google.protobuf.Timestamp" => instant(value),
        "google.protobuf.Struct" | "google.protobuf.Value" => Ok(value.clone()),
        "baton.record.v1.ChildRef" if value.is_string() => child(value, children),
        "baton.type.v1.FactValue" if !is_fact_value(value) => fact_value(value),
        _ => fields(descriptor, value, children),
    }
}

fn fields(
    descriptor: &MessageDescriptor,
    value: &Value,
    children: &Children,
) -> Result<Value, String> {
    let Value::Object(given) = value else {
        return Err(format!(
            "expected the fields of {}, not {value}",
            descriptor.name()
        ));
    };
    let mut shaped = Map::new();
    for (name, value) in given {
        let field = descriptor
            .fields()
            .find(|field| field.name() == name || field.json_name() == name);
        let Some(field) = field else {
            let known: Vec<String> = descriptor
                .fields()
                .map(|field| field.name().to_owned())
                .collect();
            return Err(format!(
                "{} has no field `{name}`; it has {}",
                descriptor.name(),
                known.join(", ")
            ));
        };
        let value =
            self::field(&field, value, children).map_err(|error| format!("{name}: {error}"))?;
        shaped.insert(field.name().to_owned(), value);
    }
    Ok(Value::Object(shaped))
}

fn field(field: &FieldDescriptor, value: &Value, children: &Children) -> Result<Value, String> {
    if field.is_map() {
        let Kind::Message(entry) = field.kind() else {
            return Ok(value.clone());
        };
        let kind = entry.map_entry_value_field().kind();
        let Value::Object(entries) = value else {
            return Err(format!("expected names and values, not {value}"));
        };
        let shaped: Result<Map<String, Value>, String> = entries
            .iter()
            .map(|(key, value)| Ok((key.clone(), single(&kind, value, children)?)))
            .collect();
        return shaped.map(Value::Object);
    }
    if field.cardinality() == Cardinality::Repeated {
        let items = several(&field.kind(), value);
        let shaped: Result<Vec<Value>, String> = items
            .iter()
            .map(|item| single(&field.kind(), item, children))
            .collect();
        return shaped.map(Value::Array);
    }
    single(&field.kind(), value, children)
}

/// A list as it is, one thing as a list of one, and `name: value` as the two fields of the message that has them.
fn several(kind: &Kind, value: &Value) -> Vec<Value> {
    let pair = match kind {
        Kind::Message(message) => match message.full_name() {
            "baton.type.v1.Fact" => Some(("key", "value")),
            "baton.record.v1.ChildOutcome" => Some(("child", "outcome")),
            "baton.type.v1.Departure" => Some(("rule_id", "reason")),
            _ => None,
        },
        _ => None,
    };
    match (pair, value) {
        (_, Value::Array(items)) => items.clone(),
        (Some((name, content)), Value::Object(entries)) if !entries.contains_key(name) => entries
            .iter()
            .map(|(key, value)| json!({ name: key, content: value }))
            .collect(),
        _ => vec![value.clone()],
    }
}

fn single(kind: &Kind, value: &Value, children: &Children) -> Result<Value, String> {
    match kind {
        Kind::Message(descriptor) => message(descriptor, value, children),
        Kind::Enum(descriptor) => enumeration(descriptor, value),
        Kind::Bool => match value.as_str() {
            Some("yes") => Ok(json!(true)),
            Some("no") => Ok(json!(false)),
            _ => Ok(value.clone()),
        },
        Kind::String => text_of(value)
            .map(Value::String)
            .ok_or_else(|| format!("expected a text, not {value}")),
        _ => Ok(value.clone()),
    }
}

fn enumeration(descriptor: &EnumDescriptor, value: &Value) -> Result<Value, String> {
    let Some(text) = value.as_str() else {
        return Ok(value.clone());
    };
    let names: Vec<String> = descriptor
        .values()
        .map(|value| value.name().to_owned())
        .collect();
    let suffix = format!("_{}", text.to_uppercase());
    let found = names
        .iter()
        .find(|name| *name == text || name.ends_with(&suffix));
    found
        .map(|name| json!(name))
        .ok_or_else(|| format!("`{text}` is none of {}", names.join(", ")))
}

fn instant(value: &Value) -> Result<Value, String> {
    let Some(text) = value.as_str() else {
        return Err(format!("expected a time, not {value}"));
    };
    if text.contains('T') {
        return Ok(value.clone());
    }
    when::instant(text)
        .map(|at| json!(at.to_string()))
        .map_err(|error| error.to_string())
}

fn child(value: &Value, children: &Children) -> Result<Value, String> {
    let name = value.as_str().unwrap_or_default();
    let id = children.get(name).map(String::as_str);
    // A variable is an id already.
    let id = id.or_else(|| (name.len() == 36).then_some(name));
    id.map(|id| json!({ "child_id": id }))
        .ok_or_else(|| format!("the story has no child `{name}`"))
}

fn is_fact_value(value: &Value) -> bool {
    const FORMS: [&str; 7] = ["code", "date", "instant", "flag", "number", "none", "codes"];
    value.as_object().is_some_and(|object| {
        object.len() == 1 && object.keys().all(|key| FORMS.contains(&key.as_str()))
    })
}

/// The value of a fact, by its look: `none`, yes or no, a number, a day, a time, a list of codes, a code.
pub fn fact_value(value: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::Null => json!({ "none": true }),
        Value::Bool(flag) => json!({ "flag": flag }),
        Value::Number(number) => json!({ "number": number }),
        Value::Array(codes) => json!({ "codes": { "codes": codes } }),
        Value::String(text) => match text.as_str() {
            "none" => json!({ "none": true }),
            "yes" => json!({ "flag": true }),
            "no" => json!({ "flag": false }),
            text if when::date(text).is_ok() => json!({ "date": text }),
            text if when::is_time(text) => json!({ "instant": instant(value)? }),
            code => json!({ "code": code }),
        },
        Value::Object(_) => return Err(format!("{value} is no value of a fact")),
    })
}

/// Every `$variable` in a value.
pub fn variables(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with('$') => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| variables(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| variables(field, found)),
        _ => {}
    }
}

/// Puts values in the place of variables.
pub fn substitute(value: &Value, known: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(text) => known.get(text).unwrap_or(value).clone(),
        Value::Array(items) => items.iter().map(|item| substitute(item, known)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, field)| (key.clone(), substitute(field, known)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::api;
    use super::*;

    const KIT: &str = "0198f0a0-0000-7000-8000-000000000001";

    fn shaped(name: &str, value: &Value) -> Result<Value, String> {
        let children = Children::from([("kit".to_owned(), KIT.to_owned())]);
        message(&api::descriptor(name).unwrap(), value, &children)
    }

    #[test]
    fn children_times_and_answers_are_written_short() {
        let held = json!({ "conference_ref": 7, "kind": "initial", "outcomes": { "kit": "no_plan" }, "attendance_known": "yes" });
        let held = shaped("baton.record.v1.ConferenceHeld", &held).unwrap();
        assert_eq!(
            held,
            json!({
                "conference_ref": "7", "kind": "initial", "attendance_known": true,
                "outcomes": [{ "child": { "child_id": KIT }, "outcome": "no_plan" }],
            })
        );
        let booked = json!({ "at": "2026-04-16 14:00", "children": "kit" });
        let booked = shaped("baton.record.v1.ConferenceScheduled", &booked).unwrap();
        assert_eq!(
            booked,
            json!({ "at": "2026-04-16T13:00:00Z", "children": [{ "child_id": KIT }] })
        );
    }

    #[test]
    fn facts_take_the_form_of_their_value() {
        let facts = json!({ "child": "kit", "facts": {
            "plan": "child_in_need", "looked_after": "no", "accommodated_on": "2026-03-01",
            "legal_status": "none", "safety.withhold_from": ["family"], "plan_since": { "date": "2026-01-01" },
        } });
        let facts = shaped("baton.record.v1.FactsReported", &facts).unwrap();
        let list = facts["facts"].as_array().unwrap();
        let value =
            |key: &str| list.iter().find(|fact| fact["key"] == key).unwrap()["value"].clone();
        assert_eq!(value("plan"), json!({ "code": "child_in_need" }));
        assert_eq!(value("looked_after"), json!({ "flag": false }));
        assert_eq!(value("accommodated_on"), json!({ "date": "2026-03-01" }));
        assert_eq!(value("legal_status"), json!({ "none": true }));
        assert_eq!(
            value("safety.withhold_from"),
            json!({ "codes": { "codes": ["family"] } })
        );
        assert_eq!(value("plan_since"), json!({ "date": "2026-01-01" }));
    }

    #[test]
    fn a_wrong_field_is_named_with_the_right_ones() {
        let error = shaped(
            "baton.record.v1.ConferencePostponed",
            &json!({ "until": "2026-03-20" }),
        )
        .unwrap_err();
        assert!(
            error.contains("`until`") && error.contains("conference_ref"),
            "{error}"
        );
        let error = shaped(
            "baton.record.v1.ConferenceScheduled",
            &json!({ "children": ["kat"] }),
        )
        .unwrap_err();
        assert!(error.contains("no child `kat`"), "{error}");
    }

    #[test]
    fn variables_are_found_and_replaced_at_any_depth() {
        let value = json!({ "a": ["$kit.case"], "b": { "c": "$last.version" } });
        let mut found = Vec::new();
        variables(&value, &mut found);
        assert_eq!(found, ["$kit.case", "$last.version"]);
        let known = BTreeMap::from([("$last.version".to_owned(), json!(3))]);
        assert_eq!(substitute(&value, &known)["b"]["c"], json!(3));
    }
}
