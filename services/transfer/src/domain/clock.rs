//! What is due, until when, and what came of it.

use baton_protocol::{Audience, Party};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::state::{Skipped, Transfer};

/// One thing that is due. It stays on the record when it is met, cancelled or breached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Its name: a clock of the protocol, a gate item, a meeting or an action.
    pub name: String,
    /// Who owes the act.
    pub owner: Party,
    /// The rules.
    pub rules: Vec<String>,
    /// The event it counts from.
    pub counted_from: String,
    /// The day it counts from; none for a clock that was set before that was recorded.
    #[serde(default)]
    pub from: Option<Date>,
    /// The last day on which the act is in time.
    pub due_on: Date,
    /// The instant of the breach.
    pub breach_at: Timestamp,
    /// The days that did not count.
    pub skipped: Vec<Skipped>,
    /// When to remind, as far as it was not done yet, the earliest first.
    pub remind_at: Vec<Timestamp>,
    /// To whom a breach goes, lowest first, and when.
    pub ladder: Vec<Rung>,
    /// What meets it, in the protocol's words: `completed`, `meeting:core_group`, `item:chronology`, ...
    pub met_by: String,
    /// Whether what follows from a breach is decided on fresh facts.
    pub needs_resolution: bool,
    /// Whether it only reminds, and is never breached (L-048).
    #[serde(default)]
    pub reminds_only: bool,
    /// The notice that reminds; the general one to the owner when absent.
    #[serde(default)]
    pub reminder: Option<Reminder>,
    /// Where it stands.
    pub state: ClockState,
}

/// The notice of a reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Its kind.
    pub kind: String,
    /// Whom.
    pub to: Vec<Audience>,
    /// How.
    pub by: String,
}

/// A step of the escalation after a breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// To whom.
    pub to: Party,
    /// When: the breach itself, or later.
    pub at: Timestamp,
    /// Whether it was done.
    pub done: bool,
}

/// Where a clock stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ClockState {
    /// Running.
    Open,
    /// Done in time.
    Met {
        /// When, in the world.
        at: Timestamp,
        /// When we learned it.
        reported_at: Timestamp,
    },
    /// No longer asked for.
    Cancelled,
    /// The due instant passed and it was not done.
    Breached,
    /// Breached, and later found done: in time or late.
    Answered {
        /// When, in the world.
        at: Timestamp,
        /// When we learned it.
        reported_at: Timestamp,
    },
}

/// What is to happen at an instant about a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ring {
    /// Remind the owner.
    Remind,
    /// The due instant.
    Breach,
    /// The rung of that number is due.
    Escalate(usize),
    /// A hold ends, whose day has come.
    Lift,
}

impl Clock {
    /// Whether it is running.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, ClockState::Open)
    }

    /// Whether it is breached and not answered.
    pub const fn is_overdue(&self) -> bool {
        matches!(self.state, ClockState::Breached)
    }

    /// What still has to ring, each with its instant, in the order in which it should.
    pub fn rings(&self) -> Vec<(Ring, Timestamp)> {
        match self.state {
            ClockState::Open => {
                let remind = self.remind_at.first().map(|at| (Ring::Remind, *at));
                remind
                    .into_iter()
                    .chain((!self.reminds_only).then_some((Ring::Breach, self.breach_at)))
                    .collect()
            }
            ClockState::Breached => self
                .ladder
                .iter()
                .enumerate()
                .filter(|(_, rung)| !rung.done)
                .map(|(number, rung)| (Ring::Escalate(number), rung.at))
                .collect(),
            ClockState::Met { .. } | ClockState::Cancelled | ClockState::Answered { .. } => vec![],
        }
    }

    /// The ring that waits under a name in the store.
    pub fn ring_of(name: &str) -> Option<(&str, Ring)> {
        match name.split_once('.') {
            None => Some((name, Ring::Breach)),
            Some((clock, "remind")) => Some((clock, Ring::Remind)),
            Some((hold, "lift")) => Some((hold, Ring::Lift)),
            Some((clock, rest)) => {
                let number = rest.strip_prefix("escalate.")?.parse().ok()?;
                Some((clock, Ring::Escalate(number)))
            }
        }
    }
}

/// A ring that still waits for its instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The clock, or the hold that ends.
    pub of: String,
    /// What rings.
    pub ring: Ring,
    /// When.
    pub at: Timestamp,
    /// The rules.
    pub rules: Vec<String>,
}

impl Waiting {
    /// The name under which it waits in the store.
    pub fn name(&self) -> String {
        match self.ring {
            Ring::Remind => format!("{}.remind", self.of),
            Ring::Breach => self.of.clone(),
            Ring::Escalate(number) => format!("{}.escalate.{number}", self.of),
            Ring::Lift => format!("{}.lift", self.of),
        }
    }
}

impl Transfer {
    /// Everything that still has to ring, of clocks and of holds that end by themselves.
    pub fn rings(&self) -> Vec<Waiting> {
        let clocks = self.clocks.iter().flat_map(|clock| {
            clock.rings().into_iter().map(|(ring, at)| Waiting {
                of: clock.name.clone(),
                ring,
                at,
                rules: clock.rules.clone(),
            })
        });
        let holds = self.holds.iter().filter(|_| self.phase.is_workable());
        let holds = holds.filter_map(|hold| {
            Some(Waiting {
                of: hold.kind.code().to_owned(),
                ring: Ring::Lift,
                at: hold.lifts_at?,
                rules: hold.rules.clone(),
            })
        });
        clocks.chain(holds).collect()
    }
}
