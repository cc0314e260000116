//! From decisions to the events that others read. `docs/events/closure.md` lists them.

use baton_contracts::event::v1::{Event as Announced, EventActor, NoticeDue, TaskChange};
use baton_contracts::type_v1::{self, Owner};
use baton_contracts::{structure, timestamp};
use baton_ids::{EventId, TeamId, WorkerId};
use baton_store::NewEvent;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{AppError, DECISION, NAME};
use crate::domain::context::{Actor, Cause, Context, PostHeld, PrincipalKind};
use crate::domain::{Closure, Event, What};

/// Where an event comes from.
#[derive(Debug, Clone)]
pub struct Source {
    actor: Actor,
    cause: Cause,
    facts_version: i64,
    traceparent: String,
}

impl Source {
    /// A call.
    pub fn of(ctx: &Context) -> Self {
        Self {
            actor: ctx.actor.clone(),
            cause: ctx.cause.clone(),
            facts_version: ctx.child.as_ref().map_or(0, |child| child.version),
            // Taken here: inside a transaction's own task the call is no longer at hand.
            traceparent: baton_rpc::traceparent(),
        }
    }

    /// A deadline of a closure.
    pub(super) fn by_itself(closure: &Closure, deadline: &str) -> Self {
        Self {
            actor: Actor {
                principal: "baton".to_owned(),
                kind: PrincipalKind::Baton,
                posts: Vec::new(),
                on_behalf_of: String::new(),
            },
            cause: Cause {
                id: format!("{}/{deadline}", closure.id),
                kind: "deadline".to_owned(),
            },
            facts_version: closure.facts_version,
            traceparent: baton_rpc::traceparent(),
        }
    }

    fn actor(&self, acted_in: Option<&PostHeld>) -> EventActor {
        let kind = match self.actor.kind {
            PrincipalKind::Person => type_v1::PrincipalKind::Person,
            PrincipalKind::RecordSystem => type_v1::PrincipalKind::RecordSystem,
            PrincipalKind::Baton => type_v1::PrincipalKind::Baton,
        };
        let team = acted_in
            .and_then(|post| post.team.as_ref())
            .map(TeamId::as_str);
        let covered = acted_in
            .and_then(|post| post.covering_for.as_ref())
            .map(WorkerId::as_str);
        EventActor {
            principal: self.actor.principal.clone(),
            kind: kind.into(),
            role: acted_in.map(|post| post.role.clone()).unwrap_or_default(),
            team_id: team.unwrap_or_default().to_owned(),
            covering_for: covered.unwrap_or_default().to_owned(),
            on_behalf_of: self.actor.on_behalf_of.clone(),
        }
    }
}

/// The rows for what was recorded, in order.
pub(super) fn announce(
    closure: &Closure,
    version_before: i64,
    events: &[Event],
    source: &Source,
    recorded_at: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    (version_before + 1..)
        .zip(events)
        .map(|(version, event)| {
            let (event_type, data) = described(event, closure);
            let announced = Announced {
                event_id: EventId::new().to_string(),
                authority: closure.authority.to_string(),
                service: NAME.to_owned(),
                r#type: event_type.to_owned(),
                aggregate_id: closure.id.to_string(),
                aggregate_version: version,
                case_id: closure.case.to_string(),
                child_id: closure.child.to_string(),
                family_id: closure
                    .family
                    .map(|family| family.to_string())
                    .unwrap_or_default(),
                effective_at: Some(timestamp(event.effective_at)),
                recorded_at: Some(timestamp(recorded_at)),
                actor: Some(source.actor(event.acted_in.as_ref())),
                rules: event.rules.clone(),
                reason_digest: event.reason_digest.clone().unwrap_or_default(),
                reason_code: match &event.what {
                    What::EndFailed { reason } => reason.clone(),
                    _ => String::new(),
                },
                traceparent: source.traceparent.clone(),
                cause: Some(type_v1::Cause {
                    id: source.cause.id.clone(),
                    kind: source.cause.kind.clone(),
                }),
                pack: closure.pack.clone(),
                facts_version: source.facts_version,
                data: Some(structure(&data)),
                notices_due: notices(event, closure),
                tasks: tasks(event, closure),
            };
            Ok(baton_rpc::announcement(announced)?)
        })
        .collect()
}

