//! `TransferService`: what people and record systems ask and report. One method, one call into the app.

use baton_contracts::transfer::v1 as proto;
use baton_contracts::transfer::v1::transfer_service_server::TransferService;
use baton_contracts::{Validate, type_v1};
use baton_ids::AuthorityId;
use baton_rpc::{Problem, Reason, prepare};
use prost::Message;
use tonic::{Request, Response, Status};

use super::{Answer, Envelope, answers, convert, parse, transfer_id};
use crate::app::{App, Outcome};
use crate::domain::Command;

/// The public methods.
#[derive(Clone)]
pub struct Transfers(pub App);

/// What the mutating requests of this service have in common.
pub(super) trait Mutating: Message + Validate + Default + 'static {
    /// The transfer it is about.
    fn transfer_id(&self) -> &str;
    /// What it says besides its act.
    fn envelope(&self) -> Envelope<'_>;
    /// Its act.
    fn command(&self) -> Result<Command, Problem>;
}

impl Transfers {
    async fn act<Body, Answered>(
        &self,
        request: Request<Body>,
        method: &'static str,
        to_response: fn(Outcome) -> Answered,
    ) -> Result<Response<Answered>, Status>
    where
        Body: Mutating,
        Answered: Message + Default + 'static,
    {
        let (context, body) = prepare(request)?;
        let id = transfer_id(body.transfer_id())?;
        let command = body.command()?;
        let full = format!("baton.transfer.v1.TransferService/{method}");
        let call = body.envelope().call(&self.0, &context, &full, &body)?;
        let answered = self.0.act(call, id, command, method, to_response).await?;
        Ok(Response::new(answered))
    }
}

#[tonic::async_trait]
impl TransferService for Transfers {
    async fn name_receiving_worker(
        &self,
        request: Request<proto::NameReceivingWorkerRequest>,
    ) -> Result<Response<proto::NameReceivingWorkerResponse>, Status> {
        self.act(
            request,
            "NameReceivingWorker",
            answers::name_receiving_worker,
        )
        .await
    }

    async fn name_receiving_team(
        &self,
        request: Request<proto::NameReceivingTeamRequest>,
    ) -> Result<Response<proto::NameReceivingTeamResponse>, Status> {
        self.act(request, "NameReceivingTeam", answers::name_receiving_team)
            .await
    }

    async fn complete_item(
        &self,
        request: Request<proto::CompleteItemRequest>,
    ) -> Result<Response<proto::CompleteItemResponse>, Status> {
        self.act(request, "CompleteItem", answers::complete_item)
            .await
    }

    async fn sign_item(
        &self,
        request: Request<proto::SignItemRequest>,
    ) -> Result<Response<proto::SignItemResponse>, Status> {
        self.act(request, "SignItem", answers::sign_item).await
    }

    async fn review_audit(
        &self,
        request: Request<proto::ReviewAuditRequest>,
    ) -> Result<Response<proto::ReviewAuditResponse>, Status> {
        self.act(request, "ReviewAudit", answers::review_audit)
            .await
    }

    async fn waive_item(
        &self,
        request: Request<proto::WaiveItemRequest>,
    ) -> Result<Response<proto::WaiveItemResponse>, Status> {
        self.act(request, "WaiveItem", answers::waive_item).await
    }

    async fn record_meeting(
        &self,
        request: Request<proto::RecordMeetingRequest>,
    ) -> Result<Response<proto::RecordMeetingResponse>, Status> {
        self.act(request, "RecordMeeting", answers::record_meeting)
            .await
    }

    async fn agree_date(
        &self,
        request: Request<proto::AgreeDateRequest>,
    ) -> Result<Response<proto::AgreeDateResponse>, Status> {
        self.act(request, "AgreeDate", answers::agree_date).await
    }

    async fn complete_transfer(
        &self,
        request: Request<proto::CompleteTransferRequest>,
    ) -> Result<Response<proto::CompleteTransferResponse>, Status> {
        self.act(request, "CompleteTransfer", answers::complete_transfer)
            .await
    }

    async fn return_transfer(
        &self,
        request: Request<proto::ReturnTransferRequest>,
    ) -> Result<Response<proto::ReturnTransferResponse>, Status> {
        self.act(request, "ReturnTransfer", answers::return_transfer)
            .await
    }

    async fn withdraw_transfer(
        &self,
        request: Request<proto::WithdrawTransferRequest>,
    ) -> Result<Response<proto::WithdrawTransferResponse>, Status> {
        self.act(request, "WithdrawTransfer", answers::withdraw_transfer)
            .await
    }

    async fn explain_departure(
        &self,
        request: Request<proto::ExplainDepartureRequest>,
    ) -> Result<Response<proto::ExplainDepartureResponse>, Status> {
        self.act(request, "ExplainDeparture", answers::explain_departure)
            .await
    }

