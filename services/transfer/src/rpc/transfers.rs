//! `TransferService`: what people and record systems ask and report. One method, one call into the app.

use baton_contracts::transfer::v1 as proto;
use baton_contracts::transfer::v1::transfer_service_server::TransferService;
use baton_contracts::{Validate, type_v1};
use baton_ids::AuthorityId;
use baton_rpc::{Problem, Reason, prepare};
use prost::Message;
use tonic::{Request, Response, Status};

use super::{Answer, Envelope, convert, holds, parse, transfer_id};
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
        self.act(request, "NameReceivingWorker", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::NameReceivingWorkerResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn name_receiving_team(
        &self,
        request: Request<proto::NameReceivingTeamRequest>,
    ) -> Result<Response<proto::NameReceivingTeamResponse>, Status> {
        self.act(request, "NameReceivingTeam", |outcome| {
            let answer = Answer::from(outcome);
            proto::NameReceivingTeamResponse {
                transfer: answer.transfer,
                as_of: answer.as_of,
                explanation: answer.explanation,
            }
        })
        .await
    }

    async fn complete_item(
        &self,
        request: Request<proto::CompleteItemRequest>,
    ) -> Result<Response<proto::CompleteItemResponse>, Status> {
        self.act(request, "CompleteItem", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::CompleteItemResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn sign_item(
        &self,
        request: Request<proto::SignItemRequest>,
    ) -> Result<Response<proto::SignItemResponse>, Status> {
        self.act(request, "SignItem", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::SignItemResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn review_audit(
        &self,
        request: Request<proto::ReviewAuditRequest>,
    ) -> Result<Response<proto::ReviewAuditResponse>, Status> {
        self.act(request, "ReviewAudit", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::ReviewAuditResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn waive_item(
        &self,
        request: Request<proto::WaiveItemRequest>,
    ) -> Result<Response<proto::WaiveItemResponse>, Status> {
        self.act(request, "WaiveItem", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::WaiveItemResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn record_meeting(
        &self,
        request: Request<proto::RecordMeetingRequest>,
    ) -> Result<Response<proto::RecordMeetingResponse>, Status> {
        self.act(request, "RecordMeeting", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::RecordMeetingResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn agree_date(
        &self,
        request: Request<proto::AgreeDateRequest>,
    ) -> Result<Response<proto::AgreeDateResponse>, Status> {
        self.act(request, "AgreeDate", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::AgreeDateResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn complete_transfer(
        &self,
        request: Request<proto::CompleteTransferRequest>,
    ) -> Result<Response<proto::CompleteTransferResponse>, Status> {
        self.act(request, "CompleteTransfer", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::CompleteTransferResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn return_transfer(
        &self,
        request: Request<proto::ReturnTransferRequest>,
    ) -> Result<Response<proto::ReturnTransferResponse>, Status> {
        self.act(request, "ReturnTransfer", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::ReturnTransferResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn withdraw_transfer(
        &self,
        request: Request<proto::WithdrawTransferRequest>,
    ) -> Result<Response<proto::WithdrawTransferResponse>, Status> {
        self.act(request, "WithdrawTransfer", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::WithdrawTransferResponse {
                transfer,
                as_of,
                explanation,
            }
        })
        .await
    }

    async fn explain_departure(
        &self,
        request: Request<proto::ExplainDepartureRequest>,
    ) -> Result<Response<proto::ExplainDepartureResponse>, Status> {
        self.act(request, "ExplainDeparture", |outcome| {
            let Answer {
                transfer,
                as_of,
                explanation,
            } = outcome.into();
            proto::ExplainDepartureResponse {
                transfer,
                as_of,
                explanation,
            }
        })
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
        self.act(request, "DeferTransfer", holds::deferred).await
    }

    async fn review_deferral(
        &self,
        request: Request<proto::ReviewDeferralRequest>,
    ) -> Result<Response<proto::ReviewDeferralResponse>, Status> {
        self.act(request, "ReviewDeferral", holds::deferral_reviewed)
            .await
    }

    async fn raise_dispute(
        &self,
        request: Request<proto::RaiseDisputeRequest>,
    ) -> Result<Response<proto::RaiseDisputeResponse>, Status> {
        self.act(request, "RaiseDispute", holds::dispute_raised)
            .await
    }

    async fn escalate_dispute(
        &self,
        request: Request<proto::EscalateDisputeRequest>,
    ) -> Result<Response<proto::EscalateDisputeResponse>, Status> {
        self.act(request, "EscalateDispute", holds::dispute_escalated)
            .await
    }

    async fn resolve_dispute(
        &self,
        request: Request<proto::ResolveDisputeRequest>,
    ) -> Result<Response<proto::ResolveDisputeResponse>, Status> {
        self.act(request, "ResolveDispute", holds::dispute_resolved)
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
}

/// The authority of a call.
pub(super) fn authority(context: &type_v1::Context) -> Result<AuthorityId, Problem> {
    AuthorityId::new(&context.authority)
        .map_err(|_| Problem::new(Reason::ContextMissing, "the call carries no usable context"))
}
