//! Journeys.

use baton_contracts::gateway::v1::journey_service_server::JourneyService;
use baton_contracts::gateway::v1::{GetJourneyRequest, GetJourneyResponse, JourneyEntry};
use baton_rpc::Violations;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::Handlers;
use crate::storage::journey::Of;

#[tonic::async_trait]
impl JourneyService for Handlers {
    async fn get_journey(
        &self,
        request: Request<GetJourneyRequest>,
    ) -> Result<Response<GetJourneyResponse>, Status> {
        let (context, body) = self.admit(request).await?;
        let mut violations = Violations::default();
        let of = match (body.case_id.as_str(), body.child_id.as_str()) {
            ("", "") => {
                violations.add("case_id", "must be given, or the child");
                None
            }
            (case_id, "") => violations
                .parse("case_id", Uuid::try_parse(case_id))
                .map(Of::Case),
            ("", child_id) => violations
                .parse("child_id", Uuid::try_parse(child_id))
                .map(Of::Child),
            _ => {
                violations.add("child_id", "must be empty when the case is given");
                None
            }
        };
        violations.into_result()?;
        let Some(of) = of else {
            return Err(baton_rpc::Problem::internal().into());
        };
        self.app
            .at_least(&context.authority, &body.at_least)
            .await?;
        let (events, waiting_for) = self.app.journey(&context.authority, of).await?;
        let entries = events
            .into_iter()
            .map(|event| JourneyEntry { event: Some(event) })
            .collect();
        Ok(Response::new(GetJourneyResponse {
            entries,
            waiting_for,
        }))
    }
}
