//! Calls over TCP.

use std::convert::Infallible;
use std::error::Error as _;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use tonic::Status;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tower::{Service, ServiceExt as _};

use crate::observation::deadline_passed;
use crate::{Problem, Reason};

/// How a connection is made and kept.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How often a silent peer is asked whether it is there.
    pub keepalive_interval: Duration,
    /// How long it has to answer.
    pub keepalive_timeout: Duration,
    /// The largest header list, in bytes: error details travel in trailers.
    pub header_list_bytes_max: u32,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            keepalive_interval: Duration::from_secs(20),
            keepalive_timeout: Duration::from_secs(10),
            header_list_bytes_max: 256 * 1024,
        }
    }
}

/// An address that is none.
#[derive(Debug, thiserror::Error)]
#[error("{address} is not an address: http://host:port is expected")]
pub struct InvalidAddress {
    address: String,
    source: tonic::transport::Error,
}

/// A channel that tries once more on a connection that was found dead.
#[derive(Debug, Clone)]
pub(super) struct Tcp(Channel);

impl Tcp {
    pub(super) fn new(address: &str, config: &ClientConfig) -> Result<Self, InvalidAddress> {
        const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
        const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
        let endpoint =
            Endpoint::from_shared(address.to_owned()).map_err(|source| InvalidAddress {
                address: address.to_owned(),
                source,
            })?;
        let channel = endpoint
            .tcp_nodelay(true)
            .connect_timeout(config.connect_timeout)
            .http2_keep_alive_interval(config.keepalive_interval)
            .keep_alive_timeout(config.keepalive_timeout)
            .keep_alive_while_idle(true)
            .http2_max_header_list_size(config.header_list_bytes_max)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .connect_lazy();
        Ok(Self(channel))
    }
}

impl Service<Request<Body>> for Tcp {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The channel is made ready for each attempt by itself.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let channel = self.0.clone();
        Box::pin(async move { Ok(send(channel, request).await) })
    }
}

async fn send(channel: Channel, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // Every request of the contracts is one message, which is kept for a second attempt.
    let bytes = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(status) => return status.into_http(),
    };
    let attempt = |bytes: Bytes| {
        let request = Request::from_parts(parts.clone(), Body::new(Full::new(bytes)));
        channel.clone().oneshot(request)
    };
    let failure = match attempt(bytes.clone()).await {
        Ok(response) => return response,
        Err(failure) => failure,
    };
    if !never_left(&failure) {
        return unreachable(&failure);
    }
    match attempt(bytes).await {
        Ok(response) => response,
        Err(failure) => unreachable(&failure),
    }
}

/// The connection was gone before the request was written: the first call after a partition meets this.
fn never_left(failure: &tonic::transport::Error) -> bool {
    find::<hyper::Error>(failure).is_some_and(hyper::Error::is_canceled)
}

fn unreachable(failure: &tonic::transport::Error) -> Response<Body> {
    let problem = if find::<tonic::TimeoutExpired>(failure).is_some() {
        deadline_passed()
    } else {
        Problem::new(Reason::ServiceUnreachable, "the service cannot be reached")
    };
    Status::from(problem).into_http()
}

fn find<T: std::error::Error + 'static>(failure: &tonic::transport::Error) -> Option<&T> {
    let mut source = failure.source();
    while let Some(error) = source {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        source = error.source();
    }
    None
}
