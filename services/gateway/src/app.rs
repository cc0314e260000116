//! The gateway's own use cases: reports, and the questions about journeys, work and flows.

mod flows;
mod importing;
mod record;
mod understand;
mod views;
mod watching;

use baton_clock::BusinessClock;
use baton_store::Store;
use tokio::sync::watch;

pub use flows::{Refusal, RetryFlow};
pub use record::Reporter;
pub use views::Page;
pub use watching::{List, Watch, position_of, token_of};

use crate::context::Contexts;
use crate::runner::Runner;

/// The use cases. Clones share everything.
#[derive(Clone)]
pub struct App {
    store: Store,
    clock: BusinessClock,
    contexts: Contexts,
    runner: Runner,
    /// Changes whenever the views have applied a batch.
    applied: watch::Sender<()>,
}

impl App {
    /// Over the gateway's own database.
    pub fn new(store: Store, contexts: Contexts, runner: Runner) -> Self {
        let clock = contexts.clock().clone();
        let (applied, _) = watch::channel(());
        Self {
            store,
            clock,
            contexts,
            runner,
            applied,
        }
    }

    /// The gateway's own database.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// What carries reactions on.
    pub const fn runner(&self) -> &Runner {
        &self.runner
    }

    /// The business clock.
    pub const fn clock(&self) -> &BusinessClock {
        &self.clock
    }

    /// Where the views say that they have applied a batch.
    pub const fn applied(&self) -> &watch::Sender<()> {
        &self.applied
    }
}
