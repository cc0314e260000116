//! What the database itself refuses, should the code ever be wrong.

use baton_store::{StoreError, sqlx, with_tx};
use baton_testkit::each_database;

use super::harness::{START, World, at};

/// Runs a statement about a case; answers whether the database took it.
async fn taken(world: &World, sql: &'static str, case_id: &str) -> bool {
    let id: uuid::Uuid = case_id.parse().unwrap();
    let run = world.store.transact("try", move |tx| {
        Box::pin(async move {
            with_tx!(tx, c => sqlx::query(sql).bind(id).execute(c).await.map(drop))?;
            Ok::<_, StoreError>(())
        })
    });
    run.await.is_ok()
}

#[tokio::test]
async fn a_span_is_neither_overwritten_nor_deleted() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;

        for sql in [
            "UPDATE spans SET team_id = 'north' WHERE case_id = $1",
            "UPDATE spans SET effective_until = effective_from WHERE case_id = $1",
            "UPDATE spans SET believed_until = believed_from, team_id = 'north' WHERE case_id = $1",
            "DELETE FROM spans WHERE case_id = $1",
        ] {
            assert!(!taken(&world, sql, &case.case_id).await, "{sql}");
        }
        assert_eq!(world.spans(&case.case_id).await.teams.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn there_is_no_second_open_span_and_no_gap() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;
        // A copy of the ids will do: both databases can make one from another row.
        let second = "INSERT INTO spans (id, authority, case_id, axis, team_id, worker_id, effective_from, \
                recorded_at, believed_from, epoch, cause_kind, cause_id, rules) \
            SELECT cause_id, authority, case_id, axis, team_id, worker_id, effective_from, recorded_at, \
                believed_from, epoch + 1, cause_kind, cause_id, rules \
            FROM spans WHERE case_id = $1 AND axis = 'team'";

        assert!(!taken(&world, second, &case.case_id).await);
    })
    .await;
}

#[tokio::test]
async fn an_open_case_has_a_team_and_a_closed_one_has_nobody() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;

        for sql in [
            "UPDATE cases SET team_id = NULL WHERE id = $1",
            "UPDATE cases SET open = (1 = 0) WHERE id = $1",
            "UPDATE cases SET open = (1 = 0), team_id = NULL, worker_id = 'ann' WHERE id = $1",
        ] {
            assert!(!taken(&world, sql, &case.case_id).await, "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_child_has_no_second_open_case() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;
        let second = "INSERT INTO cases \
                (id, authority, child_id, open, team_id, epoch, version, opened_at, document) \
            SELECT child_id, authority, child_id, open, team_id, epoch, version, opened_at, document \
            FROM cases WHERE id = $1";

        assert!(!taken(&world, second, &case.case_id).await);
    })
    .await;
}
