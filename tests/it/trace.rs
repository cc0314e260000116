//! One trace through gateway, front door, transfer and ledger; and what a feed or a date sets off later is a trace of its
//! own, linked to its cause.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use baton::story;
use baton_telemetry::{LogFormat, TelemetryConfig};
use baton_testkit::OtlpSink;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;

use crate::ensemble::Ensemble;

/// In Shropshire the conference itself moves the case.
const STORY: &str = "shropshire/moves-at-the-conference.yaml";
const REPORT: &str = "baton.gateway.v1.RecordService/RecordEvents";
const MOVE: &str = "baton.allocation.v1.AllocationReactionService/MoveResponsibility";
const PATIENCE: Duration = Duration::from_secs(30);

/// The one test that sets up the process's telemetry: it can be done only once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_one_trace_through_the_services_and_what_follows_later_is_linked_to_it() {
    let sink = OtlpSink::start().await;
    let config = TelemetryConfig {
        otlp_endpoint: Some(sink.endpoint().to_owned()),
        log_filter: "error".to_owned(),
        log_format: LogFormat::Pretty,
        ..TelemetryConfig::default()
    };
    let loud = std::panic::take_hook();
    let telemetry = baton_telemetry::init("baton", &config).expect("telemetry starts");
    // Telemetry hides the text of a panic, which a test wants to see.
    std::panic::set_hook(loud);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/stories")
        .join(STORY);
    let story = story::read(&std::fs::read_to_string(path).expect("the story")).expect("a story");
    let mut ensemble =
        Ensemble::sqlite(&story::start(&story).expect("a beginning").to_string()).await;
    let performance = story::play(&story, ensemble.door()).await;
    assert!(
        performance.failures.is_empty(),
        "{:?}",
        performance.failures
    );
    ensemble.stop().await;
    telemetry.shutdown().await;
    let spans = tokio::time::timeout(
        PATIENCE,
        sink.wait_for(|spans| spans.iter().any(|span| span.name == MOVE)),
    );
    let spans = spans.await.expect("the spans arrive");

    let traces = by_trace(&spans);
    let the_move = spans
        .iter()
        .find(|span| is_server(span) && span.name == MOVE)
        .expect("the move");
    let trace = &traces[&the_move.trace_id];
    assert!(
        trace
            .iter()
            .any(|span| is_server(span) && span.name == REPORT),
        "the move is not in the report's trace"
    );
    let passed: BTreeSet<String> = trace
        .iter()
        .filter(|span| is_server(span))
        .map(|span| text(span, "baton.service"))
        .collect();
    for name in ["gateway", "front-door", "transfer", "allocation"] {
        assert!(
            passed.contains(name),
            "{name} is not in the trace: {passed:?}"
        );
    }
    let ids: BTreeSet<&Vec<u8>> = trace.iter().map(|span| &span.span_id).collect();
    let orphans: Vec<&str> = trace
        .iter()
        .filter(|span| !span.parent_span_id.is_empty() && !ids.contains(&span.parent_span_id))
        .map(|span| span.name.as_str())
        .collect();
    assert!(
        orphans.is_empty(),
        "spans without their parent: {orphans:?}"
    );

    let linked = linked_to(&the_move.trace_id, &spans);
    let names: BTreeSet<&str> = linked
        .iter()
        .flat_map(|id| &traces[*id])
        .map(|span| span.name.as_str())
        .collect();
    let told = |span: &&&Span| is_server(span) && text(span, "baton.service") == "notification";
    assert!(
        linked
            .iter()
            .any(|id| traces[*id].iter().any(|span| told(&span))),
        "telling people is not linked to the report; linked are {names:?}"
    );
    let by_a_date =
        |span: &&Span| text(span, "db.operation.name") == "deadline" && !span.links.is_empty();
    assert!(
        spans.iter().any(|span| by_a_date(&span)),
        "what a date set off is linked to nothing"
    );
}

/// The traces that lead back to a trace over links.
fn linked_to<'a>(trace: &'a Vec<u8>, spans: &'a [Span]) -> BTreeSet<&'a Vec<u8>> {
    let mut reached = BTreeSet::from([trace]);
    loop {
        let before = reached.len();
        for span in spans {
            if span
                .links
                .iter()
                .any(|link| reached.contains(&link.trace_id))
            {
                reached.insert(&span.trace_id);
            }
        }
        if reached.len() == before {
            reached.remove(trace);
            return reached;
        }
    }
}

fn by_trace(spans: &[Span]) -> BTreeMap<Vec<u8>, Vec<&Span>> {
    let mut traces: BTreeMap<Vec<u8>, Vec<&Span>> = BTreeMap::new();
    for span in spans {
        traces.entry(span.trace_id.clone()).or_default().push(span);
    }
    traces
}

fn is_server(span: &Span) -> bool {
    const SERVER: i32 = 2;
    span.kind == SERVER
}

fn text(span: &Span, key: &str) -> String {
    let found = span
        .attributes
        .iter()
        .find(|attribute| attribute.key == key);
    match found
        .and_then(|attribute| attribute.value.as_ref())
        .and_then(|value| value.value.as_ref())
    {
        Some(Value::StringValue(name)) => name.clone(),
        _ => String::new(),
    }
}
