//! What the gateway need not keep for ever: reactions that are done, lanes in which nothing runs, and transfers that
//! ended long ago in the tracker.

use baton_store::{Instant, PRUNED_AT_ONCE, Store, StoreError, in_batches, sqlx, with_tx};
use jiff::Timestamp;

/// Takes away reactions that began before an instant and are done. Those that run or are parked stay, whatever their age.
/// What came of a report is kept with the report, and what happened is in the journey.
pub async fn prune_reactions(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let delete = "DELETE FROM reactions WHERE id IN (SELECT id FROM reactions \
        WHERE phase = 'done' AND created_at < $1 LIMIT $2)";
    prune(store, "prune_reactions", delete, before).await
}

/// Takes away lanes that nobody has held since an instant and in which nothing waits.
pub async fn prune_lanes(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let delete = "DELETE FROM lanes WHERE held_until < $1 AND (authority, lane) IN ( \
        SELECT authority, lane FROM lanes l WHERE l.held_until < $1 \
            AND NOT EXISTS (SELECT 1 FROM reactions r WHERE r.authority = l.authority \
                AND r.lane = l.lane AND r.phase = 'runnable') LIMIT $2)";
    prune(store, "prune_lanes", delete, before).await
}

/// Takes away the rows of transfers that ended before an instant, with their tasks. The journey keeps what happened.
pub async fn prune_tracker(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let tasks = "DELETE FROM tracker_tasks WHERE (authority, transfer_id, name) IN ( \
        SELECT k.authority, k.transfer_id, k.name FROM tracker_tasks k \
            JOIN tracker t ON t.authority = k.authority AND t.transfer_id = k.transfer_id \
        WHERE NOT t.live AND t.ended_at < $1 LIMIT $2)";
    let rows = "DELETE FROM tracker WHERE NOT live AND (authority, transfer_id) IN ( \
        SELECT authority, transfer_id FROM tracker WHERE NOT live AND ended_at < $1 LIMIT $2)";
    let tasks = prune(store, "prune_tracker_tasks", tasks, before).await?;
    Ok(tasks + prune(store, "prune_tracker", rows, before).await?)
}

async fn prune(
    store: &Store,
    label: &'static str,
    delete: &'static str,
    before: Timestamp,
) -> Result<u64, StoreError> {
    in_batches(|| {
        store.transact(label, move |tx| {
            Box::pin(async move {
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
