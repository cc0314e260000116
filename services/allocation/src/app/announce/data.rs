//! What each event is called and says: ids, codes, dates and counts.

use baton_ids::WorkerId;
use serde_json::{Value, json};

use super::{Case, Event, What, text};
use crate::domain::{Discrepancy, Unallocated};

/// The type of an event.
pub(super) const fn type_of(what: &What) -> &'static str {
    match what {
        What::Placed { .. } => "case.placed",
        What::Allocated { .. } => "case.allocated",
        What::Moved { .. } => "responsibility.moved",
        What::Unallocated { .. } => "case.unallocated",
        What::WithoutWorkerReported { .. } => "case.without_worker_reported",
        What::UnallocatedEscalated { .. } => "case.unallocated_escalated",
        What::UnallocatedAuthorised { .. } => "case.unallocated_authorised",
        What::UnallocatedRefused { .. } => "case.unallocated_refused",
        What::UnallocatedStepSigned { .. } => "case.unallocated_step_signed",
        What::UnallocatedReported { .. } => "case.unallocated_reported",
        What::UnallocatedReportDue { .. } => "case.unallocated_report_due",
        What::NextWorkerIdentified { .. } => "case.next_worker_identified",
        What::Ended { .. } => "case.ended",
        What::EarlierCounted { .. } => "case.earlier_counted",
        What::DiscrepancyOpened { .. } => "discrepancy.opened",
        What::DiscrepancyOverdue { .. } => "discrepancy.overdue",
        What::DiscrepancySettled { .. } => "discrepancy.settled",
    }
}

/// What an event says; `after` is the case after it.
pub(super) fn of(event: &Event, after: &Case) -> Value {
    match &event.what {
        What::Placed {
            team,
            worker,
            referral,
            previous,
        } => json!({
            "team_id": team.as_str(),
            "worker_id": id(worker.as_ref()),
            "epoch": after.epoch,
            "referral_id": referral.to_string(),
            "previous_case_id": previous.map(|case| case.to_string()).unwrap_or_default(),
        }),
        What::Allocated {
            worker,
            former,
            departures,
        } => json!({
            "team_id": after.team.as_str(),
            "worker_id": worker.as_str(),
            "former_worker_id": id(former.as_ref()),
            "epoch": after.epoch,
            "departures": departures.iter().map(|(rule, reason_digest)| {
                json!({ "rule_id": rule, "reason_digest": reason_digest })
            }).collect::<Vec<_>>(),
        }),
        What::Moved {
            from_team,
            from_worker,
            to_team,
            to_worker,
            transfer,
            release,
        } => json!({
            "from_team_id": from_team.as_str(),
            "from_worker_id": id(from_worker.as_ref()),
            "team_id": to_team.as_str(),
            "worker_id": id(to_worker.as_ref()),
            "epoch": after.epoch,
            "transfer_id": transfer.to_string(),
            "release_id": release.to_string(),
        }),
        What::NextWorkerIdentified {
            worker,
            transfer,
            joins,
        } => json!({
            "worker_id": id(worker.as_ref()),
            "works_along": *joins && worker.is_some(),
            "transfer_id": transfer.to_string(),
        }),
        What::Ended { closure } => json!({
            "team_id": after.team.as_str(),
            "epoch": after.epoch,
            "closure_id": closure.to_string(),
        }),
        What::EarlierCounted { earlier, so_far } => json!({
            "moves": so_far.moves,
            "worker_changes": so_far.worker_changes,
            "last_worker_id": id(so_far.last_worker.as_ref()),
            "earlier": earlier.iter().map(|involvement| json!({
                "team_id": involvement.team.as_str(),
                "worker_id": id(involvement.worker.as_ref()),
                "from": involvement.from.to_string(),
            })).collect::<Vec<_>>(),
        }),
        What::DiscrepancyOpened { discrepancy }
        | What::DiscrepancyOverdue { discrepancy, .. }
        | What::DiscrepancySettled { discrepancy } => difference(discrepancy),
        What::Unallocated { .. }
        | What::WithoutWorkerReported { .. }
        | What::UnallocatedEscalated { .. }
        | What::UnallocatedAuthorised { .. }
        | What::UnallocatedRefused { .. }
        | What::UnallocatedStepSigned { .. }
        | What::UnallocatedReported { .. }
        | What::UnallocatedReportDue { .. } => without_worker(&event.what, after),
    }
}

/// What an event about a case without a worker says.
fn without_worker(what: &What, after: &Case) -> Value {
    let state = after.unallocated.as_ref().map_or("", Unallocated::code);
    let mut data = json!({ "team_id": after.team.as_str(), "state": state });
    match what {
        What::Unallocated { transfer, by, .. } => {
            data["authorised_by"] = by.iter().map(|party| party.role.as_str()).collect();
            data["transfer_id"] = json!(transfer.map(|id| id.to_string()).unwrap_or_default());
        }
        What::WithoutWorkerReported { to, again_at, .. } => {
            data["told"] = to.iter().map(|party| party.role.as_str()).collect();
            data["again_at"] = json!(again_at.map(|at| at.to_string()).unwrap_or_default());
        }
        What::UnallocatedEscalated { escalation } => {
            data["told"] = json!(escalation.to.role.as_str());
        }
        What::UnallocatedAuthorised { report, .. } => {
            data["report_due_on"] = json!(report.on.to_string());
        }
        What::UnallocatedStepSigned {
            signature, awaited, ..
        } => {
            data["step"] = json!(signature.step);
            data["signed_as"] = json!(signature.party.role.as_str());
            let next = awaited.iter();
            data["awaited"] = next
                .map(|awaited| format!("{} by {}", awaited.step, awaited.party.role))
                .collect();
        }
        What::UnallocatedReported { next, .. } => {
            data["next_on"] = json!(next.on.to_string());
        }
        What::UnallocatedReportDue { due_on, next, .. } => {
            data["due_on"] = json!(due_on.to_string());
            data["next_on"] = json!(next.on.to_string());
        }
        _ => {}
    }
    data
}

fn difference(discrepancy: &Discrepancy) -> Value {
    json!({
        "discrepancy_id": discrepancy.id.to_string(),
        "reported_team_id": discrepancy.team.as_str(),
        "reported_worker_id": id(discrepancy.worker.as_ref()),
        "due_on": discrepancy.due_on.to_string(),
    })
}

fn id(worker: Option<&WorkerId>) -> String {
    text(worker.map(WorkerId::as_str))
}
