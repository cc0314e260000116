//! When to try again.

use std::time::Duration;

/// The first wait.
const FIRST: Duration = Duration::from_millis(100);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);

/// Doubles with each attempt up to a ceiling; half of it is chance, so that many do not come back at once.
pub fn after(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(16);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    whole / 2 + whole.mul_f64(rand::random::<f64>() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_have_a_ceiling() {
        assert!(after(1) <= Duration::from_millis(100));
        assert!(after(4) >= Duration::from_millis(400));
        assert!(after(1_000) <= LONGEST);
    }
}
