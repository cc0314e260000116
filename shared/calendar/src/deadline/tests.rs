use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn calendar() -> Calendar {
    Calendar::embedded().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn after(anchor: Anchor, duration: &str) -> Due {
    calendar().due_after(anchor, duration.parse().unwrap())
}

fn on(year: i16, month: i8, day: i8) -> Anchor {
    Anchor::Date(date(year, month, day))
}

#[test]
fn x_04_a_day_limit_is_met_on_its_last_day_and_breached_at_midnight() {
    let due = after(
        Anchor::Instant(at("2026-03-16T14:00:00Z")),
        "3 working days",
    );

    assert_eq!(due.on, date(2026, 3, 19));
    assert_eq!(due.breached_at, at("2026-03-20T00:00:00Z"));
    assert!(due.is_met_by(at("2026-03-19T23:59:59.999999Z")));
    assert!(!due.is_met_by(at("2026-03-20T00:00:00Z")));
}

#[test]
fn x_04_the_breach_is_at_local_midnight_on_both_sides_of_a_clock_change() {
    assert_eq!(
        after(on(2026, 3, 26), "2 days").breached_at,
        at("2026-03-29T00:00:00Z")
    );
    assert_eq!(
        after(on(2026, 3, 26), "3 days").breached_at,
        at("2026-03-29T23:00:00Z")
    );
    assert_eq!(
        after(on(2026, 10, 22), "3 days").breached_at,
        at("2026-10-26T00:00:00Z")
    );
}

#[test]
fn x_05_hours_run_through_nights_weekends_and_a_clock_change() {
    let due = after(Anchor::Instant(at("2026-03-28T16:00:00Z")), "24 hours");

    assert_eq!(due.on, date(2026, 3, 29));
    assert!(due.is_met_by(at("2026-03-29T16:00:00Z")));
    assert!(!due.is_met_by(at("2026-03-29T16:00:00.000001Z")));
}

#[test]
fn x_07_a_week_is_seven_days() {
    assert_eq!(after(on(2026, 3, 16), "2 weeks").on, date(2026, 3, 30));
}

#[test]
fn x_08_a_calendar_limit_that_ends_on_a_day_off_is_not_moved() {
    let due = after(on(2026, 3, 24), "10 days");

    assert_eq!(due.on, date(2026, 4, 3), "Good Friday");
    assert!(due.skipped.is_empty());
}

#[test]
fn x_09_months_and_years_take_the_last_day_of_a_shorter_month_in_both_directions() {
    let back = calendar().due_before(on(2026, 5, 31), Duration::Months(3));

    assert_eq!(after(on(2026, 1, 31), "1 month").on, date(2026, 2, 28));
    assert_eq!(after(on(2024, 2, 29), "1 year").on, date(2025, 2, 28));
    assert_eq!(back.on, date(2026, 2, 28));
}

#[test]
fn x_14_what_is_due_at_a_meeting_is_due_on_its_day() {
    let due = calendar().due_at(Anchor::Instant(at("2026-07-01T22:59:00Z")));

    assert_eq!(due.on, date(2026, 7, 1));
    assert_eq!(due.breached_at, at("2026-07-01T23:00:00Z"));
}

#[test]
fn what_is_due_before_a_meeting_is_breached_when_it_begins() {
    let due = calendar().due_until(Anchor::Instant(at("2026-03-16T14:00:00Z")));

    assert!(due.is_met_by(at("2026-03-16T13:59:59Z")));
    assert!(!due.is_met_by(at("2026-03-16T14:00:00Z")));
}

#[test]
fn x_19_x_21_longer_than_a_week_is_reached_at_the_start_of_the_eighth_day() {
    // The first day counts: absent from Monday to the next Monday is longer than one week.
    assert_eq!(plus(date(2026, 3, 2), Duration::Weeks(1)), date(2026, 3, 9));
    assert_eq!(
        plus(date(2026, 3, 2), Duration::Weeks(3)),
        date(2026, 3, 23)
    );
}

#[test]
fn a_count_past_the_published_holidays_says_so() {
    assert!(after(on(2028, 12, 20), "10 working days").horizon_exceeded);
    assert!(!after(on(2028, 11, 20), "10 working days").horizon_exceeded);
    assert!(
        !after(on(2029, 3, 1), "10 days").horizon_exceeded,
        "no holiday can change a calendar count"
    );
}

#[test]
fn christmas_and_new_year_are_skipped_with_their_names() {
    let due = after(on(2026, 12, 24), "3 working days");
    let named: Vec<String> = due.skipped.iter().map(|day| day.why.to_string()).collect();

    assert_eq!(due.on, date(2026, 12, 31));
    assert_eq!(named, ["Christmas Day", "saturday", "sunday", "Boxing Day"]);
}

proptest! {
    /// Whatever the duration, the last instant of the due date is in time and the breach is not.
    #[test]
    fn x_04_the_last_instant_is_in_time_and_the_breach_is_not(
        seconds in 1_500_000_000i64..2_000_000_000,
        n in 0u16..40,
        unit in 0usize..6,
    ) {
        let duration = [
            Duration::Hours(n), Duration::Days(n), Duration::WorkingDays(n),
            Duration::Weeks(n), Duration::Months(n), Duration::Years(n),
        ][unit];
        let anchor = Timestamp::from_second(seconds).unwrap();

        let due = calendar().due_after(Anchor::Instant(anchor), duration);

        prop_assert!(due.is_met_by(due.breached_at - SignedDuration::from_micros(1)));
        prop_assert!(!due.is_met_by(due.breached_at));
        prop_assert_eq!(calendar().date_of(due.breached_at - SignedDuration::from_micros(1)), due.on);
    }
}
