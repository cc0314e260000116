//! Takes away what the gateway need not keep, in the background.

use baton_clock::lease_now;
use baton_store::{Store, days_before, run_now_and_then};
use tokio_util::sync::CancellationToken;

use crate::storage::retention::{prune_lanes, prune_reactions, prune_tracker};

/// How long a lane stays after it was last held, in days of real time.
const LANE_DAYS: u32 = 1;

/// How long what is over is kept, in days of the business clock.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// Reactions that are done, since they began.
    pub reactions_days: u32,
    /// Transfers in the tracker, since they ended.
    pub tracker_days: u32,
}

/// Looks now and then, until the shutdown.
pub async fn run(store: Store, keep: Keep, shutdown: CancellationToken) {
    let prune = move || {
        let store = store.clone();
        async move {
            let oldest = days_before(store.clock().now(), keep.reactions_days);
            let reactions = prune_reactions(&store, oldest).await?;
            let lanes = prune_lanes(&store, days_before(lease_now(), LANE_DAYS)).await?;
            let ended = days_before(store.clock().now(), keep.tracker_days);
            let tracker = prune_tracker(&store, ended).await?;
            Ok(reactions + lanes + tracker)
        }
    };
    run_now_and_then(prune, shutdown).await;
}
