//! What somebody has to do about a notice. Everything follows from where the notice stands.

use std::collections::BTreeMap;

use baton_contracts::event::v1::TaskChange;
use baton_contracts::type_v1;

use crate::domain::decide::TASK;
use crate::domain::notice::{Addressee, Notice, Owner, State};

/// The tasks that an event opens, changes or closes.
pub(super) fn changes(before: Option<&Notice>, after: &Notice) -> Vec<TaskChange> {
    let old = before.map(open).unwrap_or_default();
    let new = open(after);
    let closed = old
        .iter()
        .filter(|(key, _)| !new.contains_key(*key))
        .map(|(_, task)| TaskChange {
            open: false,
            overdue: false,
            ..task.clone()
        });
    let opened = new
        .iter()
        .filter(|(key, task)| old.get(*key) != Some(task))
        .map(|(_, task)| task.clone());
    closed.chain(opened).collect()
}

/// The open tasks of a notice by key.
fn open(notice: &Notice) -> BTreeMap<String, TaskChange> {
    let standing = match &notice.state {
        State::Unaddressed => Some(task(notice, "address", "find_recipient", sender(notice))),
        State::Held => Some(task(
            notice,
            "safety",
            "report_safety_facts",
            sender(notice),
        )),
        State::Sent if notice.medium == TASK => {
            Some(task(notice, "read", "read_notice", reader(notice)))
        }
        State::Returned => Some(task(notice, "returned", "notice_returned", sender(notice))),
        State::Unresolved
        | State::Ready
        | State::AwaitingFacts
        | State::Sent
        | State::Withheld { .. }
        | State::Given { .. }
        | State::Delivered => None,
    };
    let is_overdue =
        notice.state.is_unsent() && notice.due.as_ref().is_some_and(|due| due.breached);
    let overdue = is_overdue.then(|| TaskChange {
        overdue: true,
        ..task(notice, "overdue", "notice_overdue", sender(notice))
    });
    standing
        .into_iter()
        .chain(overdue)
        .map(|task| (task.key.clone(), task))
        .collect()
}

fn task(notice: &Notice, name: &str, code: &str, owner: type_v1::Owner) -> TaskChange {
    let references = [
        ("notice_id", notice.id.to_string()),
        ("process_id", notice.about.process.to_string()),
    ];
    TaskChange {
        key: format!("{}/{name}", notice.id),
        open: true,
        code: code.to_owned(),
        owner: Some(owner),
        due_on: notice
            .due
            .as_ref()
            .map(|due| due.on.to_string())
            .unwrap_or_default(),
        rules: notice.rules.clone(),
        tray: false,
        overdue: false,
        references: references
            .into_iter()
            .map(|(key, id)| (key.to_owned(), id))
            .collect(),
    }
}

/// Whoever looks after a notice that cannot go out.
fn sender(notice: &Notice) -> type_v1::Owner {
    on_the_wire(&notice.sender)
}

/// The worker who is told in the product.
fn reader(notice: &Notice) -> type_v1::Owner {
    let role = match &notice.audience {
        Addressee::Role(owner) => owner.clone(),
        Addressee::Outside(_) => Owner::default(),
    };
    type_v1::Owner {
        worker_id: notice.recipient.id.clone(),
        ..on_the_wire(&role)
    }
}

fn on_the_wire(owner: &Owner) -> type_v1::Owner {
    type_v1::Owner {
        role: owner.role.clone(),
        team_id: owner.team.clone(),
        worker_id: owner.worker.clone(),
        area: owner.area.clone(),
    }
}
