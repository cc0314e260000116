use baton_store::{Instant, with_db, with_tx};
use baton_testkit::each_database;
use jiff::Timestamp;

use crate::support::{at, open};

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_reads_back_as_it_was_written_and_sorts_by_time() {
    each_database(|url| async move {
        let store = open(&url).await;
        let instants = [
            at("1969-12-31T23:59:59.999999Z"),
            at("1999-12-31T23:59:59.5Z"),
            at("2026-03-29T00:59:59.999999Z"),
            at("2026-03-29T01:00:00Z"),
        ];
        store
            .transact("write", move |tx| {
                Box::pin(async move {
                    for instant in instants.into_iter().rev() {
                        with_tx!(tx, c => sqlx::query("INSERT INTO notes (at) VALUES ($1)")
                            .bind(Instant::from(instant)).execute(c).await.map(drop))?;
                    }
                    Ok::<_, baton_store::StoreError>(())
                })
            })
            .await
            .unwrap();

        let read: Vec<Instant> = with_db!(store.db(), c =>
            sqlx::query_scalar("SELECT at FROM notes ORDER BY at").fetch_all(c).await)
        .unwrap();
        let none: Option<Instant> = with_db!(store.db(), c =>
            sqlx::query_scalar("SELECT MAX(at) FROM notes WHERE at > $1")
                .bind(Instant::from(instants[3])).fetch_one(c).await)
        .unwrap();

        assert_eq!(
            read.into_iter().map(Timestamp::from).collect::<Vec<_>>(),
            instants
        );
        assert_eq!(none, None);
    })
    .await;
}

#[test]
fn what_is_finer_than_a_microsecond_is_cut() {
    let instant = Instant::from(at("2026-03-02T09:30:00.123456789Z"));

    assert_eq!(instant.timestamp(), at("2026-03-02T09:30:00.123456Z"));
}
