//! The service as its callers see it: fed by the feeds of two stand-in services, called through the generated clients,
//! on both databases.

mod commands;
mod explaining;
mod feed;
pub mod pack;
mod restart;
mod retention;
mod safety;
mod sending;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_contracts::event::v1::simulation_service_client::SimulationServiceClient;
use baton_contracts::event::v1::{Event, EventActor, GetQuietRequest, NoticeDue, TaskChange};
use baton_contracts::notification::v1 as wire;
use baton_contracts::notification::v1::notification_reaction_service_client::NotificationReactionServiceClient;
use baton_contracts::notification::v1::notification_service_client::NotificationServiceClient;
use baton_contracts::type_v1::{
    self, Cause, Context, Owner, PostHeld, PrincipalKind, Responsibility,
};
use baton_contracts::{event_from_json, structure, timestamp};
use baton_protocol_files::Library;
use baton_rpc::{Conn, FeedServer, Health, ServerConfig, announcement, attach_context, in_process};
use baton_store::{Cursor, Migrations, Store, StoreConfig, StoreError};
use baton_testkit::{TestDb, clock_at};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::{Config, Parts, build, migrations};

/// Monday, 2 March 2026.
pub const NOW: &str = "2026-03-02T09:30:00Z";

/// How often to look whether all is settled.
const POLL: std::time::Duration = std::time::Duration::from_millis(2);

/// A service that announces what a test tells it to.
pub struct StandIn {
    name: &'static str,
    store: Store,
    conn: Conn,
    _db: TestDb,
}

impl StandIn {
    async fn open(name: &'static str, clock: &BusinessClock, shutdown: &CancellationToken) -> Self {
        let db = TestDb::sqlite();
        let none = Migrations {
            sqlite: &[],
            postgres: &[],
        };
        let store = Store::open(StoreConfig::new(db.url()), name, none, clock.clone())
            .await
            .unwrap();
        let mut routes = Routes::builder();
        routes.add_service(FeedServer::service(store.clone(), shutdown.clone()));
        tokio::spawn({
            let (store, shutdown) = (store.clone(), shutdown.clone());
            async move { store.run_sealing(shutdown).await }
        });
        let conn = in_process(routes.routes(), &ServerConfig::new(name));
        Self {
            name,
            store,
            conn,
            _db: db,
        }
    }

    /// Announces an event.
    pub async fn announce(&self, event: Event) {
        let now = timestamp(self.store.clock().now());
        let event = Event {
            event_id: Uuid::now_v7().to_string(),
            authority: pack::AUTHORITY.into(),
            service: self.name.into(),
            pack: pack::DIGEST.into(),
            effective_at: Some(now),
            recorded_at: Some(now),
            actor: Some(EventActor {
                principal: "tom".into(),
                ..EventActor::default()
            }),
            ..event
        };
        let row = announcement(event).unwrap();
        let announced: Result<(), StoreError> = self
            .store
            .transact("announce", move |tx| {
                Box::pin(async move {
                    tx.announce(&[row]);
                    Ok(())
                })
            })
            .await;
        announced.unwrap();
    }
}

/// The service over one database, with its clients, its feeds and its spool.
pub struct Desk {
    pub clock: BusinessClock,
    pub store: Store,
    pub spool: TempDir,
    pub transfer: StandIn,
    pub front_door: StandIn,
    pub child: Uuid,
    pub family: Uuid,
    pub process: Uuid,
    conn: Conn,
    shutdown: CancellationToken,
    running: CancellationToken,
}

impl Desk {
    pub async fn open(url: String) -> Self {
        let clock = clock_at(NOW);
        let shutdown = CancellationToken::new();
        let store = Store::open(
            StoreConfig::new(url),
            crate::NAME,
            migrations(),
            clock.clone(),
        )
        .await
        .unwrap();
        let mut desk = Self {
            transfer: StandIn::open("transfer", &clock, &shutdown).await,
            front_door: StandIn::open("front-door", &clock, &shutdown).await,
            spool: tempfile::tempdir().unwrap(),
            child: Uuid::now_v7(),
            family: Uuid::now_v7(),
            process: Uuid::now_v7(),
            conn: in_process(Routes::default(), &ServerConfig::new(crate::NAME)),
            running: CancellationToken::new(),
            clock,
            store,
            shutdown,
        };
        desk.start().await;
        desk
    }