    async fn request_transfer(
        &self,
        request: Request<proto::RequestTransferRequest>,
    ) -> Result<Response<proto::RequestTransferResponse>, Status> {
        let (context, body) = prepare(request)?;
        let (case, asked) = parse::request(&body)?;
        let full = "baton.transfer.v1.TransferService/RequestTransfer";
        let envelope = Envelope {
            request_id: &body.request_id,
            expected_version: 0,
            reason: &body.reason,
            departures: &[],
        };
        let call = envelope.call(&self.0, &context, full, &body)?;
        let to_response = |outcome: Outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::RequestTransferResponse {
                transfer,
                as_of,
                explanation,
            }
        };
        let answered = self.0.request(call, case, asked, to_response).await?;
        Ok(Response::new(answered))
    }

    async fn defer_transfer(
        &self,
        request: Request<proto::DeferTransferRequest>,
    ) -> Result<Response<proto::DeferTransferResponse>, Status> {
        self.act(request, "DeferTransfer", answers::defer_transfer)
            .await
    }

    async fn review_deferral(
        &self,
        request: Request<proto::ReviewDeferralRequest>,
    ) -> Result<Response<proto::ReviewDeferralResponse>, Status> {
        self.act(request, "ReviewDeferral", answers::review_deferral)
            .await
    }

    async fn raise_dispute(
        &self,
        request: Request<proto::RaiseDisputeRequest>,
    ) -> Result<Response<proto::RaiseDisputeResponse>, Status> {
        self.act(request, "RaiseDispute", answers::raise_dispute)
            .await
    }

    async fn escalate_dispute(
        &self,
        request: Request<proto::EscalateDisputeRequest>,
    ) -> Result<Response<proto::EscalateDisputeResponse>, Status> {
        self.act(request, "EscalateDispute", answers::escalate_dispute)
            .await
    }

    async fn resolve_dispute(
        &self,
        request: Request<proto::ResolveDisputeRequest>,
    ) -> Result<Response<proto::ResolveDisputeResponse>, Status> {
        self.act(request, "ResolveDispute", answers::resolve_dispute)
            .await
    }

    async fn suspend_protocol(
        &self,
        request: Request<proto::SuspendProtocolRequest>,
    ) -> Result<Response<proto::SuspendProtocolResponse>, Status> {
        self.suspend(request).await
    }

    async fn review_suspension(
        &self,
        request: Request<proto::ReviewSuspensionRequest>,
    ) -> Result<Response<proto::ReviewSuspensionResponse>, Status> {
        self.review_it(request).await
    }

    async fn lift_suspension(
        &self,
        request: Request<proto::LiftSuspensionRequest>,
    ) -> Result<Response<proto::LiftSuspensionResponse>, Status> {
        self.lift_it(request).await
    }

    async fn list_suspensions(
        &self,
        request: Request<proto::ListSuspensionsRequest>,
    ) -> Result<Response<proto::ListSuspensionsResponse>, Status> {
        self.list_them(request).await
    }

    async fn record_policy_review(
        &self,
        request: Request<proto::RecordPolicyReviewRequest>,
    ) -> Result<Response<proto::RecordPolicyReviewResponse>, Status> {
        self.record_review(request).await
    }

    async fn get_policy_review(
        &self,
        request: Request<proto::GetPolicyReviewRequest>,
    ) -> Result<Response<proto::GetPolicyReviewResponse>, Status> {
        self.how_it_stands(request).await
    }

    async fn get_transfer(
        &self,
        request: Request<proto::GetTransferRequest>,
    ) -> Result<Response<proto::GetTransferResponse>, Status> {
        let (context, body) = prepare(request)?;
        let transfer = self
            .0
            .get(&authority(&context)?, transfer_id(&body.transfer_id)?)
            .await?;
        Ok(Response::new(proto::GetTransferResponse {
            transfer: Some(convert::transfer(&transfer)),
        }))
    }

    async fn list_transfers(
        &self,
        request: Request<proto::ListTransfersRequest>,
    ) -> Result<Response<proto::ListTransfersResponse>, Status> {
        self.listed(request).await
    }

    async fn list_meetings(
        &self,
        request: Request<proto::ListMeetingsRequest>,
    ) -> Result<Response<proto::ListMeetingsResponse>, Status> {
        self.meetings(request).await
    }
}

/// The authority of a call.
pub(super) fn authority(context: &type_v1::Context) -> Result<AuthorityId, Problem> {
    AuthorityId::new(&context.authority)
        .map_err(|_| Problem::new(Reason::ContextMissing, "the call carries no usable context"))
}
