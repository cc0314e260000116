use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use baton_contracts::event::v1::simulation_service_client::SimulationServiceClient;
use baton_contracts::event::v1::simulation_service_server::{
    SimulationService, SimulationServiceServer,
};
use baton_contracts::event::v1::{
    GetQuietRequest, GetQuietResponse, NextDueRequest, NextDueResponse, SetClockRequest,
    SetClockResponse,
};
use baton_rpc::{Conn, ServerConfig, in_process, traceparent};
use baton_testkit::OtlpSink;
use http_body_util::BodyExt as _;
use opentelemetry::trace::TraceId;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as StatusCodeOf;
use tonic::service::Routes;
use tonic::{Response, Status};
use tower::ServiceExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::json::JsonLine;
use crate::setup::{Detail, trace_layer};
use crate::{LogFormat, TelemetryConfig, init};

/// `NextDue` calls the service behind, if there is one; `GetQuiet` tells the trace.
#[derive(Clone)]
struct Hop(Option<Conn>);

#[tonic::async_trait]
impl SimulationService for Hop {
    async fn next_due(
        &self,
        _: tonic::Request<NextDueRequest>,
    ) -> Result<Response<NextDueResponse>, Status> {
        if let Some(behind) = &self.0 {
            return SimulationServiceClient::new(behind.clone())
                .next_due(NextDueRequest {})
                .await;
        }
        Err(Status::not_found("nothing is due"))
    }

    async fn set_clock(
        &self,
        _: tonic::Request<SetClockRequest>,
    ) -> Result<Response<SetClockResponse>, Status> {
        Err(Status::internal("broken"))
    }

    async fn get_quiet(
        &self,
        _: tonic::Request<GetQuietRequest>,
    ) -> Result<Response<GetQuietResponse>, Status> {
        let told = tokio::spawn(tracing::Instrument::in_current_span(async {
            traceparent()
        }))
        .await;
        let told = told.map_err(|_| Status::internal("no trace"))?;
        Ok(Response::new(GetQuietResponse {
            waiting_for: vec![told],
            ..GetQuietResponse::default()
        }))
    }
}

fn hop(service: &'static str, behind: Option<Conn>) -> Conn {
    in_process(
        Routes::new(SimulationServiceServer::new(Hop(behind))),
        &ServerConfig::new(service),
    )
}

