//! Killing the process at a point of a transaction. The child is this test binary again.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};

use baton_store::StoreError;
use baton_testkit::TestDb;

use crate::support::{add, count, open};

const SIGKILL: i32 = 9;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child of the other tests"]
async fn child() {
    let store = open(&std::env::var("CHILD_URL").unwrap()).await;
    for _ in 0..3 {
        let done: Result<(), StoreError> = store
            .transact("act", |tx| Box::pin(async move { add(tx, "a", 1).await }))
            .await;
        done.unwrap();
    }
}

fn run_child(url: &str, kill_at: &str, log: &str) -> ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["kill::child", "--exact", "--ignored"])
        .envs([
            ("CHILD_URL", url),
            ("BATON_KILL_AT", kill_at),
            ("BATON_KILL_LOG", log),
        ])
        .status()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_a_commit_it_never_happened_and_after_it_it_did() {
    for (kill_at, effects) in [
        ("before_commit:sample.act", 0),
        ("before_commit:sample.act#3", 2),
        ("after_commit:sample.act#1", 1),
        ("after_commit:sample.act#3", 3),
    ] {
        for db in [TestDb::sqlite(), TestDb::postgres().await] {
            let log = tempfile::NamedTempFile::new().unwrap();

            let status = run_child(db.url(), kill_at, log.path().to_str().unwrap());

            assert_eq!(status.signal(), Some(SIGKILL), "{kill_at}");
            assert_eq!(
                count(&open(db.url()).await, "a").await,
                effects,
                "{kill_at}"
            );
            let passed = std::fs::read_to_string(log.path()).unwrap();
            let last = kill_at.split('#').next().unwrap();
            assert_eq!(
                passed.lines().last(),
                Some(format!("killed {last}").as_str())
            );
        }
    }
}
