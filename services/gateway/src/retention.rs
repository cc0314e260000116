//! Takes away what the gateway need not keep, in the background.

use baton_clock::lease_now;
use baton_store::{Store, days_before, run_now_and_then};
use tokio_util::sync::CancellationToken;

use crate::storage::retention::{prune_lanes, prune_reactions};

/// How long a lane stays after it was last held, in days of real time.
const LANE_DAYS: u32 = 1;

/// Looks now and then, until the shutdown. `reactions_days` counts by the business clock, as their beginning does.
pub async fn run(store: Store, reactions_days: u32, shutdown: CancellationToken) {
    let prune = move || {
        let store = store.clone();
        async move {
            let oldest = days_before(store.clock().now(), reactions_days);
            let reactions = prune_reactions(&store, oldest).await?;
            let lanes = prune_lanes(&store, days_before(lease_now(), LANE_DAYS)).await?;
            Ok(reactions + lanes)
        }
    };
    run_now_and_then(prune, shutdown).await;
}
