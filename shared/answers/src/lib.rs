//! What the protocol and the calendar say, as the messages that every service answers with.

use baton_calendar::day_by_day;
use baton_contracts::{instant, timestamp, type_v1};
use baton_protocol::transfer::Weight;
use baton_protocol::{Facts, Value};
use jiff::civil::Date;

use type_v1::fact_value::Value as Wire;

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
        Weight::Offered => type_v1::Weight::Offered,
        Weight::NoTeam => type_v1::Weight::NoTeam,
    }
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
