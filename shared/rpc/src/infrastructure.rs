//! What every port offers besides its services: health and reflection.

use baton_contracts::CALLS;
use tonic::service::Routes;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::HealthService;
use tonic_reflection::server::{Builder, Error};

use crate::Health;

/// Adds health and reflection to routes. Where clients reach the port, reflection lists public services only.
pub(crate) fn add(routes: Routes, public: bool, health: &Health) -> Result<Routes, Error> {
    let service = HealthService::from_health_reporter(health.reporter());
    Ok(routes
        .add_service(HealthServer::new(service))
        .add_service(reflection(public).build_v1()?)
        // Older clients know this version only.
        .add_service(reflection(public).build_v1alpha()?))
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
