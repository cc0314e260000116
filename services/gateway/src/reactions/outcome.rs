//! What came of a report, as its receipt says it.

use baton_contracts::allocation::v1::{MoveResponsibilityResponse, ReportHolderResponse};
use baton_contracts::frontdoor::v1::{
    LaunchContactResponse, LinkFamilyResponse, RecordFactsResponse, RegisterChildResponse,
    ReportContactStepResponse,
};
use baton_contracts::record::v1::{Outcome, ReceiptState};
use baton_contracts::transfer::v1::{
    ConfirmMoveResponse, Consequence, ConsiderTriggerResponse, FailCompletionResponse,
    ReassessResponse, RecordEvidenceResponse, RecordMeetingHeldResponse, RecordMeetingResponse,
};
use baton_contracts::type_v1::{AsOf, Explanation};

use super::answer::Answer;
use super::step::path;

/// The decision of a service that could not decide because a fact is unknown.
const UNDECIDED: &str = "undecided";

/// What the answers about one child came to.
pub fn of<'a>(child_id: &str, answers: impl IntoIterator<Item = &'a Answer>) -> Outcome {
    let mut outcome = Outcome {
        child_id: child_id.to_owned(),
        ..Outcome::default()
    };
    for answer in answers {
        absorb(&mut outcome, answer);
    }
    outcome
}

/// Adds what one answer says.
pub fn absorb(outcome: &mut Outcome, answer: &Answer) {
    for consequence in consequences(answer) {
        add_consequence(outcome, consequence);
    }
    match answer.path.as_str() {
        path::RECORD_FACTS => {
            let response = answer.as_response::<RecordFactsResponse>();
            if let Some(response) = response.filter(|response| !response.changed.is_empty()) {
                change(outcome, "facts_recorded");
                stand(outcome, response.as_of);
            }
        }
        path::REGISTER_CHILD => {
            if let Some(response) = answer.as_response::<RegisterChildResponse>() {
                if let Some(child) = response.child {
                    outcome.child_id = child.child_id;
                }
                if response.created {
                    change(outcome, "child_registered");
                }
                stand(outcome, response.as_of);
            }
        }
        path::PLACE_CASE if answer.refusal.is_none() => change(outcome, "case_opened"),
        path::END_RESPONSIBILITY if answer.refusal.is_none() => change(outcome, "case_ended"),
        path::LINK_FAMILY => {
            if let Some(response) = answer.as_response::<LinkFamilyResponse>() {
                change(outcome, "family_linked");
                stand(outcome, response.as_of);
            }
        }
        path::LAUNCH_CONTACT => {
            if let Some(response) = answer.as_response::<LaunchContactResponse>() {
                outcome.contact_id = response
                    .contact
                    .map(|contact| contact.contact_id)
                    .unwrap_or_default();
                explain(outcome, response.explanation);
                change(outcome, "contact_launched");
                stand(outcome, response.as_of);
            }
        }
        path::REPORT_CONTACT_STEP => {
            let response = answer.as_response::<ReportContactStepResponse>();
            if let Some((response, contact)) =
                response.and_then(|mut said| said.contact.take().map(|contact| (said, contact)))
            {
                outcome.contact_id = contact.contact_id;
                change(outcome, "step_recorded");
                stand(outcome, response.as_of);
            }
        }
        path::RECORD_MEETING => {
            if let Some(response) = answer.as_response::<RecordMeetingResponse>() {
                let transfer = response.transfer.unwrap_or_default();
                outcome.transfer_id = transfer.transfer_id;
                outcome.case_id = transfer.case_id;
                change(outcome, "meeting_recorded");
                explain(outcome, response.explanation);
                stand(outcome, response.as_of);
            }
        }
        path::MOVE_RESPONSIBILITY => {
            if let Some(response) = answer.as_response::<MoveResponsibilityResponse>() {
                stand(outcome, response.as_of);
            }
        }
        path::REPORT_HOLDER => {
            if let Some(response) = answer.as_response::<ReportHolderResponse>() {
                if let Some(discrepancy) = response.discrepancy.filter(|_| !response.agrees) {
                    outcome.case_id = discrepancy.case_id;
                    change(outcome, "discrepancy_opened");
                }
                stand(outcome, response.as_of);
            }
        }
        _ => {}
    }
}

