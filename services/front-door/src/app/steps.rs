//! What is done about a contact besides deciding it.

use std::sync::Arc;

use baton_ids::{ChildId, ContactId, TeamId};
use baton_protocol::{FactKey, Pack, Value};
use baton_store::{RequestKey, StoreError, Tx};
use jiff::Timestamp;

use super::facts::Reported;
use super::{App, AppError, Outcome, Source};
use crate::domain::contact::{Contact, Decision, Event};
use crate::domain::context::Context;
use crate::domain::duty::{self, Setting};
use crate::domain::fact::Stated;
use crate::domain::family::Family;
use crate::domain::step::{self, Record};
use crate::storage;

/// Records a step.
#[derive(Debug, Clone)]
pub struct RecordStep {
    /// What, with the reasons still in the words of the actor.
    pub record: Record,
    /// The reasons.
    pub reason: Option<String>,
}

/// Passes a contact on.
#[derive(Debug, Clone)]
pub struct PassContact {
    /// The contact.
    pub contact: ContactId,
    /// The team whose it is.
    pub to: TeamId,
    /// Why, in the words of the actor.
    pub reason: Option<String>,
}

/// A notice about a contact was sent.
#[derive(Debug, Clone)]
pub struct NoticeSent {
    /// The contact.
    pub contact: ContactId,
    /// The kind of notice.
    pub kind: String,
    /// When.
    pub at: Timestamp,
}

