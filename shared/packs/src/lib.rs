//! The packs a service has: those that its process brought, and all that were ever activated in its database.
//!
//! A process (a transfer, a closure, …) is pinned to the pack under which it began. The binary of tomorrow brings other
//! files than that of today; so every pack is kept in the service's own database from its first day on and never taken
//! away, and is found by its digest whatever the binary brings by then.
//!
//! - [`Packs::open`] keeps what the process brought. A pack that was never here before is activated: from its first day
//!   on what begins follows it. One that was here before is not activated again, so that an old replica that restarts
//!   in the middle of an upgrade, or a release that is taken back, does not quietly put old rules in force.
//! - [`Packs::get`] finds a pack by its digest, [`Packs::in_force`] the one that what begins on a day has to follow.
//! - [`Packs::run`] looks for what was activated beside this process: now and then, and at once when somebody asked
//!   for a pack that is not here.
//!
//! # Invariants
//! - A digest names one text for ever: it is computed again from every text that is read.
//! - What begins follows a pack only once its whole text is here and can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use baton_ids::AuthorityId;
use baton_protocol::Pack;
use baton_protocol_files::{Library, read_stored};
use baton_store::{Activation, Store, StoreError, StoredPack};
use jiff::civil::Date;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often a process looks for packs that were activated beside it, in real time.
pub const LOOK_EVERY: Duration = Duration::from_secs(15);
/// The shortest time between two looks, however often an unknown pack is asked for.
const LOOK_AT_MOST_EVERY: Duration = Duration::from_millis(250);

/// The packs of one service. Clones share them.
#[derive(Clone)]
pub struct Packs(Arc<Inner>);

struct Inner {
    store: Store,
    known: RwLock<Known>,
    /// Of packs without files, as tests make them: they cannot be kept, and are in force as they say themselves.
    unkept: Vec<Activation>,
    /// Rung when a pack was asked for that is not here.
    missed: Notify,
}

#[derive(Debug, Clone, Default)]
struct Known {
    packs: BTreeMap<String, Arc<Pack>>,
    activations: Vec<Activation>,
    /// Digests whose texts this release cannot use; told once.
    unusable: BTreeSet<String>,
}

impl Packs {
    /// Keeps what the process brought and reads what was kept before.
    pub async fn open(store: &Store, library: &Library) -> Result<Self, StoreError> {
        let packs = library
            .packs()
            .map(|pack| (pack.digest.to_string(), Arc::clone(pack)));
        let known = Known {
            packs: packs.collect(),
            ..Known::default()
        };
        let unkept = library
            .packs()
            .filter(|pack| library.content(pack.digest.as_str()).is_none())
            .map(|pack| activation(pack));
        let opened = Self(Arc::new(Inner {
            store: store.clone(),
            known: RwLock::new(known),
            unkept: unkept.collect(),
            missed: Notify::new(),
        }));
        opened.keep(library).await?;
        opened.look().await?;
        Ok(opened)
    }

    /// Keeps the packs with files, and activates those that were not here before.
    async fn keep(&self, library: &Library) -> Result<(), StoreError> {
        let mut brought = Vec::new();
        for pack in library.packs() {
            if let Some(content) = library.content(pack.digest.as_str()) {
                let stored = StoredPack {
                    authority: pack.authority.to_string(),
                    digest: pack.digest.to_string(),
                    content: content.to_owned(),
                };
                brought.push((stored, activation(pack)));
            }
        }
        let (service, at) = (self.0.store.service(), self.0.store.clock().now());
        self.0
            .store
            .transact("keep_packs", move |tx| {
                Box::pin(async move {
                    for (stored, activation) in &brought {
                        if tx.keep_pack(stored, at).await? {
                            tx.activate_pack(activation, at).await?;
                            tracing::info!(
                                { "baton.service" } = service,
                                authority = activation.authority,
                                pack = activation.digest,
                                effective_from = %activation.effective_from,
                                "a pack that this process brought is activated"
                            );
                        }
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The pack of that digest. When it is not here, the database is looked at soon; the caller answers that it has to
    /// be asked again.
    pub fn get(&self, digest: &str) -> Option<Arc<Pack>> {
        let found = self.known().packs.get(digest).cloned();
        if found.is_none() {
            self.0.missed.notify_one();
        }
        found
    }

    /// The pack that what begins on a day has to follow.
    pub fn in_force(&self, authority: &AuthorityId, at: Date) -> Option<Arc<Pack>> {
        let known = self.known();
        let usable = (self.0.unkept.iter())
            .chain(&known.activations)
            .filter(|activation| known.packs.contains_key(&activation.digest));
        let activation = baton_store::in_force(usable, authority.as_str(), at)?;
        known.packs.get(&activation.digest).cloned()
    }

    /// The authorities that have a pack, in alphabetical order.
    pub fn authorities(&self) -> Vec<AuthorityId> {
        let known = self.known();
        let authorities: BTreeSet<_> = known.packs.values().map(|pack| &pack.authority).collect();
        authorities.into_iter().cloned().collect()
    }

    /// Takes up what was activated beside this process, until told to stop.
    pub async fn run(self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = self.0.missed.notified() => {}
            }
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "the stored packs cannot be read; what is known stays in use");
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK_AT_MOST_EVERY) => {}
            }
        }
    }

    /// Reads the activations, and the packs that are new among them.
    pub async fn look(&self) -> Result<(), StoreError> {
        let activations = self.0.store.pack_activations().await?;
        let unknown: BTreeSet<String> = {
            let known = self.known();
            let is_new = |digest: &String| {
                !known.packs.contains_key(digest) && !known.unusable.contains(digest)
            };
            let digests = activations.iter().map(|activation| &activation.digest);
            digests.filter(|digest| is_new(digest)).cloned().collect()
        };
        let unknown: Vec<String> = unknown.into_iter().collect();
        let stored = self.0.store.packs(&unknown).await?;
        // Reading files and trying their conditions is work for the processor.
        let read = tokio::task::spawn_blocking(move || stored.iter().map(read).collect::<Vec<_>>())
            .await
            .map_err(|_| StoreError::Interrupted)?;

        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        for (digest, pack) in read {
            match pack {
                Some(pack) => drop(known.packs.insert(digest, Arc::new(pack))),
                None => drop(known.unusable.insert(digest)),
            }
        }
        known.activations = activations;
        Ok(())
    }

    fn known(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn activation(pack: &Pack) -> Activation {
    Activation {
        authority: pack.authority.to_string(),
        digest: pack.digest.to_string(),
        effective_from: pack.effective_from,
    }
}

/// Makes a pack from its text. One that cannot be used is told: processes may be pinned to it.
fn read(stored: &StoredPack) -> (String, Option<Pack>) {
    let digest = stored.digest.clone();
    match read_stored(&stored.authority, &stored.digest, &stored.content) {
        Ok((pack, problems)) => {
            for problem in &problems {
                tracing::warn!(
                    authority = stored.authority, pack = digest, %problem,
                    "a stored pack holds what this release would not let in; it stays in use"
                );
            }
            (digest, Some(pack))
        }
        Err(error) => {
            tracing::error!(
                authority = stored.authority, pack = digest, %error,
                "a stored pack cannot be used; what is pinned to it waits for a release that can"
            );
            (digest, None)
        }
    }
}

#[cfg(test)]
mod tests;
