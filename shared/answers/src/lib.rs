//! What the protocol and the calendar say, as the messages that every service answers with.

use std::collections::BTreeSet;

use baton_calendar::{Due, day_by_day};
use baton_contracts::event::v1::NoticeDue;
use baton_contracts::{instant, timestamp, type_v1};
use baton_protocol::transfer::Weight;
use baton_protocol::{Facts, KnownFact, KnownFacts, Party, RuleId, Value, WeighedRule};
use jiff::civil::Date;

use type_v1::fact_value::Value as Wire;

/// Who reported a fact that is only supposed.
const SUPPOSED: &str = "supposed";

/// The value of a fact.
pub fn fact_value(value: &Value) -> type_v1::FactValue {
    let value = match value {
        Value::Code(code) => Wire::Code(code.clone()),
        Value::Date(date) => Wire::Date(date.to_string()),
        Value::Instant(at) => Wire::Instant(timestamp(*at)),
        Value::Flag(flag) => Wire::Flag(*flag),
        Value::Number(number) => Wire::Number(*number),
        Value::None => Wire::None(true),
        Value::Codes(codes) => Wire::Codes(type_v1::CodeList {
            codes: codes.iter().cloned().collect(),
        }),
    };
    type_v1::FactValue { value: Some(value) }
}

/// A value as it was given, or what is wrong with it. Whether it fits its key [`Facts::check`] says.
pub fn value(given: &Wire) -> Result<Value, &'static str> {
    Ok(match given {
        Wire::Code(code) => Value::Code(code.clone()),
        Wire::Date(date) => Value::Date(date.parse().map_err(|_| "is not a date")?),
        Wire::Instant(at) => Value::Instant(instant(at).map_err(|_| "is not an instant")?),
        Wire::Flag(flag) => Value::Flag(*flag),
        Wire::Number(number) => Value::Number(*number),
        Wire::Codes(list) => Value::Codes(list.codes.iter().cloned().collect()),
        Wire::None(true) => Value::None,
        Wire::None(false) => return Err("known to be none is always true"),
    })
}

/// What became of a rule that was weighed.
pub const fn weight(weight: &Weight) -> type_v1::Weight {
    match weight {
        Weight::Won => type_v1::Weight::Won,
        Weight::OtherTeam => type_v1::Weight::OtherTeam,
        Weight::OtherTrigger => type_v1::Weight::OtherTrigger,
        Weight::DoesNotHold => type_v1::Weight::DoesNotHold,
        Weight::Outranked => type_v1::Weight::Outranked,
        Weight::Undecided { .. } => type_v1::Weight::Undecided,
        Weight::PassedOver { .. } => type_v1::Weight::PassedOver,
        Weight::Assumed { .. } => type_v1::Weight::Assumed,
        Weight::Offered => type_v1::Weight::Offered,
        Weight::NoTeam => type_v1::Weight::NoTeam,
    }
}

/// Why something was decided: every rule that was weighed, in order, and the facts it was weighed on. Dates and who may act
/// are added by whoever knows them.
pub fn reasons(decision: &str, weighed: &[WeighedRule], known: &KnownFacts) -> type_v1::Reasons {
    let waits = |rule: &&WeighedRule| {
        matches!(
            rule.weight,
            Weight::Undecided { .. } | Weight::Assumed { .. }
        )
    };
    let unknown: BTreeSet<String> = weighed
        .iter()
        .filter(waits)
        .flat_map(|rule| rule.weight.missing())
        .map(ToString::to_string)
        .collect();
    type_v1::Reasons {
        decision: decision.to_owned(),
        weighed: (1..)
            .zip(weighed)
            .map(|(order, rule)| to_weighed(order, rule))
            .collect(),
        facts: known_facts(known),
        unknown_facts: unknown.into_iter().collect(),
        ..type_v1::Reasons::default()
    }
}