    /// Starts the service beside whatever runs of it already.
    pub async fn start(&mut self) {
        self.running = self.shutdown.child_token();
        let config = Config {
            spool: self.spool.path().to_owned(),
            ..Config::default()
        };
        let parts = Parts {
            store: self.store.clone(),
            library: Arc::new(Library::of([pack::pack()])),
            clock: self.clock.clone(),
            shutdown: self.running.clone(),
            feeds: HashMap::from([
                ("transfer", self.transfer.conn.clone()),
                ("front-door", self.front_door.conn.clone()),
            ]),
            health: Health::default(),
        };
        let service = build(&config, parts).await.unwrap();
        self.conn = in_process(service.routes, &ServerConfig::new(crate::NAME));
    }

    /// Stops what was started last.
    pub fn stop(&self) {
        self.running.cancel();
    }

    pub fn notification(&self) -> NotificationServiceClient<Conn> {
        NotificationServiceClient::new(self.conn.clone())
    }

    pub fn reactions(&self) -> NotificationReactionServiceClient<Conn> {
        NotificationReactionServiceClient::new(self.conn.clone())
    }

    /// Waits until everything announced was applied and everything that can be sent was sent.
    pub async fn settle(&self) {
        let mut simulation = SimulationServiceClient::new(self.conn.clone());
        loop {
            let mut heads = std::collections::BTreeMap::new();
            let mut sealed = true;
            for service in [&self.transfer, &self.front_door] {
                sealed &= service.store.quiet().await.unwrap().is_empty();
                let head = service.store.head(pack::AUTHORITY).await.unwrap();
                heads.insert(
                    format!("{}/{}", service.name, pack::AUTHORITY),
                    head.position,
                );
            }
            let quiet = simulation
                .get_quiet(GetQuietRequest { heads })
                .await
                .unwrap()
                .into_inner();
            if sealed && quiet.quiet {
                return;
            }
            // A poll, not a wait for time to pass: the clock of the rules stands still.
            tokio::time::sleep(POLL).await;
        }
    }

    /// A call by a person in a post of `frt`, or by a record system when no role is given.
    pub fn by<T>(&self, principal: &str, role: &str, body: T) -> Request<T> {
        let mut request = Request::new(body);
        attach_context(&mut request, &self.context(principal, role));
        request
    }

    /// The context of such a call.
    pub fn context(&self, principal: &str, role: &str) -> Context {
        let post = PostHeld {
            role: role.into(),
            team_id: "frt".into(),
            ..PostHeld::default()
        };
        let kind = if role.is_empty() {
            PrincipalKind::RecordSystem
        } else {
            PrincipalKind::Person
        };
        Context {
            authority: pack::AUTHORITY.into(),
            pack: pack::DIGEST.into(),
            received_at: Some(timestamp(self.clock.now())),
            actor: Some(type_v1::Actor {
                principal: principal.into(),
                kind: kind.into(),
                posts: if role.is_empty() {
                    Vec::new()
                } else {
                    vec![post]
                },
                ..type_v1::Actor::default()
            }),
            cause: Some(Cause {
                id: "cause-1".into(),
                kind: "request".into(),
            }),
            responsibility: Some(Responsibility {
                team_id: "frt".into(),
                ..Responsibility::default()
            }),
            ..Context::default()
        }
    }

    /// The transfer announces that somebody has to be told.
    pub async fn duty(&self, notice: NoticeDue) {
        self.duty_on(notice, 0).await;
    }

    /// The same, decided on facts of that version.
    pub async fn duty_on(&self, notice: NoticeDue, facts_version: i64) {
        let event = Event {
            r#type: "transfer.completed".into(),
            aggregate_id: self.process.to_string(),
            aggregate_version: 1,
            child_id: self.child.to_string(),
            family_id: self.family.to_string(),
            facts_version,
            notices_due: vec![notice],
            ..Event::default()
        };
        self.transfer.announce(event).await;
    }

    /// The front door announces the child, or that its facts reached a version. It is applied then: what is announced next
    /// comes in another feed, which may be faster.
    pub async fn facts(&self, event_type: &str, facts_version: i64, data: &Value) {
        let event = Event {
            r#type: event_type.into(),
            aggregate_id: self.child.to_string(),
            aggregate_version: facts_version,
            child_id: self.child.to_string(),
            family_id: self.family.to_string(),
            facts_version,
            data: Some(structure(data)),
            ..Event::default()
        };
        self.front_door.announce(event).await;
        self.settle().await;
    }

