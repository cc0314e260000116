//! Facts on which conditions are tried at load.

use baton_protocol::{CATALOGUE, Condition, FactKind, FactSpec, Facts, Value};

/// How many combinations are tried at most: a bound, so that no file can hold up the start.
const COMBINATIONS_MAX: usize = 20_000;

/// Every combination of the values that the facts named in these conditions can have.
pub(super) fn combinations(conditions: &[&Condition]) -> Vec<Facts> {
    let named = CATALOGUE.iter().filter(|spec| {
        conditions
            .iter()
            .any(|condition| names(condition, spec.key))
    });
    let mut combinations = vec![Facts::new()];
    for spec in named {
        let values = values_of(spec);
        if combinations.len() * values.len() > COMBINATIONS_MAX {
            break;
        }
        combinations = combinations
            .iter()
            .flat_map(|facts| {
                values
                    .iter()
                    .filter_map(|value| facts.clone().with(spec.key, value.clone()).ok())
            })
            .collect();
    }
    combinations
}

fn names(condition: &Condition, key: &str) -> bool {
    if key == "date_of_birth" || key == "expected_delivery_date" {
        return condition.source().contains("child.unborn") || condition.source().contains(key);
    }
    condition.source().contains(&format!("facts.{key}"))
}

fn values_of(spec: &FactSpec) -> Vec<Value> {
    let mut values = vec![Value::None];
    match spec.kind {
        FactKind::Flag => values.extend([Value::Flag(true), Value::Flag(false)]),
        FactKind::Code if !spec.codes.is_empty() => {
            values.extend(
                spec.codes
                    .iter()
                    .map(|code| Value::Code((*code).to_owned())),
            );
        }
        _ => values.push(spec.sample()),
    }
    values
}
