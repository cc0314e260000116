//! Civil days as the protocols count them: working days, deadlines, ages and weeks of gestation.
//!
//! Pure: the time is always an argument. The conventions are of the rules and are named
//! where each is kept. A [`Calendar`] knows the published bank holidays of England and Wales and
//! computes those of the years after the published list.

mod age;
mod calendar;
mod day_by_day;
mod deadline;
mod duration;
mod holidays;

pub use age::{age_reached_on, gestation_reached_on, gestation_weeks, is_within_window};
pub use calendar::{Calendar, Counted, Skipped, Why};
pub use day_by_day::{CountedDay, day_by_day};
pub use deadline::{Anchor, Due, plus};
pub use duration::{Duration, InvalidDuration, PlainDays};
pub use holidays::{HolidayError, computed_holidays};
