//! Times and structures between the wire and the code.

use jiff::Timestamp;
use prost_types::value::Kind;
use serde_json::{Map, Number, Value};

/// 1900-01-01T00:00:00Z, in seconds. Nobody whose case moves was born before; what lies before is a slip.
const FIRST: i64 = -2_208_988_800;

/// An instant on the wire that does not exist, or lies before 1900.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an instant since 1900: {seconds} s and {nanos} ns")]
pub struct InvalidInstant {
    seconds: i64,
    nanos: i32,
}

/// An instant for the wire.
pub fn timestamp(instant: Timestamp) -> prost_types::Timestamp {
    // The wire wants nanoseconds that count forward, also before 1970.
    let nanos = instant.subsec_nanosecond();
    let (seconds, nanos) = if nanos < 0 {
        (instant.as_second() - 1, nanos + 1_000_000_000)
    } else {
        (instant.as_second(), nanos)
    };
    prost_types::Timestamp { seconds, nanos }
}

/// An instant from the wire, cut to microseconds: what both databases can hold. Not before 1900.
pub fn instant(timestamp: &prost_types::Timestamp) -> Result<Timestamp, InvalidInstant> {
    let prost_types::Timestamp { seconds, nanos } = *timestamp;
    let invalid = InvalidInstant { seconds, nanos };
    if !(0..1_000_000_000).contains(&nanos) || seconds < FIRST {
        return Err(invalid);
    }
    let micros = seconds
        .checked_mul(1_000_000)
        .and_then(|micros| micros.checked_add(i64::from(nanos / 1_000)))
        .ok_or(invalid)?;
    Timestamp::from_microsecond(micros).map_err(|_| invalid)
}

/// A structure for the wire. Anything but an object becomes an empty structure.
pub fn structure(value: &Value) -> prost_types::Struct {
    let fields = match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), to_wire(value)))
            .collect(),
        _ => std::collections::BTreeMap::new(),
    };
    prost_types::Struct { fields }
}

/// A structure from the wire, as an object.
pub fn json(structure: &prost_types::Struct) -> Value {
    let object: Map<String, Value> = structure
        .fields
        .iter()
        .map(|(key, value)| (key.clone(), from_wire(value)))
        .collect();
    Value::Object(object)
}

fn to_wire(value: &Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(flag) => Kind::BoolValue(*flag),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(items) => Kind::ListValue(prost_types::ListValue {
            values: items.iter().map(to_wire).collect(),
        }),
        Value::Object(_) => Kind::StructValue(structure(value)),
    };
    prost_types::Value { kind: Some(kind) }
}

fn from_wire(value: &prost_types::Value) -> Value {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(flag)) => Value::Bool(*flag),
        Some(Kind::NumberValue(number)) => number_of(*number),
        Some(Kind::StringValue(text)) => Value::String(text.clone()),
        Some(Kind::ListValue(list)) => Value::Array(list.values.iter().map(from_wire).collect()),
        Some(Kind::StructValue(structure)) => json(structure),
    }
}

/// Whole numbers come back whole: the wire knows floating point only.
fn number_of(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let whole = number as i64;
        return Value::Number(whole.into());
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}
