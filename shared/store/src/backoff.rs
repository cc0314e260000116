//! Waiting longer after each failure. Counts in real time, whatever the business clock shows.

use std::time::Duration;

use rand::Rng;
use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// The wait after consecutive failures: doubling, capped, half of it by chance so that replicas spread.
#[derive(Debug)]
pub struct Backoff {
    next: Duration,
}

impl Backoff {
    pub const fn new() -> Self {
        Self { next: FIRST }
    }

    /// After a success.
    pub const fn reset(&mut self) {
        self.next = FIRST;
    }

    /// Waits, or returns at once when told to stop.
    pub async fn wait(&mut self, shutdown: &CancellationToken) {
        let wait = self.next.mul_f64(rand::rng().random_range(0.5..=1.0));
        self.next = (self.next * 2).min(LONGEST);
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}
