//! Facts between the wire and the domain.

use baton_contracts::type_v1::Fact;
use baton_contracts::{instant, timestamp};
use baton_protocol::{FactError, FactKey, Facts, Value};
use baton_rpc::Violations;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::fact::{Current, Known, Stated};

/// Longest code that is an id of somebody else's: a conference's reference, a district.
const OPEN_CODE: &str = "has to be an id: letters, digits and . _ : / - without spaces";

/// The facts of a report. Everything that cannot be understood is added to `violations`.
///
/// A fact without a time of its own became true at `effective_at`; `today` is the local date of the report.
pub fn stated(
    facts: &[Fact],
    effective_at: Timestamp,
    today: Date,
    violations: &mut Violations,
) -> Vec<Stated> {
    facts
        .iter()
        .enumerate()
        .filter_map(|(index, fact)| {
            let at = format!("facts[{index}]");
            let value = fact.value.as_ref().and_then(|value| value.value.as_ref());
            let Some(value) = value else {
                violations.add(format!("{at}.value"), "is required");
                return None;
            };
            let value = match baton_answers::value(value) {
                Ok(value) => value,
                Err(wrong) => {
                    violations.add(format!("{at}.value"), wrong);
                    return None;
                }
            };
            let key = match checked(&fact.key, &value, today) {
                Ok(key) => key,
                Err((part, wrong)) => {
                    violations.add(format!("{at}.{part}"), wrong);
                    return None;
                }
            };
            let effective_at = match fact.effective_at.as_ref().map(instant) {
                None => effective_at,
                Some(Ok(at)) => at,
                Some(Err(_)) => {
                    violations.add(format!("{at}.effective_at"), "is not an instant since 1900");
                    return None;
                }
            };
            Some(Stated {
                key,
                value,
                effective_at,
            })
        })
        .collect()
}

/// A fact about whose key and type there is no doubt.
pub fn stated_date(key: FactKey, date: Date, effective_at: Timestamp) -> Stated {
    Stated {
        key,
        value: Value::Date(date),
        effective_at,
    }
}

/// The key, or which part of the fact is wrong and how. What was given is not repeated.
fn checked(key: &str, value: &Value, today: Date) -> Result<FactKey, (&'static str, String)> {
    let key = Facts::check(key, value).map_err(|error| match error {
        FactError::UnknownKey(_) => (
            "key",
            "is not a known fact; docs/facts.md lists them".to_owned(),
        ),
        FactError::WrongType { expected, .. } => ("value", format!("has to be {expected}")),
        FactError::UnknownCode { allowed, .. } => ("value", format!("has to be one of {allowed}")),
    })?;
    match value {
        Value::Date(date) if key == FactKey::date_of_birth() && *date > today => {
            Err(("value", "lies in the future".to_owned()))
        }
        Value::Code(code) if !is_id(code) => Err(("value", OPEN_CODE.to_owned())),
        _ => Ok(key),
    }
}

/// An id has no spaces: a name that strays into a code is caught here, not in the journal.
fn is_id(code: &str) -> bool {
    !code.is_empty()
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte))
}

/// The current facts for the wire.
pub fn current(facts: &Current) -> Vec<Fact> {
    facts
        .iter()
        .map(|(key, known)| fact(key.as_str(), known))
        .collect()
}

/// One fact for the wire.
pub fn fact(key: &str, known: &Known) -> Fact {
    Fact {
        key: key.to_owned(),
        value: Some(baton_answers::fact_value(&known.value)),
        effective_at: Some(timestamp(known.effective_at)),
        recorded_at: Some(timestamp(known.recorded_at)),
        source: known.source.clone(),
    }
}

#[cfg(test)]
mod tests {
    use baton_contracts::type_v1::{CodeList, FactValue, fact_value::Value as Wire};

    use super::*;

    const TODAY: Date = Date::constant(2026, 3, 16);

    fn wire(key: &str, value: Wire) -> Fact {
        Fact {
            key: key.to_owned(),
            value: Some(FactValue { value: Some(value) }),
            ..Fact::default()
        }
    }

    fn violations_of(facts: &[Fact]) -> Vec<String> {
        let mut violations = Violations::default();
        stated(facts, Timestamp::UNIX_EPOCH, TODAY, &mut violations);
        let problem = violations.into_result().unwrap_err();
        problem
            .fields()
            .iter()
            .map(|field| field.field.clone())
            .collect()
    }

    #[test]
    fn every_fact_that_cannot_be_understood_is_named_at_once() {
        let facts = [
            wire("plan", Wire::Code("child_protection".into())),
            wire("shoe_size", Wire::Number(31)),
            wire("plan", Wire::Flag(true)),
            wire("plan", Wire::Code("plan_b".into())),
            wire("date_of_birth", Wire::Date("2026-03-17".into())),
            wire("conference.ref", Wire::Code("the Doe family".into())),
            wire("plan_since", Wire::None(false)),
            Fact {
                key: "plan".into(),
                ..Fact::default()
            },
        ];

        assert_eq!(
            violations_of(&facts),
            [
                "facts[1].key",
                "facts[2].value",
                "facts[3].value",
                "facts[4].value",
                "facts[5].value",
                "facts[6].value",
                "facts[7].value",
            ]
        );
    }

    #[test]
    fn a_fact_reads_back_as_it_was_stated() {
        let facts = [
            wire("plan", Wire::Code("child_protection".into())),
            wire("plan_since", Wire::Date("2026-03-16".into())),
            wire("looked_after", Wire::Flag(false)),
            wire("return_home_on", Wire::None(true)),
            wire(
                "safety.withhold_from",
                Wire::Codes(CodeList {
                    codes: vec!["family".into()],
                }),
            ),
        ];
        let mut violations = Violations::default();

        let stated = stated(&facts, Timestamp::UNIX_EPOCH, TODAY, &mut violations);

        assert!(violations.is_empty());
        for (stated, given) in stated.into_iter().zip(facts) {
            let known = Known {
                value: stated.value,
                effective_at: stated.effective_at,
                recorded_at: Timestamp::UNIX_EPOCH,
                source: "kite".into(),
            };
            assert_eq!(fact(stated.key.as_str(), &known).value, given.value);
        }
    }
}
