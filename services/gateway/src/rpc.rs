//! gRPC in: who asks, parse, one call into the app, convert.

mod development;
mod events;
mod flow;
mod import;
mod journey;
mod record;
mod status;
mod watch;
mod work;

use baton_contracts::Validate;
use baton_contracts::gateway::v1::development_service_server::DevelopmentServiceServer;
use baton_contracts::gateway::v1::events_service_server::EventsServiceServer;
use baton_contracts::gateway::v1::flow_service_server::FlowServiceServer;
use baton_contracts::gateway::v1::import_service_server::ImportServiceServer;
use baton_contracts::gateway::v1::journey_service_server::JourneyServiceServer;
use baton_contracts::gateway::v1::record_service_server::RecordServiceServer;
use baton_contracts::gateway::v1::watch_service_server::WatchServiceServer;
use baton_contracts::gateway::v1::work_service_server::WorkServiceServer;
use baton_contracts::type_v1::Context;
use baton_rpc::{MESSAGE_BYTES_MAX, Violations};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::{Request, Status};

use crate::app::App;
use crate::development::Development;
use crate::door::Identities;

/// The gateway's own services.
#[derive(Clone)]
pub struct Handlers {
    app: App,
    identities: Identities,
    development: Option<Development>,
    shutdown: CancellationToken,
    record_wait: std::time::Duration,
    watch_patience: std::time::Duration,
    import_wait: std::time::Duration,
}

impl Handlers {
    /// With the use cases. `development` only where time may be simulated.
    pub const fn new(
        app: App,
        identities: Identities,
        development: Option<Development>,
        record_wait: std::time::Duration,
        watch_patience: std::time::Duration,
        import_wait: std::time::Duration,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            app,
            identities,
            development,
            shutdown,
            record_wait,
            watch_patience,
            import_wait,
        }
    }

    /// The routes of the gateway's own services.
    pub fn routes(self) -> Routes {
        let mut routes = Routes::builder();
        routes
            .add_service(
                RecordServiceServer::new(self.clone())
                    .max_decoding_message_size(MESSAGE_BYTES_MAX)
                    .max_encoding_message_size(MESSAGE_BYTES_MAX),
            )
            .add_service(
                ImportServiceServer::new(self.clone())
                    .max_decoding_message_size(MESSAGE_BYTES_MAX)
                    .max_encoding_message_size(4 * MESSAGE_BYTES_MAX),
            )
            .add_service(
                JourneyServiceServer::new(self.clone())
                    .max_encoding_message_size(4 * MESSAGE_BYTES_MAX),
            )
            .add_service(WorkServiceServer::new(self.clone()))
            .add_service(
                WatchServiceServer::new(self.clone())
                    .max_encoding_message_size(4 * MESSAGE_BYTES_MAX),
            )
            .add_service(FlowServiceServer::new(self.clone()))
            .add_service(
                EventsServiceServer::new(self.clone())
                    .max_encoding_message_size(4 * MESSAGE_BYTES_MAX),
            );
        if self.development.is_some() {
            routes.add_service(DevelopmentServiceServer::new(self));
        }
        routes.routes()
    }

    /// Who asks, and the sound body of what is asked.
    async fn admit<T: Validate>(&self, request: Request<T>) -> Result<(Context, T), Status> {
        let (metadata, _, body) = request.into_parts();
        let context = self.identities.admitted(&metadata).await?;
        let mut violations = Violations::default();
        violations.check(&body);
        violations.into_result()?;
        Ok((context, body))
    }
}
