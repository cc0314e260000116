//! What is known about a child: every value with when it was true, when it was learned and from whom.

use std::collections::BTreeMap;

use baton_protocol::{FactKey, Facts, Value, spec};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A value as it is known now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The value.
    pub value: Value,
    /// When it became true.
    pub effective_at: Timestamp,
    /// When Baton learned it.
    pub recorded_at: Timestamp,
    /// Who reported it: a record system's name or a worker's id.
    pub source: String,
}

impl Known {
    /// Whether this stands above `other`: what became true later does, whenever it was learned; of two values that
    /// became true at the same instant the one learned later is the correction.
    pub fn supersedes(&self, other: &Self) -> bool {
        (self.effective_at, self.recorded_at) >= (other.effective_at, other.recorded_at)
    }
}

/// A value that somebody reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The key, as the fact catalogue has it.
    pub key: FactKey,
    /// The value.
    pub value: Value,
    /// When it became true.
    pub effective_at: Timestamp,
}

/// A value as it entered the history of a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The key.
    pub key: FactKey,
    /// The value with its times and source.
    pub known: Known,
    /// Whether the current value is another than before.
    pub changed: bool,
}

/// The current facts of a child by key.
pub type Current = BTreeMap<FactKey, Known>;

/// The current facts as the rules read them.
pub fn values(current: &Current) -> Facts {
    current
        .iter()
        .map(|(key, known)| (key.clone(), known.value.clone()))
        .collect()
}

/// What a report does to the current facts, in the order in which it states them.
pub fn record(
    facts: &Current,
    stated: &[Stated],
    source: &str,
    recorded_at: Timestamp,
) -> (Current, Vec<Recorded>) {
    let mut current = facts.clone();
    let recorded = stated
        .iter()
        .map(|stated| {
            let known = Known {
                value: stated.value.clone(),
                effective_at: stated.effective_at,
                recorded_at,
                source: source.to_owned(),
            };
            let before = current.get(&stated.key);
            let stands = before.is_none_or(|before| known.supersedes(before));
            let changed = stands && before.is_none_or(|before| before.value != known.value);
            if stands {
                current.insert(stated.key.clone(), known.clone());
            }
            Recorded {
                key: stated.key.clone(),
                known,
                changed,
            }
        })
        .collect();
    (current, recorded)
}

/// Who can report a fact, in words.
pub fn reported_by(key: &str) -> &'static str {
    key.parse()
        .ok()
        .and_then(|key| spec(&key))
        .map_or("record system", |spec| spec.reported_by)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn key(text: &str) -> FactKey {
        text.parse().unwrap()
    }

    fn plan(code: &str, effective_at: &str) -> Stated {
        Stated {
            key: key("plan"),
            value: Value::Code(code.to_owned()),
            effective_at: at(effective_at),
        }
    }

    #[test]
    fn x_24_a_late_report_of_an_older_time_does_not_overwrite_a_newer_value() {
        let (facts, _) = record(
            &Current::new(),
            &[plan("child_protection", "2026-03-16T14:00:00Z")],
            "kite",
            at("2026-03-16T15:00:00Z"),
        );

        let (facts, recorded) = record(
            &facts,
            &[plan("child_in_need", "2026-03-02T09:00:00Z")],
            "kite",
            at("2026-03-20T10:00:00Z"),
        );

        assert_eq!(
            facts[&key("plan")].value,
            Value::Code("child_protection".to_owned())
        );
        assert!(!recorded[0].changed);
        assert_eq!(recorded.len(), 1, "it enters the history all the same");
    }

    #[test]
    fn x_24_a_later_report_of_the_same_time_is_a_correction() {
        let first = plan("child_in_need", "2026-03-16T14:00:00Z");
        let (facts, _) = record(
            &Current::new(),
            &[first],
            "kite",
            at("2026-03-16T15:00:00Z"),
        );

        let corrected = plan("child_protection", "2026-03-16T14:00:00Z");
        let (facts, recorded) = record(&facts, &[corrected], "kite", at("2026-03-17T09:00:00Z"));

        assert_eq!(
            facts[&key("plan")].value,
            Value::Code("child_protection".to_owned())
        );
        assert!(recorded[0].changed);
    }

    #[test]
    fn known_to_be_none_is_a_value_and_not_the_same_as_unknown() {
        let none = Stated {
            value: Value::None,
            ..plan("", "2026-03-16T14:00:00Z")
        };

        let (facts, recorded) =
            record(&Current::new(), &[none], "kite", at("2026-03-16T15:00:00Z"));

        assert!(recorded[0].changed);
        assert_eq!(facts[&key("plan")].value, Value::None);
        assert!(!facts.contains_key(&key("legal_status")));
    }

    #[test]
    fn a_repeated_value_moves_its_time_and_changes_nothing() {
        let (facts, _) = record(
            &Current::new(),
            &[plan("none", "2026-03-02T09:00:00Z")],
            "kite",
            at("2026-03-02T10:00:00Z"),
        );

        let (facts, recorded) = record(
            &facts,
            &[plan("none", "2026-03-09T09:00:00Z")],
            "kite",
            at("2026-03-09T10:00:00Z"),
        );

        assert!(!recorded[0].changed);
        assert_eq!(facts[&key("plan")].effective_at, at("2026-03-09T09:00:00Z"));
    }

    proptest! {
        /// However reports arrive, the value that became true last is the current one.
        #[test]
        fn x_24_the_order_of_arrival_does_not_matter_for_distinct_times(
            order in Just((0_i64..12).collect::<Vec<_>>()).prop_shuffle()
        ) {
            let mut facts = Current::new();
            for (arrival, day) in order.iter().enumerate() {
                let stated = Stated {
                    key: key("plan_since"),
                    value: Value::Number(*day),
                    effective_at: Timestamp::from_second(*day * 86_400).unwrap(),
                };
                let recorded_at = Timestamp::from_second(2_000_000 + i64::try_from(arrival).unwrap()).unwrap();
                (facts, _) = record(&facts, &[stated], "kite", recorded_at);
            }
            prop_assert_eq!(&facts[&key("plan_since")].value, &Value::Number(11));
        }
    }
}
