//! Children become known, and belong together.

use std::collections::BTreeMap;

use baton_ids::{ChildId, EventId, FamilyId};
use baton_store::{RequestKey, StoreError, Tx};
use jiff::Timestamp;

use super::announce::{FamilyRecord, announce_family};
use super::{App, AppError, KnownChild, Outcome, Source};
use crate::domain::Refusal;
use crate::domain::context::Context;
use crate::domain::fact::Stated;
use crate::domain::family::{self, Child, Event, Family};
use crate::storage;
use crate::storage::references::Reference;

/// Registers a child, or a further reference of a known one.
#[derive(Debug, Clone)]
pub struct Register {
    /// What the system calls the child.
    pub reference: Reference,
    /// The child, when it is a known one. None to find or make it by the reference.
    pub child: Option<ChildId>,
    /// Date of birth and expected delivery date, when reported.
    pub dates: Vec<Stated>,
}

/// What registering led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The child.
    pub child: KnownChild,
    /// Whether the reference was new.
    pub created: bool,
}

/// Puts children into one group.
#[derive(Debug, Clone)]
pub struct Link {
    /// A child of the group.
    pub child: ChildId,
    /// The other children.
    pub with: Vec<ChildId>,
    /// The household of each child, when known.
    pub households: BTreeMap<ChildId, String>,
}

