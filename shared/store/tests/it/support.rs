//! A small service's database: one table of counters to see effects in.

use std::time::Duration;

use baton_clock::BusinessClock;
use baton_store::{Migrations, NewEvent, Store, StoreConfig, StoreError, Tx, with_db, with_tx};
use baton_testkit::clock_at;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

pub const START: &str = "2026-03-02T09:30:00Z";

pub const MIGRATIONS: Migrations = Migrations {
    sqlite: &[(
        1000,
        "counters",
        "CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;
         CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, text TEXT) STRICT;",
    )],
    postgres: &[(
        1000,
        "counters",
        "CREATE TABLE counters (name TEXT PRIMARY KEY, n BIGINT NOT NULL);
         CREATE TABLE notes (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at TIMESTAMPTZ, text TEXT);",
    )],
};

pub async fn open(url: &str) -> Store {
    open_at(url, clock_at(START)).await
}

pub async fn open_at(url: &str, clock: BusinessClock) -> Store {
    Store::open(StoreConfig::new(url), "sample", MIGRATIONS, clock)
        .await
        .unwrap()
}

/// Two replicas of a service. Only PostgreSQL allows two openings; on SQLite they share one.
pub async fn two_replicas(url: &str, clock: BusinessClock) -> [Store; 2] {
    let one = open_at(url, clock.clone()).await;
    let two = if url.starts_with("sqlite:") {
        one.clone()
    } else {
        open_at(url, clock).await
    };
    [one, two]
}

pub async fn add(tx: &mut Tx, name: &str, n: i64) -> Result<(), StoreError> {
    let upsert = "INSERT INTO counters (name, n) VALUES ($1, $2) \
        ON CONFLICT (name) DO UPDATE SET n = counters.n + excluded.n";
    with_tx!(tx, c => sqlx::query(upsert).bind(name).bind(n).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn note(tx: &mut Tx, text: &str) -> Result<(), StoreError> {
    let insert = "INSERT INTO notes (text) VALUES ($1)";
    with_tx!(tx, c => sqlx::query(insert).bind(text).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn count(store: &Store, name: &str) -> i64 {
    let select = "SELECT n FROM counters WHERE name = $1";
    let found: Option<i64> = with_db!(store.db(), c =>
        sqlx::query_scalar(select).bind(name).fetch_optional(c).await)
    .unwrap();
    found.unwrap_or(0)
}

pub async fn notes(store: &Store) -> Vec<String> {
    let select = "SELECT text FROM notes ORDER BY id";
    with_db!(store.db(), c => sqlx::query_scalar(select).fetch_all(c).await).unwrap()
}

pub fn event(authority: &str, aggregate_id: Uuid, version: i64) -> NewEvent {
    NewEvent {
        event_id: Uuid::now_v7(),
        authority: authority.to_owned(),
        event_type: "sample.happened".to_owned(),
        aggregate_id,
        aggregate_version: version,
        case_id: Some(Uuid::now_v7()),
        child_id: None,
        family_id: None,
        effective_at: at("2026-03-01T00:00:00Z"),
        recorded_at: at(START),
        body: json!({"rules": ["W-053"], "n": version, "share": 1e16, "half": 2.50, "none": null}),
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
    }
}

pub async fn announce(store: &Store, events: Vec<NewEvent>) {
    let done: Result<(), StoreError> = store
        .transact("announce", move |tx| {
            Box::pin(async move {
                tx.announce(&events);
                Ok(())
            })
        })
        .await;
    done.unwrap();
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Fails rather than hangs.
pub async fn in_time<F: Future>(what: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(30), what)
        .await
        .expect("within 30 seconds")
}

/// Looks again and again until `found` is so: for effects of tasks that tell nobody when they are done.
pub async fn eventually<F: AsyncFn() -> bool>(found: F) {
    in_time(async {
        while !found().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
