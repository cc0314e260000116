//! What people do at the front door besides deciding: steps, passing on, enquiries, trays.

use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::timestamp;
use baton_contracts::type_v1;
use baton_ids::ContactId;
use baton_rpc::{Problem, Violations, prepare, request_key};
use jiff::Timestamp;
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context, parse};
use crate::app::{AnswerEnquiry, LogTrayCheck, Outcome, PassContact, RecordStep, TrayShown};
use crate::domain::contact::{Contact, DueState};
use crate::domain::duty::Owes;
use crate::domain::enquiry::{Enquiry, Log};
use crate::domain::step::Record;
use crate::domain::tray::Tray;

const RECORD_CONTACT_STEP: &str = "baton.frontdoor.v1.FrontDoorService/RecordContactStep";
const PASS_CONTACT: &str = "baton.frontdoor.v1.FrontDoorService/PassContact";
const LOG_ENQUIRY: &str = "baton.frontdoor.v1.FrontDoorService/LogEnquiry";
const ANSWER_ENQUIRY: &str = "baton.frontdoor.v1.FrontDoorService/AnswerEnquiry";
const LOG_TRAY_CHECK: &str = "baton.frontdoor.v1.FrontDoorService/LogTrayCheck";

pub async fn record_contact_step(
    handlers: &Handlers,
    request: Request<wire::RecordContactStepRequest>,
) -> Result<Response<wire::RecordContactStepResponse>, Status> {
    let (wire_context, body) = prepare(request)?;
    let ctx = context::of(&wire_context)?;
    let mut violations = Violations::default();
    let contact: Option<ContactId> = parse::id("contact_id", &body.contact_id, &mut violations);
    let done_at = body
        .done_at
        .as_ref()
        .and_then(|at| parse::time("done_at", Some(at), &mut violations));
    violations.into_result()?;
    let contact = contact.ok_or_else(Problem::internal)?;

    let key = request_key(&wire_context, RECORD_CONTACT_STEP, &body.request_id, &body);
    let command = RecordStep {
        record: Record {
            contact,
            step: body.step,
            affirms: body.affirms,
            basis: body.basis,
            reason_digest: None,
            done_at,
            done_by: String::new(),
            reported: false,
        },
        reason: parse::said(body.reason),
    };
    let response = handlers
        .app
        .record_step(key, command, ctx, |outcome: &Outcome<Contact>| {
            wire::RecordContactStepResponse {
                contact: Some(answer::contact(&outcome.value)),
                as_of: Some(answer::as_of(outcome.last_event)),
            }
        })
        .await?;
    Ok(Response::new(response))
}

pub async fn pass_contact(
    handlers: &Handlers,
    request: Request<wire::PassContactRequest>,
) -> Result<Response<wire::PassContactResponse>, Status> {
    let (wire_context, body) = prepare(request)?;
    let ctx = context::of(&wire_context)?;
    let mut violations = Violations::default();
    let contact = parse::id("contact_id", &body.contact_id, &mut violations);
    let to = parse::id("team_id", &body.team_id, &mut violations);
    violations.into_result()?;
    let (Some(contact), Some(to)) = (contact, to) else {
        return Err(Problem::internal().into());
    };

    let key = request_key(&wire_context, PASS_CONTACT, &body.request_id, &body);
    let command = PassContact {
        contact,
        to,
        reason: parse::said(body.reason),
    };
    let response = handlers
        .app
        .pass_on(key, command, ctx, |outcome: &Outcome<Contact>| {
            wire::PassContactResponse {
                contact: Some(answer::contact(&outcome.value)),
                as_of: Some(answer::as_of(outcome.last_event)),
            }
        })
        .await?;
    Ok(Response::new(response))
}

pub async fn log_enquiry(
    handlers: &Handlers,
    request: Request<wire::LogEnquiryRequest>,
) -> Result<Response<wire::LogEnquiryResponse>, Status> {
    let (wire_context, body) = prepare(request)?;
    let ctx = context::of(&wire_context)?;
    let mut violations = Violations::default();
    let received_at = parse::time("received_at", body.received_at.as_ref(), &mut violations);
    violations.into_result()?;
    let received_at = received_at.ok_or_else(Problem::internal)?;

    let key = request_key(&wire_context, LOG_ENQUIRY, &body.request_id, &body);
    let command = Log {
        kind: body.kind,
        source_kind: body.source_kind,
        form: body.form,
        received_at,
    };
    let response = handlers
        .app
        .log_enquiry(key, command, ctx, |outcome: &Outcome<Enquiry>| {
            wire::LogEnquiryResponse {
                enquiry: Some(enquiry(&outcome.value)),
                as_of: Some(answer::as_of(outcome.last_event)),
            }
        })
        .await?;
    Ok(Response::new(response))
}

pub async fn answer_enquiry(
    handlers: &Handlers,
    request: Request<wire::AnswerEnquiryRequest>,
) -> Result<Response<wire::AnswerEnquiryResponse>, Status> {
    let (wire_context, body) = prepare(request)?;
    let ctx = context::of(&wire_context)?;
    let mut violations = Violations::default();
    let id = parse::id("enquiry_id", &body.enquiry_id, &mut violations);
    violations.into_result()?;
    let id = id.ok_or_else(Problem::internal)?;

    let key = request_key(&wire_context, ANSWER_ENQUIRY, &body.request_id, &body);
    let command = AnswerEnquiry {
        enquiry: id,
        topic: body.topic,
        answer: parse::said(body.answer),
    };
    let response = handlers
        .app
        .answer_enquiry(key, command, ctx, |outcome: &Outcome<Enquiry>| {
            wire::AnswerEnquiryResponse {
                enquiry: Some(enquiry(&outcome.value)),
                as_of: Some(answer::as_of(outcome.last_event)),
            }
        })
        .await?;
    Ok(Response::new(response))
}

