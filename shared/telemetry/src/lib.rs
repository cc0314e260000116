//! Logs, traces and metrics of a process.
//!
//! One process may hold several services (`baton all`): the resource names the process (`service.name`), and
//! every span and metric of a call names the service it belongs to (`baton.service`).
//!
//! Without an OTLP endpoint nothing is recorded or sent, but every call has a trace id, since the journal keeps
//! one with each event; `/metrics` works all the same.
//! Nothing here may show personal data: a panic is logged with its place and without its text.

mod config;
mod json;
mod metrics;
mod setup;
#[cfg(test)]
mod tests;

pub use config::{LogFormat, TelemetryConfig};
pub use metrics::router;
pub use setup::{Guard, init};
