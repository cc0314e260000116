//! A case is taken over from the council's own books: the child, what is known about it, and the case in the ledger. One
//! that is in the ledger already is compared, never changed. Who had the child before is counted with what the ledger has (C-003).

use baton_contracts::allocation::v1::{
    CountEarlierInvolvementsRequest, CountEarlierInvolvementsResponse, EndResponsibilityRequest,
    GetContextRequest, GetContextResponse, PlaceCaseRequest, PlaceCaseResponse,
    ReportHolderRequest,
};
use baton_contracts::frontdoor::v1::{
    RecordFactsRequest, RegisterChildRequest, RegisterChildResponse,
};
use baton_contracts::record::v1::Outcome;
use prost_types::Timestamp;
use tonic::Code;

use super::cause::Opening;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// The reason of a closed case that comes when the child's next one is open already.
pub const LATER_CASE: &str = "LATER_CASE_OPEN";

/// The reason of a child whose earlier involvements come when Baton has no case of it.
pub const NO_CASE: &str = "NO_CASE";

/// What comes next in taking over a case, of which the gateway learned at an instant.
pub fn next(opening: &Opening, received_at: Option<Timestamp>, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        if !opening.involvements.is_empty() && refusal.code() == Code::NotFound {
            return without_case();
        }
        // A line of a file is put right by whoever sent it.
        let reason = refusal.reason();
        let subjects = refusal
            .subjects
            .iter()
            .map(|subject| format!("{subject}: {reason}"));
        let mut problems: Vec<String> = subjects.collect();
        if problems.is_empty() {
            problems.push(format!(": {reason}"));
        }
        return Next::Reject(problems);
    }
    let child = opening.child.clone().unwrap_or_default();
    if !opening.involvements.is_empty() {
        return counted(opening, &child.child_id, received_at, progress);
    }
    // 1. The child gets an id.
    let child_id = match progress.to(path::REGISTER_CHILD).next() {
        _ if !child.child_id.is_empty() => child.child_id,
        Some(registered) => registered
            .as_response::<RegisterChildResponse>()
            .and_then(|registered| registered.child)
            .map(|child| child.child_id)
            .unwrap_or_default(),
        None => return Next::Send(register(opening, &child.reference, progress)),
    };
    // 2. What is known about it.
    let known = known(opening, &progress);
    if !known.is_empty() && progress.to(path::RECORD_FACTS).next().is_none() {
        let request = RecordFactsRequest {
            request_id: progress.request_id(),
            child_id: child_id.clone(),
            facts: known,
            effective_at: opening.since,
            source: opening.system.clone(),
        };
        let about = About {
            child_id,
            ..About::nobody()
        };
        return Next::Send(Step::new(path::RECORD_FACTS, &request, about));
    }
    if opening.team_id.is_empty() {
        return finished(&child_id, "", progress);
    }
    // 3. The case.
    let Some(found) = progress.to(path::GET_CONTEXT).next() else {
        let request = GetContextRequest {
            child_id,
            ..GetContextRequest::default()
        };
        return Next::Send(Step::new(path::GET_CONTEXT, &request, About::nobody()));
    };
    let open = found
        .as_response::<GetContextResponse>()
        .and_then(|found| found.responsibility);
    match open {
        Some(_) if opening.closed_at.is_some() => {
            Next::Reject(vec![format!("cine_close_date: {LATER_CASE}")])
        }
        Some(open) => compared(opening, &child_id, &open.case_id, progress),
        None => placed(opening, &child_id, progress),
    }
}

