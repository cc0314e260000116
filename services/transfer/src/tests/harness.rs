//! The service on a database of its own, with hand-made contexts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use baton_clock::BusinessClock;
use baton_contracts::transfer::v1::transfer_reaction_service_client::TransferReactionServiceClient;
use baton_contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use baton_contracts::type_v1::fact_value::Value as FactValueOf;
use baton_contracts::type_v1::{
    Actor, Cause, ChildFacts, Context, Fact, FactValue, Organisation, PostHeld, PrincipalKind,
    Responsibility, Team, Worker,
};
use baton_contracts::{event, event_from_json, timestamp};
use baton_ids::{AuthorityId, CaseId, ChildId};
use baton_protocol_files::Library;
use baton_rpc::{Conn, ServerConfig, attach_context, in_process};
use baton_store::{Cursor, Json, Store, StoreConfig, sqlx, with_db};
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::{Config, NAME, Parts, build, migrations};

/// 2 March 2026, 09:30 in London: when every world begins.
pub const START: &str = "2026-03-02T09:30:00Z";

pub struct World {
    pub clock: BusinessClock,
    pub store: Store,
    pub authority: &'static str,
    pub child: String,
    pub case: String,
    library: Arc<Library>,
    pub conn: Conn,
    tasks: Vec<JoinHandle<()>>,
    shutdown: CancellationToken,
    known: Mutex<Known>,
}

/// What the gateway would put into the context.
struct Known {
    facts: BTreeMap<String, FactValueOf>,
    version: i64,
    epoch: i64,
    team: String,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

impl World {
    /// A case of `frt` with ann, whom north would follow.
    pub async fn of(authority: &'static str, url: String) -> Self {
        Self::under(Library::embedded().unwrap(), authority, url).await
    }

    /// The same under other protocols.
    pub async fn under(library: Library, authority: &'static str, url: String) -> Self {
        let clock = BusinessClock::simulated(at(START));
        let store = Store::open(StoreConfig::new(url), NAME, migrations(), clock.clone())
            .await
            .unwrap();
        let shutdown = CancellationToken::new();
        let library = Arc::new(library);
        let parts = Parts {
            store: store.clone(),
            library: Arc::clone(&library),
            clock: clock.clone(),
            shutdown: shutdown.clone(),
        };
        let service = build(&Config::default(), parts).await.unwrap();
        let conn = in_process(service.routes, &ServerConfig::new(NAME));
        let code = |text: &str| FactValueOf::Code(text.to_owned());
        let facts = [("district", code("north")), ("area", code("north"))];
        Self {
            clock,
            store,
            authority,
            child: ChildId::new().to_string(),
            case: CaseId::new().to_string(),
            library,
            conn,
            tasks: service.tasks,
            shutdown,
            known: Mutex::new(Known {
                facts: facts
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect(),
                version: 1,
                epoch: 3,
                team: "frt".to_owned(),
            }),
        }
    }

    /// Stops the service, so that another can open the database.
    pub async fn end(mut self) {
        self.shutdown.cancel();
        for task in self.tasks.drain(..) {
            task.await.unwrap();
        }
        self.store.close().await;
    }

    pub fn public(&self) -> TransferServiceClient<Conn> {
        TransferServiceClient::new(self.conn.clone())
    }

    pub fn reactions(&self) -> TransferReactionServiceClient<Conn> {
        TransferReactionServiceClient::new(self.conn.clone())
    }

    pub fn know(&self, key: &str, value: FactValueOf) {
        let mut known = self.known.lock().unwrap();
        known.facts.insert(key.to_owned(), value);
        known.version += 1;
    }

    pub fn forget(&self, key: &str) {
        let mut known = self.known.lock().unwrap();
        known.facts.remove(key);
        known.version += 1;
    }

    /// The ledger moved the case.
    pub fn moved_to(&self, team: &str) {
        let mut known = self.known.lock().unwrap();
        known.epoch += 1;
        team.clone_into(&mut known.team);
    }

