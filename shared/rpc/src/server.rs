//! The stack around a service, and its port.

mod garbled;
mod stack;

use std::future::Future;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::{Health, infrastructure};

/// The largest message, in bytes, both ways. Give it to every generated server and client:
/// `.max_decoding_message_size(MESSAGE_BYTES_MAX).max_encoding_message_size(MESSAGE_BYTES_MAX)`.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How a service is served. Every limit is stated: several of the transport's own defaults are "none".
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// The service, for telemetry: `transfer`.
    pub service: &'static str,
    /// Whether clients reach this port: reflection then lists public services only.
    pub public: bool,
    /// The most calls in hand; more are answered `UNAVAILABLE/OVERLOADED`.
    pub calls_max: usize,
    /// The deadline of a call that names none. Streams have none.
    pub deadline_default: Duration,
    /// The most streams of one connection.
    pub streams_max: u32,
    /// The largest header list, in bytes: the context travels in a header.
    pub header_list_bytes_max: u32,
    /// The most streams that a client has reset and that we have not let go of.
    pub pending_resets_max: usize,
    /// The most streams that we have reset for a client's errors.
    pub error_resets_max: usize,
    /// The age at which a connection is closed, so that replicas behind one address share the load.
    pub connection_age_max: Duration,
    /// How long calls may go on upon a connection that is closed for its age.
    pub connection_age_grace: Duration,
    /// How often a silent peer is asked whether it is there.
    pub keepalive_interval: Duration,
    /// How long it has to answer.
    pub keepalive_timeout: Duration,
    /// How long to go on serving after health says no, until load balancers have noticed.
    pub drain: Duration,
    /// How long calls may go on after that.
    pub grace: Duration,
}

impl ServerConfig {
    /// The defaults, for `service`.
    pub const fn new(service: &'static str) -> Self {
        Self {
            service,
            public: false,
            calls_max: 1024,
            deadline_default: Duration::from_mins(1),
            streams_max: 256,
            header_list_bytes_max: 1024 * 1024,
            pending_resets_max: 32,
            error_resets_max: 256,
            connection_age_max: Duration::from_mins(5),
            connection_age_grace: Duration::from_secs(90),
            keepalive_interval: Duration::from_secs(30),
            keepalive_timeout: Duration::from_secs(10),
            drain: Duration::ZERO,
            grace: Duration::from_secs(10),
        }
    }
}

/// Puts the stack around routes: observation, deadline, admission, panics. See the crate's description.
pub fn layered(routes: Routes, config: &ServerConfig) -> Routes {
    let layer = stack::StackLayer::new(config);
    Routes::from(routes.into_axum_router().layer(layer)).prepare()
}

/// Serves bare routes on a listener with the stack, health and reflection, until `shutdown`; then says so to
/// health, serves on for [`ServerConfig::drain`], and gives calls in hand [`ServerConfig::grace`].
pub async fn serve(
    listener: TcpListener,
    routes: Routes,
    config: ServerConfig,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    serve_telling(listener, routes, config, Health::default(), shutdown).await
}

/// Like [`serve`], with a health that others tell things too.
pub async fn serve_telling(
    listener: TcpListener,
    routes: Routes,
    config: ServerConfig,
    health: Health,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    health.tell_own(config.service, true).await;
    let routes = infrastructure::add(routes, config.public, &health)?;
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let (stop, stopped) = oneshot::channel::<()>();
    let server = builder(&config)
        .add_routes(layered(routes, &config))
        .serve_with_incoming_shutdown(incoming, async move {
            // An error means that we were dropped: stop as well.
            let _ = stopped.await;
        });
    tokio::pin!(server);

    tokio::select! {
        result = &mut server => return Ok(result?),
        () = shutdown => {}
    }
    health.tell_own(config.service, false).await;
    tokio::select! {
        result = &mut server => return Ok(result?),
        () = sleep(config.drain) => {}
    }
    // The server holds the other end until it has returned, which ends this function.
    let _ = stop.send(());
    if let Ok(result) = timeout(config.grace, server).await {
        return Ok(result?);
    }
    tracing::warn!(
        { "baton.service" } = config.service,
        "calls were cut off at shutdown"
    );
    Ok(())
}

/// Why a service could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener or the transport failed.
    #[error("the server failed")]
    Transport(#[from] tonic::transport::Error),
    /// The descriptors for reflection contradict each other.
    #[error("the descriptors cannot be served")]
    Reflection(#[from] tonic_reflection::server::Error),
}

fn builder(config: &ServerConfig) -> Server {
    const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
    const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
    Server::builder()
        .max_concurrent_streams(config.streams_max)
        .http2_max_pending_accept_reset_streams(Some(config.pending_resets_max))
        .http2_max_local_error_reset_streams(Some(config.error_resets_max))
        .http2_max_header_list_size(config.header_list_bytes_max)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_connection_age(config.connection_age_max)
        .max_connection_age_grace(config.connection_age_grace)
        .http2_keepalive_interval(Some(config.keepalive_interval))
        .http2_keepalive_timeout(Some(config.keepalive_timeout))
}
