//! The business clock of a service in development: when something is due, and when all is quiet.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_clock::ClockError;
use baton_contracts::event::v1::simulation_service_server::{
    SimulationService, SimulationServiceServer,
};
use baton_contracts::event::v1::{
    GetQuietRequest, GetQuietResponse, NextDueRequest, NextDueResponse, SetClockRequest,
    SetClockResponse,
};
use baton_contracts::{instant, timestamp};
use baton_store::{Store, StoreError};
use futures::future::BoxFuture;
use tonic::{Request, Response, Status};

use crate::{Problem, Reason};

/// What a service still has under way besides what its store knows, one code each.
pub type UnderWay =
    Arc<dyn Fn() -> BoxFuture<'static, Result<Vec<String>, StoreError>> + Send + Sync>;

/// Serves the simulation of one service. Register it only where the configuration allows simulated time.
#[derive(Clone)]
pub struct SimulationServer {
    store: Store,
    under_way: Option<UnderWay>,
}

impl SimulationServer {
    /// The service to register. `under_way` is for a service with work that its store does not know of, as the
    /// gateway's reactions.
    pub fn service(store: Store, under_way: Option<UnderWay>) -> SimulationServiceServer<Self> {
        SimulationServiceServer::new(Self { store, under_way })
    }

    async fn waiting_for(&self, heads: &BTreeMap<String, i64>) -> Result<Vec<String>, StoreError> {
        // In the order in which one leads to the other, so that nothing moves on behind our back: a feed is applied,
        // something comes under way, its events wait to be sealed.
        let mut waiting = self.store.behind(heads).await?;
        if let Some(under_way) = &self.under_way {
            waiting.extend(under_way().await?);
        }
        waiting.extend(self.store.quiet().await?.into_iter().map(str::to_owned));
        Ok(waiting)
    }
}

#[tonic::async_trait]
impl SimulationService for SimulationServer {
    async fn next_due(
        &self,
        _: Request<NextDueRequest>,
    ) -> Result<Response<NextDueResponse>, Status> {
        let due = self.store.next_due().await.map_err(Problem::from)?;
        Ok(Response::new(NextDueResponse {
            due_at: due.map(timestamp),
        }))
    }

    async fn set_clock(
        &self,
        request: Request<SetClockRequest>,
    ) -> Result<Response<SetClockResponse>, Status> {
        let now = request.into_inner().now.and_then(|now| instant(&now).ok());
        let now = now.ok_or_else(|| Problem::invalid("now", "must be an instant"))?;
        let clock = self.store.clock();
        clock.set(now).map_err(|error| match error {
            ClockError::NotSimulated => Problem::new(Reason::MethodUnknown, error.to_string()),
            ClockError::Backwards { .. } => Problem::new(Reason::DateInPast, error.to_string()),
        })?;
        Ok(Response::new(SetClockResponse {
            now: Some(timestamp(clock.now())),
        }))
    }

    async fn get_quiet(
        &self,
        request: Request<GetQuietRequest>,
    ) -> Result<Response<GetQuietResponse>, Status> {
        // Heads first: what is announced while we look is then not taken for applied.
        let heads = self.store.heads().await.map_err(Problem::from)?;
        let waiting_for = self
            .waiting_for(&request.get_ref().heads)
            .await
            .map_err(Problem::from)?;
        Ok(Response::new(GetQuietResponse {
            quiet: waiting_for.is_empty(),
            waiting_for,
            heads,
        }))
    }
}
