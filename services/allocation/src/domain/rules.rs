//! What the rules of the ledger are decided by.

use baton_calendar::{Anchor, Calendar, Due, Duration};
use baton_protocol::Pack;
use jiff::Timestamp;

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
    /// By when a difference is settled.
    pub fn settled_by(&self, reported_at: Timestamp) -> Due {
        let within = Duration::WorkingDays(self.discrepancy_working_days);
        self.calendar
            .due_after(Anchor::Instant(reported_at), within)
    }
}
