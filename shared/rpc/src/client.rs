//! Connections to services: over TCP, or straight into their routes.

mod tcp;

use std::convert::Infallible;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use opentelemetry::propagation::Injector;
use tokio::time::Instant;
use tonic::Status;
use tonic::body::Body;
use tonic::service::Routes;
use tower::Service;
use tower::util::BoxCloneSyncService;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::call::{self, TIMEOUT_HEADER, timeout_of, timeout_text};
use crate::observation::{Observer, Side, deadline_passed};
use crate::{ServerConfig, layered};

pub use tcp::{ClientConfig, InvalidAddress};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A connection to a service: `TransferServiceClient::new(conn)`. Cheap to clone. Never fails as a service:
/// whatever happens is a gRPC status.
///
/// Every call through it carries the trace and what is left of the deadline of the call in hand.
pub type Conn = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Calls bare routes directly, through the same stack as over TCP but without a socket.
pub fn in_process(routes: Routes, config: &ServerConfig) -> Conn {
    Conn::new(Client {
        observer: Observer::new(Side::Client, config.service),
        inner: layered(routes, config),
    })
}

/// A connection to `http://host:port` with the default configuration. `service` is its name in telemetry.
/// Connects at the first call and again whenever the connection is lost. Must be made inside a runtime.
pub fn connect(service: &'static str, address: &str) -> Result<Conn, InvalidAddress> {
    connect_with(service, address, &ClientConfig::default())
}

/// Like [`connect`], with a configuration.
pub fn connect_with(
    service: &'static str,
    address: &str,
    config: &ClientConfig,
) -> Result<Conn, InvalidAddress> {
    Ok(Conn::new(Client {
        observer: Observer::new(Side::Client, service),
        inner: tcp::Tcp::new(address, config)?,
    }))
}

/// Adds trace and deadline to every call, and observes it.
#[derive(Debug, Clone)]
struct Client<S> {
    observer: Observer,
    inner: S,
}

impl<S, R> Service<Request<Body>> for Client<S>
where
    S: Service<Request<Body>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let observation = self.observer.begin(request.uri().path());

        let left = shorter(timeout_of(request.headers()), call::time_left());
        if left.is_some_and(|left| left.is_zero()) {
            let response = Status::from(deadline_passed()).into_http();
            return Box::pin(async move { Ok(observation.follow(response, None)) });
        }
        let span = observation.span().clone();
        pass_on(left, &span, request.headers_mut());
        let deadline = left.and_then(|left| Instant::now().checked_add(left));
        Box::pin(async move {
            let response = inner.call(request).instrument(span).await?;
            Ok(observation.follow(response.map(Body::new), deadline))
        })
    }
}

fn shorter(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn pass_on(left: Option<Duration>, span: &tracing::Span, headers: &mut HeaderMap) {
    if let Some(text) = left
        .map(timeout_text)
        .and_then(|text| HeaderValue::from_str(&text).ok())
    {
        headers.insert(TIMEOUT_HEADER, text);
    }
    opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&span.context(), &mut Headers(headers));
    });
    // Without tracing of our own the caller's trace goes on all the same.
    if !headers.contains_key("traceparent")
        && let Ok(traceparent) = HeaderValue::from_str(&call::traceparent())
    {
        headers.insert("traceparent", traceparent);
    }
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
