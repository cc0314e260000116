//! Parked reactions.

use baton_contracts::gateway::v1::flow_service_server::FlowService;
use baton_contracts::gateway::v1::{
    ListFlowsRequest, ListFlowsResponse, RetryFlowRequest, RetryFlowResponse,
};
use baton_rpc::{Problem, request_key};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::Handlers;
use crate::app::{Page, RetryFlow};

const RETRY_FLOW: &str = "baton.gateway.v1.FlowService/RetryFlow";

#[tonic::async_trait]
impl FlowService for Handlers {
    async fn list_flows(
        &self,
        request: Request<ListFlowsRequest>,
    ) -> Result<Response<ListFlowsResponse>, Status> {
        let (context, body) = self.admit(request).await?;
        let page = Page {
            size: body.page_size,
            token: &body.page_token,
        };
        let response = self
            .app
            .flows(&context.authority, body.parked_only, page)
            .await?;
        Ok(Response::new(response))
    }

    async fn retry_flow(
        &self,
        request: Request<RetryFlowRequest>,
    ) -> Result<Response<RetryFlowResponse>, Status> {
        let (context, body) = self.admit(request).await?;
        let flow_id = Uuid::try_parse(&body.flow_id)
            .map_err(|_| Problem::invalid("flow_id", "must be an id"))?;
        let command = RetryFlow {
            key: request_key(&context, RETRY_FLOW, &body.request_id, &body),
            flow_id,
            reason: body.reason,
            posts: self.app.posts(&context).await?,
            principal: context
                .actor
                .map(|actor| actor.principal)
                .unwrap_or_default(),
        };
        let response = self.app.retry_flow(command).await.map_err(Problem::from)?;
        Ok(Response::new(response))
    }
}
