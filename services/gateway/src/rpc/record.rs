//! Reports of record systems.

use baton_contracts::gateway::v1::record_service_server::RecordService;
use baton_contracts::gateway::v1::{
    GetReceiptRequest, GetReceiptResponse, RecordEventsRequest, RecordEventsResponse,
};
use baton_contracts::type_v1::PrincipalKind;
use baton_rpc::{Problem, Reason, time_left};
use tokio::time::Instant;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::Handlers;
use crate::app::Reporter;

/// The most events of one call.
const EVENTS_MAX: usize = 200;

#[tonic::async_trait]
impl RecordService for Handlers {
    async fn record_events(
        &self,
        request: Request<RecordEventsRequest>,
    ) -> Result<Response<RecordEventsResponse>, Status> {
        let (metadata, _, body) = request.into_parts();
        let identity = self.identities.claimed(&metadata)?;
        if identity.kind != PrincipalKind::RecordSystem {
            return Err(Problem::new(
                Reason::RoleNotAllowed,
                "only a record system reports events",
            )
            .into());
        }
        // The events are checked one by one: one that cannot be understood does not keep the others out.
        if body.events.is_empty() || body.events.len() > EVENTS_MAX {
            return Err(Problem::invalid("events", "must be between 1 and 200").into());
        }
        // An answer that says "in progress" is better than none: a tenth of the time is kept for it.
        let patience =
            time_left().map_or(self.record_wait, |left| self.record_wait.min(left * 9 / 10));
        let reporter = Reporter {
            authority: identity.authority.as_str().to_owned(),
            system: identity.principal,
            takes_over: false,
        };
        let receipts = self
            .app
            .record(&reporter, body.events, Instant::now() + patience)
            .await?;
        Ok(Response::new(RecordEventsResponse { receipts }))
    }

    async fn get_receipt(
        &self,
        request: Request<GetReceiptRequest>,
    ) -> Result<Response<GetReceiptResponse>, Status> {
        let (context, body) = self.admit(request).await?;
        let id = Uuid::try_parse(&body.report_id)
            .map_err(|_| Problem::invalid("report_id", "must be an id"))?;
        let receipt = self.app.receipt(&context.authority, id).await?;
        Ok(Response::new(GetReceiptResponse {
            receipt: Some(receipt),
        }))
    }
}
