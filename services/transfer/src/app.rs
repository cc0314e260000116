//! Use cases of the transfer service: load, decide, save, announce, in one transaction each.

use std::sync::Arc;
use std::time::Duration;

use baton_calendar::Calendar;
use baton_clock::BusinessClock;
use baton_ids::{AuthorityId, TransferId};
use baton_packs::Packs;
use baton_protocol::Pack;
use baton_rpc::Problem;
use baton_store::{BoxFuture, RequestKey, Store, StoreError, Tx};
use tokio_util::sync::CancellationToken;

use crate::domain::{Context, Explanation, Refusal, Rules, Transfer};
use crate::storage;

mod act;
mod announce;
mod child;
mod data;
mod deadlines;
mod explain;
mod figures;
mod policy;
mod request;
mod suspend;
mod watch;
mod write;

pub use explain::Explained;
pub use policy::Policies;
pub use storage::{After, Agenda, Page};
pub use suspend::Suspending;

/// The use cases, over one database.
#[derive(Clone)]
pub struct App {
    store: Store,
    packs: Packs,
    calendar: Arc<Calendar>,
    clock: BusinessClock,
}

/// A call that changes something.
#[derive(Debug, Clone)]
pub struct Call {
    /// What it is decided on.
    pub context: Context,
    /// What makes it take effect once.
    pub key: RequestKey,
    /// The version the caller has seen; zero when it does not matter.
    pub expected_version: i64,
    /// The reason in the actor's words: kept apart from everything else.
    pub reason: Option<String>,
    /// Reasons for departing from soft rules: rule and words.
    pub departures: Vec<(String, String)>,
}

/// What came of a call about one transfer.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The transfer after it; none when there is none.
    pub transfer: Option<Transfer>,
    /// Whether this call released it to the ledger.
    pub released: bool,
    /// Why.
    pub explanation: Explanation,
    /// What changed, as codes.
    pub changes: Vec<String>,
    /// The last event recorded; none when nothing changed.
    pub last_event: Option<uuid::Uuid>,
}

/// Why a call had no effect.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The rules said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The authority has no such transfer.
    #[error("there is no transfer {0}")]
    NotFound(TransferId),
    /// The authority has no such suspension.
    #[error("there is no suspension {0}")]
    NoSuspension(uuid::Uuid),
    /// No protocol of the authority asks for a review of its policy.
    #[error("{0} asks for no review of its policy")]
    NoPolicyReview(AuthorityId),
    /// The pack is not known here.
    #[error("the pack {0} is not known here")]
    PackUnknown(String),
    /// Another call changed the same transfer in between.
    #[error("another call changed the same transfer")]
    LostRace,
    /// An event could not be written down.
    #[error("an event could not be written down")]
    Event(Problem),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// The use cases over a database.
    pub fn new(store: Store, packs: Packs, calendar: Calendar, clock: BusinessClock) -> Self {
        Self {
            store,
            packs,
            calendar: Arc::new(calendar),
            clock,
        }
    }

    /// The time by the service's clock.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// The transfer of that id.
    pub async fn get(&self, authority: &AuthorityId, id: TransferId) -> Result<Transfer, Failure> {
        storage::find(self.store.db(), authority, id)
            .await?
            .ok_or(Failure::NotFound(id))
    }

    /// The day by the service's clock.
    pub fn today(&self) -> jiff::civil::Date {
        self.calendar.date_of(self.now())
    }

    /// A page of transfers, newest first.
    pub async fn list(
        &self,
        authority: &AuthorityId,
        page: &Page,
    ) -> Result<Vec<Transfer>, Failure> {
        Ok(storage::list(self.store.db(), authority, page).await?)
    }

    /// A page of what is before regular meetings, by day.
    pub async fn agenda(
        &self,
        authority: &AuthorityId,
        asked: &Agenda,
    ) -> Result<Vec<(After, Transfer)>, Failure> {
        Ok(storage::agenda(self.store.db(), authority, asked).await?)
    }

    /// Settles deadlines as they come due, until told to stop.
    pub async fn run_deadlines(self, settle: Duration, shutdown: CancellationToken) {
        let store = self.store.clone();
        let app = Arc::new(self);
        store
            .run_deadlines(
                settle,
                move |tx, due| {
                    let app = Arc::clone(&app);
                    Box::pin(async move { app.ring(tx, due).await })
                },
                shutdown,
            )
            .await;
    }

    /// Carries out a call with its effect and its answer in one transaction. Said again, it is answered as before.
    async fn once<R, F>(&self, call: Call, label: &'static str, work: F) -> Result<R, Failure>
    where
        R: prost::Message + Default + 'static,
        F: for<'t> FnOnce(Self, &'t mut Tx, Call) -> BoxFuture<'t, Result<R, Failure>>
            + Send
            + 'static,
    {
        let app = self.clone();
        let key = call.key.clone();
        self.store
            .once(key, label, move |tx| work(app, tx, call))
            .await
    }

    fn pack(&self, digest: &str) -> Result<Arc<Pack>, Failure> {
        self.packs
            .get(digest)
            .ok_or_else(|| Failure::PackUnknown(digest.to_owned()))
    }

    /// Adds the suspension in force to what a call is decided on, where the protocol knows one.
    async fn look_at_suspension(&self, tx: &mut Tx, context: &mut Context) -> Result<(), Failure> {
        let pack = self.pack(&context.pack)?;
        if pack.transfer.suspension.is_some() {
            let active = storage::active_suspension(tx, &context.authority).await?;
            context.suspended = active.and_then(|active| active.suspends());
        }
        Ok(())
    }

    fn rules<'a>(&'a self, pack: &'a Pack) -> Rules<'a> {
        Rules {
            pack,
            calendar: &self.calendar,
        }
    }
}