pub async fn log_tray_check(
    handlers: &Handlers,
    request: Request<wire::LogTrayCheckRequest>,
) -> Result<Response<wire::LogTrayCheckResponse>, Status> {
    let (wire_context, body) = prepare(request)?;
    let ctx = context::of(&wire_context)?;
    let mut violations = Violations::default();
    let team = parse::id("team_id", &body.team_id, &mut violations);
    violations.into_result()?;
    let team = team.ok_or_else(Problem::internal)?;

    let key = request_key(&wire_context, LOG_TRAY_CHECK, &body.request_id, &body);
    let command = LogTrayCheck {
        team,
        looked_at: body.looked_at,
    };
    let response = handlers
        .app
        .log_tray_check(key, command, ctx, |outcome: &Outcome<Tray>| {
            wire::LogTrayCheckResponse {
                tray: Some(tray(&outcome.value)),
                as_of: Some(answer::as_of(outcome.last_event)),
            }
        })
        .await?;
    Ok(Response::new(response))
}

pub async fn get_enquiry(
    handlers: &Handlers,
    request: Request<wire::GetEnquiryRequest>,
) -> Result<Response<wire::GetEnquiryResponse>, Status> {
    let (wire_context, body) = prepare(request)?;
    let authority = context::authority(&wire_context)?;
    let id = body
        .enquiry_id
        .parse()
        .map_err(|_| Problem::not_found("enquiry", &body.enquiry_id))?;
    let found = handlers.app.enquiry(&authority, id).await?;
    Ok(Response::new(wire::GetEnquiryResponse {
        enquiry: Some(enquiry(&found)),
    }))
}

pub async fn get_tray(
    handlers: &Handlers,
    request: Request<wire::GetTrayRequest>,
) -> Result<Response<wire::GetTrayResponse>, Status> {
    let (wire_context, body) = prepare(request)?;
    let ctx = context::of(&wire_context)?;
    let team = body
        .team_id
        .parse()
        .map_err(|_| Problem::not_found("team", &body.team_id))?;
    let shown = handlers.app.tray(team, &ctx).await?;
    Ok(Response::new(wire::GetTrayResponse {
        tray: Some(shown_tray(&shown)),
    }))
}

fn enquiry(enquiry: &Enquiry) -> wire::Enquiry {
    let said = enquiry.answer.as_ref();
    let state = match said {
        Some(_) => wire::EnquiryState::Answered,
        None if enquiry.optional => wire::EnquiryState::Noted,
        None => wire::EnquiryState::Open,
    };
    wire::Enquiry {
        enquiry_id: enquiry.id.to_string(),
        kind: enquiry.kind.clone(),
        source_kind: enquiry.source_kind.clone(),
        form: enquiry.form.clone(),
        received_at: Some(timestamp(enquiry.received_at)),
        team_id: enquiry.team.to_string(),
        owner: Some(owner(&enquiry.owner)),
        state: state.into(),
        topic: said.map(|said| said.topic.clone()).unwrap_or_default(),
        answered_by: said.map(|said| said.by.clone()).unwrap_or_default(),
        answered_at: said.map(|said| timestamp(said.at)),
        rules: enquiry.rules.clone(),
        version: enquiry.version,
    }
}

/// Who owes something.
pub fn owner(owes: &Owes) -> type_v1::Owner {
    type_v1::Owner {
        role: owes.role.clone(),
        team_id: owes
            .team
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        area: owes.area.clone().unwrap_or_default(),
        worker_id: owes.worker.clone().unwrap_or_default(),
    }
}

fn tray(tray: &Tray) -> wire::Tray {
    let last = tray.last.as_ref();
    let owes = Owes {
        role: tray.due.role.clone(),
        team: Some(tray.team.clone()),
        ..Owes::default()
    };
    wire::Tray {
        team_id: tray.team.to_string(),
        items: Vec::new(),
        last_checked_at: last.map(|check| timestamp(check.at)),
        last_checked_by: last.map(|check| check.by.clone()).unwrap_or_default(),
        check_due: Some(answer::due_of(&tray.due, &owes)),
        checks: tray.checks,
    }
}

fn shown_tray(shown: &TrayShown) -> wire::Tray {
    let known = shown.tray.as_ref().map(tray).unwrap_or_default();
    wire::Tray {
        team_id: shown.team.to_string(),
        items: shown
            .waiting
            .iter()
            .map(|contact| item(contact, shown.at))
            .collect(),
        ..known
    }
}

fn item(contact: &Contact, now: Timestamp) -> wire::TrayItem {
    let overdue = contact
        .due
        .as_ref()
        .is_some_and(|due| due.state == DueState::Breached || now >= due.breached_at);
    wire::TrayItem {
        contact: Some(answer::contact(contact)),
        waited_minutes: now.duration_since(contact.received_at).as_secs() / 60,
        overdue,
    }
}
