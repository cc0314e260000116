//! The page that Prometheus reads.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus::{Registry, TextEncoder};

/// `/metrics`, for a port of its own.
pub fn router(registry: Registry) -> Router {
    Router::new().route("/metrics", get(move || std::future::ready(page(&registry))))
}

fn page(registry: &Registry) -> Response {
    match TextEncoder::new().encode_to_string(&registry.gather()) {
        Ok(text) => (
            StatusCode::OK,
            [(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)],
            text,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(error = %error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
