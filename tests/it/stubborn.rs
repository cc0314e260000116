//! A client that does not give up: it sends the same bytes again until there is an answer.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use baton_contracts::gateway::v1::AdvanceToRequest;
use baton_rpc::Conn;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use jiff::Timestamp;
use prost::Message as _;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Service, ServiceExt as _};

/// A server that is away for longer than this does not come back.
const PATIENCE: Duration = Duration::from_mins(5);
const PAUSE: Duration = Duration::from_millis(25);
const ADVANCE_TO: &str = "/baton.gateway.v1.DevelopmentService/AdvanceTo";

/// What the client has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// The business time to which the last answered `AdvanceTo` went.
    pub clock: Mutex<Option<Timestamp>>,
    /// The server is gone for good.
    pub gone: AtomicBool,
}

/// Wraps a connection.
pub fn stubborn(inner: Conn, seen: Arc<Seen>) -> Conn {
    Conn::new(Stubborn { inner, seen })
}

#[derive(Clone)]
struct Stubborn {
    inner: Conn,
    seen: Arc<Seen>,
}

impl Service<Request<Body>> for Stubborn {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { Ok(this.persist(request).await) })
    }
}

impl Stubborn {
    async fn persist(self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let bytes = body
            .collect()
            .await
            .expect("a request is in memory")
            .to_bytes();
        let began = Instant::now();
        loop {
            let give_up = began.elapsed() > PATIENCE || self.seen.gone.load(Ordering::SeqCst);
            let request = Request::from_parts(parts.clone(), Body::new(Full::new(bytes.clone())));
            let outcome = attempt(self.inner.clone(), request).await;
            match outcome {
                Ok(answer) if !worth_another(answer.code()) || give_up => {
                    if answer.code() == Code::Ok && parts.uri.path() == ADVANCE_TO {
                        self.note_clock(&bytes);
                    }
                    return answer.into_response();
                }
                Err(status) if give_up => return status.into_http(),
                _ => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    fn note_clock(&self, bytes: &Bytes) {
        // After the five bytes of the frame.
        let request = AdvanceToRequest::decode(&bytes[5..]).expect("what we sent");
        let to = request.to.and_then(|to| baton_contracts::instant(&to).ok());
        *self.seen.clock.lock().unwrap() = to;
    }
}

struct Answer {
    head: http::response::Parts,
    data: Bytes,
    trailers: HeaderMap,
}

impl Answer {
    fn code(&self) -> Code {
        let status = Status::from_header_map(&self.trailers)
            .or_else(|| Status::from_header_map(&self.head.headers));
        // An answer without a status was cut off.
        status.map_or(Code::Unavailable, |status| status.code())
    }

    fn into_response(self) -> Response<Body> {
        let trailers = self.trailers;
        let body = Full::new(self.data).with_trailers(async move { Some(Ok(trailers)) });
        Response::from_parts(self.head, Body::new(body.map_err(|never| match never {})))
    }
}

/// One attempt, read to its end. `Err` when the connection broke on the way.
async fn attempt(conn: Conn, request: Request<Body>) -> Result<Answer, Status> {
    let response = conn
        .oneshot(request)
        .await
        .unwrap_or_else(|never| match never {});
    let (head, body) = response.into_parts();
    let collected = body.collect().await?;
    let trailers = collected.trailers().cloned().unwrap_or_default();
    Ok(Answer {
        head,
        data: collected.to_bytes(),
        trailers,
    })
}

/// What a client of a service that is restarted meets. `INTERNAL` is not among it: nothing may answer that.
fn worth_another(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::Cancelled | Code::DeadlineExceeded
    )
}
