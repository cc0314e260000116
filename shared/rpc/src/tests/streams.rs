//! A stream is part of its call to the end.

use std::time::Duration;

use baton_contracts::event::v1::feed_service_client::FeedServiceClient;
use baton_contracts::event::v1::feed_service_server::{FeedService, FeedServiceServer};
use baton_contracts::event::v1::{SubscribeRequest, SubscribeResponse};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tonic::service::Routes;
use tonic::{Code, Request, Response, Status};

use crate::{Conn, ServerConfig, in_process};

/// A feed of one batch, after which it does what the authority's name says.
struct Feed;

#[tonic::async_trait]
impl FeedService for Feed {
    type SubscribeStream = BoxStream<'static, Result<SubscribeResponse, Status>>;

    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let first = stream::once(async { Ok(SubscribeResponse::default()) });
        let rest = match request.into_inner().authority.as_str() {
            "panics" => stream::once(async { panic!("on purpose") }).boxed(),
            _ => stream::pending().boxed(),
        };
        Ok(Response::new(first.chain(rest).boxed()))
    }
}

fn client() -> FeedServiceClient<Conn> {
    FeedServiceClient::new(in_process(
        Routes::new(FeedServiceServer::new(Feed)),
        &ServerConfig::new("fake"),
    ))
}

fn of(authority: &str) -> Request<SubscribeRequest> {
    Request::new(SubscribeRequest {
        authority: authority.to_owned(),
        cursor: None,
    })
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_a_stream_that_has_begun() {
    let mut request = of("waits");
    request.set_timeout(Duration::from_secs(3));
    let mut stream = client().subscribe(request).await.unwrap().into_inner();

    assert!(stream.message().await.unwrap().is_some());
    assert_eq!(
        stream.message().await.unwrap_err().code(),
        Code::DeadlineExceeded
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_deadline_has_none() {
    let mut stream = client().subscribe(of("waits")).await.unwrap().into_inner();

    assert!(stream.message().await.unwrap().is_some());
    let next = tokio::time::timeout(Duration::from_hours(24), stream.message()).await;
    assert!(next.is_err(), "the stream ended");
}

#[tokio::test]
async fn a_panic_in_a_stream_is_internal() {
    let mut stream = client().subscribe(of("panics")).await.unwrap().into_inner();

    // The transport may give up the message before the panic: both were asked for in one go.
    let status = match stream.message().await {
        Ok(_) => stream.message().await.unwrap_err(),
        Err(status) => status,
    };
    assert_eq!(status.code(), Code::Internal);
}
