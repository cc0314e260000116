//! The clock that rules count in.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::{cut_to_micros, wall};

/// The longest single sleep on the system clock: the wall clock may be stepped while we sleep.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// The time in which rules and deadlines are counted: the system's, or a simulated one. Clones share it.
#[derive(Debug, Clone)]
pub struct BusinessClock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Simulated(Arc<watch::Sender<Timestamp>>),
}

/// Why a clock could not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// The clock is the system's.
    #[error("the system clock cannot be set")]
    NotSimulated,
    /// The instant lies before the clock's own.
    #[error("the clock shows {now} and only moves forward, not to {asked}")]
    Backwards {
        /// What the clock shows.
        now: Timestamp,
        /// What was asked for.
        asked: Timestamp,
    },
}

impl BusinessClock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until it is set.
    pub fn simulated(start: Timestamp) -> Self {
        let (sender, _) = watch::channel(cut_to_micros(start));
        Self(Source::Simulated(Arc::new(sender)))
    }

    /// The current instant, cut to microseconds.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => wall(),
            Source::Simulated(now) => *now.borrow(),
        }
    }

    /// Whether this clock is a simulated one.
    pub const fn is_simulated(&self) -> bool {
        matches!(self.0, Source::Simulated(_))
    }

    /// Moves a simulated clock forward and wakes whoever waits for it. Setting what it shows is no error.
    pub fn set(&self, to: Timestamp) -> Result<(), ClockError> {
        let Source::Simulated(clock) = &self.0 else {
            return Err(ClockError::NotSimulated);
        };
        let asked = cut_to_micros(to);
        let mut outcome = Ok(());
        clock.send_if_modified(|now| {
            if asked < *now {
                outcome = Err(ClockError::Backwards { now: *now, asked });
            }
            let moved = asked > *now;
            if moved {
                *now = asked;
            }
            moved
        });
        outcome
    }

    /// Waits until the clock is set again. Never returns on the system clock, which is never set.
    ///
    /// Only a change after the call counts; to wait for an instant use [`Self::sleep_until`].
    pub async fn changed(&self) {
        match &self.0 {
            Source::System => std::future::pending().await,
            Source::Simulated(clock) => {
                // Cannot fail: `self` holds the sender.
                let _ = clock.subscribe().changed().await;
            }
        }
    }

    /// Waits until the clock shows `until` or later; returns at once if it does.
    pub async fn sleep_until(&self, until: Timestamp) {
        match &self.0 {
            Source::System => loop {
                let left = until.duration_since(wall());
                match Duration::try_from(left) {
                    Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(SLEEP_MAX)).await,
                    _ => return,
                }
            },
            Source::Simulated(clock) => {
                // Cannot fail: `self` holds the sender.
                let _ = clock.subscribe().wait_for(|now| *now >= until).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn instants_are_cut_to_microseconds() {
        let clock = BusinessClock::simulated(at("2026-03-02T09:30:00.123456789Z"));

        assert_eq!(clock.now(), at("2026-03-02T09:30:00.123456Z"));
        assert_eq!(BusinessClock::system().now().as_nanosecond() % 1000, 0);
    }

    #[test]
    fn a_simulated_clock_only_moves_forward() {
        let clock = BusinessClock::simulated(at("2026-03-02T09:30:00Z"));
        let twin = clock.clone();

        clock.set(at("2026-03-02T10:00:00Z")).unwrap();
        clock.set(at("2026-03-02T10:00:00Z")).unwrap();
        let refused = clock.set(at("2026-03-02T09:59:59Z"));

        assert!(matches!(refused, Err(ClockError::Backwards { .. })));
        assert_eq!(twin.now(), at("2026-03-02T10:00:00Z"));
    }

    #[test]
    fn the_system_clock_cannot_be_set() {
        assert_eq!(
            BusinessClock::system().set(Timestamp::MAX),
            Err(ClockError::NotSimulated)
        );
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_is_set_to_its_instant() {
        let clock = BusinessClock::simulated(at("2026-03-02T09:30:00Z"));
        let due = at("2026-03-17T00:00:00Z");
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(due).await;
                clock.now()
            }
        });

        clock.set(at("2026-03-16T23:59:59Z")).unwrap();
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.set(due).unwrap();

        assert_eq!(sleeper.await.unwrap(), due);
    }

    #[tokio::test]
    async fn an_instant_that_has_passed_needs_no_sleep() {
        BusinessClock::system()
            .sleep_until(Timestamp::UNIX_EPOCH)
            .await;
        let simulated = BusinessClock::simulated(Timestamp::UNIX_EPOCH);
        simulated.sleep_until(Timestamp::UNIX_EPOCH).await;
    }
}
