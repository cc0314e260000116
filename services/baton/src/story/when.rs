//! Times as a story writes them: local to the authority, `2026-03-16` or `2026-03-16 14:00`.

use jiff::civil::{Date, DateTime, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The zone in which every authority of this delivery lives.
const ZONE: &str = "Europe/London";
/// A day without a time means the start of office hours.
const OFFICE_HOURS_BEGIN: jiff::civil::Time = time(9, 0, 0, 0);

/// A time that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time: write 2026-03-16 or 2026-03-16 14:00")]
pub struct NotATime(String);

/// The local zone.
pub fn zone() -> TimeZone {
    // Bundled with the binary, so that it is there on every machine.
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

/// Reads a day or a minute as an instant; a day means nine in the morning.
pub fn instant(text: &str) -> Result<Timestamp, NotATime> {
    let wrong = || NotATime(text.to_owned());
    let civil = match date(text) {
        Ok(day) => day.to_datetime(OFFICE_HOURS_BEGIN),
        Err(_) => minute(text).ok_or_else(wrong)?,
    };
    civil
        .to_zoned(zone())
        .map(|zoned| zoned.timestamp())
        .map_err(|_| wrong())
}

/// Reads a day.
pub fn date(text: &str) -> Result<Date, NotATime> {
    let wrong = || NotATime(text.to_owned());
    if text.len() != "2026-03-16".len() {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

/// Whether a text is a day or a minute of a story.
pub fn is_time(text: &str) -> bool {
    date(text).is_ok() || minute(text).is_some()
}

fn minute(text: &str) -> Option<DateTime> {
    let (day, clock) = text.split_once(' ')?;
    let (hour, minute) = clock.trim().split_once(':')?;
    let clock = jiff::civil::Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
    Some(date(day).ok()?.to_datetime(clock))
}

/// An instant as a reader wants it: `Mon 16 Mar 2026 14:00`.
pub fn spoken(at: Timestamp) -> String {
    local(at).strftime("%a %-d %b %Y %H:%M").to_string()
}

/// A day as a reader wants it: `Mon 16 Mar 2026`. What is no day is given back as it is.
pub fn spoken_day(text: &str) -> String {
    date(text).map_or_else(
        |_| text.to_owned(),
        |day| day.strftime("%a %-d %b %Y").to_string(),
    )
}

/// An instant on the local clock.
pub fn local(at: Timestamp) -> Zoned {
    at.to_zoned(zone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_nine_in_the_morning_and_summer_time_counts() {
        assert_eq!(
            instant("2026-03-16").unwrap().to_string(),
            "2026-03-16T09:00:00Z"
        );
        assert_eq!(
            instant("2026-04-16 14:05").unwrap().to_string(),
            "2026-04-16T13:05:00Z"
        );
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in [
            "2026-02-30",
            "16 March",
            "2026-03-16 25:00",
            "2026-3-1",
            "child_protection",
        ] {
            assert!(!is_time(text), "{text}");
        }
    }

    #[test]
    fn a_reader_sees_the_weekday() {
        assert_eq!(
            spoken(instant("2026-03-16 14:00").unwrap()),
            "Mon 16 Mar 2026 14:00"
        );
        assert_eq!(spoken_day("2026-04-03"), "Fri 3 Apr 2026");
    }
}