    pub fn context(&self, who: &str) -> Context {
        let known = self.known.lock().unwrap();
        let (kind, posts) = actor(who);
        let authority = AuthorityId::new(self.authority).unwrap();
        let pack = self
            .library
            .pack_for(&authority, jiff::civil::date(2026, 3, 2))
            .unwrap();
        let fact = |(key, value): (&String, &FactValueOf)| Fact {
            key: key.clone(),
            value: Some(FactValue {
                value: Some(value.clone()),
            }),
            ..Fact::default()
        };
        Context {
            authority: self.authority.to_owned(),
            pack: pack.digest.to_string(),
            family_cases: vec![],
            received_at: Some(timestamp(self.clock.now())),
            actor: Some(Actor {
                principal: who.to_owned(),
                kind: kind.into(),
                posts,
                on_behalf_of: String::new(),
            }),
            cause: Some(Cause {
                id: "c1".to_owned(),
                kind: "request".to_owned(),
            }),
            child: Some(ChildFacts {
                child_id: self.child.clone(),
                family_id: self.child.clone(),
                version: known.version,
                household_id: String::new(),
                facts: known.facts.iter().map(fact).collect(),
            }),
            siblings: vec![],
            responsibility: Some(Responsibility {
                case_id: self.case.clone(),
                child_id: self.child.clone(),
                epoch: known.epoch,
                team_id: known.team.clone(),
                worker_id: "ann".to_owned(),
                team_since: Some(timestamp(at("2026-02-20T10:00:00Z"))),
                worker_since: Some(timestamp(at("2026-02-20T10:00:00Z"))),
                next_worker_id: String::new(),
                moves: 0,
                worker_changes: 0,
            }),
            organisation: Some(organisation()),
        }
    }

    pub fn by<T>(&self, who: &str, body: T) -> Request<T> {
        carrying(body, &self.context(who))
    }

    /// Every event on record, in order.
    pub async fn events(&self) -> Vec<event::v1::Event> {
        let sql = "SELECT body FROM events ORDER BY seq";
        let bodies: Vec<Json<Value>> =
            with_db!(self.store.db(), c => sqlx::query_scalar(sql).fetch_all(c).await.unwrap());
        bodies
            .iter()
            .map(|Json(body)| event_from_json(body).unwrap())
            .collect()
    }

    /// The events that somebody's call brought about: without the review of a policy, which begins by itself.
    pub async fn events_of_calls(&self) -> Vec<event::v1::Event> {
        let mut events = self.events().await;
        events.retain(|event| event.r#type != "policy_review.began");
        events
    }

    /// The last of a type.
    pub async fn last(&self, kind: &str) -> event::v1::Event {
        self.events()
            .await
            .into_iter()
            .rfind(|event| event.r#type == kind)
            .unwrap_or_else(|| panic!("no {kind}"))
    }

    /// Waits until so many events of a type are in the feed, and answers the last of them.
    pub async fn announced(&self, kind: &str, count: usize) -> event::v1::Event {
        let mut feed = self.store.feed_stream(self.authority, Cursor::default());
        let mut found = vec![];
        while found.len() < count {
            let batch = feed
                .next()
                .await
                .expect("the feed goes on")
                .expect("the feed is sound");
            let events = batch
                .events
                .into_iter()
                .map(|sealed| event_from_json(&sealed.event.body).unwrap());
            found.extend(events.filter(|event| event.r#type == kind));
        }
        found.into_iter().nth(count - 1).unwrap()
    }
}

pub fn carrying<T>(body: T, context: &Context) -> Request<T> {
    let mut request = Request::new(body);
    attach_context(&mut request, context);
    request
}

/// The reason of a refusal.
pub fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}

fn actor(who: &str) -> (PrincipalKind, Vec<PostHeld>) {
    let post = |role: &str, team: &str| PostHeld {
        role: role.to_owned(),
        team_id: team.to_owned(),
        ..PostHeld::default()
    };
    let posts = match who {
        "ann" => vec![post("social_worker", "frt")],
        "tom" => vec![post("team_manager", "frt")],
        "nia" => vec![post("team_manager", "north")],
        "sam" => vec![post("social_worker", "north")],
        _ => vec![],
    };
    let kind = if who == "baton" {
        PrincipalKind::Baton
    } else {
        PrincipalKind::Person
    };
    (kind, posts)
}

fn organisation() -> Organisation {
    let team = |id: &str, kind: &str, area: &str| Team {
        team_id: id.to_owned(),
        kind: kind.to_owned(),
        area: area.to_owned(),
        ..Default::default()
    };
    let worker = |id: &str, team: &str, grade: &str| Worker {
        worker_id: id.to_owned(),
        team_id: team.to_owned(),
        grade: grade.to_owned(),
    };
    Organisation {
        teams: vec![
            team("frt", "assessment", ""),
            team("north", "family_support_and_protection", "north"),
        ],
        workers: vec![
            worker("ann", "frt", "social_worker"),
            worker("tom", "frt", "team_manager"),
            worker("nia", "north", "team_manager"),
            worker("sam", "north", "social_worker"),
        ],
    }
}
