//! What somebody has to do because of an event, or no longer has to, and who has to be told.

use std::collections::HashMap;

use baton_answers::limited;
use baton_contracts::structure;
use baton_contracts::type_v1::Owner;
use baton_protocol::Party;
use jiff::civil::Date;
use serde_json::json;

use super::{Event, NoticeDue, TaskChange, What};
use crate::app::{owner_of, role_of};
use crate::domain::authority::{SENIOR_MANAGER, TEAM_MANAGER};
use crate::domain::case::Awaited;
use crate::domain::{Case, Unallocated};

/// The tasks of a case. Each has one key, so that a later event changes or closes what an earlier one opened.
#[derive(Clone, Copy)]
enum Task {
    /// The responsible manager has to find a worker.
    AllocateWorker,
    /// One role alone may leave the case without a worker.
    AuthoriseUnallocated,
    /// Authority was refused: the next manager up helps to find a worker.
    FindWorker,
    /// Somebody has to sign what comes before that.
    SignUnallocatedStep,
    /// The weekly report on a case without a worker.
    ReportOnAllocation,
    /// Ledger and record system differ.
    SettleDiscrepancy,
}

impl Task {
    const fn code(self) -> &'static str {
        match self {
            Self::AllocateWorker => "allocate_worker",
            Self::AuthoriseUnallocated => "authorise_unallocated",
            Self::FindWorker => "find_worker",
            Self::SignUnallocatedStep => "sign_unallocated_step",
            Self::ReportOnAllocation => "report_on_allocation",
            Self::SettleDiscrepancy => "settle_discrepancy",
        }
    }

    fn opened(self, case: &Case, owner: Owner, due_on: Option<Date>, rules: &[&str]) -> TaskChange {
        TaskChange {
            open: true,
            owner: Some(owner),
            due_on: due_on.map(|day| day.to_string()).unwrap_or_default(),
            rules: rules.iter().map(|&rule| rule.to_owned()).collect(),
            // A whole case that waits to be taken lies in its team's tray.
            tray: matches!(self, Self::AllocateWorker),
            ..self.closed(case)
        }
    }

    fn closed(self, case: &Case) -> TaskChange {
        TaskChange {
            key: format!("{}/{}", case.id, self.code()),
            code: self.code().to_owned(),
            references: HashMap::from([
                ("case_id".to_owned(), case.id.to_string()),
                ("child_id".to_owned(), case.child.to_string()),
            ])
            .into_iter()
            .collect(),
            ..Default::default()
        }
    }
}

/// How an event changes the tasks.
pub(super) fn changes(before: &Case, event: &Event, after: &Case) -> Vec<TaskChange> {
    let manager = || role_of(TEAM_MANAGER, &after.team);
    match &event.what {
        What::Placed { worker: None, .. } => {
            vec![Task::AllocateWorker.opened(after, manager(), None, &["W-147"])]
        }
        What::Allocated { .. }
        | What::Moved {
            to_worker: Some(_), ..
        }
        | What::Ended { .. } => without_worker_no_longer(before),
        What::Moved {
            to_worker: None, ..
        } => {
            let mut changes = without_worker_no_longer(before);
            changes.retain(|change| change.code != Task::AllocateWorker.code());
            changes.push(Task::AllocateWorker.opened(after, manager(), None, &["W-088", "W-147"]));
            changes
        }
        What::Unallocated { by, .. } => by
            .first()
            .map(|party| {
                let rules: Vec<&str> = event.rules.iter().map(String::as_str).collect();
                Task::AuthoriseUnallocated.opened(
                    after,
                    owner_of(*party, &after.team),
                    None,
                    &rules,
                )
            })
            .into_iter()
            .chain(signatures(before, after))
            .collect(),
        What::UnallocatedStepSigned { .. } => signatures(before, after),
        What::UnallocatedAuthorised { report, .. } => vec![
            Task::AuthoriseUnallocated.closed(after),
            Task::FindWorker.closed(after),
            Task::ReportOnAllocation.opened(after, manager(), Some(report.on), &["W-156"]),
        ],
        What::UnallocatedRefused { escalate_to } => {
            let mut changes = vec![
                Task::AuthoriseUnallocated.closed(after),
                Task::ReportOnAllocation.closed(after),
            ];
            changes.extend(signatures(before, after));
            changes.extend(escalate_to.as_ref().map(|role| {
                Task::FindWorker.opened(
                    after,
                    role_of(role, &after.team),
                    None,
                    &["W-148", "W-149"],
                )
            }));
            changes
        }
        What::UnallocatedReported { next, .. } => {
            vec![Task::ReportOnAllocation.opened(after, manager(), Some(next.on), &["W-156"])]
        }
        // The report of the day that passed is still owed.
        What::UnallocatedReportDue { due_on, .. } => {
            let owed = Task::ReportOnAllocation.opened(after, manager(), Some(*due_on), &["W-156"]);
            vec![TaskChange {
                overdue: true,
                ..owed
            }]
        }
        What::DiscrepancyOpened { discrepancy } | What::DiscrepancyOverdue { discrepancy, .. } => {
            let owner = role_of(TEAM_MANAGER, &discrepancy.owner_team);
            let due_on = Some(discrepancy.due_on);
            let opened = Task::SettleDiscrepancy.opened(after, owner, due_on, &["X-20"]);
            vec![TaskChange {
                overdue: discrepancy.overdue,
                ..opened
            }]
        }
        What::DiscrepancySettled { .. } => vec![Task::SettleDiscrepancy.closed(after)],
        What::Placed {
            worker: Some(_), ..
        }
        | What::NextWorkerIdentified { .. }
        | What::WithoutWorkerReported { .. }
        | What::UnallocatedEscalated { .. }
        | What::EarlierCounted { .. } => Vec::new(),
    }
}

