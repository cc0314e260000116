//! From decisions to the events that others read: type, data, tasks. `docs/events/notification.md` lists them.

mod described;
mod tasks;

use baton_contracts::event::v1::{Event as Announced, EventActor};
use baton_contracts::{structure, timestamp, type_v1};
use baton_ids::{EventId, TeamId, WorkerId};
use baton_protocol::PostHeld;
use baton_store::NewEvent;
use jiff::Timestamp;
use serde_json::json;

use super::{AppError, NAME};
use crate::domain::context::{Actor, Cause, Context, PrincipalKind};
use crate::domain::decide;
use crate::domain::notice::{Event, Notice};
use crate::storage::contact_book::NewEntry;

/// Where an event comes from.
#[derive(Debug, Clone)]
pub struct Source {
    actor: Actor,
    cause: Cause,
    pack: String,
    traceparent: String,
}

impl Source {
    /// A call.
    pub fn of(ctx: &Context) -> Self {
        Self {
            actor: ctx.actor.clone(),
            cause: ctx.cause.clone(),
            pack: ctx.pack.clone(),
            // Taken here: inside a transaction's own task the call is no longer at hand.
            traceparent: baton_rpc::traceparent(),
        }
    }

    /// What Baton does about a notice by itself.
    pub(super) fn by_itself(notice: &Notice, what: &str) -> Self {
        Self {
            actor: Actor {
                principal: "baton".to_owned(),
                kind: PrincipalKind::Baton,
                posts: Vec::new(),
                on_behalf_of: String::new(),
            },
            cause: Cause {
                id: format!("{}/{what}", notice.id),
                kind: what.to_owned(),
            },
            pack: notice.pack.clone(),
            traceparent: baton_rpc::traceparent(),
        }
    }

    /// An event of another service: Baton acts on behalf of whoever acted there.
    pub fn of_event(cause: Cause, on_behalf_of: String, pack: String) -> Self {
        Self {
            actor: Actor {
                principal: "baton".to_owned(),
                kind: PrincipalKind::Baton,
                posts: Vec::new(),
                on_behalf_of,
            },
            cause,
            pack,
            traceparent: baton_rpc::traceparent(),
        }
    }

    /// The same source for a process that is pinned to a pack of its own.
    pub(super) fn pinned_to(&self, pack: &str) -> Self {
        Self {
            pack: pack.to_owned(),
            ..self.clone()
        }
    }

    /// What every event of this source has in common.
    fn event(&self, acted_in: Option<&PostHeld>, recorded_at: Timestamp) -> Announced {
        Announced {
            event_id: EventId::new().to_string(),
            service: NAME.to_owned(),
            recorded_at: Some(timestamp(recorded_at)),
            actor: Some(self.actor(acted_in)),
            traceparent: self.traceparent.clone(),
            cause: Some(type_v1::Cause {
                id: self.cause.id.clone(),
                kind: self.cause.kind.clone(),
            }),
            pack: self.pack.clone(),
            ..Default::default()
        }
    }

    fn actor(&self, acted_in: Option<&PostHeld>) -> EventActor {
        let kind = match self.actor.kind {
            PrincipalKind::Person => type_v1::PrincipalKind::Person,
            PrincipalKind::RecordSystem => type_v1::PrincipalKind::RecordSystem,
            PrincipalKind::Baton => type_v1::PrincipalKind::Baton,
        };
        let team = acted_in.and_then(|post| post.team.as_ref());
        let covered = acted_in.and_then(|post| post.covering_for.as_ref());
        EventActor {
            principal: self.actor.principal.clone(),
            kind: kind.into(),
            role: acted_in
                .map(|post| post.role.to_string())
                .unwrap_or_default(),
            team_id: team.map(TeamId::to_string).unwrap_or_default(),
            covering_for: covered.map(WorkerId::to_string).unwrap_or_default(),
            on_behalf_of: self.actor.on_behalf_of.clone(),
        }
    }
}

/// An event with the notice before and after it.
pub(super) struct Record {
    pub before: Option<Notice>,
    pub event: Event,
    pub after: Notice,
}

/// The rows for what was recorded, in order. A person's telling that meets a gate item is two events: the notice was
/// given, and the process that waits for it hears that its recipient was told.
pub(super) fn announce(
    records: &[Record],
    source: &Source,
    recorded_at: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let mut rows = Vec::with_capacity(records.len() + 1);
    for record in records {
        let row = base(record, source, recorded_at);
        let told = told_by_a_person(record, &row);
        rows.push(baton_rpc::announcement(row)?);
        if let Some(told) = told {
            rows.push(baton_rpc::announcement(told)?);
        }
    }
    Ok(rows)
}

fn base(record: &Record, source: &Source, recorded_at: Timestamp) -> Announced {
    let Record {
        before,
        event,
        after,
    } = record;
    let (event_type, data) = described::described(event, after);
    let (post, rules, digest) = match event {
        Event::Withheld {
            rules,
            post,
            reason_digest,
            ..
        } => (post.as_ref(), rules, reason_digest.clone()),
        Event::Held { rules } => (None, rules, None),
        Event::Given { post, .. } => (post.as_ref(), &after.rules, None),
        _ => (None, &after.rules, None),
    };
    let about = &after.about;
    let text = |id: Option<String>| id.unwrap_or_default();
    Announced {
        authority: after.authority.to_string(),
        r#type: event_type.to_owned(),
        aggregate_id: after.id.to_string(),
        aggregate_version: after.version,
        case_id: text(about.case.map(|id| id.to_string())),
        child_id: text(about.child.map(|id| id.to_string())),
        family_id: text(about.family.map(|id| id.to_string())),
        effective_at: Some(timestamp(
            described::effective_at(event).unwrap_or(recorded_at),
        )),
        rules: rules.clone(),
        reason_digest: digest.unwrap_or_default(),
        facts_version: after.facts_version,
        data: Some(structure(&data)),
        tasks: tasks::changes(before.as_ref(), after),
        ..source.event(post, recorded_at)
    }
}

fn told_by_a_person(record: &Record, given: &Announced) -> Option<Announced> {
    let Event::Given { how, at, .. } = &record.event else {
        return None;
    };
    let waits = !record.after.about.meets_item.is_empty() && decide::meets(&record.after, how);
    waits.then(|| Announced {
        event_id: EventId::new().to_string(),
        r#type: "notice.sent".to_owned(),
        data: Some(structure(&described::sent(&record.after, *at))),
        tasks: Vec::new(),
        ..given.clone()
    })
}

/// The row for an entry of the contact book. Neither the address nor whose it is appears.
pub(super) fn announce_entry(
    entry: &NewEntry,
    ctx: &Context,
    source: &Source,
    recorded_at: Timestamp,
) -> Result<NewEvent, AppError> {
    let child = entry
        .child
        .map(|child| child.to_string())
        .unwrap_or_default();
    let event = source.event(ctx.actor.posts.first(), recorded_at);
    Ok(baton_rpc::announcement(Announced {
        authority: ctx.authority.to_string(),
        r#type: "contact_book.entry_set".to_owned(),
        aggregate_id: event.event_id.clone(),
        aggregate_version: 1,
        child_id: child,
        effective_at: Some(timestamp(ctx.received_at)),
        data: Some(structure(
            &json!({ "kind": entry.kind, "medium": entry.medium }),
        )),
        ..event
    })?)
}