/// The moves and workers before are counted; a transfer that is under way shows them.
fn counted(
    opening: &Opening,
    child_id: &str,
    received_at: Option<Timestamp>,
    progress: Progress<'_>,
) -> Next {
    if child_id.is_empty() {
        return without_case();
    }
    let Some(counted) = progress.to(path::COUNT_EARLIER_INVOLVEMENTS).next() else {
        let request = CountEarlierInvolvementsRequest {
            request_id: progress.request_id(),
            child_id: child_id.to_owned(),
            involvements: opening.involvements.clone(),
        };
        let about = About::child(child_id);
        return Next::Send(Step::new(path::COUNT_EARLIER_INVOLVEMENTS, &request, about));
    };
    let counted = counted
        .as_response::<CountEarlierInvolvementsResponse>()
        .unwrap_or_default();
    let changed = counted
        .as_of
        .is_some_and(|as_of| !as_of.event_id.is_empty());
    if changed && progress.to(path::REASSESS).next().is_none() {
        let looked = facts::reassess(child_id, "facts_changed", None, received_at, progress);
        return Next::Send(looked);
    }
    let case = counted.case.unwrap_or_default();
    finished(child_id, &case.case_id, progress)
}

fn without_case() -> Next {
    Next::Reject(vec![format!("invo_person_id: {NO_CASE}")])
}

fn register(opening: &Opening, reference: &str, progress: Progress<'_>) -> Step {
    let request = RegisterChildRequest {
        request_id: progress.request_id(),
        system: opening.system.clone(),
        reference: reference.to_owned(),
        date_of_birth: opening.date_of_birth.clone(),
        expected_delivery_date: opening.expected_delivery_date.clone(),
        child_id: String::new(),
    };
    Step::new(path::REGISTER_CHILD, &request, About::nobody())
}

/// The facts of the line; the dates of a child that was known before are facts like any other.
fn known(opening: &Opening, progress: &Progress<'_>) -> Vec<baton_contracts::type_v1::Fact> {
    let mut known = opening.facts.clone();
    let was_known = progress.to(path::REGISTER_CHILD).next().is_none();
    for (key, day) in [
        ("date_of_birth", &opening.date_of_birth),
        ("expected_delivery_date", &opening.expected_delivery_date),
    ] {
        if was_known && !day.is_empty() {
            known.push(facts::date(key, day));
        }
    }
    known
}

fn compared(opening: &Opening, child_id: &str, case_id: &str, progress: Progress<'_>) -> Next {
    if progress.to(path::REPORT_HOLDER).next().is_some() {
        return finished(child_id, case_id, progress);
    }
    let request = ReportHolderRequest {
        request_id: progress.request_id(),
        case_id: case_id.to_owned(),
        team_id: opening.team_id.clone(),
        worker_id: opening.worker_id.clone(),
        effective_at: opening.since,
    };
    let about = About::case(child_id, case_id).with_workers([opening.worker_id.as_str()]);
    Next::Send(Step::new(path::REPORT_HOLDER, &request, about))
}

fn placed(opening: &Opening, child_id: &str, progress: Progress<'_>) -> Next {
    let Some(placed) = progress.to(path::PLACE_CASE).next() else {
        let request = PlaceCaseRequest {
            request_id: progress.request_id(),
            child_id: child_id.to_owned(),
            team_id: opening.team_id.clone(),
            worker_id: opening.worker_id.clone(),
            effective_at: opening.since,
            referral_id: opening.referral_id.clone(),
            rules: Vec::new(),
        };
        let step = Step::new(path::PLACE_CASE, &request, About::child(child_id));
        return Next::Send(step);
    };
    let case = placed
        .as_response::<PlaceCaseResponse>()
        .and_then(|placed| placed.case)
        .unwrap_or_default();
    let ended = progress.to(path::END_RESPONSIBILITY).next().is_some();
    if opening.closed_at.is_none() || ended {
        return finished(child_id, &case.case_id, progress);
    }
    let request = EndResponsibilityRequest {
        request_id: progress.request_id(),
        case_id: case.case_id.clone(),
        expected_epoch: case.epoch,
        effective_at: opening.closed_at,
        closure_id: opening.closure_id.clone(),
        rules: Vec::new(),
    };
    let about = About::case(child_id, &case.case_id);
    Next::Send(Step::new(path::END_RESPONSIBILITY, &request, about))
}

fn finished(child_id: &str, case_id: &str, progress: Progress<'_>) -> Next {
    let mut outcome: Outcome = outcome::of(child_id, progress.answers);
    child_id.clone_into(&mut outcome.child_id);
    case_id.clone_into(&mut outcome.case_id);
    Next::Finished(vec![outcome])
}
