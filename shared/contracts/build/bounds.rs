//! Writes the checks of lengths and numbers.

use prost_reflect::{FieldDescriptor, Value};

use super::annotations::unknown;

pub fn length_rules(
    field: &FieldDescriptor,
    rules: Vec<(String, Value)>,
    unit: &str,
) -> Result<String, String> {
    let mut checks = String::new();
    for (rule, value) in rules {
        let check = match (rule.as_str(), value) {
            ("min_len", Value::U64(least)) => {
                format!("c.min_{unit}(value, {least});")
            }
            ("max_len", Value::U64(most)) => {
                format!("c.max_{unit}(value, {most});")
            }
            _ => return Err(unknown(field, &rule)),
        };
        checks.push_str(&check);
    }
    Ok(checks)
}

pub fn number_rules(
    field: &FieldDescriptor,
    rules: Vec<(String, Value)>,
) -> Result<String, String> {
    let mut checks = String::new();
    for (rule, value) in rules {
        let bound = match value {
            Value::I32(bound) => i128::from(bound),
            Value::I64(bound) => i128::from(bound),
            Value::U32(bound) => i128::from(bound),
            Value::U64(bound) => i128::from(bound),
            _ => return Err(unknown(field, &rule)),
        };
        let check = match rule.as_str() {
            "gte" => format!("c.least(*value, {bound});"),
            "gt" => format!("c.least(*value, {});", bound + 1),
            "lte" => format!("c.most(*value, {bound});"),
            "lt" => format!("c.most(*value, {});", bound - 1),
            _ => return Err(unknown(field, &rule)),
        };
        checks.push_str(&check);
    }
    Ok(checks)
}
