//! The use cases of closure: load, decide, save, one transaction each.

mod announce;
mod error;
mod explain;

use std::sync::Arc;

use baton_calendar::Calendar;
use baton_clock::BusinessClock;
use baton_ids::{AuthorityId, CaseId, ClosureId, EventId};
use baton_packs::Packs;
use baton_protocol::Pack;
use baton_store::{BoxFuture, Deadline, DueDeadline, RequestKey, Store, StoreError, Tx};
use jiff::Timestamp;
use prost::Message;
use serde_json::json;

pub use self::announce::Source;
pub use self::error::AppError;
pub use self::explain::Explained;
use crate::domain::closure::DueState;
use crate::domain::context::Context;
use crate::domain::rules::Rules;
use crate::domain::{
    Closure, Command, Consider, Event, Phase, apply, breach, consider, decide, propose,
};
use crate::storage::{self, Page};

/// The name of this service in events and answers.
pub const NAME: &str = "closure";

/// The limit for the decision, as a deadline.
pub(crate) const DECISION: &str = "closure_decided";

/// What the use cases work with. Clones share it.
#[derive(Clone)]
pub struct App {
    store: Store,
    packs: Packs,
    clock: BusinessClock,
    calendar: Arc<Calendar>,
}

/// What a change left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The closure after it.
    pub closure: Closure,
    /// The rules under which it was decided, each once.
    pub rules: Vec<String>,
    /// The last event it recorded. None when nothing changed.
    pub last_event: Option<EventId>,
}

/// A proposal to close a case.
pub struct Proposal {
    /// What is considered, should there be nothing yet.
    pub consider: Consider,
    /// The case.
    pub case: CaseId,
    /// Why, in the words of the actor.
    pub reason: String,
}

/// An act on a closure, as a handler hands it over.
pub struct Act<C> {
    /// What makes it the same request when it is sent again.
    pub key: RequestKey,
    /// Its name in traces and kill points.
    pub label: &'static str,
    /// The closure.
    pub closure: ClosureId,
    /// What arrived with the call.
    pub ctx: Context,
    /// What people wrote: kept apart, and replaced by digests.
    pub texts: Vec<String>,
    /// Makes the command from the digests of the texts, in their order.
    pub command: C,
}

impl App {
    /// Puts the parts together.
    pub const fn new(
        store: Store,
        packs: Packs,
        clock: BusinessClock,
        calendar: Arc<Calendar>,
    ) -> Self {
        Self {
            store,
            packs,
            clock,
            calendar,
        }
    }

    fn pack(&self, digest: &str) -> Result<Arc<Pack>, AppError> {
        self.packs
            .get(digest)
            .ok_or_else(|| AppError::PackUnknown(digest.to_owned()))
    }

    fn rules<'a>(&'a self, pack: &'a Pack) -> Rules<'a> {
        Rules {
            pack,
            calendar: &self.calendar,
        }
    }

