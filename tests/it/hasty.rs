//! A client that cancels: it gives a call up at one point of its execution after the other, and asks again each time.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use baton_contracts::r#type::v1::CallKind;
use baton_contracts::{Call, call_of};
use baton_rpc::Conn;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt as _, pin_mut};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use tonic::body::Body;
use tower::{Service, ServiceExt as _};

/// Points of progress: the call is dropped after it was polled this often.
const POLLS: usize = 10;
/// Points in time: the call is dropped this often, each time a little later.
const DELAYS: u32 = 10;
const DELAY: Duration = Duration::from_micros(300);
/// A query changes nothing: after so many of a kind it is believed.
const QUERIES_MAX: usize = 2;

/// What was cancelled.
#[derive(Debug, Default)]
pub struct Cancelled {
    by_path: Mutex<HashMap<&'static str, usize>>,
    unanswered: AtomicUsize,
}

impl Cancelled {
    /// The methods that were called, with how many calls of each were cancelled at twenty points.
    pub fn methods(&self) -> HashMap<&'static str, usize> {
        self.by_path.lock().unwrap().clone()
    }

    /// How many times a call was dropped before it had answered.
    pub fn unanswered(&self) -> usize {
        self.unanswered.load(Ordering::Relaxed)
    }
}

/// Wraps a connection.
pub fn hasty(inner: Conn, cancelled: Arc<Cancelled>) -> Conn {
    Conn::new(Hasty { inner, cancelled })
}

#[derive(Clone)]
struct Hasty {
    inner: Conn,
    cancelled: Arc<Cancelled>,
}

impl Service<Request<Body>> for Hasty {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let this = self.clone();
        match call_of(request.uri().path()).filter(|call| this.wants(call)) {
            Some(_) => Box::pin(this.cancel_and_call(request)),
            None => this.inner.oneshot(request).boxed(),
        }
    }
}

impl Hasty {
    fn wants(&self, call: &'static Call) -> bool {
        let development = ["SimulationService", "DevelopmentService"]
            .iter()
            .any(|name| call.service().ends_with(name));
        if call.streaming || development {
            return false;
        }
        let mut by_path = self.cancelled.by_path.lock().unwrap();
        let count = by_path.entry(call.name()).or_default();
        let reads = call.kind == CallKind::Query || call.method().starts_with("Get");
        if reads && *count >= QUERIES_MAX {
            return false;
        }
        *count += 1;
        true
    }

    async fn cancel_and_call(self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let (parts, body) = request.into_parts();
        let bytes = body
            .collect()
            .await
            .expect("a request is in memory")
            .to_bytes();
        let again = |bytes: &Bytes| {
            let request = Request::from_parts(parts.clone(), Body::new(Full::new(bytes.clone())));
            read_to_the_end(self.inner.clone(), request)
        };
        for polls in 1..=POLLS {
            self.note(polled(again(&bytes), polls).await);
        }
        for delay in 1..=DELAYS {
            self.note(
                tokio::time::timeout(DELAY * delay, again(&bytes))
                    .await
                    .is_ok(),
            );
        }
        let request = Request::from_parts(parts.clone(), Body::new(Full::new(bytes)));
        self.inner.clone().oneshot(request).await
    }

    fn note(&self, answered: bool) {
        if !answered {
            self.cancelled.unanswered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn read_to_the_end(conn: Conn, request: Request<Body>) {
    let response = conn
        .oneshot(request)
        .await
        .unwrap_or_else(|never| match never {});
    let _ = response.into_body().collect().await;
}

/// Polls a future so often, then drops it. Whether it had come to its end.
async fn polled(future: impl Future<Output = ()>, times: usize) -> bool {
    pin_mut!(future);
    let mut polls = 0;
    poll_fn(|cx| {
        polls += 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if polls >= times => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
