//! An amount of time as a protocol writes it: `3 working days`, `2 weeks`, `24 hours`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount of time in the unit in which the rule gives it. The unit decides how it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Duration {
    /// Elapsed hours, through nights and weekends.
    Hours(u16),
    /// Days as printed: calendar days, unless the profile says that plain days are working days.
    Days(u16),
    /// Working days.
    WorkingDays(u16),
    /// Weeks of seven calendar days.
    Weeks(u16),
    /// Calendar months, clamped to the last day of a shorter month.
    Months(u16),
    /// Calendar years, clamped likewise.
    Years(u16),
}

/// What a plain "day" means in an authority's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlainDays {
    /// Every day counts.
    #[default]
    Calendar,
    /// Only working days count (Merton, M-004).
    Working,
}

/// A text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a duration: write `<n> hours|days|working days|weeks|months|years`, for instance `3 working days`"
)]
pub struct InvalidDuration {
    /// What was written.
    pub text: String,
}

impl Duration {
    /// Reads plain days in the sense of the profile; every other unit means the same everywhere.
    #[must_use]
    pub fn in_profile(self, plain_days: PlainDays) -> Self {
        match (self, plain_days) {
            (Self::Days(n), PlainDays::Working) => Self::WorkingDays(n),
            _ => self,
        }
    }

    /// So many times as long, in the same unit; at most what the unit holds.
    #[must_use]
    pub const fn times(self, count: u16) -> Self {
        match self {
            Self::Hours(n) => Self::Hours(n.saturating_mul(count)),
            Self::Days(n) => Self::Days(n.saturating_mul(count)),
            Self::WorkingDays(n) => Self::WorkingDays(n.saturating_mul(count)),
            Self::Weeks(n) => Self::Weeks(n.saturating_mul(count)),
            Self::Months(n) => Self::Months(n.saturating_mul(count)),
            Self::Years(n) => Self::Years(n.saturating_mul(count)),
        }
    }
}

impl FromStr for Duration {
    type Err = InvalidDuration;

    fn from_str(text: &str) -> Result<Self, InvalidDuration> {
        let invalid = || InvalidDuration {
            text: text.to_owned(),
        };
        let (amount, unit) = text.trim().split_once(' ').ok_or_else(invalid)?;
        if !amount.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid());
        }
        let amount: u16 = amount.parse().map_err(|_| invalid())?;
        match unit.trim() {
            "hour" | "hours" => Ok(Self::Hours(amount)),
            "day" | "days" | "calendar day" | "calendar days" => Ok(Self::Days(amount)),
            "working day" | "working days" => Ok(Self::WorkingDays(amount)),
            "week" | "weeks" => Ok(Self::Weeks(amount)),
            "month" | "months" => Ok(Self::Months(amount)),
            "year" | "years" => Ok(Self::Years(amount)),
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amount, unit) = match self {
            Self::Hours(n) => (n, "hour"),
            Self::Days(n) => (n, "day"),
            Self::WorkingDays(n) => (n, "working day"),
            Self::Weeks(n) => (n, "week"),
            Self::Months(n) => (n, "month"),
            Self::Years(n) => (n, "year"),
        };
        write!(f, "{amount} {unit}{}", if *amount == 1 { "" } else { "s" })
    }
}

impl TryFrom<String> for Duration {
    type Error = InvalidDuration;

    fn try_from(text: String) -> Result<Self, InvalidDuration> {
        text.parse()
    }
}

impl From<Duration> for String {
    fn from(duration: Duration) -> Self {
        duration.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_back_as_written() {
        for text in [
            "24 hours",
            "1 working day",
            "10 working days",
            "2 weeks",
            "3 months",
            "1 year",
            "7 days",
        ] {
            assert_eq!(
                text.parse::<Duration>().map(|d| d.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn so_many_times_as_long_is_counted_in_the_same_unit() {
        assert_eq!(Duration::Months(3).times(2), Duration::Months(6));
        assert_eq!(Duration::Weeks(1).times(0), Duration::Weeks(0));
        assert_eq!(Duration::Days(9).times(u16::MAX), Duration::Days(u16::MAX));
    }

    #[test]
    fn a_text_without_amount_or_known_unit_is_refused_with_the_form_expected() {
        for text in [
            "",
            "days",
            "3",
            "3 fortnights",
            "-1 days",
            "+1 days",
            "1.5 hours",
            "99999 days",
        ] {
            let error = text.parse::<Duration>().unwrap_err();
            assert!(error.to_string().contains("working days"), "{text}");
        }
    }

    #[test]
    fn x_06_plain_days_are_calendar_days_except_where_the_profile_says_working() {
        let days = Duration::Days(3);

        assert_eq!(days.in_profile(PlainDays::Calendar), Duration::Days(3));
        assert_eq!(
            days.in_profile(PlainDays::Working),
            Duration::WorkingDays(3)
        );
        assert_eq!(
            Duration::Hours(24).in_profile(PlainDays::Working),
            Duration::Hours(24)
        );
    }
}
