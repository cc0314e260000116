//! From what was decided to what is announced: names, data, notices and tasks.

use std::collections::BTreeMap;

use baton_contracts::event::v1 as wire;
use baton_contracts::{structure, timestamp, type_v1};
use baton_ids::EventId;
use baton_protocol::{Audience, PostHeld};
use baton_rpc::Problem;
use baton_store::{NewEvent, Tx};
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Failure, data};
use crate::domain::{
    Change, Context, Event, NoticeDue, Owner, PrincipalKind, Task, Transfer, apply, tasks,
};

/// The kind of cause under which a council's opening positions are taken over.
const OPENING: &str = "opening";

/// Who and what is behind a decision.
#[derive(Debug, Clone)]
pub struct Origin {
    actor: wire::EventActor,
    cause: type_v1::Cause,
    pack: String,
    facts_version: i64,
    recorded_at: Timestamp,
    reason_digest: String,
}

impl Origin {
    /// A call, decided under a pack by somebody in a post.
    pub fn of_call(context: &Context, pack: &str, post: Option<&PostHeld>) -> Self {
        let actor = &context.actor;
        let kind = match actor.kind {
            PrincipalKind::Person => type_v1::PrincipalKind::Person,
            PrincipalKind::RecordSystem => type_v1::PrincipalKind::RecordSystem,
            PrincipalKind::Baton => type_v1::PrincipalKind::Baton,
        };
        Self {
            actor: wire::EventActor {
                principal: actor.principal.clone(),
                kind: kind.into(),
                role: post.map_or_else(String::new, |post| post.role.to_string()),
                team_id: post
                    .and_then(|post| post.team.as_ref())
                    .map_or_else(String::new, ToString::to_string),
                covering_for: post
                    .and_then(|post| post.covering_for.as_ref())
                    .map_or_else(String::new, ToString::to_string),
                on_behalf_of: actor.on_behalf_of.clone().unwrap_or_default(),
            },
            cause: type_v1::Cause {
                id: context.cause.id.clone(),
                kind: context.cause.kind.clone(),
            },
            pack: pack.to_owned(),
            facts_version: context
                .child
                .as_ref()
                .map_or(0, |child| child.facts_version),
            recorded_at: context.now,
            reason_digest: context.reason_digest.clone().unwrap_or_default(),
        }
    }

    /// A deadline that rang. Baton acts by itself: the rule says that it does.
    pub fn of_deadline(
        clock: &str,
        pack: &str,
        facts_version: i64,
        recorded_at: Timestamp,
    ) -> Self {
        Self {
            facts_version,
            ..Self::of_baton("deadline", clock, pack, recorded_at)
        }
    }

    /// A pack that has come into force. Baton begins by itself what it asks for.
    pub fn of_pack(pack: &str, recorded_at: Timestamp) -> Self {
        Self::of_baton("pack", pack, pack, recorded_at)
    }

    fn of_baton(kind: &str, cause: &str, pack: &str, recorded_at: Timestamp) -> Self {
        Self {
            actor: wire::EventActor {
                principal: "baton".to_owned(),
                kind: type_v1::PrincipalKind::Baton.into(),
                ..Default::default()
            },
            cause: type_v1::Cause {
                id: cause.to_owned(),
                kind: kind.to_owned(),
            },
            pack: pack.to_owned(),
            facts_version: 0,
            recorded_at,
            reason_digest: String::new(),
        }
    }

    /// The same, for something that is pinned to another pack.
    pub fn under(&self, pack: &str) -> Self {
        Self {
            pack: pack.to_owned(),
            ..self.clone()
        }
    }

    /// The frame of an event about something of ours.
    pub fn event(&self, kind: &str, effective_at: Timestamp) -> wire::Event {
        wire::Event {
            event_id: EventId::new().to_string(),
            service: crate::NAME.to_owned(),
            r#type: kind.to_owned(),
            effective_at: Some(timestamp(effective_at)),
            recorded_at: Some(timestamp(self.recorded_at)),
            actor: Some(self.actor.clone()),
            reason_digest: self.reason_digest.clone(),
            cause: Some(self.cause.clone()),
            pack: self.pack.clone(),
            facts_version: self.facts_version,
            ..Default::default()
        }
    }
}

/// Announces something of ours that is no transfer, and says under which id.
pub fn announce(tx: &mut Tx, event: wire::Event) -> Result<Uuid, Failure> {
    let row = baton_rpc::announcement(event).map_err(Failure::Event)?;
    let id = row.event_id;
    tx.announce(&[row]);
    Ok(id)
}

/// The rows for what was decided about one transfer. The tasks that came and went go with the last event.
pub fn announcements(
    before: Option<&Transfer>,
    events: &[Event],
    origin: &Origin,
) -> Result<Vec<NewEvent>, Problem> {
    let mut state = before.cloned();
    let mut announced: Vec<wire::Event> = vec![];
    for event in events {
        let was_breached = breached(state.as_ref(), &event.change);
        state = apply(state, event);
        let (Some(transfer), Some(kind)) = (&state, data::type_of(&event.change, was_breached))
        else {
            continue;
        };
        let mut said = data::data_of(transfer, &event.change);
        // What was late when the council began with Baton is told apart from what became late with it.
        if origin.cause.kind == OPENING
            && matches!(
                event.change,
                Change::Breached {
                    born_breached: true,
                    ..
                }
            )
        {
            said.insert("inherited".to_owned(), Value::Bool(true));
        }
        announced.push(wire::Event {
            authority: transfer.authority.to_string(),
            aggregate_id: transfer.id.to_string(),
            aggregate_version: transfer.version,
            case_id: transfer.case.to_string(),
            child_id: transfer.child.to_string(),
            family_id: transfer
                .family
                .map_or_else(String::new, |family| family.to_string()),
            rules: event.rules.clone(),
            data: Some(structure(&Value::Object(with_route(said, transfer)))),
            notices_due: event
                .notices
                .iter()
                .map(|notice| notice_due(transfer, notice))
                .collect(),
            ..origin.event(kind, event.effective_at)
        });
    }
    if let (Some(last), Some(after)) = (announced.last_mut(), &state) {
        last.tasks = task_changes(before, after);
    }
    announced.into_iter().map(baton_rpc::announcement).collect()
}