/// The one test that sets up the process's telemetry: it can be done only once.
#[tokio::test(flavor = "multi_thread")]
async fn calls_are_traced_across_services_and_measured() {
    let sink = OtlpSink::start().await;
    let config = TelemetryConfig {
        otlp_endpoint: Some(sink.endpoint().to_owned()),
        log_format: LogFormat::Pretty,
        ..TelemetryConfig::default()
    };
    let guard = init("baton", &config).unwrap();
    let mut client = SimulationServiceClient::new(hop("gateway", Some(hop("transfer", None))));
    let mut request = tonic::Request::new(NextDueRequest {});
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    request.metadata_mut().insert(
        "traceparent",
        format!("00-{trace}-00f067aa0ba902b7-01").parse().unwrap(),
    );

    client.next_due(request).await.unwrap_err();
    client
        .set_clock(SetClockRequest::default())
        .await
        .unwrap_err();
    let told = client
        .get_quiet(GetQuietRequest::default())
        .await
        .unwrap()
        .into_inner();
    let page = guard
        .metrics()
        .oneshot(Request::get("/metrics").body(Body::empty()).unwrap())
        .await
        .unwrap();
    guard.shutdown().await;

    let wanted = |spans: &[_]| spans.len() >= 8;
    let spans = tokio::time::timeout(Duration::from_secs(10), sink.wait_for(wanted))
        .await
        .unwrap();
    let of_method = |method: &str| {
        let name = format!("baton.event.v1.SimulationService/{method}");
        spans
            .iter()
            .filter(|span| span.name == name)
            .cloned()
            .collect::<Vec<_>>()
    };
    let calls = of_method("NextDue");
    assert_eq!(
        calls.len(),
        4,
        "a client's and a server's span for each hop"
    );
    let one_trace = calls.iter().all(|span| span.trace_id == calls[0].trace_id);
    assert!(one_trace, "one call is one trace");
    let roots = calls
        .iter()
        .filter(|span| {
            !calls
                .iter()
                .any(|other| other.span_id == span.parent_span_id)
        })
        .count();
    assert_eq!(roots, 1, "each span hangs on the one before");
    // NOT_FOUND is no fault of the server, INTERNAL is; for a client both are errors.
    assert_eq!(errors_in(&calls), 2);
    assert_eq!(errors_in(&of_method("SetClock")), 2);
    let quiet = of_method("GetQuiet");
    let trace_of_quiet =
        TraceId::from_bytes(quiet[0].trace_id.clone().try_into().unwrap()).to_string();
    assert_eq!(
        told.waiting_for[0].split('-').nth(1),
        Some(trace_of_quiet.as_str()),
        "also in a task of its own"
    );

    assert_eq!(page.status(), StatusCode::OK);
    let page = page.into_body().collect().await.unwrap().to_bytes();
    let page = String::from_utf8(page.to_vec()).unwrap();
    let measured = page.lines().any(|line| {
        line.starts_with("rpc_server_call_duration_seconds_count")
            && line.contains("rpc_method=\"baton.event.v1.SimulationService/NextDue\"")
            && line.contains("rpc_response_status_code=\"NOT_FOUND\"")
            && line.contains("baton_service=\"transfer\"")
            && line.ends_with(" 1")
    });
    assert!(measured, "{page}");
}

#[test]
fn without_an_endpoint_only_what_carries_a_trace_on_has_a_span() {
    let shown = |detail| {
        let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().build();
        let subscriber = tracing_subscriber::registry().with(trace_layer(&provider, detail));
        tracing::subscriber::with_default(subscriber, || {
            [
                tracing::info_span!("rpc"),
                tracing::info_span!("db.case.lock"),
                tracing::info_span!("app.close"),
            ]
            .map(|span| !span.is_disabled())
        })
    };

    assert_eq!(shown(Detail::Everything), [true, true, true]);
    assert_eq!(shown(Detail::Calls), [true, false, false]);
}

fn errors_in(spans: &[Span]) -> usize {
    let is_error = |span: &&Span| {
        span.status
            .as_ref()
            .is_some_and(|status| status.code == StatusCodeOf::Error as i32)
    };
    spans.iter().filter(is_error).count()
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_line_is_one_json_object() {
    let lines = Lines::default();
    let writer = lines.clone();
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(move || writer.clone())
        .event_format(JsonLine);
    let subscriber = tracing_subscriber::registry().with(layer);

    tracing::subscriber::with_default(subscriber, || {
        tracing::warn!(
            case.id = "c\"1",
            attempts = 3_u64,
            late = true,
            "the feed is not available"
        );
    });

    let written = lines.0.lock().unwrap().clone();
    let line: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(line["message"], "the feed is not available");
    assert_eq!(
        (&line["level"], &line["case.id"]),
        (&"WARN".into(), &"c\"1".into())
    );
    assert_eq!(
        (&line["attempts"], &line["late"]),
        (&3.into(), &true.into())
    );
    assert_eq!(written.split_inclusive(|byte| *byte == b'\n').count(), 1);
}

#[test]
fn a_setting_that_is_unknown_is_refused() {
    let parse = serde_json::from_str::<TelemetryConfig>;

    assert_eq!(parse("{}").unwrap(), TelemetryConfig::default());
    assert!(
        parse(r#"{"otlp_endpoin": "http://collector:4317"}"#)
            .unwrap_err()
            .to_string()
            .contains("otlp_endpoint")
    );
}
