//! Due dates: the last day in time, the instant of breach, and how they were counted.

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Counted, Skipped};
use crate::duration::Duration;

/// What a deadline is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// A day of which the hour is not known or does not matter.
    Date(Date),
    /// An instant. For counts of days its local date counts.
    Instant(Timestamp),
}

/// A deadline with its count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The local day it was counted from.
    pub from: Date,
    /// The last local day on which the act is in time.
    pub on: Date,
    /// The first instant at which an act is too late: 00:00 after `on`, or for hours one
    /// microsecond after the last of them.
    pub breached_at: Timestamp,
    /// The days passed over and why. Empty when every day counts.
    pub skipped: Vec<Skipped>,
    /// True when the count passed the end of the published list of holidays: a day proclaimed later
    /// could still change it.
    pub horizon_exceeded: bool,
}

impl Due {
    /// Whether an act at that instant is in time.
    pub fn is_met_by(&self, act: Timestamp) -> bool {
        act < self.breached_at
    }
}

impl Anchor {
    /// The local date.
    pub fn date(self, calendar: &Calendar) -> Date {
        match self {
            Self::Date(date) => date,
            Self::Instant(instant) => calendar.date_of(instant),
        }
    }

    /// The instant; a day counts from its beginning, so that an hour is never given away.
    pub fn instant(self, calendar: &Calendar) -> Timestamp {
        match self {
            Self::Date(date) => calendar.start_of(date),
            Self::Instant(instant) => instant,
        }
    }
}

impl Calendar {
    /// The deadline `duration` after `anchor`. Days exclude the anchor day, and a calendar count
    /// that ends on a weekend stays there.
    pub fn due_after(&self, anchor: Anchor, duration: Duration) -> Due {
        if let Duration::Hours(hours) = duration {
            return self.due_after_hours(anchor.instant(self), hours);
        }
        let date = anchor.date(self);
        match duration {
            Duration::WorkingDays(n) => {
                self.due_on_working_day(date, self.nth_working_day_after(date, n))
            }
            _ => self.due_on(date, Counted::plainly(shifted(date, duration, 1))),
        }
    }

    /// The deadline `duration` before `anchor`, counted backwards (X-09 clamps months this way too).
    pub fn due_before(&self, anchor: Anchor, duration: Duration) -> Due {
        if let Duration::Hours(hours) = duration {
            let from = anchor.instant(self);
            return self.due_by(from, from - SignedDuration::from_hours(i64::from(hours)));
        }
        let date = anchor.date(self);
        match duration {
            Duration::WorkingDays(n) => {
                self.due_on_working_day(date, self.nth_working_day_before(date, n))
            }
            _ => self.due_on(date, Counted::plainly(shifted(date, duration, -1))),
        }
    }

    /// The deadline of something due on the day of the anchor itself.
    pub fn due_at(&self, anchor: Anchor) -> Due {
        let date = anchor.date(self);
        self.due_on(date, Counted::plainly(date))
    }

    /// The deadline of something that has to be done before the anchor begins.
    pub fn due_until(&self, anchor: Anchor) -> Due {
        let at = anchor.instant(self);
        self.due_by(at, at)
    }

    fn due_after_hours(&self, from: Timestamp, hours: u16) -> Due {
        let last = from + SignedDuration::from_hours(i64::from(hours));
        let mut due = self.due_by(from, last);
        due.breached_at = last + SignedDuration::from_micros(1);
        due
    }

    /// Breached at the instant itself; the last day in time is the one on which it falls.
    fn due_by(&self, from: Timestamp, at: Timestamp) -> Due {
        Due {
            from: self.date_of(from),
            on: self.date_of(at),
            breached_at: at,
            skipped: Vec::new(),
            horizon_exceeded: false,
        }
    }

    fn due_on_working_day(&self, from: Date, counted: Counted) -> Due {
        let horizon_exceeded = counted.due > self.horizon();
        Due {
            horizon_exceeded,
            ..self.due_on(from, counted)
        }
    }

    fn due_on(&self, from: Date, counted: Counted) -> Due {
        Due {
            from,
            on: counted.due,
            breached_at: self.end_of(counted.due),
            horizon_exceeded: false,
            skipped: counted.skipped,
        }
    }
}

/// The day a calendar duration after a date; months clamp. From it on something is longer than the
/// duration when its first day counts, and has lasted at least as long. Working days and hours need a
/// [`Calendar`]: they count as days and not at all here.
pub fn plus(date: Date, duration: Duration) -> Date {
    shifted(date, duration, 1)
}

fn shifted(date: Date, duration: Duration, sign: i64) -> Date {
    let span = match duration {
        Duration::Hours(_) => Span::new(),
        Duration::Days(n) | Duration::WorkingDays(n) => Span::new().days(sign * i64::from(n)),
        Duration::Weeks(n) => Span::new().days(sign * 7 * i64::from(n)),
        Duration::Months(n) => months(sign, i64::from(n)),
        Duration::Years(n) => months(sign, 12 * i64::from(n)),
    };
    date.saturating_add(span)
}

/// A span of months; jiff clamps to the last day of a shorter month.
fn months(sign: i64, n: i64) -> Span {
    Span::new().try_months(sign * n).unwrap_or_default()
}

#[cfg(test)]
mod tests;
