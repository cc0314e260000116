//! Meetings that take place regularly, whatever their agenda: a district's transfer meeting.

use baton_calendar::{Duration, plus};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::rule_id::RuleId;

/// When meetings of a kind take place (W-092).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeetingSchedule {
    /// The kind of meeting: `district_transfer`.
    pub meeting: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The area whose meetings these are; every area that has none of its own when absent.
    #[serde(default)]
    pub area: Option<String>,
    /// The day of the first.
    pub starts: Date,
    /// How long from one to the next, in days, weeks or months.
    pub every: Duration,
    /// Days on which one falls out.
    #[serde(default)]
    pub not_on: Vec<Date>,
    /// Days of further ones.
    #[serde(default)]
    pub also_on: Vec<Date>,
}

impl MeetingSchedule {
    /// The day of the next meeting on a day or after it; `None` when no further one can be told.
    pub fn next(&self, from: Date) -> Option<Date> {
        let regular = self.regular(from);
        let also = self.also_on.iter().copied().filter(|day| *day >= from);
        regular.into_iter().chain(also).min()
    }

    fn regular(&self, from: Date) -> Option<Date> {
        (0..=u16::MAX)
            .map_while(|number| Some(plus(self.starts, times(self.every, number)?)))
            .find(|day| *day >= from && !self.not_on.contains(day))
    }
}

/// So many times a duration: months are counted from the first day, so that the 31st stays the 31st.
fn times(duration: Duration, number: u16) -> Option<Duration> {
    match duration {
        Duration::Days(n) => n.checked_mul(number).map(Duration::Days),
        Duration::Weeks(n) => n.checked_mul(number).map(Duration::Weeks),
        Duration::Months(n) => n.checked_mul(number).map(Duration::Months),
        Duration::Years(n) => n.checked_mul(number).map(Duration::Years),
        Duration::Hours(_) | Duration::WorkingDays(_) => None,
    }
    .filter(|_| number == 0 || !duration_is_nothing(duration))
}

const fn duration_is_nothing(duration: Duration) -> bool {
    matches!(
        duration,
        Duration::Days(0) | Duration::Weeks(0) | Duration::Months(0) | Duration::Years(0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(every: Duration) -> MeetingSchedule {
        MeetingSchedule {
            meeting: "district_transfer".to_owned(),
            cites: vec![],
            area: None,
            starts: Date::constant(2026, 1, 7),
            every,
            not_on: vec![Date::constant(2026, 2, 4)],
            also_on: vec![Date::constant(2026, 2, 10)],
        }
    }

    #[test]
    fn w_092_the_next_meeting_is_the_one_on_the_day_or_after_it() {
        let fortnightly = schedule(Duration::Weeks(2));
        let next = |month, day| fortnightly.next(Date::constant(2026, month, day));

        assert_eq!(next(1, 1), Some(Date::constant(2026, 1, 7)));
        assert_eq!(next(1, 7), Some(Date::constant(2026, 1, 7)));
        assert_eq!(next(1, 8), Some(Date::constant(2026, 1, 21)));
        assert_eq!(next(1, 22), Some(Date::constant(2026, 2, 10)));
        assert_eq!(next(2, 11), Some(Date::constant(2026, 2, 18)));
    }

    #[test]
    fn w_092_a_monthly_meeting_keeps_its_day() {
        let monthly = MeetingSchedule {
            starts: Date::constant(2026, 1, 31),
            ..schedule(Duration::Months(1))
        };

        let after = |month, day| monthly.next(Date::constant(2026, month, day));
        assert_eq!(after(2, 11), Some(Date::constant(2026, 2, 28)));
        assert_eq!(after(3, 1), Some(Date::constant(2026, 3, 31)));
    }
}
