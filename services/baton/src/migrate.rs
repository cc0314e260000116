//! `baton migrate`: brings a database up to date before the services that use it start.

use anyhow::Context as _;
use baton_clock::BusinessClock;
use baton_store::Store;

use crate::{Config, Role};

/// Applies what is missing and ends.
pub async fn run(role: Role, config: &Config) -> anyhow::Result<()> {
    let mut open = config.store.open(role.name())?;
    open.migrate = true;
    let store = Store::open(
        open,
        role.name(),
        role.migrations(),
        BusinessClock::system(),
    )
    .await
    .with_context(|| format!("bringing the database of {} up to date", role.name()))?;
    store.close().await;
    println!("the database of {} is up to date", role.name());
    Ok(())
}
