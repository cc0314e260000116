//! A count, day by day, for whoever wants to see how a date came about.

use jiff::civil::Date;

/// The longest count that is told day by day; of a longer one nobody reads every day.
const DAYS_MAX: usize = 400;

/// A day of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedDay {
    /// The day.
    pub date: Date,
    /// Its number in the count, from one; `None` for a day that does not count.
    pub number: Option<u32>,
    /// Why it does not count; empty for a day that does.
    pub why_not: String,
}

/// Every day between the day a count starts from, which does not count, and its last, in the direction of the
/// count. `skipped` are the days that were passed over, and why. Empty for a count of more than 400 days.
pub fn day_by_day<'s>(
    from: Date,
    on: Date,
    skipped: impl IntoIterator<Item = (Date, &'s str)>,
) -> Vec<CountedDay> {
    let skipped: Vec<(Date, &str)> = skipped.into_iter().collect();
    let next = |day: Date| {
        if from <= on {
            day.tomorrow()
        } else {
            day.yesterday()
        }
    };
    let mut days = Vec::new();
    let mut number = 0;
    let mut day = from;
    while day != on {
        if days.len() == DAYS_MAX {
            return Vec::new();
        }
        let Ok(following) = next(day) else { break };
        day = following;
        let why_not = skipped.iter().find(|(date, _)| *date == day);
        let why_not = why_not.map_or("", |(_, why)| why);
        if why_not.is_empty() {
            number += 1;
        }
        days.push(CountedDay {
            date: day,
            number: why_not.is_empty().then_some(number),
            why_not: why_not.to_owned(),
        });
    }
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{Anchor, Calendar, Duration};

    fn told(from: Date, duration: Duration, before: bool) -> Vec<String> {
        let calendar = Calendar::embedded().unwrap();
        let due = if before {
            calendar.due_before(Anchor::Date(from), duration)
        } else {
            calendar.due_after(Anchor::Date(from), duration)
        };
        let why: Vec<(Date, String)> = due
            .skipped
            .iter()
            .map(|day| (day.date, day.why.to_string()))
            .collect();
        day_by_day(
            due.from,
            due.on,
            why.iter().map(|(date, why)| (*date, why.as_str())),
        )
        .into_iter()
        .map(|day| match day.number {
            Some(number) => format!("{} is {number}", day.date),
            None => format!("{} {}", day.date, day.why_not),
        })
        .collect()
    }

    #[test]
    fn x_02_and_x_03_three_working_days_over_easter_are_told_day_by_day() {
        assert_eq!(
            told(date(2026, 4, 1), Duration::WorkingDays(3), false),
            [
                "2026-04-02 is 1",
                "2026-04-03 Good Friday",
                "2026-04-04 saturday",
                "2026-04-05 sunday",
                "2026-04-06 Easter Monday",
                "2026-04-07 is 2",
                "2026-04-08 is 3",
            ]
        );
    }

    #[test]
    fn a_count_backwards_is_told_backwards() {
        assert_eq!(
            told(date(2026, 3, 10), Duration::WorkingDays(2), true),
            [
                "2026-03-09 is 1",
                "2026-03-08 sunday",
                "2026-03-07 saturday",
                "2026-03-06 is 2"
            ]
        );
    }

    #[test]
    fn x_07_a_week_is_told_with_every_day() {
        assert_eq!(told(date(2026, 3, 2), Duration::Weeks(1), false).len(), 7);
        assert_eq!(told(date(2026, 3, 2), Duration::Years(2), false).len(), 0);
    }
}
