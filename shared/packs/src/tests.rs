//! What stays, what comes into force, and when, on both databases.

use std::path::Path;

use baton_store::{Migrations, PackShelf, StoreConfig};
use baton_testkit::{clock_at, each_database};
use jiff::civil::date;

use super::*;

const NONE: Migrations = Migrations {
    sqlite: &[],
    postgres: &[],
};

/// A Wirral with so many weeks for naming a worker, from a day on.
fn wirral(weeks: &str, from: &str) -> Library {
    let shipped =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol-files/authorities/wirral");
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("wirral");
    std::fs::create_dir(&own).unwrap();
    for file in std::fs::read_dir(shipped).unwrap() {
        let file = file.unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let text = text
            .replace("value: 2 weeks", &format!("value: {weeks}"))
            .replace(
                "effective_from: 2020-01-01",
                &format!("effective_from: {from}"),
            );
        std::fs::write(own.join(file.file_name()), text).unwrap();
    }
    Library::load_folder(&own).unwrap_or_else(|error| panic!("{error}"))
}

fn digest(library: &Library) -> String {
    library.packs().next().unwrap().digest.to_string()
}

fn stored(library: &Library) -> StoredPack {
    let digest = digest(library);
    StoredPack {
        authority: "wirral".to_owned(),
        content: library.content(&digest).unwrap().to_owned(),
        digest,
    }
}

async fn open(url: &str) -> Store {
    let clock = clock_at("2026-03-02T09:30:00Z");
    Store::open(StoreConfig::new(url), "sample", NONE, clock)
        .await
        .unwrap()
}

async fn activate_beside(url: &str, library: &Library, from: Date) -> bool {
    let shelf = PackShelf::open(&StoreConfig::new(url)).await.unwrap();
    let at = "2026-03-02T09:30:00Z".parse().unwrap();
    let changed = shelf.activate(&stored(library), from, at).await.unwrap();
    shelf.close().await;
    changed
}

fn in_force(packs: &Packs, day: Date) -> Option<String> {
    let wirral = AuthorityId::new("wirral").unwrap();
    packs
        .in_force(&wirral, day)
        .map(|pack| pack.digest.to_string())
}

#[tokio::test]
async fn a_pack_is_found_after_the_binary_has_lost_it() {
    each_database(|url| async move {
        let (v1, v2) = (
            wirral("2 weeks", "2020-01-01"),
            wirral("3 weeks", "2020-01-01"),
        );
        let store = open(&url).await;
        Packs::open(&store, &v1).await.unwrap();
        store.close().await;
        drop(store);

        let store = open(&url).await;
        let packs = Packs::open(&store, &v2).await.unwrap();

        let kept = packs.get(&digest(&v1)).unwrap();
        assert_eq!(*kept, **v1.packs().next().unwrap());
        // The same first day: what was activated later is followed by what begins from now on.
        assert_eq!(in_force(&packs, date(2026, 3, 2)), Some(digest(&v2)));
        assert_eq!(packs.authorities().len(), 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_old_release_that_starts_again_puts_nothing_old_in_force() {
    each_database(|url| async move {
        let (v1, v2) = (
            wirral("2 weeks", "2020-01-01"),
            wirral("3 weeks", "2020-01-01"),
        );
        let store = open(&url).await;
        for library in [&v1, &v2, &v1] {
            Packs::open(&store, library).await.unwrap();
        }
        let packs = Packs::open(&store, &v1).await.unwrap();
        assert_eq!(in_force(&packs, date(2026, 3, 2)), Some(digest(&v2)));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_pack_is_not_used_before_its_first_day() {
    each_database(|url| async move {
        let v1 = wirral("2 weeks", "2020-01-01");
        let v2 = wirral("3 weeks", "2026-04-01");
        let store = open(&url).await;
        Packs::open(&store, &v1).await.unwrap();
        let packs = Packs::open(&store, &v2).await.unwrap();

        assert_eq!(in_force(&packs, date(2019, 12, 31)), None);
        assert_eq!(in_force(&packs, date(2026, 3, 31)), Some(digest(&v1)));
        assert_eq!(in_force(&packs, date(2026, 4, 1)), Some(digest(&v2)));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_activated_beside_a_running_service_is_taken_up() {
    each_database(|url| async move {
        let (v1, v2) = (
            wirral("2 weeks", "2020-01-01"),
            wirral("3 weeks", "2020-01-01"),
        );
        let store = open(&url).await;
        let packs = Packs::open(&store, &v1).await.unwrap();

        assert!(activate_beside(&url, &v2, date(2026, 3, 9)).await);
        assert!(
            !activate_beside(&url, &v2, date(2026, 3, 9)).await,
            "said twice is done once"
        );
        packs.look().await.unwrap();

        assert_eq!(in_force(&packs, date(2026, 3, 8)), Some(digest(&v1)));
        assert_eq!(in_force(&packs, date(2026, 3, 9)), Some(digest(&v2)));
        // Back to the former by a further activation; nothing is taken away.
        assert!(activate_beside(&url, &v1, date(2026, 3, 9)).await);
        packs.look().await.unwrap();
        assert_eq!(in_force(&packs, date(2026, 3, 9)), Some(digest(&v1)));
        assert!(packs.get(&digest(&v2)).is_some());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn asking_for_a_pack_that_is_not_here_makes_the_service_look() {
    each_database(|url| async move {
        let (v1, v2) = (
            wirral("2 weeks", "2020-01-01"),
            wirral("3 weeks", "2020-01-01"),
        );
        let store = open(&url).await;
        let packs = Packs::open(&store, &v1).await.unwrap();
        let shutdown = CancellationToken::new();
        let looking = tokio::spawn(packs.clone().run(shutdown.clone()));

        activate_beside(&url, &v2, date(2026, 3, 9)).await;
        let found = tokio::time::timeout(LOOK_EVERY, async {
            while packs.get(&digest(&v2)).is_none() {
                tokio::task::yield_now().await;
            }
        });
        found.await.expect("found well before the next look");

        shutdown.cancel();
        looking.await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_text_that_was_altered_is_never_used() {
    each_database(|url| async move {
        let (v1, v2) = (
            wirral("2 weeks", "2020-01-01"),
            wirral("3 weeks", "2020-01-01"),
        );
        let store = open(&url).await;
        let packs = Packs::open(&store, &v1).await.unwrap();
        let shelf = PackShelf::open(&StoreConfig::new(&url)).await.unwrap();
        let forged = StoredPack {
            content: stored(&v1).content,
            ..stored(&v2)
        };
        let at = "2026-03-02T09:30:00Z".parse().unwrap();
        shelf.activate(&forged, date(2026, 3, 1), at).await.unwrap();
        shelf.close().await;

        packs.look().await.unwrap();

        assert_eq!(packs.get(&forged.digest), None);
        assert_eq!(in_force(&packs, date(2026, 3, 2)), Some(digest(&v1)));
        store.close().await;
    })
    .await;
}