/// Closes what was open because the case had no worker.
fn without_worker_no_longer(before: &Case) -> Vec<TaskChange> {
    if before.worker.is_some() {
        return Vec::new();
    }
    let more = match before.unallocated {
        None | Some(Unallocated::Reported { .. }) => None,
        Some(Unallocated::PendingAuthorisation { .. }) => Some(Task::AuthoriseUnallocated),
        Some(Unallocated::Authorised { .. }) => Some(Task::ReportOnAllocation),
        Some(Unallocated::Refused) => Some(Task::FindWorker),
    };
    std::iter::once(Task::AllocateWorker)
        .chain(more)
        .map(|task| task.closed(before))
        .chain(
            awaited(before)
                .iter()
                .map(|one| signature(one, before, false)),
        )
        .collect()
}

/// Whose signature is no longer awaited, and whose is now.
fn signatures(before: &Case, after: &Case) -> Vec<TaskChange> {
    let (was, is) = (awaited(before), awaited(after));
    let closed = was.iter().filter(|one| !is.contains(one));
    let opened = is.iter().filter(|one| !was.contains(one));
    closed
        .map(|one| signature(one, after, false))
        .chain(opened.map(|one| signature(one, after, true)))
        .collect()
}

fn awaited(case: &Case) -> &[Awaited] {
    case.unallocated.as_ref().map_or(&[], Unallocated::awaited)
}

fn signature(awaited: &Awaited, case: &Case, open: bool) -> TaskChange {
    let rules: Vec<&str> = awaited.rules.iter().map(String::as_str).collect();
    let task = Task::SignUnallocatedStep;
    let mut change = if open {
        task.opened(case, owner_of(awaited.party, &case.team), None, &rules)
    } else {
        task.closed(case)
    };
    // One for each signature.
    change.key = format!("{}/{}/{}", change.key, awaited.step, awaited.party.role);
    change
}

/// Who has to be told.
pub(super) fn notices(event: &Event, after: &Case) -> Vec<NoticeDue> {
    let notice = |kind: &str, audience: Vec<Owner>, medium: &str, rules: &[&str]| NoticeDue {
        kind: kind.to_owned(),
        audience,
        medium: medium.to_owned(),
        rules: rules.iter().map(|&rule| rule.to_owned()).collect(),
        cause_key: format!("{}/{kind}/{}", after.id, after.version),
        content: Some(structure(&json!({
            "case_id": after.id.to_string(),
            "child_id": after.child.to_string(),
            "team_id": after.team.as_str(),
        }))),
        sender: Some(role_of(TEAM_MANAGER, &after.team)),
        ..NoticeDue::default()
    };
    let party = |role: &str| Owner {
        role: role.to_owned(),
        ..Owner::default()
    };
    let all = |parties: &[Party]| -> Vec<Owner> {
        parties
            .iter()
            .map(|party| owner_of(*party, &after.team))
            .collect()
    };
    let reviewed = || {
        let audience = vec![role_of(SENIOR_MANAGER, &after.team)];
        notice("unallocated_case_review", audience, "task", &["W-157"])
    };
    match &event.what {
        What::Unallocated { escalate, .. } if !escalate.is_empty() => {
            let audience = escalate
                .iter()
                .map(|party| owner_of(*party, &after.team))
                .collect();
            let rules: Vec<&str> = event.rules.iter().map(String::as_str).collect();
            vec![notice("case_without_worker", audience, "task", &rules)]
        }
        What::WithoutWorkerReported { to, .. } => {
            let audience = to
                .iter()
                .map(|party| owner_of(*party, &after.team))
                .collect();
            let rules: Vec<&str> = event.rules.iter().map(String::as_str).collect();
            vec![notice("case_without_worker", audience, "task", &rules)]
        }
        What::UnallocatedEscalated { escalation } => {
            let audience = vec![owner_of(escalation.to, &after.team)];
            vec![notice("case_without_worker", audience, "task", &["W-150"])]
        }
        // W-158: in writing, on the day of the authorisation.
        What::UnallocatedAuthorised { told_by, .. } => {
            let audience = vec![party("family"), party("agencies")];
            let told = notice("case_unallocated", audience, "letter", &["W-158", "W-159"]);
            vec![limited(told, Some(told_by))]
        }
        What::UnallocatedStepSigned { to, .. } if !to.is_empty() => {
            let rules: Vec<&str> = event.rules.iter().map(String::as_str).collect();
            vec![notice("unallocated_case_report", all(to), "task", &rules)]
        }
        What::UnallocatedReported { to, .. } => {
            let mut told = vec![reviewed()];
            if !to.is_empty() {
                let rules: Vec<&str> = event.rules.iter().map(String::as_str).collect();
                told.insert(
                    0,
                    notice("unallocated_case_report", all(to), "task", &rules),
                );
            }
            told
        }
        What::UnallocatedReportDue { to, .. } => {
            let mut told = vec![reviewed()];
            if !to.is_empty() {
                let missing = notice("escalation_notice", all(to), "task", &["W-156"]);
                told.insert(0, missing);
            }
            told
        }
        What::DiscrepancyOverdue {
            escalate_to: Some(role),
            ..
        } => {
            let audience = vec![role_of(role, &after.team)];
            vec![notice("discrepancy_overdue", audience, "task", &["X-20"])]
        }
        _ => Vec::new(),
    }
}
