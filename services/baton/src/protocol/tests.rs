//! Activation as an operator does it, beside a Baton that runs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_ids::AuthorityId;
use baton_packs::Packs;
use baton_protocol_files::Library;
use baton_store::{Store, StoreConfig};
use clap::Parser as _;
use jiff::civil::date;

use crate::cli::{self, Cli};
use crate::launch::{Embedded, EmbeddedConfig, database_url};
use crate::{Config, Role};

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
