//! What a process tells about itself, and to whom.

use serde::Deserialize;

/// Settings of telemetry.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// Where traces and metrics go over OTLP, for instance `http://collector:4317`. None when empty.
    pub otlp_endpoint: Option<String>,
    /// The share of new traces that is recorded, 0 to 1. A trace that a caller began is recorded when the caller does.
    pub sample_ratio: f64,
    /// What is logged, in the notation of `RUST_LOG`.
    pub log_filter: String,
    /// How it is logged.
    pub log_format: LogFormat,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            sample_ratio: 1.0,
            log_filter: "info,sqlx=warn,h2=warn,hyper=warn,tower=warn".to_owned(),
            log_format: LogFormat::Json,
        }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line, with trace and span ids.
    Json,
    /// For people at a terminal.
    Pretty,
}
