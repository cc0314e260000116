//! The checker finds what is wrong: each kind of fault is planted in a copy of what a day's work left behind.
//!
//! The databases themselves refuse most of these; their constraints are taken away first.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::ensemble::{self, Ensemble};
use crate::town::{AFTERWARDS, BEGIN, Town, held};

/// What is done to the database of a service, and what has to be said of it.
type Plant = (&'static str, &'static str, &'static str);

const RESPONSIBILITY: [Plant; 8] = [
    (
        "allocation",
        "UPDATE spans SET effective_until = NULL WHERE axis = 'team' AND believed_until IS NULL",
        ": 2 open team spans",
    ),
    (
        "allocation",
        "DELETE FROM spans WHERE axis = 'team' AND effective_until IS NULL AND believed_until IS NULL",
        ": 0 open team spans",
    ),
    (
        "allocation",
        "UPDATE spans SET effective_from = effective_from + 1 WHERE effective_until IS NULL AND believed_until IS NULL",
        "a hole or an overlap on the team axis",
    ),
    (
        "allocation",
        "UPDATE spans SET effective_from = effective_from - 1 WHERE effective_until IS NULL AND believed_until IS NULL",
        "a hole or an overlap on the worker axis",
    ),
    (
        "allocation",
        "UPDATE cases SET opened_at = opened_at - 1",
        "the first team span does not begin when the case opened",
    ),
    (
        "allocation",
        "UPDATE cases SET team_id = 'frt'",
        "the row and the open team span disagree",
    ),
    (
        "allocation",
        "DELETE FROM spans WHERE axis = 'worker'",
        "no worker was ever responsible",
    ),
    (
        "allocation",
        "UPDATE cases SET open = FALSE",
        ": 1 open team spans",
    ),
];

const TRANSFERS: [Plant; 4] = [
    (
        "allocation",
        "UPDATE spans SET cause_kind = 'placement'",
        "is completed and 0 ledger spans name it",
    ),
    (
        "transfer",
        "UPDATE transfers SET phase = 'completing'",
        "hangs in completing",
    ),
    ("transfer", "DELETE FROM transfers", "a move names transfer"),
    (
        "transfer",
        "UPDATE transfers SET live = TRUE; CREATE TABLE again AS SELECT * FROM transfers; \
         UPDATE again SET id = randomblob(16); INSERT INTO transfers SELECT * FROM again",
        "has two live transfers",
    ),
];

const LOGS: [Plant; 8] = [
    (
        "transfer",
        "DELETE FROM sealed WHERE position = 2",
        "transfer: a gap before position 3",
    ),
    (
        "transfer",
        "DELETE FROM sealed WHERE position = (SELECT max(position) FROM sealed)",
        "sealed, 0 waiting",
    ),
    (
        "transfer",
        "DELETE FROM sealed WHERE position = (SELECT max(position) FROM sealed); \
         DELETE FROM events WHERE event_id NOT IN (SELECT event_id FROM sealed)",
        "the feed does not end where it says",
    ),
    (
        "transfer",
        "UPDATE sealed SET hash = zeroblob(32) WHERE position = 1",
        "the chain breaks at position 1",
    ),
    (
        "transfer",
        "UPDATE events SET body = json_set(body, '$.actor.principal', 'somebody else')",
        "is not what was announced",
    ),
    (
        "transfer",
        "UPDATE events SET body = json_remove(body, '$.actor')",
        "does not say /actor/principal",
    ),
    (
        "transfer",
        "UPDATE events SET traceparent = NULL",
        "has no trace",
    ),
    (
        "transfer",
        "CREATE TABLE again AS SELECT * FROM events WHERE event_type = 'transfer.completed'; \
         UPDATE again SET seq = seq + 1000, event_id = randomblob(16); INSERT INTO events SELECT * FROM again",
        "happened 2 times",
    ),
];

const UNFINISHED: [Plant; 9] = [
    (
        "gateway",
        "UPDATE reactions SET phase = 'runnable'",
        "is runnable",
    ),
    (
        "gateway",
        "UPDATE reactions SET phase = 'parked', parked_because = 'SERVICE_UNREACHABLE'",
        "is parked (SERVICE_UNREACHABLE)",
    ),
    (
        "gateway",
        "UPDATE reports SET receipt = NULL",
        "has no receipt",
    ),
    (
        "gateway",
        "UPDATE lanes SET held_until = 1",
        "a lane is held",
    ),
    (
        "gateway",
        "DELETE FROM journey WHERE position = 5",
        "never came",
    ),
    (
        "gateway",
        "CREATE TABLE again AS SELECT * FROM journey; INSERT INTO again SELECT * FROM journey WHERE position = 5; \
         DROP TABLE journey; ALTER TABLE again RENAME TO journey",
        "came 2 times",
    ),
    (
        "gateway",
        "UPDATE journey SET event_id = randomblob(16) WHERE position = 5",
        "came, and no service has it",
    ),
    (
        "transfer",
        "UPDATE deadlines SET state = 'open', due_at = 1",
        "passed in silence",
    ),
    (
        "notification",
        "UPDATE notices SET state = 'ready'",
        "is left ready",
    ),
];

const NOTICES: [Plant; 2] = [
    (
        "notification",
        "CREATE TABLE again AS SELECT * FROM notices; UPDATE again SET id = randomblob(16); \
         INSERT INTO notices SELECT * FROM again",
        "is told twice for one cause",
    ),
    (
        "notification",
        "UPDATE notices SET state = 'withheld'",
        "was handed over, and no notice says so",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_planted_fault_is_found() {
    let mut ensemble = Ensemble::sqlite(BEGIN).await;
    let town = Town::new([ensemble.door()]);
    town.organise().await;
    let mut children = town.contacts(1).await;
    town.open(&mut children).await;
    town.book(&mut children).await;
    town.prepare(&children[0]).await;
    town.advance(AFTERWARDS).await;
    town.report(held(&children[0])).await;
    town.complete(&children[0]).await;
    town.settle().await;
    ensemble.stop().await;
    assert_eq!(faults(&ensemble, None).await, Vec::<String>::new());

    let plants = RESPONSIBILITY.iter().chain(&TRANSFERS).chain(&LOGS);
    for plant in plants.chain(&UNFINISHED).chain(&NOTICES) {
        let found = faults(&ensemble, Some(plant)).await;
        assert!(
            found.iter().any(|fault| fault.contains(plant.2)),
            "{plant:?} was not found, but {found:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_lost_after_it_was_sent_is_found() {
    let mut ensemble = Ensemble::sqlite(BEGIN).await;
    let town = Town::new([ensemble.door()]);
    town.organise().await;
    let mut children = town.contacts(1).await;
    town.open(&mut children).await;
    town.book(&mut children).await;
    ensemble.stop().await;

    let mut letters = std::fs::read_dir(ensemble.spool()).unwrap().flatten();
    let letter = letters.find(|letter| letter.path().is_file()).unwrap();
    std::fs::remove_file(letter.path()).unwrap();

    let found = faults(&ensemble, None).await;
    assert!(found[0].contains("nothing was handed over"), "{found:?}");
}

/// What the checker says of a copy in which something was planted.
async fn faults(ensemble: &Ensemble, plant: Option<&Plant>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let urls = copy(ensemble.urls(), &folder);
    if let Some((service, sql, _)) = plant {
        let options: SqliteConnectOptions = urls[service].parse().unwrap();
        let mut database = SqliteConnection::connect_with(&options.foreign_keys(false))
            .await
            .unwrap();
        let held: Vec<(String, String)> = sqlx::query_as(
            "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL",
        )
        .fetch_all(&mut database)
        .await
        .unwrap();
        for (kind, name) in held {
            let drop = AssertSqlSafe(format!("DROP {kind} {name}"));
            sqlx::raw_sql(drop).execute(&mut database).await.unwrap();
        }
        let free = "PRAGMA ignore_check_constraints = ON";
        sqlx::raw_sql(free).execute(&mut database).await.unwrap();
        sqlx::raw_sql(*sql).execute(&mut database).await.unwrap();
        database.close().await.unwrap();
    }
    let databases = ensemble::databases(&urls, Some(&ensemble.spool())).await;
    databases.faults().await.unwrap()
}

fn copy(urls: &BTreeMap<&'static str, String>, folder: &TempDir) -> BTreeMap<&'static str, String> {
    let mut copied = BTreeMap::new();
    for (service, url) in urls {
        let from = url.strip_prefix("sqlite:").expect("a file");
        let to = folder.path().join(Path::new(from).file_name().unwrap());
        std::fs::copy(from, &to).unwrap();
        // What the last connection did not get to write back lies beside the file.
        let ahead = format!("{from}-wal");
        if Path::new(&ahead).exists() {
            std::fs::copy(ahead, format!("{}-wal", to.display())).unwrap();
        }
        copied.insert(*service, format!("sqlite:{}", to.display()));
    }
    copied
}
