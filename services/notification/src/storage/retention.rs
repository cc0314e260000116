//! What notification need not keep for ever: notices that are settled.

use baton_store::{Instant, PRUNED_AT_ONCE, Store, StoreError, in_batches, sqlx, with_tx};
use jiff::Timestamp;

/// Takes away notices that are settled and about which nothing was recorded since an instant. One that came back, or that
/// nobody could be found for, is somebody's task and stays. That somebody was told is in the events.
pub async fn prune_notices(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    in_batches(|| {
        store.transact("prune_notices", move |tx| {
            Box::pin(async move {
                let delete = "DELETE FROM notices WHERE id IN (SELECT n.id FROM notices n \
                    WHERE n.state IN ('sent', 'given', 'delivered', 'withheld') \
                        AND NOT EXISTS (SELECT 1 FROM events e \
                            WHERE e.aggregate_id = n.id AND e.recorded_at >= $1) \
                    ORDER BY n.id LIMIT $2)";
                Ok(with_tx!(tx, c => sqlx::query(delete)
                    .bind(Instant::from(before))
                    .bind(PRUNED_AT_ONCE)
                    .execute(c)
                    .await
                    .map(|done| done.rows_affected()))?)
            })
        })
    })
    .await
}
