//! How cases and workers were allocated in a period, counted from the journal.

use baton_ids::AuthorityId;
use baton_store::{Db, Instant, StoreError, sqlx, with_db};
use jiff::Timestamp;

use crate::domain::figures::Figures;

/// What was recorded in a period, by type. The types are those of the index `events_counted`. A worker who follows
/// nobody was allocated; one who follows another is a change of worker.
const COUNT: &str = "SELECT event_type, \
        CASE WHEN event_type = 'case.allocated' \
            THEN COALESCE(body -> 'data' ->> 'former_worker_id', '') <> '' ELSE FALSE END AS follows, \
        COUNT(*) \
    FROM events WHERE authority = $1 AND recorded_at >= $2 AND recorded_at < $3 \
        AND event_type IN ('case.placed', 'case.allocated', 'responsibility.moved', 'case.unallocated', 'case.ended') \
    GROUP BY event_type, follows";

/// The figures of a period. What is recorded at its end belongs to the next one.
#[tracing::instrument(name = "db.figures.count", skip_all)]
pub async fn of_period(
    db: &Db,
    authority: &AuthorityId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Figures, StoreError> {
    let rows: Vec<(String, bool, i64)> = with_db!(db, c => sqlx::query_as(COUNT)
        .bind(authority.as_str())
        .bind(Instant::from(from))
        .bind(Instant::from(until))
        .fetch_all(c)
        .await?);
    let mut figures = Figures::default();
    for (kind, follows, count) in rows {
        match (kind.as_str(), follows) {
            ("case.placed", _) => figures.placed += count,
            ("case.allocated", false) => figures.allocated += count,
            ("case.allocated", true) => figures.changed_worker += count,
            ("responsibility.moved", _) => figures.moved += count,
            ("case.unallocated", _) => figures.unallocated += count,
            ("case.ended", _) => figures.ended += count,
            _ => {}
        }
    }
    Ok(figures)
}
