//! Facts on which conditions are tried at load.

use baton_protocol::{CATALOGUE, Condition, FactKind, FactSpec, Facts, Value};

/// How many combinations are tried at most: a bound, so that no file can hold up the start.
const COMBINATIONS_MAX: usize = 600;

/// Ages on the day of accommodation: each rests on two dates.
const AGED: &str = "accommodated_aged";

/// Every combination of the values that the facts named in these conditions can have. Those of the first condition come
/// first: where there are too many, the facts of the last ones stay unknown.
pub(super) fn combinations(conditions: &[&Condition]) -> Vec<Facts> {
    let mut named: Vec<&FactSpec> = Vec::new();
    for condition in conditions {
        let more = CATALOGUE.iter().filter(|spec| names(condition, spec.key));
        for spec in more {
            if !named.iter().any(|known| known.key == spec.key) {
                named.push(spec);
            }
        }
    }
    let mut combinations = vec![Facts::new()];
    for spec in named {
        let values = values_of(spec, conditions);
        if combinations.len() * values.len() > COMBINATIONS_MAX {
            continue;
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
    let is_aged = condition.source().contains(AGED);
    let dates = [
        "date_of_birth",
        "siblings.youngest_born_on",
        "accommodated_on",
    ];
    if is_aged && dates.contains(&key) {
        return true;
    }
    if key == "date_of_birth" || key == "expected_delivery_date" {
        return condition.source().contains("child.unborn") || condition.source().contains(key);
    }
    condition.source().contains(&format!("facts.{key}"))
}

/// Of a closed list the codes that the conditions name, and one that they do not.
fn values_of(spec: &FactSpec, conditions: &[&Condition]) -> Vec<Value> {
    let is_named = |code: &str| {
        let quoted = [format!("\"{code}\""), format!("'{code}'")];
        conditions
            .iter()
            .any(|condition| quoted.iter().any(|code| condition.source().contains(code)))
    };
    let is_aged = conditions
        .iter()
        .any(|condition| condition.source().contains(AGED));
    let mut values = vec![Value::None];
    if let (true, "accommodated_on", Value::Date(born)) = (is_aged, spec.key, spec.sample()) {
        let at = |years: i64| Value::Date(born.saturating_add(jiff::Span::new().years(years)));
        values.extend([at(13), at(14), at(15), at(16), at(17)]);
        return values;
    }
    match spec.kind {
        FactKind::Flag => values.extend([Value::Flag(true), Value::Flag(false)]),
        FactKind::Code if !spec.codes.is_empty() => {
            let (named, others): (Vec<&str>, Vec<&str>) =
                spec.codes.iter().partition(|code| is_named(code));
            let one_other = others.into_iter().take(1);
            let codes = named.into_iter().chain(one_other);
            values.extend(codes.map(|code| Value::Code(code.to_owned())));
        }
        FactKind::Codes if !spec.codes.is_empty() => {
            let named = spec.codes.iter().filter(|code| is_named(code));
            values.push(Value::Codes(std::collections::BTreeSet::new()));
            values.extend(named.map(|code| Value::Codes([(*code).to_owned()].into())));
        }
        _ => values.push(spec.sample()),
    }
    values
}