impl App {
    /// Records a step of a contact.
    #[tracing::instrument(name = "app.record_contact_step", skip_all, fields(contact.id = %command.record.contact))]
    pub async fn record_step<R>(
        &self,
        key: RequestKey,
        command: RecordStep,
        ctx: Context,
        to_response: fn(&Outcome<Contact>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "record_contact_step", move |tx| {
                Box::pin(async move {
                    let outcome = app.record_step_in(tx, &command, &ctx, &source).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    async fn record_step_in(
        &self,
        tx: &mut Tx,
        command: &RecordStep,
        ctx: &Context,
        source: &Source,
    ) -> Result<Outcome<Contact>, AppError> {
        let (family, contact, pack) = self.load(tx, ctx, command.record.contact).await?;
        let mut record = command.record.clone();
        if let Some(reason) = &command.reason {
            let digest = tx.put_private(ctx.authority.as_str(), None, reason).await?;
            record.reason_digest = Some(digest);
        }
        let event = step::record(&contact, &record, &family, ctx, &pack, &self.calendar)?;
        let stated = self.stated_by_step(&event, &pack);
        self.state(tx, &family, contact.child, &stated, ctx, source)
            .await?;
        self.write(
            tx,
            Some(contact),
            vec![event],
            &source.pinned_to(&pack),
            self.now(),
        )
        .await
    }

    /// Passes a contact on to another team.
    #[tracing::instrument(name = "app.pass_contact", skip_all, fields(contact.id = %command.contact))]
    pub async fn pass_on<R>(
        &self,
        key: RequestKey,
        command: PassContact,
        ctx: Context,
        to_response: fn(&Outcome<Contact>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "pass_contact", move |tx| {
                Box::pin(async move {
                    let (_, contact, pack) = app.load(tx, &ctx, command.contact).await?;
                    let reason_digest = match &command.reason {
                        Some(reason) => {
                            Some(tx.put_private(ctx.authority.as_str(), None, reason).await?)
                        }
                        None => None,
                    };
                    let event = step::pass_on(&contact, &command.to, reason_digest, &ctx, &pack)?;
                    let events = event.into_iter().collect();
                    let source = source.pinned_to(&pack);
                    let outcome = app
                        .write(tx, Some(contact), events, &source, app.now())
                        .await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Records that a notice about a contact was sent, which may meet what somebody owed (W-029).
    #[tracing::instrument(name = "app.record_notice_sent", skip_all, fields(contact.id = %command.contact))]
    pub async fn notice_sent<R>(
        &self,
        key: RequestKey,
        command: NoticeSent,
        ctx: Context,
        to_response: fn(&Outcome<Contact>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "record_notice_sent", move |tx| {
                Box::pin(async move {
                    let (_, contact, pack) = app.load(tx, &ctx, command.contact).await?;
                    let met = met(&contact, &format!("notice:{}", command.kind), command.at);
                    let events = met.into_iter().collect();
                    let source = source.pinned_to(&pack);
                    let outcome = app
                        .write(tx, Some(contact), events, &source, app.now())
                        .await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// The contact, the child's group and the pack that the contact is pinned to. The group is locked first, always.
    pub(super) async fn load(
        &self,
        tx: &mut Tx,
        ctx: &Context,
        id: ContactId,
    ) -> Result<(Family, Contact, Arc<Pack>), AppError> {
        let child = storage::contacts::child_of(tx, &ctx.authority, id)
            .await?
            .ok_or_else(|| AppError::not_found("contact", id))?;
        let family = storage::families::lock(tx, &ctx.authority, child)
            .await?
            .ok_or(StoreError::Corrupt("a contact without its child"))?;
        let contact = storage::contacts::lock(tx, &ctx.authority, id)
            .await?
            .ok_or_else(|| AppError::not_found("contact", id))?;
        let pack = self.pack(&contact.pack)?;
        Ok((family, contact, pack))
    }

    /// What a step states about the child: the day on which it was done.
    fn stated_by_step(&self, event: &Event, pack: &Pack) -> Vec<Stated> {
        let Event::StepRecorded { step, .. } = event else {
            return Vec::new();
        };
        let states = pack.front_door.step(&step.step).map(|rule| &rule.states);
        self.dated(states.into_iter().flatten(), step.at)
    }

    /// What a decision states about the child: its day under the keys that the outcome names, and the level of need.
    pub(super) fn stated_by_decision(&self, decision: &Decision, pack: &Pack) -> Vec<Stated> {
        let outcome = pack.front_door.outcome(&decision.outcome);
        let states = outcome.into_iter().flat_map(|outcome| &outcome.states);
        let mut says = self.dated(states, decision.at);
        if let (Some(level), Ok(key)) = (&decision.need_level, "need_level".parse()) {
            says.push(Stated {
                key,
                value: Value::Code(level.clone()),
                effective_at: decision.at,
            });
        }
        says
    }

    fn dated<'k>(&self, keys: impl IntoIterator<Item = &'k FactKey>, at: Timestamp) -> Vec<Stated> {
        keys.into_iter()
            .map(|key| Stated {
                key: key.clone(),
                value: Value::Date(self.today_at(at)),
                effective_at: at,
            })
            .collect()
    }

    /// Records what a contact itself says about the child, with the contact's actor as its source.
    pub(super) async fn state(
        &self,
        tx: &mut Tx,
        family: &Family,
        child: ChildId,
        stated: &[Stated],
        ctx: &Context,
        source: &Source,
    ) -> Result<(), AppError> {
        if stated.is_empty() {
            return Ok(());
        }
        let reporter = &ctx.actor.principal;
        let now = self.now();
        let event = crate::domain::family::record_facts(
            family,
            child,
            stated,
            reporter,
            ctx.received_at,
            now,
        )?;
        let events = event.into_iter().collect();
        super::children::write(tx, family, &[], events, ctx, source, now).await?;
        // The contact is written after it.
        tx.flush().await?;
        Ok(())
    }

    /// What becomes known about a child meets what somebody owed because of a contact. Answers the contacts as they are
    /// then.
    pub(super) async fn meet_by_facts(
        &self,
        tx: &mut Tx,
        contacts: Vec<Contact>,
        changed: &[(FactKey, Timestamp)],
        source: &Source,
    ) -> Result<Vec<Contact>, AppError> {
        let mut now = Vec::with_capacity(contacts.len());
        for contact in contacts {
            let met =
                |(key, at): &(FactKey, Timestamp)| met(&contact, &format!("facts.{key}"), *at);
            let events: Vec<Event> = changed.iter().filter_map(met).collect();
            now.push(self.write_pinned(tx, contact, events, source).await?);
        }
        Ok(now)
    }

    /// What is owed by a day that is counted from a fact is due by another one, now that the fact is.
    pub(super) async fn count_again(
        &self,
        tx: &mut Tx,
        contacts: Vec<Contact>,
        reported: &Reported,
        ctx: &Context,
        source: &Source,
    ) -> Result<(), AppError> {
        let Reported {
            family, changed, ..
        } = reported;
        if changed.is_empty() {
            return Ok(());
        }
        for contact in contacts {
            let pack = self.pack(&contact.pack)?;
            let facts = step::facts_of(&contact, family);
            let setting = Setting {
                pack: &pack,
                facts: &facts,
                calendar: &self.calendar,
                teams: &ctx.teams,
            };
            let again = duty::counted_again(changed, &contact, &setting);
            let recounted = |duty| Event::DutyRecounted {
                duty: Box::new(duty),
                at: ctx.received_at,
            };
            let events = again.into_iter().map(recounted).collect();
            self.write_pinned(tx, contact, events, source).await?;
        }
        Ok(())
    }

    /// Writes what happened to a contact under the pack that it is pinned to.
    async fn write_pinned(
        &self,
        tx: &mut Tx,
        contact: Contact,
        events: Vec<Event>,
        source: &Source,
    ) -> Result<Contact, AppError> {
        if events.is_empty() {
            return Ok(contact);
        }
        let source = source.pinned_to(&*self.pack(&contact.pack)?);
        Ok(self.write_after(tx, contact, events, &source).await?.value)
    }

    /// Writes what happened to a contact that the transaction may have written already. Nothing without events.
    pub(super) async fn write_after(
        &self,
        tx: &mut Tx,
        contact: Contact,
        events: Vec<Event>,
        source: &Source,
    ) -> Result<Outcome<Contact>, AppError> {
        if events.is_empty() {
            return Ok(Outcome {
                value: contact,
                last_event: None,
            });
        }
        tx.flush().await?;
        self.write(tx, Some(contact), events, source, self.now())
            .await
    }
}

/// The event that something met what is owed. None when nothing open waits for it.
pub(super) fn met(contact: &Contact, by: &str, at: Timestamp) -> Option<Event> {
    let waits = contact
        .owed
        .iter()
        .any(|duty| duty.is_open() && duty.met_by.iter().any(|met_by| met_by == by));
    waits.then(|| Event::OwedMet {
        by: by.to_owned(),
        at,
    })
}
