//! Gives every call up at twenty points of its execution: a call has its whole effect once, or none.
//!
//! Stories are played through a door that cancels, in front of services that are cancelled by the gateway as well. They
//! must hold, announce exactly what they announce undisturbed, and leave no transaction open.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use baton::story;
use baton_contracts::{CALLS, Call};

use crate::ensemble::{Between, Ensemble, nothing};
use crate::hasty::{Cancelled, hasty};

/// Together they make nearly every call of the route.
const STORIES: [&str; 3] = [
    "wirral/conference-audit-fails.yaml",
    "wirral/from-contact-to-closure.yaml",
    "shropshire/moves-at-the-conference.yaml",
];

type Announced = BTreeMap<(String, String), usize>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_cancelled_anywhere_has_one_effect_or_none_on_sqlite() {
    each_story(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_cancelled_anywhere_has_one_effect_or_none_on_postgres() {
    each_story(true).await;
}

async fn each_story(postgres: bool) {
    let stories = if postgres {
        &STORIES[..1]
    } else {
        &STORIES[..]
    };
    let mut met = BTreeSet::new();
    for name in stories {
        let undisturbed = played(name, postgres, None).await;
        let cancelled = Arc::new(Cancelled::default());
        let disturbed = played(name, postgres, Some(Arc::clone(&cancelled))).await;

        assert_eq!(undisturbed, disturbed, "{name}: what was announced differs");
        let methods = cancelled.methods();
        println!(
            "{name}: {} methods, {} calls dropped unanswered",
            methods.len(),
            cancelled.unanswered()
        );
        assert!(
            methods.len() >= 15,
            "few methods were cancelled: {methods:?}"
        );
        assert!(
            cancelled.unanswered() >= 100,
            "few calls were dropped: {}",
            cancelled.unanswered()
        );
        met.extend(methods.into_keys());
    }
    let missed: Vec<&str> = CALLS
        .iter()
        .filter(|call| !call.streaming)
        .map(Call::name)
        .filter(|name| !met.contains(name))
        .collect();
    println!(
        "{} methods were cancelled; not {}",
        met.len(),
        missed.join(", ")
    );
}

/// Plays a story and answers what was announced.
async fn played(name: &str, postgres: bool, cancelled: Option<Arc<Cancelled>>) -> Announced {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/stories")
        .join(name);
    let story = story::read(&std::fs::read_to_string(path).expect("the story")).expect("a story");
    let start = story::start(&story).expect("a beginning").to_string();
    let between: Between = match &cancelled {
        None => nothing(),
        Some(cancelled) => {
            let cancelled = Arc::clone(cancelled);
            Arc::new(move |_, conn| hasty(conn, Arc::clone(&cancelled)))
        }
    };
    let mut ensemble = if postgres {
        Ensemble::postgres_with(&start, 1, between).await
    } else {
        Ensemble::sqlite_with(&start, between).await
    };
    let door = match cancelled {
        None => ensemble.door(),
        Some(cancelled) => hasty(ensemble.door(), cancelled),
    };
    let performance = story::play(&story, door).await;
    let failures: Vec<String> = performance
        .failures
        .iter()
        .map(|failure| failure.what.clone())
        .collect();
    assert!(
        failures.is_empty(),
        "{}\n{}",
        performance.text,
        failures.join("\n")
    );

    assert_eq!(
        open_transactions(&ensemble).await,
        0,
        "{name}: a transaction was left open"
    );
    ensemble.stop().await;
    let databases = ensemble.databases().await;
    let faults = databases.faults().await.expect("the databases can be read");
    assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
    databases.events().await.expect("the databases can be read")
}

/// Background tasks begin and end transactions all the time; one that stays open is another matter.
async fn open_transactions(ensemble: &Ensemble) -> i64 {
    for _ in 0..50 {
        if ensemble.idle_in_transaction().await == 0 {
            return 0;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ensemble.idle_in_transaction().await
}
