//! Moving simulated time.

use baton_contracts::gateway::v1::development_service_server::DevelopmentService;
use baton_contracts::gateway::v1::{
    AdvanceToRequest, AdvanceToResponse, GetClockRequest, GetClockResponse,
};
use baton_contracts::{instant, timestamp};
use baton_rpc::{Problem, Reason};
use tonic::{Request, Response, Status};

use super::Handlers;

#[tonic::async_trait]
impl DevelopmentService for Handlers {
    async fn advance_to(
        &self,
        request: Request<AdvanceToRequest>,
    ) -> Result<Response<AdvanceToResponse>, Status> {
        self.identities.claimed(request.metadata())?;
        let Some(development) = &self.development else {
            return Err(Problem::new(Reason::MethodUnknown, "time is not simulated here").into());
        };
        let to = request
            .into_inner()
            .to
            .and_then(|to| instant(&to).ok())
            .ok_or_else(|| Problem::invalid("to", "must be an instant"))?;
        let (now, stops) = development.advance_to(to).await?;
        Ok(Response::new(AdvanceToResponse {
            now: Some(timestamp(now)),
            stops,
        }))
    }

    async fn get_clock(
        &self,
        request: Request<GetClockRequest>,
    ) -> Result<Response<GetClockResponse>, Status> {
        self.identities.claimed(request.metadata())?;
        let clock = self.app.clock();
        Ok(Response::new(GetClockResponse {
            now: Some(timestamp(clock.now())),
            simulated: clock.is_simulated(),
        }))
    }
}
