//! The bank holidays of England and Wales: the published list, and the rules for the years after it.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// Why a list of bank holidays cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HolidayError {
    /// It is not the JSON that GOV.UK publishes.
    #[error("the list of bank holidays is not in GOV.UK's form")]
    Form(#[from] serde_json::Error),
    /// It has no day for England and Wales.
    #[error("the list of bank holidays has no `england-and-wales` events")]
    Empty,
}

#[derive(Deserialize)]
struct Published {
    #[serde(rename = "england-and-wales")]
    england_and_wales: Division,
}

#[derive(Deserialize)]
struct Division {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    title: String,
    date: Date,
}

/// Reads GOV.UK's `bank-holidays.json`: date to title, for England and Wales.
pub fn published(json: &str) -> Result<BTreeMap<Date, String>, HolidayError> {
    let published: Published = serde_json::from_str(json)?;
    let days: BTreeMap<Date, String> = published
        .england_and_wales
        .events
        .into_iter()
        .map(|event| (event.date, event.title))
        .collect();
    if days.is_empty() {
        return Err(HolidayError::Empty);
    }
    Ok(days)
}

/// The bank holidays of a year by the standing rules, substitute days included.
///
/// Days proclaimed for one year only (a jubilee, a coronation, a moved May day) are not in it: they are
/// known only once they are published.
pub fn computed_holidays(year: i16) -> BTreeMap<Date, String> {
    let mut days = BTreeMap::new();
    let mut add = |date: Option<Date>, title: &str| {
        if let Some(date) = date {
            days.insert(date, title.to_owned());
        }
    };

    let easter = easter_sunday(year);
    add(new_year(year), "New Year’s Day");
    add(easter.and_then(|sunday| plus(sunday, -2)), "Good Friday");
    add(easter.and_then(|sunday| plus(sunday, 1)), "Easter Monday");
    add(nth_monday(year, 5, 1), "Early May bank holiday");
    add(nth_monday(year, 5, -1), "Spring bank holiday");
    add(nth_monday(year, 8, -1), "Summer bank holiday");
    for (date, title) in christmas(year) {
        add(date, title);
    }
    days
}

/// 1 January, or the Monday after when it falls on a weekend.
fn new_year(year: i16) -> Option<Date> {
    let day = Date::new(year, 1, 1).ok()?;
    match day.weekday() {
        Weekday::Saturday => plus(day, 2),
        Weekday::Sunday => plus(day, 1),
        _ => Some(day),
    }
}

/// Christmas Day and Boxing Day; one that falls on a weekend is replaced by the next free weekday.
fn christmas(year: i16) -> Vec<(Option<Date>, &'static str)> {
    let on = |day: i8| Date::new(year, 12, day).ok();
    let (christmas, boxing) = match on(25).map(Date::weekday) {
        Some(Weekday::Friday) => (25, 28),
        Some(Weekday::Saturday) => (27, 28),
        Some(Weekday::Sunday) => (27, 26),
        _ => (25, 26),
    };
    vec![(on(christmas), "Christmas Day"), (on(boxing), "Boxing Day")]
}

fn nth_monday(year: i16, month: i8, nth: i8) -> Option<Date> {
    Date::new(year, month, 1)
        .ok()?
        .nth_weekday_of_month(nth, Weekday::Monday)
        .ok()
}

/// Easter Sunday of the Gregorian calendar (the anonymous computus).
fn easter_sunday(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let (century, in_century) = (year_number / 100, year_number % 100);
    let (leap_centuries, century_rest) = (century / 4, century % 4);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_centuries - moon_correction + 15) % 30;
    let (leap_years, year_rest) = (in_century / 4, in_century % 4);
    let to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let month_and_day = epact + to_sunday - 7 * late + 114;
    let month = i8::try_from(month_and_day / 31).ok()?;
    let day = i8::try_from(month_and_day % 31 + 1).ok()?;
    Date::new(year, month, day).ok()
}

fn plus(date: Date, days: i64) -> Option<Date> {
    date.checked_add(jiff::Span::new().days(days)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::EMBEDDED;

    /// Two years had days that no rule gives: the jubilee of 2022, the coronation of 2023. In both the
    /// standing days are still checked, but for the spring day of 2022, which was moved.
    #[test]
    fn x_02_published_and_computed_holidays_agree_from_2019_to_2028() {
        let published = published(EMBEDDED).unwrap();

        for year in 2019..=2028 {
            let listed: Vec<Date> = published
                .keys()
                .copied()
                .filter(|date| date.year() == year)
                .collect();
            let computed: Vec<Date> = computed_holidays(year).into_keys().collect();
            match year {
                2020 | 2022 | 2023 => {
                    let differing = computed
                        .iter()
                        .filter(|date| !listed.contains(date))
                        .count();
                    assert!(differing <= 1, "{year}: {listed:?} {computed:?}");
                    assert!(listed.len() >= computed.len(), "{year}");
                }
                _ => assert_eq!(listed, computed, "{year}"),
            }
        }
    }

    #[test]
    fn easter_is_right_over_a_century() {
        for (year, month, day) in [
            (1943, 4, 25),
            (2000, 4, 23),
            (2024, 3, 31),
            (2038, 4, 25),
            (2049, 4, 18),
        ] {
            assert_eq!(easter_sunday(year), Some(Date::constant(year, month, day)));
        }
    }

    #[test]
    fn a_list_in_another_form_is_refused() {
        assert!(published("[]").is_err());
        assert!(published(r#"{"england-and-wales":{"events":[]}}"#).is_err());
    }
}
