//! Events: appended once, with their digest, and never changed.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Instant, Json, Tx};

/// An event to be appended. The store reads only the columns; `body` is the service's own document and holds ids,
/// codes, dates and rule IDs, never anything about a person.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// The event's id (`UUIDv7`).
    pub event_id: Uuid,
    /// The authority whose feed it goes to.
    pub authority: String,
    /// Its type in words: `transfer.opened`.
    pub event_type: String,
    /// What it happened to.
    pub aggregate_id: Uuid,
    /// The version the aggregate has after it.
    pub aggregate_version: i64,
    /// The case it concerns, if one.
    pub case_id: Option<Uuid>,
    /// The child it concerns, if one.
    pub child_id: Option<Uuid>,
    /// The family group it concerns, if one.
    pub family_id: Option<Uuid>,
    /// When it was true in the world.
    pub effective_at: Timestamp,
    /// When it was recorded, by our clock.
    pub recorded_at: Timestamp,
    /// Everything else.
    pub body: Value,
    /// The W3C trace context of the cause, if there was a trace.
    pub traceparent: Option<String>,
}

impl NewEvent {
    /// SHA-256 over the event in canonical JSON: what the chain is made of.
    pub fn digest(&self) -> Vec<u8> {
        let id = |id: Option<Uuid>| id.map_or(Value::Null, |id| Value::from(id.to_string()));
        // In the order of their names.
        let before = [
            ("aggregate_id", id(Some(self.aggregate_id))),
            ("aggregate_version", self.aggregate_version.into()),
            ("authority", self.authority.as_str().into()),
        ];
        let after = [
            ("case_id", id(self.case_id)),
            ("child_id", id(self.child_id)),
            ("effective_at", self.effective_at.as_microsecond().into()),
            ("event_id", id(Some(self.event_id))),
            ("event_type", self.event_type.as_str().into()),
            ("family_id", id(self.family_id)),
            ("recorded_at", self.recorded_at.as_microsecond().into()),
            ("traceparent", self.traceparent.as_deref().into()),
        ];
        // The body is large and only borrowed.
        let whole = before
            .iter()
            .map(|(name, value)| (*name, value))
            .chain([("body", &self.body)])
            .chain(after.iter().map(|(name, value)| (*name, value)));
        let mut text = String::new();
        write_fields(whole, &mut text);
        Sha256::digest(text).to_vec()
    }
}

impl Tx {
    /// Appends events, each with its digest, at the end of the transaction. They become part of the feed once sealed.
    pub fn announce(&mut self, events: &[NewEvent]) {
        self.ending.events.extend_from_slice(events);
    }
}

/// An event as it is read back.
#[derive(sqlx::FromRow)]
pub(crate) struct EventRow {
    event_id: Uuid,
    authority: String,
    event_type: String,
    aggregate_id: Uuid,
    aggregate_version: i64,
    case_id: Option<Uuid>,
    child_id: Option<Uuid>,
    family_id: Option<Uuid>,
    effective_at: Instant,
    recorded_at: Instant,
    traceparent: Option<String>,
    body: Json<Value>,
}

impl From<EventRow> for NewEvent {
    fn from(row: EventRow) -> Self {
        Self {
            event_id: row.event_id,
            authority: row.authority,
            event_type: row.event_type,
            aggregate_id: row.aggregate_id,
            aggregate_version: row.aggregate_version,
            case_id: row.case_id,
            child_id: row.child_id,
            family_id: row.family_id,
            effective_at: row.effective_at.timestamp(),
            recorded_at: row.recorded_at.timestamp(),
            body: row.body.0,
            traceparent: row.traceparent,
        }
    }
}

/// Writes JSON so that equal values have one text, whatever a database did to it: keys in order, no spaces, and numbers
/// by value (`jsonb`, as events were kept before, keeps numbers as decimals and turns `1e16` into digits).
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            write_fields(
                fields.into_iter().map(|(key, value)| (key.as_str(), value)),
                out,
            );
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        Value::Number(number) => out.push_str(&canonical_number(number)),
        Value::String(text) => write_text(text, out),
        Value::Null | Value::Bool(_) => out.push_str(&value.to_string()),
    }
}

/// Writes an object whose fields come in the order of their names.
fn write_fields<'v>(fields: impl Iterator<Item = (&'v str, &'v Value)>, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in fields.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        write_canonical(value, out);
    }
    out.push('}');
}

/// Most texts are ids and codes, in which nothing has to be escaped.
fn write_text(text: &str, out: &mut String) {
    if text
        .bytes()
        .any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'))
    {
        out.push_str(&Value::from(text).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

/// Integers that a double holds exactly, as such; everything else as the double it is or rounds to.
fn canonical_number(number: &serde_json::Number) -> String {
    const EXACT_MAX: i64 = 1 << 53;

    if let Some(integer) = number.as_i64()
        && integer.abs() < EXACT_MAX
    {
        return integer.to_string();
    }
    // Without arbitrary precision every JSON number has a double.
    let double = number.as_f64().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "2^53 is exact")]
    let exact_max = EXACT_MAX as f64;
    if double.fract() == 0.0 && double.abs() < exact_max {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is an integer below 2^53"
        )]
        let integer = double as i64;
        return integer.to_string();
    }
    format!("{double:e}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn canonical(value: &Value) -> String {
        let mut out = String::new();
        write_canonical(value, &mut out);
        out
    }

    #[test]
    fn equal_values_have_one_text() {
        let one = json!({"b": [1.0, 2.5, -0.0], "a": {"y": "é\"\n", "x": null}});

        assert_eq!(
            canonical(&one),
            r#"{"a":{"x":null,"y":"é\"\n"},"b":[1,2.5e0,0]}"#
        );
    }

    #[test]
    fn the_digest_of_an_event_is_over_its_canonical_json() {
        let [event_id, aggregate_id, case_id] = [1, 2, 3].map(Uuid::from_u128);
        let event = NewEvent {
            event_id,
            authority: "wirral".to_owned(),
            event_type: "transfer.\"opened\"\n".to_owned(),
            aggregate_id,
            aggregate_version: 7,
            case_id: Some(case_id),
            child_id: None,
            family_id: None,
            effective_at: Timestamp::UNIX_EPOCH,
            recorded_at: Timestamp::MAX,
            body: json!({"b": ["\u{1f}\u{7f}é\\", true, null], "a": {}}),
            traceparent: None,
        };
        let whole = json!({
            "event_id": event.event_id,
            "authority": event.authority,
            "event_type": event.event_type,
            "aggregate_id": event.aggregate_id,
            "aggregate_version": event.aggregate_version,
            "case_id": event.case_id,
            "child_id": event.child_id,
            "family_id": event.family_id,
            "effective_at": event.effective_at.as_microsecond(),
            "recorded_at": event.recorded_at.as_microsecond(),
            "body": event.body,
            "traceparent": event.traceparent,
        });

        assert_eq!(event.digest(), Sha256::digest(canonical(&whole)).to_vec());
    }

    #[test]
    fn a_number_that_a_database_rewrote_keeps_its_text() {
        for (before, after) in [("1e16", "10000000000000000"), ("1.50", "1.5"), ("5.0", "5")] {
            let [before, after] = [before, after].map(|t| serde_json::from_str(t).unwrap());
            assert_eq!(canonical(&before), canonical(&after));
        }
    }
}
