//! `TransferReactionService`: what the gateway's reactions tell and ask.

use baton_contracts::Validate;
use baton_contracts::transfer::v1 as proto;
use baton_contracts::transfer::v1::transfer_reaction_service_server::TransferReactionService;
use baton_contracts::type_v1::Context;
use baton_rpc::{Problem, prepare};
use prost::Message;
use tonic::{Request, Response, Status};

use super::transfers::authority;
use super::{Envelope, consequence, convert, parse, time, transfer_id};
use crate::app::{App, Call, Outcome};
use crate::domain::{Command, Trigger};

/// The methods between the gateway and this service.
#[derive(Clone)]
pub struct Reactions(pub App);

impl Reactions {
    fn call(
        &self,
        context: &Context,
        method: &str,
        request_id: &str,
        body: &impl Message,
    ) -> Result<Call, Problem> {
        let full = format!("baton.transfer.v1.TransferReactionService/{method}");
        Envelope::of_reaction(request_id).call(&self.0, context, &full, body)
    }

    async fn consider<Body, Answered>(
        &self,
        request: Request<Body>,
        method: &'static str,
        parts: fn(&Body) -> (&str, &str),
        trigger: fn(&Body) -> Result<Trigger, Problem>,
        to_response: fn(Vec<Outcome>) -> Answered,
    ) -> Result<Response<Answered>, Status>
    where
        Body: Message + Validate + Default,
        Answered: Message + Default + 'static,
    {
        let (context, body) = prepare(request)?;
        let (request_id, child) = parts(&body);
        let child = parse::child_id(child)?;
        let trigger = trigger(&body)?;
        let call = self.call(&context, method, request_id, &body)?;
        Ok(Response::new(
            self.0
                .consider(call, child, trigger, method, to_response)
                .await?,
        ))
    }

    async fn act<Body, Answered>(
        &self,
        request: Request<Body>,
        method: &'static str,
        parts: fn(&Body) -> (&str, &str),
        command: fn(&Body) -> Result<Command, Problem>,
        to_response: fn(Outcome) -> Answered,
    ) -> Result<Response<Answered>, Status>
    where
        Body: Message + Validate + Default,
        Answered: Message + Default + 'static,
    {
        let (context, body) = prepare(request)?;
        let (request_id, id) = parts(&body);
        let id = transfer_id(id)?;
        let command = command(&body)?;
        let call = self.call(&context, method, request_id, &body)?;
        Ok(Response::new(
            self.0.act(call, id, command, method, to_response).await?,
        ))
    }
}

#[tonic::async_trait]
impl TransferReactionService for Reactions {
    async fn consider_trigger(
        &self,
        request: Request<proto::ConsiderTriggerRequest>,
    ) -> Result<Response<proto::ConsiderTriggerResponse>, Status> {
        self.consider(
            request,
            "ConsiderTrigger",
            |body| (&body.request_id, &body.child_id),
            |body| {
                parse::trigger(
                    &body.trigger,
                    body.conference.as_ref(),
                    None,
                    body.effective_at.as_ref(),
                )
            },
            |outcomes| proto::ConsiderTriggerResponse {
                consequence: outcomes.into_iter().next().map(consequence),
            },
        )
        .await
    }

    async fn record_meeting_held(
        &self,
        request: Request<proto::RecordMeetingHeldRequest>,
    ) -> Result<Response<proto::RecordMeetingHeldResponse>, Status> {
        self.consider(
            request,
            "RecordMeetingHeld",
            |body| (&body.request_id, &body.child_id),
            |body| {
                let conference = body.conference.as_ref();
                let held_at = conference.and_then(|conference| conference.at);
                if held_at.is_none() {
                    return Err(Problem::invalid(
                        "conference.at",
                        "required for a conference that was held",
                    ));
                }
                parse::trigger("conference_held", conference, None, held_at.as_ref())
            },
            |outcomes| proto::RecordMeetingHeldResponse {
                consequence: outcomes.into_iter().next().map(consequence),
            },
        )
        .await
    }

