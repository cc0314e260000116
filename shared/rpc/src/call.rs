//! What a call in hand passes on to the calls it makes: its deadline and its trace.

use std::time::Duration;

use http::HeaderMap;
use opentelemetry::trace::TraceContextExt as _;
use tokio::time::Instant;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use uuid::Uuid;

/// The header in which gRPC sends a deadline.
pub(crate) const TIMEOUT_HEADER: &str = "grpc-timeout";
const TRACEPARENT: &str = "traceparent";
const TRACEPARENT_LENGTH: usize = 55;

tokio::task_local! {
    static CALL: Call;
}

/// The call that a task serves.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub deadline: Option<Instant>,
    pub traceparent: String,
}

/// Runs a handler as the serving of a call.
pub(crate) async fn serving<F: Future>(call: Call, handler: F) -> F::Output {
    CALL.scope(call, handler).await
}

/// When the call in hand has to be answered. `None` outside a call, in a task of its own, and without a deadline.
pub fn deadline() -> Option<Instant> {
    CALL.try_with(|call| call.deadline).ok().flatten()
}

/// How long the call in hand still has.
pub fn time_left() -> Option<Duration> {
    deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()))
}

/// The W3C trace context to store with what is being recorded. Never empty: without tracing and without a
/// caller's trace it begins one, so that every record can be followed.
pub fn traceparent() -> String {
    current_span()
        .or_else(|| CALL.try_with(|call| call.traceparent.clone()).ok())
        .unwrap_or_else(fresh_traceparent)
}

fn current_span() -> Option<String> {
    let context = tracing::Span::current().context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| {
        format!(
            "00-{}-{}-{:02x}",
            span.trace_id(),
            span.span_id(),
            span.trace_flags().to_u8()
        )
    })
}

/// The caller's trace when it has one, else a new one.
pub(crate) fn traceparent_of(headers: &HeaderMap) -> String {
    headers
        .get(TRACEPARENT)
        .and_then(|value| value.to_str().ok())
        .filter(|text| is_traceparent(text))
        .map_or_else(fresh_traceparent, str::to_owned)
}

fn is_traceparent(text: &str) -> bool {
    text.len() == TRACEPARENT_LENGTH
        && text.bytes().enumerate().all(|(index, byte)| match index {
            2 | 35 | 52 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

fn fresh_traceparent() -> String {
    let span = Uuid::new_v4().simple().to_string();
    format!("00-{}-{}-00", Uuid::new_v4().simple(), &span[..16])
}

/// The deadline that a caller set, from now.
pub(crate) fn timeout_of(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(TIMEOUT_HEADER)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount * 3600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

/// A timeout as gRPC writes it: at most eight digits and a unit.
pub(crate) fn timeout_text(left: Duration) -> String {
    const DIGITS_MAX: u128 = 99_999_999;
    let micros = left.as_micros();
    let millis = left.as_millis();
    if micros <= DIGITS_MAX {
        format!("{micros}u")
    } else if millis <= DIGITS_MAX {
        format!("{millis}m")
    } else {
        format!("{}S", u128::from(left.as_secs()).min(DIGITS_MAX))
    }
}
