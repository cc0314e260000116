//! What somebody has to do because of what happened to a contact, or no longer has to, and who has to be told.

use std::collections::BTreeMap;

use baton_contracts::event::v1::{NoticeDue, TaskChange};
use baton_contracts::structure;
use baton_contracts::type_v1::Owner;
use baton_ids::TeamId;
use baton_protocol::{Audience, Place};
use serde_json::json;

use crate::domain::contact::{Contact, Due, DueState, Event, OpenDuty, Rung};

/// Who has to be told.
pub(super) fn notices(event: &Event, after: &Contact) -> Vec<NoticeDue> {
    let (tells, cause, says) = match event {
        Event::Decided {
            decision, tells, ..
        } => {
            let says =
                json!({ "outcome": decision.outcome, "decided_at": decision.at.to_string() });
            (tells, "decided", says)
        }
        Event::Launched { tells, .. } => {
            let says = json!({ "source_kind": after.source_kind, "received_at": after.received_at.to_string() });
            (tells, "launched", says)
        }
        Event::Forwarded { tells } => {
            let says = json!({ "received_at": after.received_at.to_string() });
            (tells, "launched", says)
        }
        _ => return Vec::new(),
    };
    tells
        .iter()
        .map(|tell| {
            let content = if tell.restricted {
                json!({ "restricted": true })
            } else {
                says.clone()
            };
            let notice = NoticeDue {
                kind: tell.kind.clone(),
                audience: tell
                    .to
                    .iter()
                    .map(|audience| audience_of(*audience, after))
                    .chain(tell.at_team.as_ref().map(|(role, team)| Owner {
                        role: role.to_string(),
                        team_id: team.to_string(),
                        ..Owner::default()
                    }))
                    .collect(),
                medium: tell.medium.clone(),
                rules: tell.rules.clone(),
                cause_key: format!("{}/{cause}", after.id),
                content: Some(structure(&content)),
                sender: tell.sender.map(|role| Owner {
                    role: role.to_string(),
                    team_id: after.team.to_string(),
                    ..Owner::default()
                }),
                ..NoticeDue::default()
            };
            baton_answers::limited(notice, tell.due.as_ref())
        })
        .collect()
}

/// A role of the team that holds the contact, or somebody outside by what they are to the child.
fn audience_of(audience: Audience, contact: &Contact) -> Owner {
    match audience {
        Audience::Party(party) => Owner {
            role: party.role.to_string(),
            team_id: if party.place == Place::Authority {
                String::new()
            } else {
                contact.team.to_string()
            },
            ..Owner::default()
        },
        outside => Owner {
            role: outside.to_string(),
            ..Owner::default()
        },
    }
}

/// What somebody has to do, or no longer has to (W-001, W-005).
pub(super) fn tasks(event: &Event, after: &Contact) -> Vec<TaskChange> {
    let due = after.due.as_ref();
    match event {
        Event::Forwarded { .. } => Vec::new(),
        Event::DutiesMet { duties, .. } => duties
            .iter()
            .map(|duty| duty_task(after, duty, false))
            .collect(),
        Event::Launched { .. } => std::iter::once(decision_task(after, true, false))
            .chain(after.duties.iter().map(|duty| duty_task(after, duty, true)))
            .chain(owed_tasks(after))
            .collect(),
        Event::PassedOn { .. } => std::iter::once(decision_task(
            after,
            true,
            due.is_some_and(|due| due.state == DueState::Breached),
        ))
        .chain(owed_tasks(after))
        .collect(),
        Event::StepRecorded { .. }
        | Event::OwedMet { .. }
        | Event::DutyRecounted { .. }
        | Event::DutyBreached { .. }
        | Event::DutyEscalated { .. } => owed_tasks(after),
        Event::DecisionBreached { .. } => {
            let told = due.into_iter().flat_map(|due| {
                due.told
                    .iter()
                    .map(|rung| escalation_task(after, due, *rung, true))
            });
            std::iter::once(decision_task(after, true, true))
                .chain(told)
                .collect()
        }
        Event::Escalated { rung, .. } => due
            .map(|due| escalation_task(after, due, *rung, true))
            .into_iter()
            .collect(),
        Event::Decided { duties, .. } => {
            let told = due.into_iter().flat_map(|due| {
                due.told
                    .iter()
                    .map(|rung| escalation_task(after, due, *rung, false))
            });
            std::iter::once(decision_task(after, false, false))
                .chain(told)
                .chain(duties.iter().map(|duty| duty_task(after, duty, true)))
                .chain(owed_tasks(after))
                .collect()
        }
    }
}

