//! Facts are reported.

use baton_ids::{ChildId, EventId};
use baton_protocol::{FactKey, Value};
use baton_store::{RequestKey, StoreError, Tx};
use jiff::Timestamp;

use super::children::write;
use super::{App, AppError, Outcome, Source};
use crate::domain::contact::Contact;
use crate::domain::context::Context;
use crate::domain::decide;
use crate::domain::fact::{Stated, values};
use crate::domain::family::{self, Event, Family};
use crate::storage;

/// Reports facts about a child.
#[derive(Debug, Clone)]
pub struct ReportFacts {
    /// The child.
    pub child: ChildId,
    /// The facts, each checked against the catalogue.
    pub stated: Vec<Stated>,
    /// Who reports them: a record system's name or a worker's id.
    pub source: String,
}

/// The group after a report, and what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The child whom the report was about.
    pub child: ChildId,
    /// The group.
    pub family: Family,
    /// The keys whose current value is another than before.
    pub changed: Vec<FactKey>,
}

impl App {
    /// Records facts about a child.
    #[tracing::instrument(name = "app.report_facts", skip_all, fields(child.id = %command.child))]
    pub async fn report_facts<R>(
        &self,
        key: RequestKey,
        command: ReportFacts,
        ctx: Context,
        to_response: fn(&Outcome<Reported>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "report_facts", move |tx| {
                Box::pin(async move {
                    let child = command.child;
                    let before = storage::families::lock(tx, &ctx.authority, child)
                        .await?
                        .ok_or_else(|| AppError::not_found("child", child))?;
                    // Read before anything is written: the writes wait for the end of the transaction.
                    let contacts =
                        storage::contacts::lock_of_child(tx, &ctx.authority, child).await?;
                    let mut outcome =
                        report(tx, &before, &command, &ctx, &source, app.now()).await?;
                    let (contacts, met) =
                        app.meet_duties(tx, contacts, &outcome.value, &ctx).await?;
                    outcome.last_event = met.or(outcome.last_event);
                    let changed = known_now(&outcome.value);
                    let contacts = app.meet_by_facts(tx, contacts, &changed, &source).await?;
                    app.count_again(tx, contacts, &outcome.value, &ctx, &source)
                        .await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }
}

impl App {
    /// Closes what is done on contacts of the child, now that the facts say so. Answers the contacts as they are then.
    async fn meet_duties(
        &self,
        tx: &mut Tx,
        contacts: Vec<Contact>,
        reported: &Reported,
        ctx: &Context,
    ) -> Result<(Vec<Contact>, Option<EventId>), AppError> {
        let facts = reported.family.child(reported.child);
        let facts = facts.map(|child| values(&child.facts)).unwrap_or_default();
        let mut last_event = None;
        let mut now = Vec::with_capacity(contacts.len());
        for contact in contacts {
            let met = decide::duties_met(&contact, &facts, ctx.received_at);
            let events = met.into_iter().collect();
            let written = self
                .write_after(tx, contact, events, &Source::of(ctx))
                .await?;
            last_event = written.last_event.or(last_event);
            now.push(written.value);
        }
        Ok((now, last_event))
    }
}

async fn report(
    tx: &mut Tx,
    before: &Family,
    command: &ReportFacts,
    ctx: &Context,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome<Reported>, AppError> {
    let ReportFacts {
        child,
        stated,
        source: reporter,
    } = command;
    let event = family::record_facts(before, *child, stated, reporter, ctx.received_at, now)?;
    let changed = event.as_ref().map(Event::changed).unwrap_or_default();
    let events = event.into_iter().collect();
    let (family, last_event) = write(tx, before, &[], events, ctx, source, now).await?;
    if family.child(*child).is_none() {
        return Err(StoreError::Corrupt("a family without its child").into());
    }
    Ok(Outcome {
        value: Reported {
            child: *child,
            family,
            changed,
        },
        last_event,
    })
}

/// What became known with the report, and since when. What is known to be none is not done.
fn known_now(reported: &Reported) -> Vec<(FactKey, Timestamp)> {
    let Some(child) = reported.family.child(reported.child) else {
        return Vec::new();
    };
    let known = reported.changed.iter().filter_map(|key| {
        let known = child.facts.get(key)?;
        (known.value != Value::None).then(|| (key.clone(), known.effective_at))
    });
    known.collect()
}
