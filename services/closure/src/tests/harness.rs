//! A service on a database of its own, with hand-made contexts.

use std::sync::Arc;

use baton_clock::BusinessClock;
use baton_contracts::closure::v1 as wire;
use baton_contracts::closure::v1::closure_reaction_service_client::ClosureReactionServiceClient;
use baton_contracts::closure::v1::closure_service_client::ClosureServiceClient;
use baton_contracts::type_v1::{
    Actor, Cause, ChildFacts, Context, PostHeld, PrincipalKind, Responsibility,
};
use baton_contracts::{event, event_from_json, timestamp};
use baton_ids::{CaseId, ChildId, FamilyId};
use baton_protocol_files::Library;
use baton_rpc::{Conn, ServerConfig, attach_context, in_process};
use baton_store::{Json, Store, StoreConfig, sqlx, with_db};
use baton_testkit::clock_at;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::domain::tests::packs;
use crate::{Config, NAME, Parts, build, migrations};

pub struct World {
    pub clock: BusinessClock,
    store: Store,
    conn: Conn,
    pub case_id: String,
    child_id: String,
    shutdown: CancellationToken,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl World {
    pub async fn open(url: String) -> Self {
        let clock = clock_at("2026-03-16T15:30:00Z");
        let store = Store::open(StoreConfig::new(url), NAME, migrations(), clock.clone())
            .await
            .unwrap();
        let shutdown = CancellationToken::new();
        let parts = Parts {
            store: store.clone(),
            library: Arc::new(Library::of([packs::with_limit()])),
            clock: clock.clone(),
            shutdown: shutdown.clone(),
        };
        let service = build(&Config::default(), parts).await.unwrap();
        let conn = in_process(service.routes, &ServerConfig::new(NAME));
        let (case_id, child_id) = (CaseId::new().to_string(), ChildId::new().to_string());
        Self {
            clock,
            store,
            conn,
            case_id,
            child_id,
            shutdown,
        }
    }

    pub fn public(&self) -> ClosureServiceClient<Conn> {
        ClosureServiceClient::new(self.conn.clone())
    }

    pub fn conn(&self) -> Conn {
        self.conn.clone()
    }

    pub fn reactions(&self) -> ClosureReactionServiceClient<Conn> {
        ClosureReactionServiceClient::new(self.conn.clone())
    }

    /// A call about the case, which team frt holds at epoch 3.
    pub fn call<T>(&self, principal: &str, role: &str, body: T) -> Request<T> {
        let kind = if role.is_empty() {
            PrincipalKind::Baton
        } else {
            PrincipalKind::Person
        };
        let held = PostHeld {
            role: role.to_owned(),
            team_id: "frt".to_owned(),
            ..PostHeld::default()
        };
        let context = Context {
            authority: "wirral".to_owned(),
            pack: "wirral-pack".to_owned(),
            received_at: Some(timestamp(self.clock.now())),
            actor: Some(Actor {
                principal: principal.to_owned(),
                kind: kind.into(),
                posts: if role.is_empty() { vec![] } else { vec![held] },
                on_behalf_of: String::new(),
            }),
            cause: Some(Cause {
                id: "c1".to_owned(),
                kind: "request".to_owned(),
            }),
            child: Some(ChildFacts {
                child_id: self.child_id.clone(),
                family_id: FamilyId::new().to_string(),
                version: 1,
                ..ChildFacts::default()
            }),
            responsibility: Some(Responsibility {
                case_id: self.case_id.clone(),
                child_id: self.child_id.clone(),
                epoch: 3,
                team_id: "frt".to_owned(),
                team_since: Some(timestamp("2026-03-02T09:00:00Z".parse().unwrap())),
                ..Responsibility::default()
            }),
            ..Context::default()
        };
        let mut request = Request::new(body);
        attach_context(&mut request, &context);
        request
    }

    pub async fn consider(&self) -> wire::Closure {
        let body = wire::ConsiderClosureRequest {
            request_id: request_id(),
            case_id: self.case_id.clone(),
            ground: "no_plan_at_conference".to_owned(),
            effective_at: Some(timestamp("2026-03-16T14:00:00Z".parse().unwrap())),
            rules: vec!["W-053".to_owned()],
        };
        let answer = self
            .reactions()
            .consider_closure(self.call("baton", "", body))
            .await;
        answer.unwrap().into_inner().closure.unwrap()
    }

    pub async fn decide(
        &self,
        closure: &wire::Closure,
        by: &str,
        approved: bool,
    ) -> Result<wire::Closure, Status> {
        let body = wire::DecideClosureRequest {
            request_id: request_id(),
            closure_id: closure.closure_id.clone(),
            approved,
            reason: "no further role for us".to_owned(),
            ..Default::default()
        };
        let answer = self
            .public()
            .decide_closure(self.call(by, "team_manager", body))
            .await?;
        Ok(answer.into_inner().closure.unwrap())
    }

    pub async fn propose(&self, by: &str, role: &str) -> Result<wire::Closure, Status> {
        let body = wire::ProposeClosureRequest {
            request_id: request_id(),
            case_id: self.case_id.clone(),
            ground: "needs_met".to_owned(),
            reason: "the plan has been carried out".to_owned(),
        };
        let answer = self
            .public()
            .propose_closure(self.call(by, role, body))
            .await?;
        Ok(answer.into_inner().closure.unwrap())
    }

    pub async fn events(&self) -> Vec<event::v1::Event> {
        let sql = "SELECT body FROM events ORDER BY seq";
        let bodies: Vec<Json<Value>> =
            with_db!(self.store.db(), c => sqlx::query_scalar(sql).fetch_all(c).await.unwrap());
        bodies
            .iter()
            .map(|Json(body)| event_from_json(body).unwrap())
            .collect()
    }

    pub async fn journey(&self) -> Vec<String> {
        self.events()
            .await
            .into_iter()
            .map(|event| event.r#type)
            .collect()
    }
}

pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

pub fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}

/// The release that the last event hands to the ledger.
pub async fn release_id(world: &World) -> String {
    let events = world.events().await;
    let data = baton_contracts::json(events.last().unwrap().data.as_ref().unwrap());
    assert_eq!(data["expected_epoch"], 3);
    data["release_id"].as_str().unwrap().to_owned()
}
