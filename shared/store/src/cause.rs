//! What comes later than its cause is a trace of its own, linked to it: no span stays open for days.

use std::collections::HashMap;

use opentelemetry::trace::TraceContextExt as _;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Links a span to what caused it, by the W3C trace context that was stored with the cause. One that is none links
/// nothing.
pub fn link_to_cause(span: &Span, traceparent: &str) {
    let carrier = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    let cause =
        opentelemetry::global::get_text_map_propagator(|propagator| propagator.extract(&carrier));
    let cause = cause.span().span_context().clone();
    if cause.is_valid() {
        span.add_link(cause);
    }
}
