//! The service as its callers see it: through the generated clients, on both databases.

mod children;
mod contacts;
mod explaining;
mod facts;
pub mod pack;

use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_contracts::event::v1::Event;
use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::frontdoor::v1::front_door_reaction_service_client::FrontDoorReactionServiceClient;
use baton_contracts::frontdoor::v1::front_door_service_client::FrontDoorServiceClient;
use baton_contracts::type_v1::{
    Cause, Context, Fact, FactValue, Organisation, PostHeld, PrincipalKind, Responsibility, Team,
    fact_value::Value,
};
use baton_contracts::{event_from_json, timestamp, type_v1};
use baton_protocol_files::Library;
use baton_rpc::{Conn, ServerConfig, attach_context, in_process};
use baton_store::{Cursor, Store, StoreConfig};
use baton_testkit::clock_at;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::{Config, Parts, build, migrations};

/// Monday, 2 March 2026.
pub const NOW: &str = "2026-03-02T09:30:00Z";

/// How often to look whether all is sealed.
const POLL: std::time::Duration = std::time::Duration::from_millis(2);

/// The service over one database, with its clients.
pub struct Desk {
    pub clock: BusinessClock,
    store: Store,
    conn: Conn,
    shutdown: CancellationToken,
}

impl Desk {
    pub async fn open(url: String) -> Self {
        let clock = clock_at(NOW);
        let store = Store::open(
            StoreConfig::new(url),
            crate::NAME,
            migrations(),
            clock.clone(),
        )
        .await
        .unwrap();
        let shutdown = CancellationToken::new();
        let parts = Parts {
            store: store.clone(),
            library: Arc::new(Library::of([pack::pack()])),
            clock: clock.clone(),
            shutdown: shutdown.clone(),
        };
        let service = build(&Config::default(), parts).await.unwrap();
        let conn = in_process(service.routes, &ServerConfig::new(crate::NAME));
        Self {
            clock,
            store,
            conn,
            shutdown,
        }
    }

    pub fn front_door(&self) -> FrontDoorServiceClient<Conn> {
        FrontDoorServiceClient::new(self.conn.clone())
    }

    pub fn reactions(&self) -> FrontDoorReactionServiceClient<Conn> {
        FrontDoorReactionServiceClient::new(self.conn.clone())
    }

    /// A call by a record system.
    pub fn by_system<T>(&self, body: T) -> Request<T> {
        self.call(
            body,
            context(PrincipalKind::RecordSystem, "kite", Vec::new()),
        )
    }

    /// A call by a person in a post.
    pub fn by<T>(&self, worker: &str, role: &str, team: &str, body: T) -> Request<T> {
        let post = PostHeld {
            role: role.into(),
            team_id: team.into(),
            ..PostHeld::default()
        };
        self.call(body, context(PrincipalKind::Person, worker, vec![post]))
    }

    /// A call with a context of its own; only its time is set here.
    pub fn call<T>(&self, body: T, mut context: Context) -> Request<T> {
        context.received_at = Some(timestamp(self.clock.now()));
        let mut request = Request::new(body);
        attach_context(&mut request, &context);
        request
    }

    /// Every event so far, once all are sealed.
    pub async fn events(&self) -> Vec<Event> {
        while !self.store.quiet().await.unwrap().is_empty() {
            // A poll, not a wait for time to pass: the clock of the rules stands still.
            tokio::time::sleep(POLL).await;
        }
        let feed = self
            .store
            .read_feed(pack::AUTHORITY, &Cursor::default(), 1000)
            .await
            .unwrap();
        feed.iter()
            .map(|sealed| event_from_json(&sealed.event.body).unwrap())
            .collect()
    }

    /// The events of a type.
    pub async fn events_of(&self, event_type: &str) -> Vec<Event> {
        let events = self.events().await;
        events
            .into_iter()
            .filter(|event| event.r#type == event_type)
            .collect()
    }

    /// A child of whom only the reference is known.
    pub async fn child(&self, reference: &str) -> wire::Child {
        let request = wire::RegisterChildRequest {
            request_id: request_id(),
            system: "kite".into(),
            reference: reference.into(),
            ..Default::default()
        };
        let response = self
            .front_door()
            .register_child(self.by_system(request))
            .await
            .unwrap();
        response.into_inner().child.unwrap()
    }

    /// Reports facts and answers with the keys that changed.
    pub async fn report(
        &self,
        child: &wire::Child,
        facts: Vec<Fact>,
        at: &str,
    ) -> Result<Vec<String>, Status> {
        let request = wire::ReportFactsRequest {
            request_id: request_id(),
            child_id: child.child_id.clone(),
            facts,
            effective_at: Some(instant(at)),
        };
        let response = self
            .front_door()
            .report_facts(self.by_system(request))
            .await?;
        Ok(response.into_inner().changed)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// A context without a time.
pub fn context(kind: PrincipalKind, principal: &str, posts: Vec<PostHeld>) -> Context {
    let team = |id: &str, kind: &str, area: &str| Team {
        team_id: id.into(),
        kind: kind.into(),
        area: area.into(),
        ..Default::default()
    };
    Context {
        authority: pack::AUTHORITY.into(),
        pack: pack::DIGEST.into(),
        actor: Some(type_v1::Actor {
            principal: principal.into(),
            kind: kind.into(),
            posts,
            ..Default::default()
        }),
        cause: Some(Cause {
            id: "cause-1".into(),
            kind: "request".into(),
        }),
        organisation: Some(Organisation {
            teams: vec![
                team("door", "front_door", ""),
                team("frt-north", "assessment", "north"),
                team("frt-south", "assessment", "south"),
                team("long", "family_support_and_protection", "north"),
            ],
            workers: Vec::new(),
        }),
        ..Context::default()
    }
}

/// The same context for a child whose case is open.
pub fn with_open_case(mut context: Context, team: &str) -> Context {
    context.responsibility = Some(Responsibility {
        case_id: Uuid::now_v7().to_string(),
        team_id: team.into(),
        worker_id: "ann".into(),
        epoch: 1,
        ..Responsibility::default()
    });
    context
}

pub fn code(key: &str, code: &str) -> Fact {
    fact(key, Value::Code(code.into()))
}

pub fn fact(key: &str, value: Value) -> Fact {
    Fact {
        key: key.into(),
        value: Some(FactValue { value: Some(value) }),
        ..Fact::default()
    }
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

/// The subjects of a refusal.
pub fn subjects(status: &Status) -> Vec<String> {
    let failure = status.get_details_precondition_failure();
    let violations = failure
        .map(|failure| failure.violations)
        .unwrap_or_default();
    violations
        .into_iter()
        .map(|violation| violation.subject)
        .collect()
}

/// The fields that a refusal names.
pub fn fields(status: &Status) -> Vec<String> {
    let request = status.get_details_bad_request();
    let violations = request
        .map(|request| request.field_violations)
        .unwrap_or_default();
    violations
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}
