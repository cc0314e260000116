//! Looks at the services behind the gateway, so that one question to the gateway tells of all of them.

use std::time::Duration;

use baton_rpc::{Health, READINESS, grpc_services, serves};
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::services::Services;

/// How old an answer may get, in real time.
const EVERY: Duration = Duration::from_secs(2);
/// How long a service may take to say that it serves.
const WITHIN: Duration = Duration::from_secs(1);

/// Asks every service again and again and tells what they say, until the shutdown.
pub async fn watch(services: Services, health: Health, shutdown: CancellationToken) {
    let mut before: Vec<(&'static str, bool)> = Vec::new();
    loop {
        let looked = tokio::select! {
            () = shutdown.cancelled() => return,
            looked = look(&services, &health) => looked,
        };
        for (name, serving) in &looked {
            let was = before.iter().any(|(of, was)| of == name && *was);
            if !serving && (was || before.is_empty()) {
                tracing::warn!(
                    { "baton.service" } = name,
                    "a service does not say that it serves"
                );
            } else if *serving && !was && !before.is_empty() {
                tracing::info!(
                    { "baton.service" } = name,
                    "a service says again that it serves"
                );
            }
        }
        before = looked;
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Asks every service once, all at once.
pub async fn look(services: &Services, health: &Health) -> Vec<(&'static str, bool)> {
    let asked = services
        .all()
        .map(|(name, conn)| async move { (name, serves(conn, WITHIN).await) });
    let looked = join_all(asked).await;
    for (name, serving) in &looked {
        for service in grpc_services(name) {
            health.tell(service, *serving).await;
        }
    }
    let all = looked.iter().all(|(_, serving)| *serving);
    health.tell(READINESS, all).await;
    looked
}

#[cfg(test)]
mod tests {
    use baton_rpc::{ServerConfig, connect, in_process};
    use tonic::service::Routes;

    use super::*;

    #[tokio::test]
    async fn each_service_behind_the_gateway_is_told_by_itself() {
        let here = || in_process(Routes::default(), &ServerConfig::new("fake"));
        let services = Services {
            front_door: here(),
            allocation: here(),
            transfer: here(),
            // Port 1 is nobody's.
            closure: connect("closure", "http://127.0.0.1:1").unwrap(),
            notification: here(),
        };

        let looked = look(&services, &Health::default()).await;

        let silent: Vec<_> = looked.iter().filter(|(_, serving)| !serving).collect();
        assert_eq!(silent, [&("closure", false)]);
    }
}