impl App {
    /// Registers a child.
    #[tracing::instrument(name = "app.register_child", skip_all)]
    pub async fn register<R>(
        &self,
        key: RequestKey,
        command: Register,
        ctx: Context,
        to_response: fn(&Outcome<Registered>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let now = self.now();
        let source = Source::of(&ctx);
        self.store
            .once(key, "register_child", move |tx| {
                Box::pin(async move {
                    let outcome = register(tx, &command, &ctx, &source, now).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Puts children into one family group.
    #[tracing::instrument(name = "app.link_family", skip_all, fields(child.id = %command.child))]
    pub async fn link<R>(
        &self,
        key: RequestKey,
        command: Link,
        ctx: Context,
        to_response: fn(&Outcome<Family>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let now = self.now();
        let source = Source::of(&ctx);
        self.store
            .once(key, "link_family", move |tx| {
                Box::pin(async move {
                    let outcome = link(tx, &command, &ctx, &source, now).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }
}

async fn register(
    tx: &mut Tx,
    command: &Register,
    ctx: &Context,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome<Registered>, AppError> {
    let authority = &ctx.authority;
    let known = storage::references::find_in(tx, authority, &command.reference).await?;
    let child = match (known, command.child) {
        (Some(known), Some(named)) if known != named => return Err(Refusal::ReferenceTaken.into()),
        (Some(child), _) => Some(child),
        (None, named) => named,
    };
    let created = known.is_none();
    let (before, mut events) = if let Some(child) = child {
        let family = storage::families::lock(tx, authority, child)
            .await?
            .ok_or_else(|| AppError::not_found("child", child))?;
        let event = Event::ReferenceAdded {
            child,
            system: command.reference.system.clone(),
        };
        (family, if created { vec![event] } else { Vec::new() })
    } else {
        let child = Child::unknown(ChildId::new());
        let event = Event::ChildRegistered {
            child: child.id,
            system: command.reference.system.clone(),
        };
        let family = Family::of_one(authority.clone(), child);
        storage::families::insert(tx, &family, now).await?;
        (family, vec![event])
    };
    let child = child.or_else(|| before.children.first().map(|child| child.id));
    let child = child.ok_or(StoreError::Corrupt("a family without children"))?;
    if created && !storage::references::add(tx, authority, &command.reference, child).await? {
        // Somebody registered the same reference a moment ago: the caller asks again and gets that child.
        return Err(StoreError::Contention.into());
    }
    // What is known about a child that was known already changes only by what is new.
    let news: Vec<Stated> = command
        .dates
        .iter()
        .filter(|stated| {
            before
                .child(child)
                .and_then(|child| child.facts.get(&stated.key))
                .is_none_or(|known| known.value != stated.value)
        })
        .cloned()
        .collect();
    events.extend(family::record_facts(
        &before,
        child,
        &news,
        &ctx.actor.principal,
        ctx.received_at,
        now,
    )?);

    let references = storage::references::list_in(tx, authority, child).await?;
    let (after, last_event) = write(tx, &before, &[], events, ctx, source, now).await?;
    let known = after
        .child(child)
        .cloned()
        .ok_or(StoreError::Corrupt("a family without its child"))?;
    let child = KnownChild {
        child: known,
        family: after.id,
        facts_version: after.version,
        references,
    };
    Ok(Outcome {
        value: Registered { child, created },
        last_event,
    })
}

async fn link(
    tx: &mut Tx,
    command: &Link,
    ctx: &Context,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome<Family>, AppError> {
    let mut named: Vec<ChildId> = command.with.clone();
    named.push(command.child);
    let families = lock_all(tx, ctx, named).await?;
    let (own, others): (Vec<Family>, Vec<Family>) = families
        .into_iter()
        .partition(|family| family.child(command.child).is_some());
    let own = own
        .into_iter()
        .next()
        .ok_or_else(|| AppError::not_found("child", command.child))?;
    let stranger = command.households.keys().find(|id| {
        own.child(**id).is_none() && others.iter().all(|family| family.child(**id).is_none())
    });
    if let Some(stranger) = stranger {
        let field = format!("households[{stranger}]");
        return Err(AppError::Invalid {
            field,
            description: "is not a child of the group",
        });
    }
    let event = family::link(&own, &others, command.child, &command.households);
    let events: Vec<Event> = event.into_iter().collect();
    let (after, last_event) = write(tx, &own, &others, events, ctx, source, now).await?;
    Ok(Outcome {
        value: after,
        last_event,
    })
}

/// Locks the groups of the children, each once, always in the same order so that two links do not wait for each other.
async fn lock_all(
    tx: &mut Tx,
    ctx: &Context,
    mut children: Vec<ChildId>,
) -> Result<Vec<Family>, AppError> {
    children.sort_unstable();
    children.dedup();
    let mut by_family: BTreeMap<FamilyId, ChildId> = BTreeMap::new();
    for child in children {
        let (_, family) = storage::references::resolve_in(tx, &ctx.authority, child)
            .await?
            .ok_or_else(|| AppError::not_found("child", child))?;
        by_family.entry(family).or_insert(child);
    }
    let mut families = Vec::with_capacity(by_family.len());
    for (expected, child) in by_family {
        let family = storage::families::lock(tx, &ctx.authority, child)
            .await?
            .ok_or_else(|| AppError::not_found("child", child))?;
        if family.id != expected {
            return Err(StoreError::Contention.into());
        }
        families.push(family);
    }
    Ok(families)
}

/// Applies events to a group, saves what changed and announces it.
pub(super) async fn write(
    tx: &mut Tx,
    before: &Family,
    others: &[Family],
    events: Vec<Event>,
    ctx: &Context,
    source: &Source,
    now: Timestamp,
) -> Result<(Family, Option<EventId>), AppError> {
    let mut records = Vec::with_capacity(events.len());
    let mut after = before.clone();
    for event in events {
        after = family::apply(after, others, &event);
        if let Event::FactsRecorded {
            child, recorded, ..
        } = &event
        {
            storage::history::add(tx, &ctx.authority, *child, recorded, &ctx.cause.id).await?;
        }
        records.push(FamilyRecord {
            event,
            after: after.clone(),
        });
    }
    // A child that moves here is rewritten with its new group, whatever else changed.
    storage::families::save(tx, before, &after).await?;
    for other in others {
        storage::families::mark_merged(tx, other.id, after.id).await?;
    }
    let announced = announce_family(&records, source, ctx, now)?;
    tx.announce(&announced);
    Ok((
        after,
        announced
            .last()
            .map(|event| EventId::from_uuid(event.event_id)),
    ))
}
