//! What the gateway's reactions ask.

use baton_contracts::notification::v1 as wire;
use baton_contracts::notification::v1::notification_reaction_service_server::NotificationReactionService;
use baton_ids::WorkerId;
use baton_rpc::{Problem, Violations, prepare, request_key};
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context, parse};

const ADDRESS_NOTICE: &str = "baton.notification.v1.NotificationReactionService/AddressNotice";

#[tonic::async_trait]
impl NotificationReactionService for Handlers {
    async fn address_notice(
        &self,
        request: Request<wire::AddressNoticeRequest>,
    ) -> Result<Response<wire::AddressNoticeResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let notice = parse::id("notice_id", &body.notice_id, &mut violations);
        for (index, worker) in body.worker_ids.iter().enumerate() {
            violations.parse(&format!("worker_ids[{index}]"), WorkerId::new(worker));
        }
        violations.into_result()?;
        let notice = notice.ok_or_else(Problem::internal)?;

        let key = request_key(&wire_context, ADDRESS_NOTICE, &body.request_id, &body);
        let response = self
            .app
            .address(key, notice, body.worker_ids, ctx, answer::addressed)
            .await?;
        Ok(Response::new(response))
    }

    async fn locate_notice(
        &self,
        request: Request<wire::LocateNoticeRequest>,
    ) -> Result<Response<wire::LocateNoticeResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = body
            .notice_id
            .parse()
            .map_err(|_| Problem::not_found("notice", &body.notice_id))?;

        let notice = self.app.notice(&authority, id).await?;
        Ok(Response::new(wire::LocateNoticeResponse {
            child_id: notice
                .about
                .child
                .map(|id| id.to_string())
                .unwrap_or_default(),
            case_id: notice
                .about
                .case
                .map(|id| id.to_string())
                .unwrap_or_default(),
        }))
    }
}