/// The consequences that the transfer service answered with.
pub fn consequences(answer: &Answer) -> Vec<Consequence> {
    let one = |consequence: Option<Consequence>| consequence.into_iter().collect::<Vec<_>>();
    match answer.path.as_str() {
        path::CONSIDER_TRIGGER => answer
            .as_response::<ConsiderTriggerResponse>()
            .map_or_else(Vec::new, |response| one(response.consequence)),
        path::RECORD_MEETING_HELD => answer
            .as_response::<RecordMeetingHeldResponse>()
            .map_or_else(Vec::new, |response| one(response.consequence)),
        path::RESOLVE_EXPIRY => answer
            .as_response::<baton_contracts::transfer::v1::ResolveExpiryResponse>()
            .map_or_else(Vec::new, |response| one(response.consequence)),
        path::RECORD_NOTICE_SENT => answer
            .as_response::<baton_contracts::transfer::v1::RecordNoticeSentResponse>()
            .map_or_else(Vec::new, |response| one(response.consequence)),
        path::CONFIRM_MOVE => answer
            .as_response::<ConfirmMoveResponse>()
            .map_or_else(Vec::new, |response| one(response.consequence)),
        path::FAIL_COMPLETION => answer
            .as_response::<FailCompletionResponse>()
            .map_or_else(Vec::new, |response| one(response.consequence)),
        path::REASSESS => answer
            .as_response::<ReassessResponse>()
            .map_or_else(Vec::new, |response| response.consequences),
        path::RECORD_EVIDENCE => answer
            .as_response::<RecordEvidenceResponse>()
            .map_or_else(Vec::new, |response| response.consequences),
        _ => Vec::new(),
    }
}

/// Adds what came of a release to the outcome of the report that led to it.
pub fn join(outcomes: &mut Vec<Outcome>, of_release: Outcome) {
    let found = outcomes.iter_mut().find(|outcome| {
        outcome.transfer_id == of_release.transfer_id || outcome.child_id == of_release.child_id
    });
    match found {
        Some(outcome) => {
            outcome.changes.extend(of_release.changes);
            outcome.as_of.extend(of_release.as_of);
            explain(outcome, of_release.explanation);
        }
        None => outcomes.push(of_release),
    }
}

/// The state of a receipt whose reaction is done.
pub fn state(outcomes: &[Outcome]) -> ReceiptState {
    let undecided = outcomes.iter().any(|outcome| {
        outcome
            .explanation
            .as_ref()
            .is_some_and(|explanation| explanation.decision == UNDECIDED)
    });
    let changed = outcomes.iter().any(|outcome| !outcome.changes.is_empty());
    if undecided {
        ReceiptState::Undecided
    } else if changed {
        ReceiptState::Applied
    } else {
        ReceiptState::NothingToDo
    }
}

fn add_consequence(outcome: &mut Outcome, consequence: Consequence) {
    if let Some(transfer) = consequence.transfer {
        outcome.transfer_id = transfer.transfer_id;
        outcome.case_id = transfer.case_id;
    }
    for code in &consequence.changes {
        change(outcome, code);
    }
    explain(outcome, consequence.explanation);
    stand(outcome, consequence.as_of);
}

/// Later explanations come first in weight: their decision stands; rules and facts add up.
fn explain(outcome: &mut Outcome, explanation: Option<Explanation>) {
    let Some(later) = explanation else { return };
    let Some(known) = outcome.explanation.as_mut() else {
        outcome.explanation = Some(later);
        return;
    };
    add_new(&mut known.rules, later.rules);
    add_new(&mut known.facts, later.facts);
    add_new(&mut known.unknown_facts, later.unknown_facts);
    if !later.decision.is_empty() {
        known.decision = later.decision;
    }
}

fn add_new(to: &mut Vec<String>, from: Vec<String>) {
    for item in from {
        if !to.contains(&item) {
            to.push(item);
        }
    }
}

fn change(outcome: &mut Outcome, code: &str) {
    if !outcome.changes.iter().any(|known| known == code) {
        outcome.changes.push(code.to_owned());
    }
}

fn stand(outcome: &mut Outcome, as_of: Option<AsOf>) {
    outcome
        .as_of
        .extend(as_of.filter(|as_of| !as_of.event_id.is_empty()));
}
