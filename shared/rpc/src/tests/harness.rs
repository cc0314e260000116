//! A service whose one method does what a test says.

use std::future::Future;
use std::sync::Arc;

use baton_contracts::event::v1::simulation_service_client::SimulationServiceClient;
use baton_contracts::event::v1::simulation_service_server::{
    SimulationService, SimulationServiceServer,
};
use baton_contracts::event::v1::{
    GetQuietRequest, GetQuietResponse, NextDueRequest, NextDueResponse, SetClockRequest,
    SetClockResponse,
};
use futures::future::BoxFuture;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::{Conn, ServerConfig, in_process, serve};

type Answer = BoxFuture<'static, Result<GetQuietResponse, Status>>;

/// Answers `GetQuiet` with a closure.
#[derive(Clone)]
pub struct Fake(Arc<dyn Fn(Request<GetQuietRequest>) -> Answer + Send + Sync>);

#[tonic::async_trait]
impl SimulationService for Fake {
    async fn next_due(
        &self,
        _: Request<NextDueRequest>,
    ) -> Result<Response<NextDueResponse>, Status> {
        Ok(Response::new(NextDueResponse::default()))
    }

    async fn set_clock(
        &self,
        _: Request<SetClockRequest>,
    ) -> Result<Response<SetClockResponse>, Status> {
        Ok(Response::new(SetClockResponse::default()))
    }

    async fn get_quiet(
        &self,
        request: Request<GetQuietRequest>,
    ) -> Result<Response<GetQuietResponse>, Status> {
        (self.0)(request).await.map(Response::new)
    }
}

/// The routes of a service that answers `GetQuiet` like this.
pub fn answering<F, A>(answer: F) -> Routes
where
    F: Fn(Request<GetQuietRequest>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<GetQuietResponse, Status>> + Send + 'static,
{
    Routes::new(SimulationServiceServer::new(Fake(Arc::new(
        move |request| Box::pin(answer(request)),
    ))))
}

/// A client of routes, without a socket.
pub fn direct(routes: Routes) -> SimulationServiceClient<Conn> {
    SimulationServiceClient::new(in_process(routes, &ServerConfig::new("fake")))
}

/// An answer that tells one thing.
pub fn telling(what: impl Into<String>) -> GetQuietResponse {
    GetQuietResponse {
        waiting_for: vec![what.into()],
        ..GetQuietResponse::default()
    }
}

/// A server on a free port of this machine. Stops when dropped.
pub struct Served {
    pub address: String,
    pub stop: CancellationToken,
    pub server: AbortOnDropHandle<()>,
}

pub async fn served(routes: Routes, config: ServerConfig) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    served_on(listener, routes, config)
}

pub fn served_on(listener: TcpListener, routes: Routes, config: ServerConfig) -> Served {
    let address = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    let server =
        tokio::spawn(async move { serve(listener, routes, config, stopped).await.unwrap() });
    Served {
        address,
        stop,
        server: AbortOnDropHandle::new(server),
    }
}
