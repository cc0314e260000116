//! What a round of flows came to.

use std::time::Duration;

/// Throughput and latencies of one round.
#[derive(Debug, Clone)]
pub struct Figures {
    times: Vec<Duration>,
    wall: Duration,
}

impl Figures {
    /// `times` is the duration of each flow, `wall` that of the round.
    pub fn new(mut times: Vec<Duration>, wall: Duration) -> Self {
        times.sort_unstable();
        Self { times, wall }
    }

    /// Flows a second.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of a bench fit in 52 bits"
    )]
    pub fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.wall.as_secs_f64()
    }

    /// The latency below which `percent` of the flows stayed. Zero when there were none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let index = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(index).copied().unwrap_or_default()
    }

    /// How many flows there were.
    pub fn count(&self) -> usize {
        self.times.len()
    }
}

/// The middle one of several values. Zero when there are none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
