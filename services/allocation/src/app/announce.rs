//! From decisions to the events that others read: type, data, tasks, notices. `docs/events/allocation.md` lists them.

mod data;
mod tasks;

use baton_contracts::event::v1::{Event as Announced, EventActor, NoticeDue, TaskChange};
use baton_contracts::{structure, timestamp, type_v1};
use baton_ids::{EventId, TeamId, WorkerId};
use baton_store::NewEvent;
use jiff::Timestamp;

use super::{AppError, NAME};
use crate::domain::context::{Actor, Cause, Context, PostHeld, PrincipalKind};
use crate::domain::{Case, Event, What};

/// An event with the case before and after it.
pub(super) struct Recorded {
    pub before: Case,
    pub event: Event,
    pub after: Case,
}

/// Where an event comes from.
#[derive(Debug, Clone)]
pub struct Source {
    actor: Actor,
    cause: Cause,
    pack: String,
    facts_version: i64,
    traceparent: String,
}

impl Source {
    /// A call.
    pub fn of(ctx: &Context) -> Self {
        Self {
            actor: ctx.actor.clone(),
            cause: ctx.cause.clone(),
            pack: ctx.pack.clone(),
            facts_version: ctx.child.as_ref().map_or(0, |child| child.version),
            // Taken here: inside a transaction's own task the call is no longer at hand.
            traceparent: baton_rpc::traceparent(),
        }
    }

    /// A deadline of a case.
    pub(super) fn by_itself(case: &Case, deadline: &str) -> Self {
        Self {
            actor: Actor {
                principal: "baton".to_owned(),
                kind: PrincipalKind::Baton,
                posts: Vec::new(),
                on_behalf_of: String::new(),
            },
            cause: Cause {
                id: format!("{}/{deadline}", case.id),
                kind: "deadline".to_owned(),
            },
            pack: case.pack.clone(),
            facts_version: case.facts_version,
            traceparent: baton_rpc::traceparent(),
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
            facts_version: self.facts_version,
            ..Default::default()
        }
    }

    fn actor(&self, acted_in: Option<&PostHeld>) -> EventActor {
        let kind = match self.actor.kind {
            PrincipalKind::Person => type_v1::PrincipalKind::Person,
            PrincipalKind::RecordSystem => type_v1::PrincipalKind::RecordSystem,
            PrincipalKind::Baton => type_v1::PrincipalKind::Baton,
        };
        EventActor {
            principal: self.actor.principal.clone(),
            kind: kind.into(),
            role: acted_in.map(|post| post.role.clone()).unwrap_or_default(),
            team_id: text(
                acted_in
                    .and_then(|post| post.team.as_ref())
                    .map(TeamId::as_str),
            ),
            covering_for: text(
                acted_in
                    .and_then(|post| post.covering_for.as_ref())
                    .map(WorkerId::as_str),
            ),
            on_behalf_of: self.actor.on_behalf_of.clone(),
        }
    }
}

/// The rows for what was recorded, in order.
pub(super) fn announce(
    recorded: &[Recorded],
    source: &Source,
    recorded_at: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    recorded
        .iter()
        .map(|recorded| {
            let Recorded {
                before,
                event,
                after,
            } = recorded;

            let announced = Announced {
                authority: after.authority.to_string(),
                r#type: data::type_of(&event.what).to_owned(),
                aggregate_id: after.id.to_string(),
                aggregate_version: after.version,
                case_id: after.id.to_string(),
                child_id: after.child.to_string(),
                family_id: after
                    .family
                    .map(|family| family.to_string())
                    .unwrap_or_default(),
                effective_at: Some(timestamp(event.effective_at)),
                rules: event.rules.clone(),
                reason_digest: event.reason_digest.clone().unwrap_or_default(),
                data: Some(structure(&data::of(event, after))),
                notices_due: tasks::notices(event, after),
                tasks: tasks::changes(before, event, after),
                ..source.event(event.acted_in.as_ref(), recorded_at)
            };
            Ok(baton_rpc::announcement(announced)?)
        })
        .collect()
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}
