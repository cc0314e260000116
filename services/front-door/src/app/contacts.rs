//! Contacts are launched and decided.

use baton_ids::{ContactId, EventId};
use baton_protocol::Pack;
use baton_store::{RequestKey, StoreError, Tx};
use jiff::Timestamp;

use super::announce::{ContactRecord, announce_contact};
use super::{App, AppError, Outcome, Source, deadlines};
use crate::domain::contact::{self, Contact, Event, Period};
use crate::domain::context::Context;
use crate::domain::decide::{self, Decide};
use crate::storage;

pub use crate::domain::decide::Launch as LaunchContact;

/// Decides a contact.
#[derive(Debug, Clone)]
pub struct DecideContact {
    /// The contact.
    pub contact: ContactId,
    /// The outcome, as a code of the protocol.
    pub outcome: String,
    /// The team to route to. None to let the protocol route it.
    pub team: Option<baton_ids::TeamId>,
    /// The rationale, in the words of the actor.
    pub rationale: Option<String>,
    /// The level of need. None where it is not said.
    pub need_level: Option<String>,
    /// The ground, as a code. None where none is given.
    pub ground: Option<String>,
    /// The issues that the assessment has to address, in the words of the actor.
    pub issues: Vec<String>,
    /// For how long whoever decides chooses so. None where it is not said.
    pub period: Option<Period>,
    /// The soft rules departed from, with the reason in the words of the actor.
    pub departures: Vec<(String, String)>,
    /// The version that the caller has seen. None to leave it unchecked.
    pub expected_version: Option<i64>,
}

impl App {
    /// Launches a contact.
    #[tracing::instrument(name = "app.launch_contact", skip_all, fields(child.id = %command.child))]
    pub async fn launch<R>(
        &self,
        key: RequestKey,
        command: LaunchContact,
        ctx: Context,
        to_response: fn(&Outcome<Contact>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let pack = self.pack(&ctx.pack)?;
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "launch_contact", move |tx| {
                Box::pin(async move {
                    let outcome = app.launch_in(tx, &command, &ctx, &pack, &source).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    async fn launch_in(
        &self,
        tx: &mut Tx,
        command: &LaunchContact,
        ctx: &Context,
        pack: &Pack,
        source: &Source,
    ) -> Result<Outcome<Contact>, AppError> {
        let family = storage::families::find_in(tx, &ctx.authority, command.child)
            .await?
            .ok_or_else(|| AppError::not_found("child", command.child))?;
        let events = decide::launch(command, &family, ctx, pack, &self.calendar)?;
        if let Some(Event::Launched { contact, .. }) = events.first() {
            self.begin_tray(tx, contact, ctx, pack, source).await?;
            tx.flush().await?;
        }
        self.write(tx, None, events, source, self.now()).await
    }

    /// Decides a contact.
    #[tracing::instrument(name = "app.decide_contact", skip_all, fields(contact.id = %command.contact))]
    pub async fn decide<R>(
        &self,
        key: RequestKey,
        command: DecideContact,
        ctx: Context,
        to_response: fn(&Outcome<Contact>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "decide_contact", move |tx| {
                Box::pin(async move {
                    let outcome = app.decide_in(tx, &command, &ctx, &source).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    async fn decide_in(
        &self,
        tx: &mut Tx,
        command: &DecideContact,
        ctx: &Context,
        source: &Source,
    ) -> Result<Outcome<Contact>, AppError> {
        // The process is pinned to the pack in force when it was launched.
        let (family, contact, pack) = self.load(tx, ctx, command.contact).await?;
        let authority = ctx.authority.as_str();
        let rationale_digest = match &command.rationale {
            Some(rationale) => Some(tx.put_private(authority, None, rationale).await?),
            None => None,
        };
        let mut departures = Vec::with_capacity(command.departures.len());
        for (rule, reason) in &command.departures {
            departures.push((rule.clone(), tx.put_private(authority, None, reason).await?));
        }
        let mut issues = Vec::with_capacity(command.issues.len());
        for issue in &command.issues {
            issues.push(tx.put_private(authority, None, issue).await?);
        }
        let decision = Decide {
            need_level: command.need_level.clone(),
            ground: command.ground.clone(),
            issues,
            period: command.period,
            outcome: command.outcome.clone(),
            team: command.team.clone(),
            rationale_digest,
            departures,
            expected_version: command.expected_version,
        };
        let events = decide::decide(&contact, &decision, &family, ctx, &pack, &self.calendar)?;
        let decided = events.iter().find_map(|event| match event {
            Event::Decided { decision, .. } => Some(decision),
            _ => None,
        });
        let stated = decided.map(|decision| self.stated_by_decision(decision, &pack));
        // What the decision itself says about the child is on record with it.
        self.state(
            tx,
            &family,
            contact.child,
            &stated.unwrap_or_default(),
            ctx,
            source,
        )
        .await?;
        self.write(
            tx,
            Some(contact),
            events,
            &source.pinned_to(&pack),
            self.now(),
        )
        .await
    }

    /// Applies events to a contact, saves it with its deadlines and announces them.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        before: Option<Contact>,
        events: Vec<Event>,
        source: &Source,
        now: Timestamp,
    ) -> Result<Outcome<Contact>, AppError> {
        let version = before.as_ref().map(|contact| contact.version);
        let mut records = Vec::with_capacity(events.len());
        let mut current = before;
        for event in events {
            current = contact::apply(current, &event);
            let after = current
                .clone()
                .ok_or(StoreError::Corrupt("a contact that was never launched"))?;
            records.push(ContactRecord { event, after });
        }
        let contact = current.ok_or(StoreError::Corrupt("a contact that was never launched"))?;
        match version {
            None => storage::contacts::insert(tx, &contact).await?,
            Some(version) if !records.is_empty() => {
                storage::contacts::save(tx, version, &contact).await?;
            }
            Some(_) => {}
        }
        tx.sync_deadlines(
            contact.authority.as_str(),
            contact.id.uuid(),
            &deadlines::of(&contact),
        );
        let announced = announce_contact(&records, source, now)?;
        tx.announce(&announced);
        let last_event = announced
            .last()
            .map(|event| EventId::from_uuid(event.event_id));
        Ok(Outcome {
            value: contact,
            last_event,
        })
    }
}
