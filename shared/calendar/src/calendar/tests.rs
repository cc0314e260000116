use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn calendar() -> Calendar {
    Calendar::embedded().unwrap()
}

fn skipped(counted: &Counted) -> Vec<String> {
    counted
        .skipped
        .iter()
        .map(|day| format!("{} {}", day.date, day.why))
        .collect()
}

#[test]
fn x_01_the_date_of_an_instant_is_the_local_date_in_london() {
    let late_in_summer: Timestamp = "2026-06-30T23:30:00Z".parse().unwrap();
    let late_in_winter: Timestamp = "2026-01-31T23:30:00Z".parse().unwrap();

    assert_eq!(calendar().date_of(late_in_summer), date(2026, 7, 1));
    assert_eq!(calendar().date_of(late_in_winter), date(2026, 1, 31));
}

#[test]
fn x_02_weekends_bank_holidays_and_substitute_days_are_no_working_days() {
    let why = |date| calendar().why_not_working(date).map(|why| why.to_string());

    assert_eq!(why(date(2026, 3, 14)).as_deref(), Some("saturday"));
    assert_eq!(why(date(2026, 3, 15)).as_deref(), Some("sunday"));
    assert_eq!(why(date(2026, 4, 3)).as_deref(), Some("Good Friday"));
    assert_eq!(why(date(2026, 12, 28)).as_deref(), Some("Boxing Day"));
    assert_eq!(why(date(2026, 3, 16)), None);
}

#[test]
fn x_03_a_count_leaves_out_the_day_it_starts_from_and_names_the_days_it_skipped() {
    let counted = calendar().nth_working_day_after(date(2026, 4, 1), 3);

    assert_eq!(counted.due, date(2026, 4, 8));
    assert_eq!(
        skipped(&counted),
        [
            "2026-04-03 Good Friday",
            "2026-04-04 saturday",
            "2026-04-05 sunday",
            "2026-04-06 Easter Monday",
        ]
    );
}

#[test]
fn x_03_a_count_from_a_weekend_starts_with_the_next_working_day() {
    assert_eq!(
        calendar().nth_working_day_after(date(2026, 3, 14), 1).due,
        date(2026, 3, 16)
    );
    assert_eq!(
        calendar().nth_working_day_after(date(2026, 3, 13), 1).due,
        date(2026, 3, 16)
    );
}

#[test]
fn counts_past_the_published_list_rest_on_computed_holidays() {
    let counted = calendar().nth_working_day_after(date(2033, 4, 14), 1);

    assert_eq!(calendar().horizon(), date(2028, 12, 31));
    assert_eq!(counted.due, date(2033, 4, 19));
}

#[test]
fn a_replaced_list_counts_with_its_own_days() {
    let json = r#"{"england-and-wales":{"events":[{"title":"Jubilee","date":"2026-06-05"}]}}"#;
    let calendar = Calendar::from_json(json).unwrap();

    assert_eq!(
        calendar.nth_working_day_after(date(2026, 6, 4), 1).due,
        date(2026, 6, 8)
    );
}

fn any_date() -> impl Strategy<Value = Date> {
    (2019i16..2040, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

proptest! {
    /// The naive count: walk day by day, count the working ones.
    #[test]
    fn x_03_the_nth_working_day_is_what_counting_one_by_one_gives(from in any_date(), n in 0u16..60) {
        let calendar = calendar();
        let mut day = from;
        let mut passed = Vec::new();
        let mut left = n;
        while left > 0 {
            day = day.tomorrow().unwrap();
            if calendar.is_working_day(day) { left -= 1 } else { passed.push(day) }
        }

        let counted = calendar.nth_working_day_after(from, n);

        prop_assert_eq!(counted.due, day);
        prop_assert_eq!(counted.skipped.iter().map(|skipped| skipped.date).collect::<Vec<_>>(), passed);
    }

    #[test]
    fn counting_back_undoes_counting_on_from_a_working_day(from in any_date(), n in 0u16..60) {
        let calendar = calendar();
        let start = calendar.nth_working_day_after(from, 1).due;

        let there = calendar.nth_working_day_after(start, n).due;

        prop_assert_eq!(calendar.nth_working_day_before(there, n).due, start);
    }
}
