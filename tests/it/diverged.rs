//! A database goes back to a backup: what followed its feed stands still and says so, and goes on once a database is
//! there that continues what it knows.

use std::path::Path;
use std::sync::Arc;

use baton::{Config, Embedded, EmbeddedConfig};
use baton_clock::BusinessClock;
use baton_protocol_files::Library;
use baton_rpc::{FEEDS, ServerConfig, connect, serve_telling};
use serde_json::{Value, json};
use sqlx::Connection as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::town::{AFTERWARDS, BEGIN, Child, SYSTEM, Town};

/// Baton on a folder, and the port at which probes ask.
struct Site {
    baton: Embedded,
    town: Town,
    probed: HealthClient<baton_rpc::Conn>,
    serving: JoinHandle<()>,
    stop: CancellationToken,
}

impl Site {
    async fn open(data: &Path, clock: &BusinessClock) -> Self {
        let settings = EmbeddedConfig {
            config: Config::shipped().expect("the shipped settings"),
            library: Arc::new(Library::embedded().expect("the shipped protocols")),
            clock: clock.clone(),
        };
        let baton = Embedded::start(data, settings).await.expect("it starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (health, stop) = (baton.health(), CancellationToken::new());
        let stopped = stop.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            let config = ServerConfig::new("gateway");
            serve_telling(listener, Routes::default(), config, health, stopped)
                .await
                .expect("it serves");
        });
        Self {
            town: Town::new([baton.conn()]),
            probed: HealthClient::new(connect("gateway", &address).expect("an address")),
            baton,
            serving,
            stop,
        }
    }

    /// Resolves when probes are told this of what has this name.
    async fn tells(&mut self, name: &str, wanted: ServingStatus) {
        let question = HealthCheckRequest {
            service: name.to_owned(),
        };
        let told = self.probed.watch(question).await.expect("an answer");
        let mut told = told.into_inner();
        while let Some(answer) = told.message().await.expect("an answer") {
            if answer.status() == wanted {
                return;
            }
        }
        panic!("nobody tells of {name} any more");
    }

    async fn journey(&self, child: &Child) -> Vec<Value> {
        let body = json!({ "child_id": child.id });
        let answer = self
            .town
            .call(SYSTEM, "JourneyService/GetJourney", body)
            .await;
        answer["entries"].as_array().expect("a list").clone()
    }

    async fn close(self) {
        self.stop.cancel();
        self.serving.await.expect("it ends");
        self.baton.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_port_for_all_services_tells_of_the_feeds_of_notification_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = baton_testkit::clock_at(BEGIN);
    let site = Site::open(folder.path(), &clock).await;
    site.town.organise().await;
    site.town.contacts(1).await;
    site.town.settle().await;
    site.close().await;

    let url = format!("sqlite://{}/notification.db", folder.path().display());
    let mut database = sqlx::SqliteConnection::connect(&url)
        .await
        .expect("it opens");
    let changed = sqlx::query("UPDATE cursors SET hash = x'00' WHERE subscription = 'front-door'")
        .execute(&mut database)
        .await
        .expect("another history");
    assert!(changed.rows_affected() > 0);
    database.close().await.expect("it closes");

    let mut site = Site::open(folder.path(), &clock).await;
    site.tells(FEEDS, ServingStatus::NotServing).await;
    site.tells("", ServingStatus::Serving).await;
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_restored_from_too_early_a_backup_is_told_and_not_followed_until_a_later_one_is_there()
 {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, kept) = (folder.path().join("data"), folder.path().join("kept"));
    let ledger = data.join("allocation.db");
    let clock = baton_testkit::clock_at(BEGIN);

    let site = Site::open(&data, &clock).await;
    site.town.organise().await;
    let mut children = site.town.contacts(1).await;
    site.town.open(&mut children).await;
    site.close().await;
    std::fs::copy(&ledger, &kept).expect("a backup");

    let mut site = Site::open(&data, &clock).await;
    site.town.book(&mut children).await;
    let child = children[0].clone();
    site.town.prepare(&child).await;
    site.town.advance(AFTERWARDS).await;
    site.town.report(crate::town::held(&child)).await;
    site.town.settle().await;
    site.town.complete(&child).await;
    site.town.settle().await;
    let journey = site.journey(&child).await;
    site.tells(FEEDS, ServingStatus::Serving).await;
    site.close().await;
    let newest = std::fs::read(&ledger).expect("the ledger");
    std::fs::copy(&kept, &ledger).expect("the backup is restored");

    let mut site = Site::open(&data, &clock).await;
    site.tells(FEEDS, ServingStatus::NotServing).await;
    site.tells("", ServingStatus::Serving).await;
    assert_eq!(site.journey(&child).await, journey);
    // The other doors are open: a child in danger is taken in.
    let another =
        json!({ "system": "liquidlogic", "reference": "another", "date_of_birth": "2015-05-01" });
    site.town
        .call(SYSTEM, "FrontDoorService/RegisterChild", another)
        .await;
    site.close().await;
    std::fs::write(&ledger, newest).expect("the later backup is restored");

    let mut site = Site::open(&data, &clock).await;
    site.tells(FEEDS, ServingStatus::Serving).await;
    let worker = json!({ "worker_id": "zoe", "team_id": "north", "grade": "social_worker" });
    let body = json!({ "worker": worker });
    site.town
        .call(SYSTEM, "AllocationService/SetWorker", body)
        .await;
    let body = json!({ "case_id": child.case, "worker_id": "zoe" });
    site.town
        .call("nia", "AllocationService/AllocateWorker", body)
        .await;
    site.town.settle().await;
    assert!(site.journey(&child).await.len() > journey.len());
    site.tells(FEEDS, ServingStatus::Serving).await;
    site.close().await;
}
