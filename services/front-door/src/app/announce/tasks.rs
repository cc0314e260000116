//! What somebody has to do because of what happened to a contact, or no longer has to, and who has to be told.

use std::collections::BTreeMap;

use baton_contracts::event::v1::{NoticeDue, TaskChange};
use baton_contracts::type_v1::Owner;
use baton_contracts::{structure, timestamp};
use baton_ids::TeamId;
use baton_protocol::{Audience, Place};
use serde_json::json;

use crate::domain::contact::{Contact, Due, Event, OpenDuty, Rung};

/// Who has to be told.
pub(super) fn notices(event: &Event, after: &Contact) -> Vec<NoticeDue> {
    let (tells, said, when) = match event {
        Event::Decided {
            decision, tells, ..
        } => {
            let decided_at = decision.at.to_string();
            let said = json!({ "outcome": decision.outcome, "decided_at": decided_at });
            (tells, said, "decided")
        }
        Event::Forwarded { tells } => {
            let received_at = after.received_at.to_string();
            (tells, json!({ "received_at": received_at }), "launched")
        }
        _ => return Vec::new(),
    };
    tells
        .iter()
        .map(|tell| {
            let content = if tell.restricted {
                json!({ "restricted": true })
            } else {
                said.clone()
            };
            NoticeDue {
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
                due_at: tell.due_at.map(timestamp),
                cause_key: format!("{}/{when}", after.id),
                content: Some(structure(&content)),
                sender: tell.sender.map(|role| Owner {
                    role: role.to_string(),
                    team_id: after.team.to_string(),
                    ..Owner::default()
                }),
                ..NoticeDue::default()
            }
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
        Event::Launched(_) => std::iter::once(decision_task(after, true, false))
            .chain(after.duties.iter().map(|duty| duty_task(after, duty, true)))
            .collect(),
        Event::Forwarded { .. } => Vec::new(),
        Event::DutiesMet { duties, .. } => duties
            .iter()
            .map(|duty| duty_task(after, duty, false))
            .collect(),
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

fn decision_task(contact: &Contact, open: bool, overdue: bool) -> TaskChange {
    let due = contact.due.as_ref();
    TaskChange {
        key: format!("{}/decision", contact.id),
        open,
        code: "decide_contact".to_owned(),
        owner: Some(Owner {
            role: due.map_or_else(
                || baton_protocol::Role::TEAM_MANAGER.to_string(),
                |due| due.role.clone(),
            ),
            team_id: contact.team.to_string(),
            ..Owner::default()
        }),
        due_on: due.map(|due| due.on.to_string()).unwrap_or_default(),
        rules: due.map(|due| due.rules.clone()).unwrap_or_default(),
        tray: true,
        overdue,
        references: references(contact),
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
