//! Which days count, and counting them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::holidays::{HolidayError, computed_holidays, published};

/// The published list that ships with the crate.
pub(crate) const EMBEDDED: &str = include_str!("../data/bank-holidays.json");

/// The working days of England and Wales in the local time of the authority.
#[derive(Debug, Clone)]
pub struct Calendar {
    published: BTreeMap<Date, String>,
    /// The last day for which the published list speaks: the end of the year of its last entry.
    horizon: Date,
    tz: TimeZone,
}

/// Why a day does not count as a working day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It is a Saturday.
    Saturday,
    /// It is a Sunday.
    Sunday,
    /// It is a bank holiday, or the substitute of one.
    BankHoliday(String),
}

/// A day that a count passed over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skipped {
    /// The day.
    pub date: Date,
    /// Why it did not count.
    pub why: Why,
}

/// The end of a count of working days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The day counted to.
    pub due: Date,
    /// The days passed over, in order.
    pub skipped: Vec<Skipped>,
}

impl Counted {
    /// A count in which every day counts.
    pub(crate) const fn plainly(due: Date) -> Self {
        Self {
            due,
            skipped: Vec::new(),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Saturday => f.write_str("saturday"),
            Self::Sunday => f.write_str("sunday"),
            Self::BankHoliday(title) => f.write_str(title),
        }
    }
}

impl Calendar {
    /// The calendar with the list that ships with Baton, in `Europe/London`.
    pub fn embedded() -> Result<Self, HolidayError> {
        Self::from_json(EMBEDDED)
    }

    /// The calendar with another list in the form that GOV.UK publishes.
    pub fn from_json(json: &str) -> Result<Self, HolidayError> {
        let published = published(json)?;
        let last = published
            .keys()
            .next_back()
            .copied()
            .ok_or(HolidayError::Empty)?;
        let tz = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
        Ok(Self {
            horizon: last.last_of_year(),
            published,
            tz,
        })
    }

    /// The last day for which the published list speaks. Counts beyond it rest on computed holidays.
    pub fn horizon(&self) -> Date {
        self.horizon
    }

    /// The local time zone.
    pub fn time_zone(&self) -> &TimeZone {
        &self.tz
    }

    /// The local date of an instant.
    pub fn date_of(&self, instant: Timestamp) -> Date {
        instant.to_zoned(self.tz.clone()).date()
    }

    /// The instant at which a local day begins.
    ///
    /// Midnight exists on every day in London; for a zone where it does not, the first instant after it.
    pub fn start_of(&self, date: Date) -> Timestamp {
        self.tz
            .to_ambiguous_zoned(date.at(0, 0, 0, 0))
            .compatible()
            .map_or_else(
                |_| {
                    if date < Date::constant(1970, 1, 1) {
                        Timestamp::MIN
                    } else {
                        Timestamp::MAX
                    }
                },
                |zoned| zoned.timestamp(),
            )
    }

    /// The instant at which a local day is over: 00:00 of the next.
    pub fn end_of(&self, date: Date) -> Timestamp {
        self.start_of(date.saturating_add(Span::new().days(1)))
    }

    /// Why a day does not count, or `None` for a working day.
    pub fn why_not_working(&self, date: Date) -> Option<Why> {
        match date.weekday() {
            Weekday::Saturday => Some(Why::Saturday),
            Weekday::Sunday => Some(Why::Sunday),
            _ => self
                .holiday(date)
                .map(|title| Why::BankHoliday(title.into_owned())),
        }
    }

    /// Whether a day is a working day.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.why_not_working(date).is_none()
    }

    /// The `n`th working day strictly after `date`, whether or not `date` is one itself.
    ///
    /// Zero gives `date`.
    pub fn nth_working_day_after(&self, date: Date, n: u16) -> Counted {
        self.count(date, n, 1)
    }

    /// The `n`th working day strictly before `date`.
    pub fn nth_working_day_before(&self, date: Date, n: u16) -> Counted {
        self.count(date, n, -1)
    }

    fn count(&self, from: Date, n: u16, step: i64) -> Counted {
        let mut counted = Counted {
            due: from,
            skipped: Vec::new(),
        };
        let mut left = n;
        while left > 0 {
            let Ok(next) = counted.due.checked_add(Span::new().days(step)) else {
                break;
            };
            counted.due = next;
            match self.why_not_working(next) {
                Some(why) => counted.skipped.push(Skipped { date: next, why }),
                None => left -= 1,
            }
        }
        counted
    }

    fn holiday(&self, date: Date) -> Option<Cow<'_, str>> {
        if date <= self.horizon {
            return self
                .published
                .get(&date)
                .map(|title| Cow::Borrowed(title.as_str()));
        }
        computed_holidays(date.year()).remove(&date).map(Cow::Owned)
    }
}

#[cfg(test)]
mod tests;
