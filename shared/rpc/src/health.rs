//! What probes and monitoring are told, beyond whether the process runs.
//!
//! | name | says no |
//! | --- | --- |
//! | (empty) | while the process drains. For probes that restart: a neighbour that is down is no reason to. |
//! | `baton.transfer.v1.TransferService`, … | when that service does not serve; at the gateway, when the one behind it does not |
//! | [`READINESS`] | at the gateway, while any service behind it does not serve |
//! | [`FEEDS`] | once a feed that the process follows has diverged: it is no longer followed until a person has looked |

use std::time::Duration;

use baton_contracts::{CALLS, Call};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Gauge;
use tonic::Code;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus as Answer;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::server::HealthReporter;

use crate::Conn;

/// Whether everything behind the gateway serves.
pub const READINESS: &str = "readiness";
/// Whether every feed is followed.
pub const FEEDS: &str = "feeds";

/// What this process tells about itself. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Health(HealthReporter);

impl Health {
    /// Of a process that follows feeds.
    pub async fn of_feeds() -> Self {
        let health = Self::default();
        health.tell(FEEDS, true).await;
        health
    }

    /// Tells whether what has this name serves.
    pub async fn tell(&self, name: &str, serves: bool) {
        let status = if serves {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        self.0.set_service_status(name, status).await;
    }

    /// Tells for the process and every gRPC service it has of its own.
    pub(crate) async fn tell_own(&self, service: &str, serves: bool) {
        self.tell("", serves).await;
        for name in grpc_services(service) {
            self.tell(name, serves).await;
        }
    }

    pub(crate) fn reporter(&self) -> HealthReporter {
        self.0.clone()
    }
}

/// The gRPC services of a service, by its name: `front-door`.
pub fn grpc_services(service: &str) -> Vec<&'static str> {
    let area = format!("baton.{}.", service.replace('-', ""));
    let mut names: Vec<_> = CALLS
        .iter()
        .map(Call::service)
        .filter(|name| name.starts_with(&area))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether the service behind a connection says in time that it serves. One of this process has no health of its own: it
/// answers that it does not know the question, and so serves.
pub async fn serves(conn: Conn, within: Duration) -> bool {
    let mut client = HealthClient::new(conn);
    let asked = client.check(HealthCheckRequest::default());
    match tokio::time::timeout(within, asked).await {
        Ok(Ok(answer)) => answer.into_inner().status() == Answer::Serving,
        Ok(Err(status)) => status.code() == Code::Unimplemented,
        Err(_) => false,
    }
}

/// Tells monitoring whether one feed is followed: the metric `baton.feed.diverged` is 0 while it is and 1 once it has
/// diverged, and [`FEEDS`] says no from then on.
#[derive(Debug, Clone)]
pub struct FeedAlarm {
    health: Health,
    gauge: Gauge<u64>,
    of: [KeyValue; 2],
}

impl FeedAlarm {
    /// For the feed of a service and an authority, which is followed from now on.
    pub fn new(health: Health, service: &'static str, authority: &str) -> Self {
        let gauge = opentelemetry::global::meter("baton-rpc")
            .u64_gauge("baton.feed.diverged")
            .with_description(
                "1 once a feed has diverged from its cursor and is no longer followed",
            )
            .build();
        let of = [
            KeyValue::new("baton.feed", service),
            KeyValue::new("authority", authority.to_owned()),
        ];
        gauge.record(0, &of);
        Self { health, gauge, of }
    }

    /// The feed has diverged. It stays so until the process starts again with a cursor that fits.
    pub async fn diverged(&self) {
        self.gauge.record(1, &self.of);
        self.health.tell(FEEDS, false).await;
    }
}

#[cfg(test)]
mod tests {
    use tonic::service::Routes;
    use tonic_health::pb::health_server::Health as _;
    use tonic_health::server::HealthService;

    use super::*;
    use crate::{ServerConfig, in_process};

    async fn said(health: &Health, name: &str) -> Option<Answer> {
        let service = HealthService::from_health_reporter(health.reporter());
        let request = HealthCheckRequest {
            service: name.to_owned(),
        };
        let answer = service.check(tonic::Request::new(request)).await.ok()?;
        Some(answer.into_inner().status())
    }

    #[tokio::test]
    async fn a_process_tells_for_each_of_its_grpc_services() {
        let health = Health::default();
        health.tell_own("front-door", true).await;
        let name = "baton.frontdoor.v1.FrontDoorService";
        assert_eq!(said(&health, name).await, Some(Answer::Serving));
        assert_eq!(
            said(&health, "baton.transfer.v1.TransferService").await,
            None
        );

        health.tell_own("front-door", false).await;
        assert_eq!(said(&health, name).await, Some(Answer::NotServing));
        assert_eq!(said(&health, "").await, Some(Answer::NotServing));
    }

    #[tokio::test]
    async fn a_diverged_feed_is_told_and_does_not_end_the_process() {
        let health = Health::of_feeds().await;
        let alarm = FeedAlarm::new(health.clone(), "transfer", "wirral");
        let _other = FeedAlarm::new(health.clone(), "closure", "wirral");
        assert_eq!(said(&health, FEEDS).await, Some(Answer::Serving));

        alarm.diverged().await;

        assert_eq!(said(&health, FEEDS).await, Some(Answer::NotServing));
        assert_eq!(said(&health, "").await, Some(Answer::Serving));
    }

    #[tokio::test]
    async fn a_service_of_this_process_serves_and_one_that_is_not_there_does_not() {
        let here = in_process(Routes::default(), &ServerConfig::new("transfer"));
        assert!(serves(here, Duration::from_secs(10)).await);
        // Port 1 is nobody's.
        let nobody = crate::connect("transfer", "http://127.0.0.1:1").unwrap();
        assert!(!serves(nobody, Duration::from_secs(10)).await);
    }
}
