use baton_store::{Cursor, Db, Store, StoreConfig, StoreError, sqlx};
use baton_testkit::{TestDb, clock_at, each_database};
use uuid::Uuid;

use crate::support::{MIGRATIONS, START, announce, event, open};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_keeps_its_incarnation_and_another_has_another() {
    each_database(|url| async move {
        let first = open(&url).await;
        let incarnation = first.incarnation().to_owned();
        first.close().await;
        drop(first);

        let again = open(&url).await;
        let other_db = TestDb::sqlite();
        let other = open(other_db.url()).await;

        assert_eq!(again.incarnation(), incarnation);
        assert_ne!(other.incarnation(), incarnation);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_used_by_one_opening_at_a_time() {
    let db = TestDb::sqlite();
    let first = open(db.url()).await;

    let second = Store::open(
        StoreConfig::new(db.url()),
        "sample",
        MIGRATIONS,
        clock_at(START),
    )
    .await;
    assert!(matches!(second, Err(StoreError::FileInUse)));

    first.close().await;
    drop(first);
    open(db.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_file_is_whole_and_free_whoever_still_knows_the_store() {
    let db = TestDb::sqlite();
    let file = std::path::PathBuf::from(db.url().trim_start_matches("sqlite:"));
    for _ in 0..5 {
        let store = open(db.url()).await;
        let aggregate = Uuid::now_v7();
        let events = (1..=100).map(|version| event("wirral", aggregate, version));
        announce(&store, events.collect()).await;
        let start = Cursor::default();
        futures::future::join_all((0..16).map(|_| store.read_feed("wirral", &start, 100))).await;

        store.close().await;

        for log in ["-wal", "-shm"] {
            let mut beside = file.clone().into_os_string();
            beside.push(log);
            assert!(!std::path::Path::new(&beside).exists(), "{log}");
        }
        open(db.url()).await.close().await;
        drop(store);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_may_bring_one_database_up_to_date_at_once() {
    let db = TestDb::postgres().await;

    let stores = futures::future::join_all((0..4).map(|_| open(db.url()))).await;

    assert!(
        stores
            .iter()
            .all(|store| store.incarnation() == stores[0].incarnation())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_spends_little_on_documents_that_are_only_read_whole() {
    let db = TestDb::postgres().await;
    let store = open(db.url()).await;
    let Db::Postgres(pool) = store.db() else {
        panic!("not PostgreSQL");
    };

    let analysed: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         WHERE c.relnamespace = CURRENT_SCHEMA()::REGNAMESPACE AND c.relkind = 'r' AND a.attnum > 0 \
         AND a.atttypid IN ('JSON'::REGTYPE, 'JSONB'::REGTYPE, 'BYTEA'::REGTYPE) AND a.attstattarget IS DISTINCT FROM 0",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let (compression, best): (String, String) = sqlx::query_as(
        "SELECT setting, CASE WHEN 'lz4' = ANY(enumvals) THEN 'lz4' ELSE 'pglz' END \
         FROM pg_settings WHERE name = 'default_toast_compression'",
    )
    .fetch_one(pool)
    .await
    .unwrap();

    assert!(analysed.is_empty(), "{analysed:?}");
    assert_eq!(compression, best);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_unavailable() {
    let config = StoreConfig::new("postgres://baton@localhost/none?host=/nowhere");

    let refused = Store::open(config, "sample", MIGRATIONS, clock_at(START))
        .await
        .err()
        .unwrap();

    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_refuses() {
    each_database(|url| async move {
        let store = open(&url).await;
        store.close().await;

        let refused: Result<(), StoreError> =
            store.transact("late", |_| Box::pin(async { Ok(()) })).await;

        assert!(matches!(refused, Err(StoreError::Interrupted)));
    })
    .await;
}
