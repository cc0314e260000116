//! `baton audit verify`: has anybody altered the log?

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use baton_clock::BusinessClock;
use baton_store::{ChainFault, Store, StoreConfig};

use crate::Role;
use crate::launch::{database_url, databases};

/// Verifies every database of a data folder.
pub async fn verify_folder(folder: &Path) -> anyhow::Result<ExitCode> {
    let roles = databases(folder);
    if roles.is_empty() {
        bail!("{} holds no database", folder.display());
    }
    let mut sound = true;
    for role in roles {
        sound &= verify(role, StoreConfig::new(database_url(folder, role))).await?;
    }
    Ok(code(sound))
}

/// Verifies the database of one service.
pub async fn verify_one(role: Role, database: StoreConfig) -> anyhow::Result<ExitCode> {
    Ok(code(verify(role, database).await?))
}

fn code(sound: bool) -> ExitCode {
    if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn verify(role: Role, mut database: StoreConfig) -> anyhow::Result<bool> {
    // Looking at a log must not change the database that holds it.
    database.migrate = false;
    let store = Store::open(
        database,
        role.name(),
        role.migrations(),
        BusinessClock::system(),
    )
    .await
    .with_context(|| format!("opening the database of {}", role.name()))?;
    let mut sound = true;
    for authority in store.feed_authorities().await? {
        let report = store.verify_chain(&authority).await?;
        let verdict = match &report.fault {
            None => "unaltered".to_owned(),
            Some(fault) => {
                sound = false;
                format!("ALTERED: {}", in_words(fault))
            }
        };
        // Kept outside the database, the head shows later that nothing was cut off.
        println!(
            "{} {authority}: {} events, head {} at {}: {verdict}",
            role.name(),
            report.events,
            hex(&report.head.hash),
            report.head.position,
        );
    }
    store.close().await;
    Ok(sound)
}

fn in_words(fault: &ChainFault) -> String {
    match fault {
        ChainFault::EventAltered(position) => format!("event {position} is not what was announced"),
        ChainFault::HashAltered(position) => {
            format!("the hash of event {position} does not follow from the one before")
        }
        ChainFault::Gap(position) => format!("event {position} is missing"),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
