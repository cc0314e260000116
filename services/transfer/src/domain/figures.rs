//! How the transfers of a period went, for the review of the policy (C-077).

use serde::{Deserialize, Serialize};

/// Something of the period that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// A transfer was opened.
    Opened,
    /// A transfer was completed.
    Completed {
        /// Whether the case moved by the day of the point; `None` where the point has no day.
        in_time: Option<bool>,
        /// Whether the meeting that is asked about had been held.
        met: bool,
    },
    /// A transfer was sent back to be put right.
    SentBack,
    /// A transfer was withdrawn.
    Withdrawn,
    /// A dispute was raised.
    Disputed,
    /// A deadline passed unmet.
    Breached,
    /// The meeting that is asked about was held.
    MeetingHeld,
}

/// The figures of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Transfers that were opened.
    pub opened: i64,
    /// Those that were completed.
    pub completed: i64,
    /// Those of them whose case moved by the day of the point.
    pub completed_in_time: i64,
    /// Those of them whose case moved after it.
    pub completed_late: i64,
    /// How often one was sent back.
    pub sent_back: i64,
    /// Those that were withdrawn.
    pub withdrawn: i64,
    /// Disputes that were raised.
    pub disputed: i64,
    /// Deadlines that passed unmet.
    pub deadlines_breached: i64,
    /// How many of the meetings were held.
    pub meetings_held: i64,
    /// Completed transfers for which the meeting had been held.
    pub completed_with: i64,
    /// Those of them whose case moved by the day of the point.
    pub completed_with_in_time: i64,
}

impl Figures {
    /// Counts what a period has.
    pub fn of(counted: impl IntoIterator<Item = Counted>) -> Self {
        let mut figures = Self::default();
        for one in counted {
            figures.add(one);
        }
        figures
    }

    /// Completed transfers for which the meeting had not been held.
    pub const fn completed_without(&self) -> i64 {
        self.completed - self.completed_with
    }

    /// Those of them whose case moved by the day of the point.
    pub const fn completed_without_in_time(&self) -> i64 {
        self.completed_in_time - self.completed_with_in_time
    }

    fn add(&mut self, one: Counted) {
        match one {
            Counted::Opened => self.opened += 1,
            Counted::Completed { in_time, met } => {
                self.completed += 1;
                self.completed_with += i64::from(met);
                match in_time {
                    Some(true) => {
                        self.completed_in_time += 1;
                        self.completed_with_in_time += i64::from(met);
                    }
                    Some(false) => self.completed_late += 1,
                    None => {}
                }
            }
            Counted::SentBack => self.sent_back += 1,
            Counted::Withdrawn => self.withdrawn += 1,
            Counted::Disputed => self.disputed += 1,
            Counted::Breached => self.deadlines_breached += 1,
            Counted::MeetingHeld => self.meetings_held += 1,
        }
    }
}