fn to_weighed(order: i32, rule: &WeighedRule) -> type_v1::Weighed {
    type_v1::Weighed {
        name: rule.name.clone(),
        title: rule.title.clone(),
        rules: ids(&rule.cites),
        order,
        weight: weight(&rule.weight).into(),
        condition: rule.condition.clone(),
        facts: rule.facts.iter().map(ToString::to_string).collect(),
        unknown_facts: rule.weight.missing().map(ToString::to_string).collect(),
        leads_to: rule.leads_to.clone(),
    }
}

/// Facts with who reported each and when.
pub fn known_facts(known: &KnownFacts) -> Vec<type_v1::Fact> {
    known
        .iter()
        .map(|(key, known)| type_v1::Fact {
            key: key.clone(),
            value: Some(fact_value(&known.value)),
            effective_at: known.effective_at.map(timestamp),
            recorded_at: known.recorded_at.map(timestamp),
            source: known.source.clone(),
        })
        .collect()
}

/// Facts as they came with a call, with who reported each. One of a newer release is left out, as if nobody had said.
pub fn known_of(facts: &[type_v1::Fact]) -> KnownFacts {
    facts
        .iter()
        .filter_map(|fact| {
            let (key, value) = known_fact(fact)?;
            let known = KnownFact {
                value,
                source: fact.source.clone(),
                effective_at: fact.effective_at.as_ref().and_then(|at| instant(at).ok()),
                recorded_at: fact.recorded_at.as_ref().and_then(|at| instant(at).ok()),
            };
            Some((key.to_string(), known))
        })
        .collect()
}

/// The facts of a request that are only supposed; or what is wrong with each that is wrong, by its path in `facts`.
pub fn supposed(given: &[type_v1::Fact]) -> Result<KnownFacts, Vec<(String, &'static str)>> {
    let mut supposed = KnownFacts::new();
    let mut wrong = Vec::new();
    for (index, fact) in given.iter().enumerate() {
        if let Some((key, value)) = known_fact(fact) {
            let fact = KnownFact {
                value,
                source: SUPPOSED.to_owned(),
                effective_at: None,
                recorded_at: None,
            };
            supposed.insert(key.to_string(), fact);
        } else {
            let why = "not a fact of docs/facts.md with a value of its type";
            wrong.push((format!("facts[{index}]"), why));
        }
    }
    if wrong.is_empty() {
        Ok(supposed)
    } else {
        Err(wrong)
    }
}

/// Who may do something: any one of these.
pub fn entitled(act: &str, by: &[Party], cites: &[RuleId]) -> type_v1::Entitled {
    type_v1::Entitled {
        act: act.to_owned(),
        by: by.iter().map(ToString::to_string).collect(),
        rules: ids(cites),
        ..type_v1::Entitled::default()
    }
}

fn ids(cites: &[RuleId]) -> Vec<String> {
    cites.iter().map(ToString::to_string).collect()
}

/// The days that did not count, and why.
pub fn skipped_days<'s>(
    skipped: impl IntoIterator<Item = (Date, &'s str)>,
) -> Vec<type_v1::SkippedDay> {
    skipped
        .into_iter()
        .map(|(date, why)| type_v1::SkippedDay {
            date: date.to_string(),
            reason: why.to_owned(),
        })
        .collect()
}

/// A due date with its count, day by day. `from` is the day it was counted from: none for one that was agreed.
pub fn counted<'s>(
    due: type_v1::DueDate,
    from: Option<Date>,
    due_on: Date,
    skipped: impl IntoIterator<Item = (Date, &'s str)>,
) -> type_v1::CountedDate {
    let days = from.map_or_else(Vec::new, |from| day_by_day(from, due_on, skipped));
    type_v1::CountedDate {
        due: Some(due),
        from: from.map_or_else(String::new, |from| from.to_string()),
        days: days
            .into_iter()
            .map(|day| type_v1::CountedDay {
                date: day.date.to_string(),
                number: day
                    .number
                    .and_then(|number| number.try_into().ok())
                    .unwrap_or(0),
                not_counted_because: day.why_not,
            })
            .collect(),
    }
}

