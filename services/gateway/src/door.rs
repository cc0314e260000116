//! The public door: every public method of every service at one address, unchanged but for the context.
//!
//! Forwarding needs no code for a method: the contracts say what each is about.

mod forward;
mod identity;
mod subject;

use std::convert::Infallible;
use std::task::{Context as Poller, Poll};

use baton_contracts::type_v1::CallKind;
use baton_contracts::{CALLS, Call, call_of};
use baton_rpc::{MESSAGE_BYTES_MAX, Problem, Reason};
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::service::Routes;
use tonic::{Request as Message, Response as Answer, Status};
use tower::Service;

pub use forward::Door;
pub use identity::Identities;

use crate::services::Raw;

/// Adds every public method of the services to the gateway's own routes. Whatever is neither is answered
/// `UNIMPLEMENTED`.
pub fn open(own: Routes, door: &Door) -> Routes {
    let mut router = own.into_axum_router();
    for call in CALLS.iter().filter(|call| is_forwarded(call)) {
        router = router.route_service(
            call.path,
            Forward {
                door: door.clone(),
                call,
            },
        );
    }
    Routes::from(router.fallback_service(Closed))
}

/// Whether the door passes a method on: the gateway's own methods are served here, reactions nowhere.
fn is_forwarded(call: &Call) -> bool {
    let of_gateway = call.service().starts_with("baton.gateway.");
    let of_journal = call.service().starts_with("baton.event.");
    call.kind != CallKind::Reaction && !of_gateway && !of_journal && !call.streaming
}

/// Forwards one method.
#[derive(Clone)]
struct Forward {
    door: Door,
    call: &'static Call,
}

impl NamedService for Forward {
    const NAME: &'static str = "baton.door";
}

impl Service<Request<axum::body::Body>> for Forward {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Poller<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<axum::body::Body>) -> Self::Future {
        let method = Method(self.clone());
        Box::pin(async move {
            let mut grpc = Grpc::new(Raw)
                .max_decoding_message_size(MESSAGE_BYTES_MAX)
                .max_encoding_message_size(MESSAGE_BYTES_MAX);
            Ok(grpc.unary(method, request).await)
        })
    }
}

struct Method(Forward);

impl UnaryService<Bytes> for Method {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Answer<Bytes>, Status>>;

    fn call(&mut self, request: Message<Bytes>) -> Self::Future {
        let Forward { door, call } = self.0.clone();
        Box::pin(async move { door.forward(call, request).await })
    }
}

/// Answers for methods that are not public, and for those that do not exist.
#[derive(Clone)]
struct Closed;

impl Service<Request<axum::body::Body>> for Closed {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Poller<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<axum::body::Body>) -> Self::Future {
        let problem =
            if call_of(request.uri().path()).is_some_and(|call| call.kind == CallKind::Reaction) {
                Problem::new(
                    Reason::MethodInternal,
                    "this method is between the gateway and a service",
                )
            } else {
                Problem::new(Reason::MethodUnknown, "there is no such method")
            };
        std::future::ready(Ok(Status::from(problem).into_http()))
    }
}