/// What the tracker shows of a transfer, on every event.
fn with_route(mut data: Map<String, Value>, transfer: &Transfer) -> Map<String, Value> {
    let insert = |data: &mut Map<String, Value>, key: &str, value: &str| {
        data.entry(key.to_owned())
            .or_insert_with(|| Value::String(value.to_owned()));
    };
    insert(&mut data, "transfer_id", &transfer.id.to_string());
    insert(&mut data, "route", &transfer.route);
    insert(&mut data, "phase", transfer.phase.code());
    insert(&mut data, "from_team_id", transfer.from_team.as_str());
    if let Some(to_team) = transfer.known_to_team() {
        insert(&mut data, "to_team_id", to_team.as_str());
    }
    if let Some(worker) = &transfer.receiving_worker {
        insert(&mut data, "receiving_worker_id", worker.as_str());
    }
    if let Some(due_on) = transfer.point.due_on {
        insert(&mut data, "point_due_on", &due_on.to_string());
    }
    data.entry("ready")
        .or_insert_with(|| Value::Bool(transfer.is_ready()));
    data.entry("overdue")
        .or_insert_with(|| Value::Bool(transfer.is_overdue()));
    data
}

fn breached(transfer: Option<&Transfer>, change: &Change) -> bool {
    let Change::ClockMet { name, .. } = change else {
        return false;
    };
    transfer
        .and_then(|transfer| transfer.clock(name))
        .is_some_and(crate::domain::Clock::is_overdue)
}

fn notice_due(transfer: &Transfer, notice: &NoticeDue) -> wire::NoticeDue {
    let content: Map<String, Value> = notice
        .content
        .iter()
        .map(|(key, text)| (key.clone(), Value::String(text.clone())))
        .collect();
    let told = wire::NoticeDue {
        kind: notice.kind.clone(),
        audience: notice
            .audience
            .iter()
            .map(|audience| recipient(transfer, *audience))
            .collect(),
        medium: notice.medium.clone(),
        rules: notice.rules.clone(),
        meets_item: notice.meets_item.clone().unwrap_or_default(),
        cause_key: notice.cause_key.clone(),
        content: Some(structure(&Value::Object(content))),
        sender: notice.sender.map(|sender| owner(&transfer.owner(sender))),
        ..wire::NoticeDue::default()
    };
    baton_answers::limited(told, notice.due.as_ref())
}

fn recipient(transfer: &Transfer, audience: Audience) -> type_v1::Owner {
    match audience {
        Audience::Party(party) => owner(&transfer.owner(party)),
        Audience::Family | Audience::Child | Audience::Agencies | Audience::Referrer => {
            type_v1::Owner {
                role: audience.to_string(),
                ..Default::default()
            }
        }
    }
}

/// Whose something is, on the wire.
pub fn owner(owner: &Owner) -> type_v1::Owner {
    let text = |text: Option<String>| text.unwrap_or_default();
    type_v1::Owner {
        role: owner.role.clone(),
        team_id: text(owner.team.as_ref().map(ToString::to_string)),
        worker_id: text(owner.worker.as_ref().map(ToString::to_string)),
        area: text(owner.area.clone()),
    }
}

fn task_changes(before: Option<&Transfer>, after: &Transfer) -> Vec<wire::TaskChange> {
    let old = before.map(tasks).unwrap_or_default();
    let new = tasks(after);
    let closed = old
        .iter()
        .filter(|(key, _)| !new.contains_key(*key))
        .map(|(key, task)| (key, task, false));
    let opened = new
        .iter()
        .filter(|(key, task)| old.get(*key) != Some(task))
        .map(|(key, task)| (key, task, true));
    closed
        .chain(opened)
        .map(|(key, task, open)| task_change(after, key, task, open))
        .collect()
}

fn task_change(transfer: &Transfer, key: &str, task: &Task, open: bool) -> wire::TaskChange {
    let mut references = BTreeMap::from([("transfer_id".to_owned(), transfer.id.to_string())]);
    if let Some(about) = &task.about {
        references.insert("about".to_owned(), about.clone());
    }
    if !task.facts.is_empty() {
        references.insert("facts".to_owned(), task.facts.join(","));
    }
    wire::TaskChange {
        key: key.to_owned(),
        open,
        code: task.code.clone(),
        owner: Some(owner(&task.owner)),
        due_on: task
            .due_on
            .map_or_else(String::new, |due_on| due_on.to_string()),
        rules: task.rules.clone(),
        tray: task.tray,
        overdue: task.overdue,
        references: references.into_iter().collect(),
    }
}
