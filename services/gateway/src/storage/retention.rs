//! What the gateway need not keep for ever: reactions that are done, and lanes in which nothing runs.

use baton_store::{Instant, Store, StoreError, sqlx, with_tx};
use jiff::Timestamp;

/// The most rows of one transaction, so that reactions wait for moments only.
const AT_ONCE: i64 = 500;

/// Takes away reactions that began before an instant and are done. Those that run or are parked stay, whatever their age.
/// What came of a report is kept with the report, and what happened is in the journey.
pub async fn prune_reactions(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let delete = "DELETE FROM reactions WHERE id IN (SELECT id FROM reactions \
        WHERE phase = 'done' AND created_at < $1 LIMIT $2)";
    in_batches(store, "prune_reactions", delete, before).await
}

/// Takes away lanes that nobody has held since an instant and in which nothing waits.
pub async fn prune_lanes(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let delete = "DELETE FROM lanes WHERE held_until < $1 AND (authority, lane) IN ( \
        SELECT authority, lane FROM lanes l WHERE l.held_until < $1 \
            AND NOT EXISTS (SELECT 1 FROM reactions r WHERE r.authority = l.authority \
                AND r.lane = l.lane AND r.phase = 'runnable') LIMIT $2)";
    in_batches(store, "prune_lanes", delete, before).await
}

async fn in_batches(
    store: &Store,
    label: &'static str,
    delete: &'static str,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        let pruned: Result<u64, StoreError> = store
            .transact(label, move |tx| {
                Box::pin(async move {
                    Ok(with_tx!(tx, c => sqlx::query(delete)
                        .bind(Instant::from(before))
                        .bind(AT_ONCE)
                        .execute(c)
                        .await
                        .map(|done| done.rows_affected()))?)
                })
            })
            .await;
        let pruned = pruned?;
        all += pruned;
        if pruned < AT_ONCE.unsigned_abs() {
            return Ok(all);
        }
    }
}