    async fn reassess(
        &self,
        request: Request<proto::ReassessRequest>,
    ) -> Result<Response<proto::ReassessResponse>, Status> {
        self.consider(
            request,
            "Reassess",
            |body| (&body.request_id, &body.child_id),
            |body| {
                parse::trigger(
                    &body.trigger,
                    body.conference.as_ref(),
                    body.meeting.as_ref(),
                    body.effective_at.as_ref(),
                )
            },
            |outcomes| proto::ReassessResponse {
                consequences: outcomes.into_iter().map(consequence).collect(),
            },
        )
        .await
    }

    async fn record_evidence(
        &self,
        request: Request<proto::RecordEvidenceRequest>,
    ) -> Result<Response<proto::RecordEvidenceResponse>, Status> {
        let (context, body) = prepare(request)?;
        let child = parse::child_id(&body.child_id)?;
        let evidence = parse::evidence(&body)?;
        let call = self.call(&context, "RecordEvidence", &body.request_id, &body)?;
        let to_response = |outcomes: Vec<Outcome>| proto::RecordEvidenceResponse {
            consequences: outcomes.into_iter().map(consequence).collect(),
        };
        let answered = self
            .0
            .record_evidence(call, child, evidence, "RecordEvidence", to_response)
            .await?;
        Ok(Response::new(answered))
    }

    async fn confirm_move(
        &self,
        request: Request<proto::ConfirmMoveRequest>,
    ) -> Result<Response<proto::ConfirmMoveResponse>, Status> {
        self.act(
            request,
            "ConfirmMove",
            |body| (&body.request_id, &body.transfer_id),
            |body| {
                Ok(Command::ConfirmMove {
                    release: parse::uuid("release_id", &body.release_id)?,
                    epoch: body.epoch,
                    moved_at: time(body.moved_at.as_ref())
                        .ok_or_else(|| Problem::invalid("moved_at", "required"))?,
                })
            },
            |outcome| proto::ConfirmMoveResponse {
                consequence: Some(consequence(outcome)),
            },
        )
        .await
    }

    async fn fail_completion(
        &self,
        request: Request<proto::FailCompletionRequest>,
    ) -> Result<Response<proto::FailCompletionResponse>, Status> {
        self.act(
            request,
            "FailCompletion",
            |body| (&body.request_id, &body.transfer_id),
            |body| {
                Ok(Command::FailCompletion {
                    release: parse::uuid("release_id", &body.release_id)?,
                    reason: body.reason.clone(),
                    rules: body.rules.clone(),
                })
            },
            |outcome| proto::FailCompletionResponse {
                consequence: Some(consequence(outcome)),
            },
        )
        .await
    }

    async fn record_notice_sent(
        &self,
        request: Request<proto::RecordNoticeSentRequest>,
    ) -> Result<Response<proto::RecordNoticeSentResponse>, Status> {
        self.act(
            request,
            "RecordNoticeSent",
            |body| (&body.request_id, &body.transfer_id),
            |body| {
                Ok(Command::RecordNoticeSent {
                    item: body.item.clone(),
                    sent_at: time(body.sent_at.as_ref())
                        .ok_or_else(|| Problem::invalid("sent_at", "required"))?,
                })
            },
            |outcome| proto::RecordNoticeSentResponse {
                consequence: Some(consequence(outcome)),
            },
        )
        .await
    }

    async fn resolve_expiry(
        &self,
        request: Request<proto::ResolveExpiryRequest>,
    ) -> Result<Response<proto::ResolveExpiryResponse>, Status> {
        self.act(
            request,
            "ResolveExpiry",
            |body| (&body.request_id, &body.transfer_id),
            |body| {
                Ok(Command::ResolveExpiry {
                    clock: body.name.clone(),
                })
            },
            |outcome| proto::ResolveExpiryResponse {
                consequence: Some(consequence(outcome)),
            },
        )
        .await
    }

    async fn locate_transfer(
        &self,
        request: Request<proto::LocateTransferRequest>,
    ) -> Result<Response<proto::LocateTransferResponse>, Status> {
        let (context, body) = prepare(request)?;
        let transfer = self
            .0
            .get(&authority(&context)?, transfer_id(&body.transfer_id)?)
            .await?;
        Ok(Response::new(proto::LocateTransferResponse {
            child_id: transfer.child.to_string(),
            case_id: transfer.case.to_string(),
            phase: convert::phase(&transfer.phase).into(),
        }))
    }
}
