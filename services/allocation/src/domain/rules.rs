//! What the rules of the ledger are decided by.

use baton_calendar::{Anchor, Calendar, Duration};
use baton_protocol::Pack;
use jiff::{Timestamp, civil::Date};

/// An authority's pack with the days it counts in.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The pack.
    pub pack: &'a Pack,
    /// The working days.
    pub calendar: &'a Calendar,
    /// Working days within which a difference with the record system is settled.
    pub discrepancy_working_days: u16,
}

impl Rules<'_> {
    /// The last day on which a difference is settled in time, and the instant after it.
    pub fn settled_by(&self, reported_at: Timestamp) -> (Date, Timestamp) {
        let within = Duration::WorkingDays(self.discrepancy_working_days);
        let due = self
            .calendar
            .due_after(Anchor::Instant(reported_at), within);
        (due.on, due.breached_at)
    }
}