/// The type of an event and what it says.
fn described(event: &Event, closure: &Closure) -> (&'static str, Value) {
    let about = json!({
        "closure_id": closure.id.to_string(),
        "team_id": closure.team.as_str(),
        "ground": closure.ground,
    });
    let with = |more: Value| match (about.clone(), more) {
        (Value::Object(mut about), Value::Object(more)) => {
            about.extend(more);
            Value::Object(about)
        }
        (about, _) => about,
    };
    match &event.what {
        What::Considered { .. } => (
            "closure.considered",
            with(json!({
                "due_on": closure.due.as_ref().map(|due| due.on.to_string()).unwrap_or_default(),
            })),
        ),
        What::Proposed { by, .. } => (
            "closure.proposed",
            with(json!({ "proposed_by": by.clone().unwrap_or_default() })),
        ),
        What::Approved {
            role,
            release,
            departures,
            ..
        } => (
            "closure.released",
            with(json!({
                "approved_by_role": role,
                "release_id": release.id.to_string(),
                "expected_epoch": release.expected_epoch,
                "effective_at": release.effective_at.to_string(),
                "rules": release.rules,
                "departures": departures.iter().map(|(rule, reason_digest)| {
                    json!({ "rule_id": rule, "reason_digest": reason_digest })
                }).collect::<Vec<_>>(),
            })),
        ),
        What::Declined { .. } => ("closure.declined", about),
        What::Closed { release, epoch } => (
            "closure.closed",
            with(json!({ "release_id": release.id.to_string(), "epoch": epoch })),
        ),
        What::EndFailed { reason } => ("closure.end_failed", with(json!({ "reason": reason }))),
        What::DeadlineBreached { .. } => (
            "closure.deadline_breached",
            with(json!({
                "name": DECISION,
                "due_on": closure.due.as_ref().map(|due| due.on.to_string()).unwrap_or_default(),
                // Nothing follows by itself: closing weakens protection, so a person decides.
                "needs_resolution": false,
            })),
        ),
    }
}

/// The one task of a closure: the responsible manager decides.
fn tasks(event: &Event, closure: &Closure) -> Vec<TaskChange> {
    let (open, overdue) = match &event.what {
        What::Considered { .. } | What::Proposed { .. } | What::EndFailed { .. } => (true, false),
        What::DeadlineBreached { .. } => (true, true),
        What::Approved { .. } | What::Declined { .. } => (false, false),
        What::Closed { .. } => return Vec::new(),
    };
    vec![TaskChange {
        key: format!("{}/decide_closure", closure.id),
        open,
        code: "decide_closure".to_owned(),
        owner: Some(role_of(&closure.decided_by, &closure.team)),
        due_on: closure
            .due
            .as_ref()
            .map(|due| due.on.to_string())
            .unwrap_or_default(),
        rules: event.rules.clone(),
        tray: false,
        overdue,
        references: [
            ("closure_id", closure.id.to_string()),
            ("case_id", closure.case.to_string()),
            ("child_id", closure.child.to_string()),
        ]
        .map(|(key, id)| (key.to_owned(), id))
        .into_iter()
        .collect(),
    }]
}

/// Who has to be told.
fn notices(event: &Event, closure: &Closure) -> Vec<NoticeDue> {
    let What::DeadlineBreached {
        escalate_to: Some(role),
    } = &event.what
    else {
        return Vec::new();
    };
    vec![NoticeDue {
        kind: "closure_overdue".to_owned(),
        audience: vec![role_of(role, &closure.team)],
        medium: "task".to_owned(),
        rules: event.rules.clone(),
        cause_key: format!("{}/closure_overdue", closure.id),
        content: Some(structure(&json!({
            "closure_id": closure.id.to_string(),
            "team_id": closure.team.as_str(),
        }))),
        ..NoticeDue::default()
    }]
}

fn role_of(role: &str, team: &TeamId) -> Owner {
    Owner {
        role: role.to_owned(),
        team_id: team.to_string(),
        ..Owner::default()
    }
}
