//! Room for what nobody waits for.
//!
//! A report is waited for: somebody sits before a record system. What feeds set off, notices above all, is not, and
//! takes a small share while reports are under way: it is put off, never left out, and not for long. What moves
//! responsibility is never put off, and the family of a report that has to wait its turn goes first.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::reactions::record::Reaction;

/// How many reactions that nobody waits for run at once.
const RUNS_MAX: usize = 64;
/// How many of them beside reports: they go on, and hardly slow a report down.
const BESIDE_REPORTS_MAX: usize = 2;
/// Once something has been put off so long, nothing more is.
const PUT_OFF_MAX: Duration = Duration::from_secs(5);
/// How many are kept here while they are put off. Those beyond are found in the database.
const KEPT_MAX: usize = 1024;

/// An authority and the name of a lane.
pub(super) type LaneKey = (String, String);

/// What runs, what is put off, and which lanes go first.
pub(super) struct Room {
    state: Mutex<State>,
    /// Wakes the search for reactions.
    work: Arc<Notify>,
}

#[derive(Default)]
struct State {
    reports: usize,
    running: usize,
    put_off: VecDeque<(Instant, Reaction)>,
    /// Whether the database holds more than was found or kept.
    more: bool,
    first: BTreeSet<LaneKey>,
}

impl State {
    fn free(&self) -> usize {
        let late = |(since, _): &(Instant, Reaction)| since.elapsed() >= PUT_OFF_MAX;
        let max = if self.reports == 0 || self.put_off.front().is_some_and(late) {
            RUNS_MAX
        } else {
            BESIDE_REPORTS_MAX
        };
        max.saturating_sub(self.running)
    }

    /// Whether anything waits for room.
    fn waits(&self) -> bool {
        self.more || !self.put_off.is_empty()
    }
}

impl Room {
    /// Nothing runs yet. `work` wakes the search for reactions.
    pub fn new(work: &Arc<Notify>) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            work: Arc::clone(work),
        })
    }

    /// Notes that a report is waited for.
    pub fn report(self: &Arc<Self>) -> Reporting {
        self.state().reports += 1;
        Reporting(Arc::clone(self))
    }

    /// How many more reactions that nobody waits for may run. None while others are put off: they come first.
    pub fn free(&self) -> usize {
        let state = self.state();
        if state.put_off.is_empty() {
            state.free()
        } else {
            0
        }
    }

    /// A place for a reaction, or its turn later. Those put off before it come first, but for what moves responsibility.
    pub fn enter(self: &Arc<Self>, reaction: Reaction) -> Option<(Place, Reaction)> {
        let mut state = self.state();
        let has_room = if reaction.moves_responsibility() {
            state.running < RUNS_MAX
        } else {
            state.put_off.is_empty() && state.free() > 0
        };
        if has_room {
            state.running += 1;
            return Some((Place(Arc::clone(self)), reaction));
        }
        if state.put_off.len() < KEPT_MAX {
            state.put_off.push_back((Instant::now(), reaction));
        } else {
            state.more = true;
        }
        None
    }

    /// The oldest that was put off, when there is a place for it.
    pub fn next(self: &Arc<Self>) -> Option<(Place, Reaction)> {
        let mut state = self.state();
        if state.free() == 0 {
            return None;
        }
        let (_, reaction) = state.put_off.pop_front()?;
        state.running += 1;
        Some((Place(Arc::clone(self)), reaction))
    }

    /// Notes whether a search left something in the database.
    pub fn searched(&self, more: bool) {
        self.state().more = more;
    }

    /// A report waits for its turn in this lane: what is before it is put off no longer.
    pub fn hurry(&self, lane: LaneKey) {
        let mut state = self.state();
        state
            .put_off
            .retain(|(_, reaction)| (&reaction.authority, &reaction.lane) != (&lane.0, &lane.1));
        state.first.insert(lane);
        self.work.notify_one();
    }

    /// Takes the lanes that go first. Those that cannot be run now are [given back](Self::hurry_later).
    pub fn hurried(&self) -> BTreeSet<LaneKey> {
        std::mem::take(&mut self.state().first)
    }

    /// A lane goes first when the search looks again.
    pub fn hurry_later(&self, lane: LaneKey) {
        self.state().first.insert(lane);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A report is waited for until this is dropped.
pub(super) struct Reporting(Arc<Room>);

impl Drop for Reporting {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.reports -= 1;
        if state.reports == 0 && state.waits() {
            self.0.work.notify_one();
        }
    }
}

/// A reaction that nobody waits for runs until this is dropped.
pub(super) struct Place(Arc<Room>);

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.running -= 1;
        if state.waits() {
            self.0.work.notify_one();
        }
    }
}

#[cfg(test)]
mod tests;