/// A duty to tell with its limit and how that was counted.
pub fn limited(notice: NoticeDue, due: Option<&Due>) -> NoticeDue {
    let Some(due) = due else { return notice };
    let skipped = due.skipped.iter();
    let skipped: Vec<(Date, String)> = skipped.map(|day| (day.date, day.why.to_string())).collect();
    NoticeDue {
        due_at: Some(timestamp(due.breached_at)),
        due_from: due.from.to_string(),
        due_skipped: skipped_days(skipped.iter().map(|(date, why)| (*date, why.as_str()))),
        ..notice
    }
}

/// A fact whose key is of the catalogue and whose value fits it. None for one that this release does not know.
pub fn known_fact(given: &type_v1::Fact) -> Option<(baton_protocol::FactKey, Value)> {
    let value = value(given.value.as_ref()?.value.as_ref()?).ok()?;
    let key = Facts::check(&given.key, &value).ok()?;
    Some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_reads_back_as_it_was() {
        for known in [
            Value::Code("north".to_owned()),
            Value::Date(Date::constant(2028, 2, 29)),
            Value::Instant("2026-03-29T01:00:00Z".parse().unwrap()),
            Value::Flag(false),
            Value::Number(3),
            Value::None,
            Value::Codes(["a".to_owned(), "b".to_owned()].into()),
        ] {
            let wire = fact_value(&known).value.unwrap();
            assert_eq!(value(&wire).unwrap(), known);
        }
    }

    #[test]
    fn facts_keep_who_reported_them_and_what_no_release_knows_is_left_out() {
        let reported = |key: &str| type_v1::Fact {
            key: key.to_owned(),
            value: Some(fact_value(&Value::Flag(true))),
            effective_at: Some(timestamp("2026-03-02T09:00:00Z".parse().unwrap())),
            recorded_at: Some(timestamp("2026-03-02T09:30:00Z".parse().unwrap())),
            source: "liquidlogic".to_owned(),
        };
        let known = known_of(&[reported("looked_after"), reported("favourite_colour")]);
        assert_eq!(known_facts(&known), [reported("looked_after")]);
    }

    #[test]
    fn every_supposed_fact_that_is_none_is_named() {
        let flag = |key: &str| type_v1::Fact {
            key: key.to_owned(),
            value: Some(fact_value(&Value::Flag(true))),
            ..type_v1::Fact::default()
        };
        let known = supposed(&[flag("looked_after")]).unwrap();
        assert_eq!(known["looked_after"].source, "supposed");
        let wrong = supposed(&[flag("favourite_colour"), flag("looked_after"), flag("plan")]);
        let paths: Vec<String> = wrong
            .unwrap_err()
            .into_iter()
            .map(|(path, _)| path)
            .collect();
        assert_eq!(paths, ["facts[0]", "facts[2]"]);
    }

    #[test]
    fn what_is_only_assumed_is_named_as_unknown() {
        let missing: BTreeSet<_> = ["plan".parse().unwrap()].into();
        let rule = |weight| WeighedRule {
            weight,
            ..WeighedRule::won("stop", &["W-152".parse().unwrap()])
        };
        let weighed = [
            rule(Weight::Assumed { missing }),
            rule(Weight::PassedOver {
                missing: ["looked_after".parse().unwrap()].into(),
            }),
        ];
        let reasons = reasons("forbidden", &weighed, &KnownFacts::new());
        assert_eq!(reasons.unknown_facts, ["plan"]);
        assert_eq!(reasons.weighed[0].rules, ["W-152"]);
        assert_eq!((reasons.weighed[0].order, reasons.weighed[1].order), (1, 2));
    }

    #[test]
    fn known_to_be_none_cannot_be_false() {
        assert!(value(&Wire::None(false)).is_err());
    }

    #[test]
    fn an_agreed_date_has_no_count() {
        let due_on = Date::constant(2026, 3, 16);
        let counted = counted(type_v1::DueDate::default(), None, due_on, []);
        assert_eq!((counted.from.as_str(), counted.days.len()), ("", 0));
    }
}
