//! Starting and stopping telemetry.

use anyhow::Context as _;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use opentelemetry_semantic_conventions::attribute;
use prometheus::Registry;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use crate::json::JsonLine;
use crate::{LogFormat, TelemetryConfig};

/// Keeps telemetry going. Call [`Guard::shutdown`] before the runtime ends, or the last spans are lost.
#[derive(Debug)]
pub struct Guard {
    tracer: SdkTracerProvider,
    meter: SdkMeterProvider,
    registry: Registry,
}

impl Guard {
    /// The `/metrics` page.
    pub fn metrics(&self) -> axum::Router {
        crate::router(self.registry.clone())
    }

    /// Sends what is left and stops. Needs the runtime in which [`init`] was called.
    pub async fn shutdown(self) {
        // The providers wait for their exporters, which need this runtime's threads: never block one here.
        let stopped =
            tokio::task::spawn_blocking(move || (self.tracer.shutdown(), self.meter.shutdown()))
                .await;
        if let Ok((traces, metrics)) = stopped {
            for error in [traces.err(), metrics.err()].into_iter().flatten() {
                tracing::warn!(error = %error, "telemetry did not stop cleanly");
            }
        }
    }
}

/// Sets up logs, traces and metrics for the process: once, first thing, inside the runtime. `process` is its
/// `service.name`: `baton` for all services in one, else `baton-<service>`.
pub fn init(process: &'static str, config: &TelemetryConfig) -> anyhow::Result<Guard> {
    let resource = Resource::builder()
        .with_service_name(process)
        .with_attribute(KeyValue::new(
            attribute::SERVICE_VERSION,
            env!("CARGO_PKG_VERSION"),
        ))
        .build();
    // The default propagator does nothing.
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());

    let registry = Registry::new();
    let meter = meter_provider(config, resource.clone(), &registry)?;
    opentelemetry::global::set_meter_provider(meter.clone());
    let tracer = tracer_provider(config, resource)?;
    opentelemetry::global::set_tracer_provider(tracer.clone());

    let detail = if config.otlp_endpoint.is_some() {
        Detail::Everything
    } else {
        Detail::Calls
    };
    let filter = EnvFilter::try_new(&config.log_filter).context("log_filter")?;
    let filter = filter.and(filter_fn(move |span| detail.shows(span)));
    tracing_subscriber::registry()
        .with(log_layer(config.log_format).with_filter(filter))
        .with(trace_layer(&tracer, detail))
        .try_init()
        .context("a subscriber is set already")?;
    log_panics_without_text();
    Ok(Guard {
        tracer,
        meter,
        registry,
    })
}

/// Which spans there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All of ours: somebody looks at them.
    Everything,
    /// Those that carry a trace on, of calls and of what a cause sets off. A flow has some hundred others, of statements
    /// and commands, which nobody sees without an endpoint.
    Calls,
}

impl Detail {
    fn shows(self, what: &Metadata<'_>) -> bool {
        let within = ["db.", "app."]
            .iter()
            .any(|layer| what.name().starts_with(layer));
        self == Self::Everything || !what.is_span() || !within
    }
}

/// Without an endpoint there are trace ids all the same: every record of the journal carries one.
fn tracer_provider(
    config: &TelemetryConfig,
    resource: Resource,
) -> anyhow::Result<SdkTracerProvider> {
    let builder = SdkTracerProvider::builder().with_resource(resource);
    let Some(endpoint) = &config.otlp_endpoint else {
        return Ok(builder.with_sampler(Sampler::AlwaysOff).build());
    };
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .context("otlp_endpoint")?;
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample_ratio)));
    Ok(builder
        .with_sampler(sampler)
        .with_batch_exporter(exporter)
        .build())
}

fn meter_provider(
    config: &TelemetryConfig,
    resource: Resource,
    registry: &Registry,
) -> anyhow::Result<SdkMeterProvider> {
    let page = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .context("metrics")?;
    let mut builder = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(page);
    if let Some(endpoint) = &config.otlp_endpoint {
        let exporter = MetricExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .build()
            .context("otlp_endpoint")?;
        builder = builder.with_reader(PeriodicReader::builder(exporter).build());
    }
    Ok(builder.build())
}

fn log_layer<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Json => layer.event_format(JsonLine).boxed(),
        LogFormat::Pretty => layer.boxed(),
    }
}

pub(crate) fn trace_layer<S>(
    provider: &SdkTracerProvider,
    detail: Detail,
) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    // The exporter's own calls must not be traced: each would be exported by another.
    let ours = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("opentelemetry", LevelFilter::OFF)
        .with_target("h2", LevelFilter::OFF)
        .with_target("hyper", LevelFilter::OFF)
        .with_target("tonic", LevelFilter::OFF)
        .with_target("tower", LevelFilter::OFF)
        .with_target("sqlx", LevelFilter::OFF);
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("baton"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(ours.and(filter_fn(move |span| detail.shows(span))))
}

/// The text of a panic may quote data.
fn log_panics_without_text() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(panic.location = place, "a thread panicked");
    }));
}