    /// Considers closing a case. One that is considered already stays as it is.
    #[tracing::instrument(name = "app.consider_closure", skip_all, fields(case.id = %case))]
    pub async fn consider<R>(
        &self,
        key: RequestKey,
        ctx: Context,
        case: CaseId,
        command: Consider,
        to_response: fn(&Outcome) -> R,
    ) -> Result<R, AppError>
    where
        R: Message + Default + 'static,
    {
        let app = self.clone();
        let pack = self.pack(&ctx.pack)?;
        let source = Source::of(&ctx);
        self.store
            .once(key, "consider_closure", move |tx| {
                Box::pin(async move {
                    let now = app.clock.now();
                    if let Some(closure) = storage::lock_live(tx, &ctx.authority, case).await? {
                        return Ok(to_response(&unchanged(closure)));
                    }
                    let (closure, event) = consider(&command, &ctx, &app.rules(&pack))?;
                    let outcome = begin(tx, closure, vec![event], &source, now).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Proposes to close a case; joins the closure that is considered already.
    #[tracing::instrument(name = "app.propose_closure", skip_all, fields(case.id = %proposal.case))]
    pub async fn propose<R>(
        &self,
        key: RequestKey,
        ctx: Context,
        proposal: Proposal,
        to_response: fn(&Outcome) -> R,
    ) -> Result<R, AppError>
    where
        R: Message + Default + 'static,
    {
        let app = self.clone();
        let Proposal {
            consider: command,
            case,
            reason,
        } = proposal;
        let source = Source::of(&ctx);
        self.store
            .once(key, "propose_closure", move |tx| {
                Box::pin(async move {
                    let now = app.clock.now();
                    let live = storage::lock_live(tx, &ctx.authority, case).await?;
                    let pack = app.pack(live.as_ref().map_or(&ctx.pack, |live| &live.pack))?;
                    let rules = app.rules(&pack);
                    let reason_digest = tx
                        .put_private(ctx.authority.as_str(), Some(case.uuid()), &reason)
                        .await?;

                    let outcome = if let Some(before) = live {
                        let command = Command::Propose { reason_digest };
                        let events = decide(&before, &command, &ctx, &rules)?;
                        save(
                            tx,
                            &before,
                            seen(before.clone(), &ctx),
                            events,
                            &source,
                            now,
                        )
                        .await?
                    } else {
                        let (closure, events) = propose(&command, &reason_digest, &ctx, &rules)?;
                        begin(tx, closure, events, &source, now).await?
                    };
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Acts on a closure, under the pack in force when it began.
    #[tracing::instrument(name = "app.act", skip_all, fields(closure.id = %act.closure, app.act = act.label))]
    pub async fn act<R, C>(
        &self,
        act: Act<C>,
        to_response: fn(&Outcome) -> R,
    ) -> Result<R, AppError>
    where
        R: Message + Default + 'static,
        C: FnOnce(&[String]) -> Command + Send + 'static,
    {
        let app = self.clone();
        let Act {
            key,
            label,
            closure: id,
            ctx,
            texts,
            command,
        } = act;
        let source = Source::of(&ctx);
        self.store
            .once(key, label, move |tx| {
                Box::pin(async move {
                    let now = app.clock.now();
                    let before = storage::lock(tx, &ctx.authority, id)
                        .await?
                        .ok_or_else(|| AppError::not_found("closure", id))?;
                    let pack = app.pack(&before.pack)?;
                    let mut digests = Vec::with_capacity(texts.len());
                    for text in &texts {
                        let (authority, case) = (ctx.authority.as_str(), before.case.uuid());
                        digests.push(tx.put_private(authority, Some(case), text).await?);
                    }
                    let command = command(&digests);

                    let events = decide(&before, &command, &ctx, &app.rules(&pack))?;
                    let seen = seen(before.clone(), &ctx);
                    let outcome = save(tx, &before, seen, events, &source, now).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Acts on a deadline whose instant has come. One that no longer applies is passed over.
    pub fn due<'t>(
        &self,
        tx: &'t mut Tx,
        deadline: DueDeadline,
    ) -> BoxFuture<'t, Result<(), AppError>> {
        let app = self.clone();
        Box::pin(async move {
            let authority = AuthorityId::new(&deadline.authority)
                .map_err(|_| StoreError::Corrupt("deadlines.authority"))?;
            let id = ClosureId::from_uuid(deadline.aggregate_id);
            let Some(closure) = storage::lock(tx, &authority, id).await? else {
                return Ok(());
            };
            let pack = app.pack(&closure.pack)?;
            let events = breach(&closure, &pack, deadline.due_at)
                .into_iter()
                .collect();
            let source = Source::by_itself(&closure, &deadline.name);
            let now = app.clock.now();
            save(tx, &closure, closure.clone(), events, &source, now).await?;
            Ok(())
        })
    }

    /// Finds a closure.
    pub async fn closure(
        &self,
        authority: &AuthorityId,
        id: ClosureId,
    ) -> Result<Closure, AppError> {
        storage::find(self.store.db(), authority, id)
            .await?
            .ok_or_else(|| AppError::not_found("closure", id))
    }

    /// Lists closures.
    pub async fn closures(
        &self,
        authority: &AuthorityId,
        case: Option<CaseId>,
        live_only: bool,
        page: Page,
    ) -> Result<Vec<Closure>, AppError> {
        Ok(storage::list(self.store.db(), authority, case, live_only, page).await?)
    }
}

/// An answer that changes nothing.
fn unchanged(closure: Closure) -> Outcome {
    Outcome {
        closure,
        rules: Vec::new(),
        last_event: None,
    }
}

/// Writes a closure that did not exist.
async fn begin(
    tx: &mut Tx,
    closure: Closure,
    events: Vec<Event>,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    if !storage::insert(tx, &closure).await? {
        // Another one of this case was committed since we looked.
        return Err(AppError::LostRace);
    }
    let first_version = closure.version - i64::try_from(events.len()).unwrap_or_default();
    record(tx, &[], closure, first_version, &events, source, now)
}

/// Writes what was decided about a closure.
async fn save(
    tx: &mut Tx,
    before: &Closure,
    seen: Closure,
    events: Vec<Event>,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    if events.is_empty() {
        return Ok(unchanged(before.clone()));
    }
    let closure = events.iter().fold(seen, apply);
    if !storage::save(tx, before, &closure).await? {
        return Err(AppError::LostRace);
    }
    record(
        tx,
        &deadlines(before),
        closure,
        before.version,
        &events,
        source,
        now,
    )
}

/// Writes what follows from a closure that is saved: its deadlines and its events.
fn record(
    tx: &mut Tx,
    due_before: &[Deadline],
    closure: Closure,
    version_before: i64,
    events: &[Event],
    source: &Source,
    now: Timestamp,
) -> Result<Outcome, AppError> {
    let due = deadlines(&closure);
    if due != due_before {
        tx.sync_deadlines(closure.authority.as_str(), closure.id.uuid(), &due);
    }
    let announced = announce::announce(&closure, version_before, events, source, now)?;
    tx.announce(&announced);

    let mut rules: Vec<String> = Vec::new();
    for rule in events.iter().flat_map(|event| &event.rules) {
        if !rules.contains(rule) {
            rules.push(rule.clone());
        }
    }
    let last_event = announced
        .last()
        .map(|event| EventId::from_uuid(event.event_id));
    Ok(Outcome {
        closure,
        rules,
        last_event,
    })
}

/// The open deadlines of a closure.
fn deadlines(closure: &Closure) -> Vec<Deadline> {
    let runs = closure.phase == Phase::Considered;
    closure
        .due
        .iter()
        .filter(|due| runs && due.state == DueState::Open)
        .map(|due| Deadline {
            name: DECISION.to_owned(),
            due_at: due.breached_at,
            body: json!({ "rules": due.rules }),
        })
        .collect()
}

/// The closure, remembering the facts that the command came with.
fn seen(mut closure: Closure, ctx: &Context) -> Closure {
    if let Some(child) = &ctx.child {
        closure.facts_version = closure.facts_version.max(child.version);
        closure.family = child.family.or(closure.family);
    }
    closure
}
