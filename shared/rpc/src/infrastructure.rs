//! What every port offers besides its services: health and reflection.

use baton_contracts::CALLS;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::{Builder, Error};

/// Tells probes whether this process serves.
#[derive(Debug, Clone)]
pub(crate) struct Health(HealthReporter);

impl Health {
    /// Probes are told to look elsewhere from now on.
    pub(crate) async fn not_serving(&self) {
        self.0
            .set_service_status("", ServingStatus::NotServing)
            .await;
    }
}

/// Adds health and reflection to routes. Where clients reach the port, reflection lists public services only.
pub(crate) async fn add(routes: Routes, public: bool) -> Result<(Routes, Health), Error> {
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_service_status("", ServingStatus::Serving)
        .await;
    let routes = routes
        .add_service(health)
        .add_service(reflection(public).build_v1()?)
        // Older clients know this version only.
        .add_service(reflection(public).build_v1alpha()?);
    Ok((routes, Health(reporter)))
}

/// The details of errors are described too, so that a command line client can show them.
fn reflection(public: bool) -> Builder<'static> {
    let described = Builder::configure()
        .register_encoded_file_descriptor_set(baton_contracts::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET);
    if public {
        public_services().fold(described, Builder::with_service_name)
    } else {
        described
    }
}

/// Every service that has a method for clients.
fn public_services() -> impl Iterator<Item = &'static str> {
    let mut services: Vec<&'static str> = CALLS
        .iter()
        .filter(|call| call.is_public())
        .map(baton_contracts::Call::service)
        .collect();
    services.sort_unstable();
    services.dedup();
    services.into_iter().chain(["grpc.health.v1.Health"])
}
