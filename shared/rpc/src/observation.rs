//! What is seen of a call from outside: its span, its duration, its answer.

mod body;

use std::any::Any;
use std::time::Instant;

use baton_contracts::call_of;
use http::Response;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use opentelemetry_semantic_conventions::{attribute, metric};
use tonic::body::Body;
use tonic::{Code, Status};
use tracing::Span;

use self::body::FollowedBody;
use crate::{Problem, Reason};

/// What telemetry calls a method that the contracts do not have: its name is the caller's to choose.
const OTHER: &str = "_OTHER";
/// Methods of ours that are not in the contracts.
const INFRASTRUCTURE: &[&str] = &[
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];
/// The service on whose side a call is observed, since several run in one process.
const SERVICE: &str = "baton.service";

/// The name of a method for telemetry.
pub(crate) fn method_name(path: &str) -> &'static str {
    if let Some(call) = call_of(path) {
        return call.name();
    }
    let known = INFRASTRUCTURE.iter().find(|known| **known == path);
    known.map_or(OTHER, |known| known.trim_start_matches('/'))
}

/// Whether health and reflection ask: they are answered under any load.
pub(crate) fn is_infrastructure(path: &str) -> bool {
    INFRASTRUCTURE.contains(&path)
}

/// On which side of a call we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    Client,
}

/// Measures the calls of one side.
#[derive(Debug, Clone)]
pub(crate) struct Observer {
    side: Side,
    service: &'static str,
    durations: Histogram<f64>,
}

impl Observer {
    /// Observes what `service` serves, or what is called through a connection to it.
    pub(crate) fn new(side: Side, service: &'static str) -> Self {
        let name = match side {
            Side::Server => metric::RPC_SERVER_CALL_DURATION,
            Side::Client => metric::RPC_CLIENT_CALL_DURATION,
        };
        let durations = opentelemetry::global::meter("baton-rpc")
            .f64_histogram(name)
            .with_unit("s")
            .build();
        Self {
            side,
            service,
            durations,
        }
    }

    /// Begins a call.
    pub(crate) fn begin(&self, path: &str) -> Observation {
        let method = method_name(path);
        let span = match self.side {
            Side::Server => tracing::info_span!(
                "rpc.server",
                otel.name = method,
                otel.kind = "server",
                otel.status_code = tracing::field::Empty,
                { attribute::RPC_SYSTEM_NAME } = "grpc",
                { attribute::RPC_METHOD } = method,
                { attribute::RPC_RESPONSE_STATUS_CODE } = tracing::field::Empty,
                { SERVICE } = self.service,
            ),
            Side::Client => tracing::info_span!(
                "rpc.client",
                otel.name = method,
                otel.kind = "client",
                otel.status_code = tracing::field::Empty,
                { attribute::RPC_SYSTEM_NAME } = "grpc",
                { attribute::RPC_METHOD } = method,
                { attribute::RPC_RESPONSE_STATUS_CODE } = tracing::field::Empty,
                { attribute::SERVER_ADDRESS } = self.service,
            ),
        };
        Observation {
            observer: self.clone(),
            method,
            span,
            started: Instant::now(),
            finished: false,
        }
    }
}

/// A call under way. Dropped before it is finished, the call was cancelled.
#[derive(Debug)]
pub(crate) struct Observation {
    observer: Observer,
    method: &'static str,
    span: Span,
    started: Instant,
    finished: bool,
}

impl Observation {
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Follows a response to its end, where gRPC says how it went, and ends it at the deadline.
    pub(crate) fn follow(
        mut self,
        response: Response<Body>,
        deadline: Option<tokio::time::Instant>,
    ) -> Response<Body> {
        if let Some(status) = Status::from_header_map(response.headers()) {
            self.finish(status.code());
            return response;
        }
        response.map(|inner| Body::new(FollowedBody::new(inner, self, deadline)))
    }

    fn finish(&mut self, code: Code) {
        if self.finished {
            return;
        }
        self.finished = true;
        let name = code_name(code);
        self.span.record(attribute::RPC_RESPONSE_STATUS_CODE, name);
        if is_error(self.observer.side, code) {
            self.span.record("otel.status_code", "ERROR");
        }
        let side = match self.observer.side {
            Side::Server => SERVICE,
            Side::Client => attribute::SERVER_ADDRESS,
        };
        self.observer.durations.record(
            self.started.elapsed().as_secs_f64(),
            &[
                KeyValue::new(attribute::RPC_SYSTEM_NAME, "grpc"),
                KeyValue::new(attribute::RPC_METHOD, self.method),
                KeyValue::new(attribute::RPC_RESPONSE_STATUS_CODE, name),
                KeyValue::new(side, self.observer.service),
            ],
        );
        if self.observer.side == Side::Server && code == Code::Ok {
            replied(self.observer.service, self.method);
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.finish(Code::Cancelled);
    }
}

/// Passes the kill point of an answer that has left.
#[cfg(not(feature = "kill-points"))]
const fn replied(_service: &'static str, _method: &'static str) {}

/// Passes the kill point of an answer that has left, a little later: the transport has yet to write it.
#[cfg(feature = "kill-points")]
fn replied(service: &'static str, method: &'static str) {
    const WRITTEN_BY: std::time::Duration = std::time::Duration::from_millis(20);
    tokio::spawn(async move {
        tokio::time::sleep(WRITTEN_BY).await;
        baton_store::kill::point(baton_store::kill::Stage::AfterReply, service, method);
    });
}

/// Logs a panic, without its text, which may quote data, and answers `INTERNAL`.
pub(crate) fn panicked(method: &'static str, _panic: &(dyn Any + Send)) -> Problem {
    tracing::error!({ attribute::RPC_METHOD } = method, "a handler panicked");
    Problem::internal()
}

/// The answer when time is up.
pub(crate) fn deadline_passed() -> Problem {
    Problem::new(Reason::DeadlinePassed, "the deadline of the call passed")
}

fn is_error(side: Side, code: Code) -> bool {
    match side {
        Side::Client => code != Code::Ok,
        Side::Server => matches!(
            code,
            Code::Unknown
                | Code::DeadlineExceeded
                | Code::Unimplemented
                | Code::Internal
                | Code::Unavailable
                | Code::DataLoss
        ),
    }
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
