//! The layers of a server in one place, so that their order can be read.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use baton_contracts::call_of;
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response, header};
use opentelemetry::propagation::Extractor;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::garbled::told_apart;
use crate::call::{Call, serving, timeout_of, traceparent_of};
use crate::observation::{
    Observer, Side, deadline_passed, is_infrastructure, method_name, panicked,
};
use crate::{Problem, Reason, ServerConfig};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// We answer a little before the transport's own timer, which would answer `CANCELLED`.
const HEAD_START_MAX: Duration = Duration::from_millis(5);

#[derive(Debug, Clone)]
pub(super) struct StackLayer(Arc<Shared>);

impl StackLayer {
    pub(super) fn new(config: &ServerConfig) -> Self {
        Self(Arc::new(Shared {
            observer: Observer::new(Side::Server, config.service),
            permits: Arc::new(Semaphore::new(config.calls_max)),
            deadline_default: config.deadline_default,
        }))
    }
}

impl<S> Layer<S> for StackLayer {
    type Service = Stack<S>;

    fn layer(&self, inner: S) -> Stack<S> {
        Stack {
            shared: Arc::clone(&self.0),
            inner,
        }
    }
}

#[derive(Debug)]
struct Shared {
    observer: Observer,
    permits: Arc<Semaphore>,
    deadline_default: Duration,
}

#[derive(Debug, Clone)]
pub(super) struct Stack<S> {
    shared: Arc<Shared>,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Stack<S>
where
    S: Service<Request<B>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was made ready is the one to call; the clone is for the next request.
        let next = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, next);
        if !is_grpc(request.headers()) {
            return Box::pin(answer(inner, request));
        }
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { shared.serve(inner, request).await })
    }
}

impl Shared {
    async fn serve<S, B, R>(
        &self,
        inner: S,
        request: Request<B>,
    ) -> Result<Response<Body>, Infallible>
    where
        S: Service<Request<B>, Response = Response<R>, Error = Infallible>,
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        // 1. Observation.
        let observation = self.observer.begin(request.uri().path());
        let span = observation.span().clone();
        if !span.is_disabled() {
            let parent = opentelemetry::global::get_text_map_propagator(|propagator| {
                propagator.extract(&Headers(request.headers()))
            });
            // Fails only when the span has begun to be recorded, which it has not.
            let _ = span.set_parent(parent);
        }

        // 2. Deadline.
        let deadline = self.deadline_of(&request);
        let call = Call {
            deadline,
            traceparent: traceparent_of(request.headers()),
        };
        let work = serving(call, self.admit(inner, request)).instrument(span);
        let response = match deadline {
            None => work.await,
            Some(deadline) => match timeout_at(deadline, work).await {
                Ok(response) => response,
                Err(_) => refuse(deadline_passed()),
            },
        };
        Ok(observation.follow(response, deadline))
    }

    /// 3. Admission.
    async fn admit<S, B, R>(&self, inner: S, request: Request<B>) -> Response<Body>
    where
        S: Service<Request<B>, Response = Response<R>, Error = Infallible>,
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let _permit = if is_infrastructure(request.uri().path()) {
            None
        } else {
            match self.permits.try_acquire() {
                Ok(permit) => Some(permit),
                Err(_) => {
                    return refuse(Problem::new(
                        Reason::Overloaded,
                        "too many calls are in hand",
                    ));
                }
            }
        };

        // 4. Panics. A service that panicked is dropped with its request: nothing of it is used again.
        let method = method_name(request.uri().path());
        match AssertUnwindSafe(answer(inner, request))
            .catch_unwind()
            .await
        {
            Ok(Ok(response)) => told_apart(response),
            Err(panic) => refuse(panicked(method, panic.as_ref())),
        }
    }

    fn deadline_of<B>(&self, request: &Request<B>) -> Option<Instant> {
        let streaming = call_of(request.uri().path()).is_none_or(|call| call.streaming);
        let given = match timeout_of(request.headers()) {
            Some(given) => given.saturating_sub((given / 10).min(HEAD_START_MAX)),
            None if streaming => return None,
            None => self.deadline_default,
        };
        Instant::now().checked_add(given)
    }
}

async fn answer<S, B, R>(mut inner: S, request: Request<B>) -> Result<Response<Body>, Infallible>
where
    S: Service<Request<B>, Response = Response<R>, Error = Infallible>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    Ok(inner.call(request).await?.map(Body::new))
}

fn refuse(problem: Problem) -> Response<Body> {
    Status::from(problem).into_http()
}

/// Pages on the same port are no calls.
fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(header::HeaderName::as_str).collect()
    }
}
