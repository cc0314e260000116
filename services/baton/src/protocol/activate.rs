//! `baton protocol activate`: puts packs in force, in the databases of services that may be running.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use baton_calendar::Calendar;
use baton_clock::BusinessClock;
use baton_protocol::Pack;
use baton_protocol_files::{Library, changes};
use baton_store::{Activation, PackShelf, StoreConfig, StoredPack, in_force};
use jiff::civil::Date;

use crate::cli::Activate;
use crate::launch::{database_url, databases};
use crate::{Config, Role};

/// A pack about to be activated.
struct New {
    stored: StoredPack,
    title: String,
    from: Date,
}

/// The packs of a database, open.
struct Place {
    role: Role,
    shelf: PackShelf,
    activations: Vec<Activation>,
}

/// Checks what was named, says what changes, keeps it everywhere and puts it in force.
pub async fn activate(wanted: &Activate) -> anyhow::Result<ExitCode> {
    let mut packs = Vec::new();
    for folder in folders(&wanted.named)? {
        match Library::load_folder(&folder) {
            Ok(library) => packs.extend(library.packs().filter_map(|pack| {
                let content = library.content(pack.digest.as_str())?;
                Some(new(pack, content, wanted.from))
            })),
            Err(error) => {
                println!("{error}");
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    if packs.is_empty() {
        bail!("there is no authority's folder in what was named");
    }

    // Every database is open and read before the first is changed.
    let mut places = Vec::new();
    for (role, config) in databases_of(wanted)? {
        places.push(Place::open(role, &config).await?);
    }
    let Some(deciding) = places.last() else {
        bail!("there is no database to keep a pack in");
    };
    for pack in &packs {
        deciding.say_what_changes(pack).await?;
    }

    // The gateway comes last: it names a pack to the others, who should have it by then.
    let now = BusinessClock::system().now();
    for place in &places {
        for pack in &packs {
            let changed = place.shelf.activate(&pack.stored, pack.from, now).await;
            let changed =
                changed.with_context(|| format!("activating it in {}", place.role.name()))?;
            let did = if changed {
                "activated"
            } else {
                "was so already"
            };
            println!("{} {}: {did}", place.role.name(), pack.stored.authority);
        }
    }
    for place in places {
        place.shelf.close().await;
    }
    println!("services that run take it up within {} seconds", seconds());
    Ok(ExitCode::SUCCESS)
}

const fn seconds() -> u64 {
    baton_packs::LOOK_EVERY.as_secs()
}

fn new(pack: &Pack, content: &str, from: Option<Date>) -> New {
    New {
        stored: StoredPack {
            authority: pack.authority.to_string(),
            digest: pack.digest.to_string(),
            content: content.to_owned(),
        },
        title: pack.title.clone(),
        from: from.unwrap_or(pack.effective_from),
    }
}

/// The authorities' folders in what was named: a folder of one, a file of one, or a folder of such folders.
fn folders(named: &[PathBuf]) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut folders = BTreeSet::new();
    for path in named {
        let path = path
            .canonicalize()
            .with_context(|| format!("looking for {}", path.display()))?;
        if path.is_file() {
            folders.extend(path.parent().map(Path::to_owned));
        } else if path.join("authority.yaml").is_file() {
            folders.insert(path);
        } else {
            for inside in std::fs::read_dir(&path)? {
                let inside = inside?.path();
                let is_base = inside.file_name().is_some_and(|name| name == "statutory");
                if !is_base && inside.join("authority.yaml").is_file() {
                    folders.insert(inside);
                }
            }
        }
    }
    Ok(folders)
}

/// The databases in which the packs are kept, the gateway's last.
fn databases_of(wanted: &Activate) -> anyhow::Result<Vec<(Role, StoreConfig)>> {
    let config = Config::load(&wanted.settings)?;
    if let Some(role) = wanted.service {
        return Ok(vec![(role, config.store.open(role.name())?)]);
    }
    let on_a_server: Vec<_> = Role::ALL
        .into_iter()
        .filter_map(|role| Some((role, config.store.each(role.name())?)))
        .collect();
    if !on_a_server.is_empty() {
        return Ok(on_a_server);
    }
    if config.store.open(Role::Gateway.name()).is_ok() {
        bail!("the settings name the database of one service: say with --service which");
    }
    let roles = databases(&wanted.data);
    if roles.is_empty() {
        bail!("{} holds no database", wanted.data.display());
    }
    let of = |role| (role, StoreConfig::new(database_url(&wanted.data, role)));
    Ok(roles.into_iter().map(of).collect())
}

impl Place {
    async fn open(role: Role, config: &StoreConfig) -> anyhow::Result<Self> {
        let opening = || {
            let name = role.name();
            format!("reading the packs of {name} (`baton migrate {name}` brings its tables)")
        };
        let shelf = PackShelf::open(config).await.with_context(opening)?;
        let activations = shelf.activations().await.with_context(opening)?;
        Ok(Self {
            role,
            shelf,
            activations,
        })
    }

    /// Tells what the pack changes for what begins on its first day.
    async fn say_what_changes(&self, new: &New) -> anyhow::Result<()> {
        let authority = &new.stored.authority;
        println!(
            "{} ({authority}): pack {} from {}",
            new.title, new.stored.digest, new.from
        );
        match in_force(&self.activations, authority, new.from) {
            None => println!("  there was none before"),
            Some(before) if before.digest == new.stored.digest => {
                println!("  the same pack is in force from {}", before.effective_from);
            }
            Some(before) => {
                println!(
                    "  after pack {}, in force from {}",
                    before.digest, before.effective_from
                );
                let kept = self
                    .shelf
                    .packs(std::slice::from_ref(&before.digest))
                    .await?;
                for change in kept
                    .iter()
                    .flat_map(|kept| changes(&kept.content, &new.stored.content))
                {
                    println!("  {change}");
                }
            }
        }
        let today = Calendar::embedded()?.date_of(BusinessClock::system().now());
        let then = self
            .activations
            .iter()
            .filter(|other| &other.authority == authority && other.effective_from > new.from)
            .min_by_key(|other| other.effective_from);
        if let Some(then) = then {
            println!(
                "  only until {}: from then on pack {} is in force",
                then.effective_from, then.digest
            );
        }
        if new.from > today {
            println!("  what begins before {} follows the former", new.from);
        }
        Ok(())
    }
}
