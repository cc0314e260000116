//! Ages, weeks of gestation and look-back windows.

use jiff::Span;
use jiff::civil::Date;

use crate::calendar::Calendar;
use crate::deadline::Anchor;
use crate::duration::Duration;

/// The day on which somebody born on `born` reaches an age: from 00:00 of it the age is reached.
///
/// 15¾ is `(15, 9)`. Born on 29 February, a birthday in a common year is 1 March.
pub fn age_reached_on(born: Date, years: u8, months: u8) -> Date {
    let span = Span::new().months(12 * i32::from(years) + i32::from(months));
    let reached = born.saturating_add(span);
    let is_leap_birthday = born.month() == 2 && born.day() == 29 && months.is_multiple_of(12);
    if is_leap_birthday && reached.day() == 28 {
        return reached.saturating_add(Span::new().days(1));
    }
    reached
}

/// Completed weeks of gestation on a day, from the expected delivery date.
pub fn gestation_weeks(expected_delivery: Date, on: Date) -> i32 {
    let days_to_go = on
        .until(expected_delivery)
        .map_or(0, |span| span.get_days());
    (280 - days_to_go).div_euclid(7)
}

/// The day on which `weeks` of gestation are completed: 24 weeks are 112 days before the expected delivery.
pub fn gestation_reached_on(expected_delivery: Date, weeks: u8) -> Date {
    let days_before = 280 - 7 * i64::from(weeks);
    expected_delivery.saturating_add(Span::new().days(-days_before))
}

/// Whether something on `date` falls within `window` of `from`, the anniversary day included.
pub fn is_within_window(calendar: &Calendar, from: Date, window: Duration, date: Date) -> bool {
    date >= from && date <= calendar.due_after(Anchor::Date(from), window).on
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn day(year: i16, month: i8, day: i8) -> Date {
        Date::constant(year, month, day)
    }

    #[test]
    fn x_11_an_age_is_reached_on_the_birthday_and_on_1_march_after_a_leap_birth() {
        assert_eq!(age_reached_on(day(2012, 5, 1), 14, 0), day(2026, 5, 1));
        assert_eq!(age_reached_on(day(2012, 2, 29), 14, 0), day(2026, 3, 1));
        assert_eq!(age_reached_on(day(2012, 2, 29), 16, 0), day(2028, 2, 29));
        assert_eq!(age_reached_on(day(2010, 12, 31), 15, 9), day(2026, 9, 30));
    }

    #[test]
    fn x_12_24_weeks_are_reached_112_days_before_the_expected_delivery() {
        let expected = day(2026, 11, 30);
        let reached = gestation_reached_on(expected, 24);

        assert_eq!(reached, day(2026, 8, 10));
        assert_eq!(gestation_weeks(expected, reached), 24);
        assert_eq!(gestation_weeks(expected, day(2026, 8, 9)), 23);
        assert_eq!(gestation_weeks(expected, expected), 40);
    }

    #[test]
    fn x_10_a_window_includes_the_anniversary_day_and_not_the_day_after() {
        let calendar = Calendar::embedded().unwrap();
        let closed = day(2025, 11, 30);
        let within = |date| is_within_window(&calendar, closed, Duration::Months(3), date);

        assert!(within(day(2026, 2, 28)));
        assert!(!within(day(2026, 3, 1)));
        assert!(!within(day(2025, 11, 29)));
    }
}
