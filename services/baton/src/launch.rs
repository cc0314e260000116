//! Starting services, and stopping them in order.

mod embedded;
mod folder;
mod services;
mod single;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use baton_clock::BusinessClock;
use baton_protocol_files::Library;
use baton_store::Store;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use embedded::{Embedded, EmbeddedConfig};
pub(crate) use folder::{database_url, databases};
pub(crate) use single::one;

use crate::Config;

/// Why Baton cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("the data folder: {0}")]
    Folder(String),
    /// A database cannot be opened.
    #[error("the database of {service}")]
    Store {
        /// Whose.
        service: &'static str,
        /// Why.
        source: baton_store::StoreError,
    },
    /// A service cannot start.
    #[error("{service} cannot start")]
    Service {
        /// Which.
        service: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StartError {
    fn service<E: std::error::Error + Send + Sync + 'static>(
        service: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |error| Self::Service {
            service,
            source: Box::new(error),
        }
    }
}

/// Runs every service in one process until it is told to stop.
pub async fn all(
    config: Config,
    data: &Path,
    simulated_from: Option<Timestamp>,
) -> anyhow::Result<()> {
    let began = Instant::now();
    let telemetry =
        baton_telemetry::init("baton", &config.telemetry).context("starting telemetry")?;
    let clock = simulated_from.map_or_else(BusinessClock::system, BusinessClock::simulated);
    let library = library(&config)?;
    let listener = listen(&config.server.listen).await?;
    let address = listener.local_addr()?;
    let metrics = metrics(&config, telemetry.metrics()).await?;

    let settings = EmbeddedConfig {
        config: config.clone(),
        library,
        clock,
    };
    let embedded = Embedded::start(data, settings).await?;
    tracing::info!(
        %address, data = %data.display(), simulated = simulated_from.is_some(),
        ready_ms = began.elapsed().as_millis(), "every service is ready"
    );
    if config.telemetry.log_format == baton_telemetry::LogFormat::Pretty {
        eprintln!("Baton listens on {address}, data in {}", data.display());
    }

    let served = baton_rpc::serve_telling(
        listener,
        embedded.door(),
        config.server.of("gateway"),
        embedded.health(),
        told_to_stop(),
    )
    .await;
    embedded.stop().await;
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    telemetry.shutdown().await;
    Ok(served?)
}

/// The authorities' protocols: those in the binary, or those of the configured folder.
pub(crate) fn library(config: &Config) -> anyhow::Result<Arc<Library>> {
    let library = if config.protocol.folder.is_empty() {
        Library::embedded()
    } else {
        Library::load_dir(Path::new(&config.protocol.folder))
    };
    library
        .map(Arc::new)
        .context("the protocols cannot be used")
}

async fn listen(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("listening on {address}"))
}

/// Serves `/metrics`, where it is asked for.
async fn metrics(config: &Config, pages: axum::Router) -> anyhow::Result<Option<JoinHandle<()>>> {
    if config.server.metrics.is_empty() {
        return Ok(None);
    }
    let listener = listen(&config.server.metrics).await?;
    Ok(Some(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, pages).await {
            tracing::error!(%error, "the metrics are no longer served");
        }
    })))
}

/// Takes away what a service's database need not keep.
fn retention(config: &Config, store: &Store, shutdown: &CancellationToken) -> JoinHandle<()> {
    let (store, keep, shutdown) = (store.clone(), config.retention.clone(), shutdown.clone());
    tokio::spawn(async move { store.run_retention(keep, shutdown).await })
}

/// Waits for SIGTERM or SIGINT.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        // Without a handler for SIGTERM the process ends by it, and starts again as after a crash.
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
    tracing::info!("told to stop");
}

/// Ends background tasks and waits for them.
async fn end(shutdown: &CancellationToken, tasks: Vec<JoinHandle<()>>) {
    shutdown.cancel();
    for task in tasks {
        if let Err(error) = task.await
            && error.is_panic()
        {
            tracing::error!("a background task panicked");
        }
    }
}
