//! A collector that keeps what it gets.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// An OTLP endpoint on a free port of this machine that keeps every span it gets. Stops when dropped.
pub struct OtlpSink {
    endpoint: String,
    received: Arc<Received>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Received {
    spans: Mutex<Vec<Span>>,
    arrived: Notify,
}

impl OtlpSink {
    /// Starts to listen.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port");
        let received = Arc::<Received>::default();
        let service = TraceServiceServer::from_arc(Arc::new(Sink(Arc::clone(&received))));
        let server = tokio::spawn(async move {
            let incoming = TcpListenerStream::new(listener);
            let serving = tonic::transport::Server::builder().add_service(service);
            serving
                .serve_with_incoming(incoming)
                .await
                .expect("the sink serves until dropped");
        });
        Self {
            endpoint: format!("http://{address}"),
            received,
            server,
        }
    }

    /// What an exporter is given as its endpoint.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The spans received so far.
    pub fn spans(&self) -> Vec<Span> {
        self.received
            .spans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until what was received satisfies `enough`. Bound the wait with `tokio::time::timeout`.
    pub async fn wait_for(&self, enough: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        loop {
            let arrived = self.received.arrived.notified();
            let spans = self.spans();
            if enough(&spans) {
                return spans;
            }
            arrived.await;
        }
    }
}

impl Drop for OtlpSink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

struct Sink(Arc<Received>);

#[tonic::async_trait]
impl TraceService for Sink {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let spans = request
            .into_inner()
            .resource_spans
            .into_iter()
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans);
        self.0
            .spans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(spans);
        self.0.arrived.notify_waiters();
        Ok(Response::new(ExportTraceServiceResponse {
            partial_success: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
    use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans};

    use super::*;

    #[tokio::test]
    async fn the_sink_keeps_the_spans_it_gets() {
        let sink = OtlpSink::start().await;
        let span = Span {
            name: "app.accept".to_owned(),
            ..Span::default()
        };
        let scope = ScopeSpans {
            spans: vec![span],
            ..ScopeSpans::default()
        };
        let resource = ResourceSpans {
            scope_spans: vec![scope],
            ..ResourceSpans::default()
        };

        let mut client = TraceServiceClient::connect(sink.endpoint().to_owned())
            .await
            .unwrap();
        client
            .export(ExportTraceServiceRequest {
                resource_spans: vec![resource],
            })
            .await
            .unwrap();
        let spans = sink.wait_for(|spans| !spans.is_empty()).await;

        assert_eq!(spans[0].name, "app.accept");
    }
}
