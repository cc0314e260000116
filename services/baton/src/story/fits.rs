//! Whether an answer is as expected: every expected part has to be there; more may be.

use std::fmt::Display;

use serde_json::Value;

use super::when;

/// Where an answer is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where: `transfer.gate[0].state`.
    pub at: String,
    /// What was expected.
    pub expected: String,
    /// What there is.
    pub actual: String,
}

impl Mismatch {
    /// A mismatch at a place.
    pub fn new(at: impl Into<String>, expected: impl Display, actual: impl Display) -> Self {
        Self {
            at: at.into(),
            expected: format!("{expected}"),
            actual: format!("{actual}"),
        }
    }
}

/// Compares; the list is empty when the answer fits.
pub fn fits(expected: &Value, actual: &Value, at: &str) -> Vec<Mismatch> {
    match (expected, actual) {
        (Value::Object(fields), _) => fields
            .iter()
            .flat_map(|(name, expected)| {
                let place = if at.is_empty() {
                    name.clone()
                } else {
                    format!("{at}.{name}")
                };
                fits(expected, actual.get(name).unwrap_or(&Value::Null), &place)
            })
            .collect(),
        (Value::Array(items), Value::Array(there)) => {
            let missing = items
                .iter()
                .filter(|item| !there.iter().any(|one| fits(item, one, at).is_empty()));
            missing
                .map(|item| Mismatch::new(at, item, actual))
                .collect()
        }
        _ if same(expected, actual) => Vec::new(),
        _ => vec![Mismatch::new(at, plain(expected), plain(actual))],
    }
}

/// Whether two values mean the same: an absent field is its default, an enum goes by its short name, an instant by
/// the local day or minute.
pub fn same(expected: &Value, actual: &Value) -> bool {
    if expected == actual || (is_default(expected) && is_default(actual)) {
        return true;
    }
    match (expected, actual) {
        (Value::String(expected), Value::String(actual)) => same_text(expected, actual),
        (Value::String(expected), Value::Bool(flag)) => {
            expected == if *flag { "yes" } else { "no" }
        }
        (Value::String(expected), Value::Null) => expected == "no",
        _ => false,
    }
}

fn same_text(expected: &str, actual: &str) -> bool {
    let is_enum = actual.contains('_')
        && actual
            .bytes()
            .all(|sign| sign.is_ascii_uppercase() || sign == b'_');
    if is_enum && actual.ends_with(&format!("_{}", expected.to_uppercase())) {
        return true;
    }
    let Ok(instant) = actual.parse::<jiff::Timestamp>() else {
        return false;
    };
    match when::date(expected) {
        Ok(day) => when::local(instant).date() == day,
        Err(_) => when::instant(expected).is_ok_and(|expected| expected == instant),
    }
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "none" || text.ends_with("_UNSPECIFIED"),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// A value for a reader.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_part_fits_the_whole() {
        let actual = json!({ "phase": "PHASE_PLACED", "gate": [{ "item": "a", "state": "MET" }, { "item": "b" }], "n": 3 });

        assert!(
            fits(
                &json!({ "phase": "placed", "gate": [{ "item": "b" }] }),
                &actual,
                ""
            )
            .is_empty()
        );
        let wrong = fits(
            &json!({ "phase": "open", "gate": [{ "item": "c" }] }),
            &actual,
            "transfer",
        );
        assert_eq!(wrong[0].at, "transfer.gate");
        assert_eq!(
            wrong[1],
            Mismatch::new("transfer.phase", "open", "PHASE_PLACED")
        );
    }

    #[test]
    fn what_is_absent_is_its_default() {
        assert!(
            fits(
                &json!({ "ready": false, "worker": "none", "n": 0 }),
                &json!({}),
                ""
            )
            .is_empty()
        );
        assert!(!fits(&json!({ "ready": true }), &json!({}), "").is_empty());
    }

    #[test]
    fn instants_go_by_the_local_clock() {
        assert!(same(&json!("2026-07-01"), &json!("2026-06-30T23:30:00Z")));
        assert!(same(
            &json!("2026-07-01 14:00"),
            &json!("2026-07-01T13:00:00Z")
        ));
        assert!(!same(
            &json!("2026-07-01 14:00"),
            &json!("2026-07-01T14:00:00Z")
        ));
    }
}
