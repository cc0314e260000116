//! Activation as an operator does it, beside a Baton that runs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_ids::AuthorityId;
use baton_packs::Packs;
use baton_protocol_files::{Library, changes};
use baton_store::{Store, StoreConfig};
use clap::Parser as _;
use jiff::civil::date;

use super::touched::OpenWork;
use crate::cli::{self, Cli};
use crate::launch::{Embedded, EmbeddedConfig, database_url};
use crate::story::{self, Api};
use crate::{Config, Role, theatre};

/// Merton's files with another word in them.
fn edited(folder: &Path, from: &str, to: &str) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/protocol-files/authorities/merton");
    let own = folder.join("merton");
    std::fs::create_dir(&own).unwrap();
    for file in std::fs::read_dir(shipped).unwrap() {
        let file = file.unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        std::fs::write(own.join(file.file_name()), text.replace(from, to)).unwrap();
    }
    own
}

async fn run(arguments: &[&str]) -> anyhow::Result<ExitCode> {
    let cli = Cli::try_parse_from(["baton", "protocol"].iter().chain(arguments))?;
    cli::run(&cli).await
}

#[tokio::test]
async fn a_pack_is_activated_in_every_database_while_baton_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let files = edited(
        folder.path(),
        "title: Merton, Case File Transfer Protocol",
        "title: Merton anew",
    );
    let settings = EmbeddedConfig {
        config: Config::shipped().unwrap(),
        library: Arc::new(Library::embedded().unwrap()),
        clock: BusinessClock::system(),
    };
    let running = Embedded::start(&data, settings).await.unwrap();

    let (files, of) = (files.to_str().unwrap(), data.to_str().unwrap());
    let done = run(&["activate", files, "--from", "2027-04-01", "--data", of]).await;
    assert_eq!(done.unwrap(), ExitCode::SUCCESS);
    running.stop().await;

    let merton = AuthorityId::new("merton").unwrap();
    let title = |packs: &Packs, day| packs.in_force(&merton, day).unwrap().title.clone();
    for role in Role::ALL {
        let store = Store::open(
            StoreConfig::new(database_url(&data, role)),
            role.name(),
            role.migrations(),
            BusinessClock::system(),
        );
        let store = store.await.unwrap();
        let packs = Packs::open(&store, &Library::default()).await.unwrap();
        assert_ne!(title(&packs, date(2027, 3, 31)), "Merton anew");
        assert_eq!(title(&packs, date(2027, 4, 1)), "Merton anew");
        store.close().await;
    }
}

#[tokio::test]
async fn files_with_a_mistake_are_not_activated() {
    let folder = tempfile::tempdir().unwrap();
    let files = edited(folder.path(), "title: Merton", "titel: Merton");
    let none = folder.path().join("data");
    let (files, data) = (files.to_str().unwrap(), none.to_str().unwrap());
    let done = run(&["activate", files, "--data", data]).await;
    assert_eq!(done.unwrap(), ExitCode::FAILURE);
}

#[tokio::test]
async fn an_empty_data_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let files = edited(
        folder.path(),
        "title: Merton, Case File Transfer Protocol",
        "title: Merton anew",
    );
    let (files, data) = (files.to_str().unwrap(), folder.path().to_str().unwrap());
    let error = run(&["activate", files, "--data", data]).await.unwrap_err();
    assert!(error.to_string().contains("holds no database"), "{error}");
}

const EXAMPLES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../examples/sixth-authority"
);

#[test]
fn the_page_about_protocols_shows_the_files_that_load() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocols.md");
    let page = std::fs::read_to_string(page).unwrap();
    let folder = Path::new(EXAMPLES).join("protocols/exampleshire");
    for file in std::fs::read_dir(&folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(
            page.contains(&format!("```yaml\n{text}```")),
            "the page differs from:\n{text}"
        );
    }
    let library = Library::load_folder(&folder).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(library.authorities().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_of_the_authority_made_from_scratch_holds() {
    let protocols = Path::new(EXAMPLES).join("protocols");
    let files = theatre::files(&[Path::new(EXAMPLES).join("stories")]).unwrap();
    assert!(!files.is_empty());
    let stage = theatre::Stage {
        protocol: Some(&protocols),
        ..theatre::Stage::default()
    };
    for (file, performance) in theatre::perform(&files, stage).await.unwrap() {
        assert!(
            performance.failures.is_empty(),
            "{}\n{}\n{:?}",
            file.display(),
            performance.text,
            performance.failures
        );
    }
}

const A_TRANSFER_IS_UNDER_WAY: &str = "\
story: A conference is booked
authority: wirral
teams: { frt: assessment, north: family_support_and_protection in north }
people: { ann: social_worker of frt, tom: team_manager of frt, nia: team_manager of north }
children:
  kit: { born: 2014-05-01, district: north, plan: child_in_need }
given: kit is open to frt with ann since 2026-02-20
steps:
  - on: 2026-03-02 09:30
    report conference scheduled: { child: kit, kind: initial, at: 2026-03-16 14:00 }
";

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_names_the_open_work_it_touches() {
    let story = story::read(A_TRANSFER_IS_UNDER_WAY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let library = Library::embedded().unwrap();
    let wirral = AuthorityId::new("wirral").unwrap();
    let pack = library.pack_for(&wirral, date(2026, 3, 2)).unwrap();
    let old = library.content(pack.digest.as_str()).unwrap().to_owned();
    let settings = EmbeddedConfig {
        config: Config::shipped().unwrap(),
        library: Arc::new(library),
        clock: BusinessClock::simulated(story::start(&story).unwrap()),
    };
    let running = Embedded::start(folder.path(), settings).await.unwrap();
    let performance = story::play(&story, running.conn()).await;
    assert!(performance.failures.is_empty(), "{}", performance.text);

    let open = OpenWork::ask(&Api::new(running.conn(), "wirral"))
        .await
        .unwrap();
    let touched = |from: &str, to: &str| {
        let new = old.replace(from, to);
        let changes = changes(&old, &new);
        assert_eq!(changes.len(), 1, "{changes:?}");
        open.touched_by(&changes[0], &pack)
    };
    // A number of the conference route: the transfer under way keeps it, the case will meet it.
    let says = touched(
        "tray.worker_within:\\n    value: 2 weeks",
        "tray.worker_within:\\n    value: 3 weeks",
    );
    assert_eq!(says.len(), 2, "{says:?}");
    assert!(says[0].starts_with("under way, and kept under the rules it began with: 1 (transfer "));
    assert!(says[1].starts_with("open cases to which it applies from what happens next: 1 ("));
    // What an authority says of closing concerns nobody who is not being closed.
    let says = touched(
        "closure.decision_within: { value: 5 days",
        "closure.decision_within: { value: 6 days",
    );
    assert_eq!(says, Vec::<String>::new());
    running.stop().await;
}