/// Something to do because of the way a contact goes.
fn duty_task(contact: &Contact, duty: &OpenDuty, open: bool) -> TaskChange {
    TaskChange {
        key: format!("{}/duty/{}", contact.id, duty.name),
        open,
        code: duty.name.clone(),
        owner: Some(Owner {
            role: duty.role.to_string(),
            team_id: duty.team.to_string(),
            ..Owner::default()
        }),
        rules: duty.rules.clone(),
        references: references(contact),
        ..TaskChange::default()
    }
}

/// What is owed and what no longer is, each as it stands: a task that is said again changes nothing.
fn owed_tasks(contact: &Contact) -> Vec<TaskChange> {
    let mut tasks = Vec::new();
    for duty in &contact.owed {
        let key = format!("{}/duty/{}", contact.id, duty.name);
        let due_on = duty.due.as_ref().map(|due| due.on.to_string());
        tasks.push(TaskChange {
            key: key.clone(),
            open: duty.is_open(),
            code: duty.name.clone(),
            owner: Some(Owner {
                role: duty.owner.role.clone(),
                team_id: text(duty.owner.team.as_ref()),
                area: duty.owner.area.clone().unwrap_or_default(),
                worker_id: duty.owner.worker.clone().unwrap_or_default(),
            }),
            due_on: due_on.clone().unwrap_or_default(),
            rules: duty.rules.clone(),
            tray: duty.tray,
            overdue: duty.state == DueState::Breached,
            references: references(contact),
        });
        let told = duty.due.iter().flat_map(|due| {
            due.told
                .iter()
                .filter_map(|rung| Some((*rung, due.rungs.get(*rung)?)))
        });
        for (index, rung) in told {
            tasks.push(TaskChange {
                key: format!("{key}/escalation/{index}"),
                open: duty.is_open(),
                code: format!("{}_overdue", duty.name),
                owner: Some(owner(rung)),
                due_on: due_on.clone().unwrap_or_default(),
                rules: duty.rules.clone(),
                tray: false,
                overdue: duty.is_open(),
                references: references(contact),
            });
        }
    }
    tasks
}

fn text(team: Option<&TeamId>) -> String {
    team.map(TeamId::to_string).unwrap_or_default()
}

fn decision_task(contact: &Contact, open: bool, overdue: bool) -> TaskChange {
    let due = contact.due.as_ref();
    TaskChange {
        key: format!("{}/decision", contact.id),
        open,
        code: "decide_contact".to_owned(),
        owner: Some(decision_owner(contact)),
        due_on: due.map(|due| due.on.to_string()).unwrap_or_default(),
        rules: due.map(|due| due.rules.clone()).unwrap_or_default(),
        tray: true,
        overdue,
        references: references(contact),
    }
}

/// Whoever the kind of contact names, else whoever owes the decision by the clock.
fn decision_owner(contact: &Contact) -> Owner {
    if let Some(decider) = &contact.decider {
        return Owner {
            role: decider.role.clone(),
            team_id: text(decider.team.as_ref()),
            area: decider.area.clone().unwrap_or_default(),
            ..Owner::default()
        };
    }
    Owner {
        role: contact.due.as_ref().map_or_else(
            || baton_protocol::Role::TEAM_MANAGER.to_string(),
            |due| due.role.clone(),
        ),
        team_id: contact.team.to_string(),
        ..Owner::default()
    }
}

fn escalation_task(contact: &Contact, due: &Due, rung: usize, open: bool) -> TaskChange {
    let owner = due.rungs.get(rung).map(owner);
    TaskChange {
        key: format!("{}/decision/escalation/{rung}", contact.id),
        open,
        code: "contact_decision_overdue".to_owned(),
        owner,
        due_on: due.on.to_string(),
        rules: due.rules.clone(),
        tray: false,
        overdue: open,
        references: references(contact),
    }
}

fn owner(rung: &Rung) -> Owner {
    Owner {
        role: rung.role.clone(),
        team_id: rung
            .team
            .as_ref()
            .map(TeamId::to_string)
            .unwrap_or_default(),
        area: rung.area.clone().unwrap_or_default(),
        ..Owner::default()
    }
}

fn references(contact: &Contact) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("contact_id".to_owned(), contact.id.to_string()),
        ("child_id".to_owned(), contact.child.to_string()),
    ])
}
