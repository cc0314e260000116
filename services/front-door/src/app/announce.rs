//! From decisions to the events that others read: type, data, tasks, notices. `docs/events/front-door.md` lists them.

mod contacts;
mod family;
mod tasks;

use baton_contracts::event::v1::{Event as Announced, EventActor};
use baton_contracts::{timestamp, type_v1};
use baton_ids::{EventId, TeamId, WorkerId};
use baton_protocol::{Pack, PostHeld};
use jiff::Timestamp;

pub(super) use self::contacts::{ContactRecord, announce_contact};
pub(super) use self::family::{FamilyRecord, announce_family};
use super::NAME;
use crate::domain::contact::Contact;
use crate::domain::context::{Actor, Cause, Context, PrincipalKind};

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

    /// A deadline of a contact.
    pub(super) fn by_itself(contact: &Contact, deadline: &str) -> Self {
        Self::of_deadline(&contact.id.to_string(), deadline, &contact.pack)
    }

    /// A deadline of whatever has this id.
    pub(super) fn of_deadline(id: &str, deadline: &str, pack: &str) -> Self {
        Self {
            actor: Actor {
                principal: "baton".to_owned(),
                kind: PrincipalKind::Baton,
                posts: Vec::new(),
                on_behalf_of: String::new(),
            },
            cause: Cause {
                id: format!("{id}/{deadline}"),
                kind: "deadline".to_owned(),
            },
            pack: pack.to_owned(),
            traceparent: baton_rpc::traceparent(),
        }
    }

    /// The same source for a process that is pinned to a pack of its own.
    pub(super) fn pinned_to(&self, pack: &Pack) -> Self {
        Self {
            pack: pack.digest.to_string(),
            ..self.clone()
        }
    }

    /// What every event of this source has in common.
    pub(super) fn event(&self, acted_in: Option<&PostHeld>, recorded_at: Timestamp) -> Announced {
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