    /// It is known whom not to write to about the child.
    pub async fn barred(&self, facts_version: i64, barred: &[&str]) {
        let value = if barred.is_empty() {
            json!({ "none": true })
        } else {
            json!(barred)
        };
        let data = json!({
            "changed": ["safety.withhold_from"],
            "values": { "safety.withhold_from": {
                "value": value, "effective_at": "2026-03-01T10:00:00Z",
            } },
        });
        if facts_version == 1 {
            self.facts("child.registered", 0, &json!({})).await;
        }
        self.facts("facts.changed", facts_version, &data).await;
    }

    /// Puts an entry of the child into the contact book.
    pub async fn contact(&self, kind: &str, id: &str, medium: &str, address: &str) {
        let of_child = if kind == "worker" {
            String::new()
        } else {
            self.child.to_string()
        };
        let request = wire::SetContactRequest {
            request_id: request_id(),
            kind: kind.into(),
            id: id.into(),
            child_id: of_child,
            address: address.into(),
            medium: medium.into(),
        };
        self.notification()
            .set_contact(self.by("kite", "", request))
            .await
            .unwrap();
    }

    /// Says who holds the role of a notice.
    pub async fn address(&self, notice_id: &str, workers: &[&str]) -> Vec<wire::Notice> {
        let request = wire::AddressNoticeRequest {
            request_id: request_id(),
            notice_id: notice_id.into(),
            worker_ids: workers.iter().map(|worker| (*worker).to_owned()).collect(),
        };
        self.reactions()
            .address_notice(self.by("kite", "", request))
            .await
            .unwrap()
            .into_inner()
            .notices
    }

    /// Every notice, oldest first, once all is settled.
    pub async fn notices(&self) -> Vec<wire::Notice> {
        self.settle().await;
        let request = wire::ListNoticesRequest {
            page_size: 200,
            ..Default::default()
        };
        let listed = self
            .notification()
            .list_notices(self.by("kite", "", request))
            .await
            .unwrap();
        listed.into_inner().notices.into_iter().rev().collect()
    }

    /// The one notice there is.
    pub async fn notice(&self) -> wire::Notice {
        let mut notices = self.notices().await;
        assert_eq!(notices.len(), 1, "{notices:?}");
        notices.remove(0)
    }

    /// The events of a type, once all is settled.
    pub async fn events_of(&self, event_type: &str) -> Vec<Event> {
        self.settle().await;
        let feed = self
            .store
            .read_feed(pack::AUTHORITY, &Cursor::default(), 5000)
            .await
            .unwrap();
        let events = feed
            .iter()
            .map(|sealed| event_from_json(&sealed.event.body).unwrap());
        events.filter(|event| event.r#type == event_type).collect()
    }

    /// The names of what waits for the carrier.
    pub fn spooled(&self) -> Vec<String> {
        files(self.spool.path())
    }

    /// What was written for the carrier under that name.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.spool.path().join(name)).unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// A letter to the family.
pub fn to_family(cause_key: &str) -> NoticeDue {
    NoticeDue {
        kind: "new_team".into(),
        audience: vec![Owner {
            role: "family".into(),
            ..Owner::default()
        }],
        medium: "letter".into(),
        rules: vec!["W-089".into()],
        cause_key: cause_key.into(),
        content: Some(structure(&json!({ "to_team": "north" }))),
        sender: Some(Owner {
            role: "team_manager".into(),
            team_id: "frt".into(),
            ..Owner::default()
        }),
        ..NoticeDue::default()
    }
}

/// An email to whoever holds roles in a team.
pub fn to_roles(cause_key: &str, roles: &[&str]) -> NoticeDue {
    let owner = |role: &&str| Owner {
        role: (*role).into(),
        team_id: "north".into(),
        ..Owner::default()
    };
    NoticeDue {
        kind: "icpc_details".into(),
        audience: roles.iter().map(owner).collect(),
        medium: "email".into(),
        rules: vec!["W-167".into()],
        content: Some(structure(
            &json!({ "conference_at": "2026-03-16T14:00:00Z" }),
        )),
        ..to_family(cause_key)
    }
}

pub fn task<'e>(event: &'e Event, code: &str) -> &'e TaskChange {
    event.tasks.iter().find(|task| task.code == code).unwrap()
}

/// An entry of an event's data, as text.
pub fn said(event: &Event, key: &str) -> String {
    let data = event
        .data
        .as_ref()
        .map(baton_contracts::json)
        .unwrap_or_default();
    data[key].as_str().map(str::to_owned).unwrap_or_default()
}

pub fn instant(text: &str) -> prost_types::Timestamp {
    timestamp(text.parse::<Timestamp>().unwrap())
}

pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// The reason of a refusal.
pub fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}
