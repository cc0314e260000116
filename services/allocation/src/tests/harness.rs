//! A service on a database of its own, with hand-made contexts.

use std::sync::{Arc, LazyLock};

use baton_clock::BusinessClock;
use baton_contracts::allocation::v1 as wire;
use baton_contracts::allocation::v1::allocation_reaction_service_client::AllocationReactionServiceClient;
use baton_contracts::allocation::v1::allocation_service_client::AllocationServiceClient;
use baton_contracts::type_v1::fact_value::Value as FactValueOf;
use baton_contracts::type_v1::{
    self, Actor, Cause, ChildFacts, Context, Fact, FactValue, PostHeld,
};
use baton_contracts::{event, event_from_json, timestamp};
use baton_ids::{ChildId, FamilyId, ReferralId, TransferId};
use baton_protocol::Pack;
use baton_protocol_files::Library;
use baton_rpc::{Conn, ServerConfig, attach_context, in_process};
use baton_store::{Json, Store, StoreConfig, sqlx, with_db};
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::domain::tests::packs;
use crate::{Config, NAME, Parts, build, migrations};

/// 2 March 2026, 09:00: when every world begins.
pub const START: &str = "2026-03-02T09:00:00Z";

/// What ships with Baton, read once.
static EMBEDDED: LazyLock<Library> = LazyLock::new(|| Library::embedded().unwrap());

pub struct World {
    pub clock: BusinessClock,
    pub store: Store,
    pub conn: Conn,
    /// Whose rules hold, and the digest of their pack.
    authority: String,
    pack: String,
    shutdown: CancellationToken,
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
    /// A service without any organisation.
    pub async fn empty(url: String) -> Self {
        Self::under(url, [packs::wirral(), packs::camden()]).await
    }

    /// A council of its own, under the file of an authority as it ships.
    pub async fn of(authority: &str, url: String) -> Self {
        let (authority, day) = (authority.parse().unwrap(), "2026-03-02".parse().unwrap());
        let pack = EMBEDDED.pack_for(&authority, day).unwrap();
        let world = Self::under(url, [Pack::clone(&pack)]).await;
        world.organised().await
    }

    /// A service under these packs; the first is that of its calls.
    async fn under<const N: usize>(url: String, packs: [Pack; N]) -> Self {
        let authority = packs[0].authority.to_string();
        let pack = packs[0].digest.to_string();
        let clock = BusinessClock::simulated(at(START));
        let store = Store::open(StoreConfig::new(url), NAME, migrations(), clock.clone())
            .await
            .unwrap();
        let shutdown = CancellationToken::new();
        let parts = Parts {
            store: store.clone(),
            library: Arc::new(Library::of(packs)),
            clock: clock.clone(),
            shutdown: shutdown.clone(),
        };
        let service = build(&Config::default(), parts).await.unwrap();
        let conn = in_process(service.routes, &ServerConfig::new(NAME));
        Self {
            clock,
            store,
            conn,
            authority,
            pack,
            shutdown,
        }
    }

    /// With the teams frt and north, ann and bob in the first, sam in the second, and their managers.
    pub async fn council(url: String) -> Self {
        Self::empty(url).await.organised().await
    }

    async fn organised(self) -> Self {
        let world = self;
        for id in ["frt", "north"] {
            world.set_team(id, "n").await.unwrap();
        }
        for (id, team) in [
            ("ann", "frt"),
            ("bob", "frt"),
            ("tom", "frt"),
            ("sam", "north"),
            ("nia", "north"),
        ] {
            world.set_worker(id, team).await.unwrap();
        }
        world
    }

    pub fn public(&self) -> AllocationServiceClient<Conn> {
        AllocationServiceClient::new(self.conn.clone())
    }

    pub fn reactions(&self) -> AllocationReactionServiceClient<Conn> {
        AllocationReactionServiceClient::new(self.conn.clone())
    }

    /// A call of Baton about a child with a child-in-need plan.
    pub fn reaction<T>(&self, body: T) -> Request<T> {
        self.carrying(
            body,
            &self.context("baton", type_v1::PrincipalKind::Baton, vec![]),
        )
    }

    /// A call of a person in these posts.
    pub fn person<T>(&self, principal: &str, posts: Vec<PostHeld>, body: T) -> Request<T> {
        self.carrying(
            body,
            &self.context(principal, type_v1::PrincipalKind::Person, posts),
        )
    }

    /// A call of a record system.
    pub fn system<T>(&self, body: T) -> Request<T> {
        self.carrying(
            body,
            &self.context("liquid", type_v1::PrincipalKind::RecordSystem, vec![]),
        )
    }

    #[expect(clippy::unused_self, reason = "reads as the other ways to call do")]
    pub fn carrying<T>(&self, body: T, context: &Context) -> Request<T> {
        let mut request = Request::new(body);
        attach_context(&mut request, context);
        request
    }

    pub fn context(
        &self,
        principal: &str,
        kind: type_v1::PrincipalKind,
        posts: Vec<PostHeld>,
    ) -> Context {
        Context {
            authority: self.authority.clone(),
            pack: self.pack.clone(),
            received_at: Some(timestamp(self.clock.now())),
            actor: Some(Actor {
                principal: principal.to_owned(),
                kind: kind.into(),
                posts,
                on_behalf_of: String::new(),
            }),
            cause: Some(Cause {
                id: "c1".to_owned(),
                kind: "request".to_owned(),
            }),
            child: Some(ChildFacts {
                child_id: ChildId::new().to_string(),
                family_id: FamilyId::new().to_string(),
                version: 1,
                household_id: String::new(),
                facts: vec![
                    fact("plan", FactValueOf::Code("child_in_need".to_owned())),
                    fact("in_proceedings", FactValueOf::Flag(false)),
                ],
            }),
            ..Context::default()
        }
    }

    pub async fn set_team(&self, id: &str, area: &str) -> Result<(), Status> {
        let body = wire::SetTeamRequest {
            request_id: request_id(),
            team: Some(type_v1::Team {
                team_id: id.to_owned(),
                kind: "assessment".to_owned(),
                area: area.to_owned(),
                ..Default::default()
            }),
        };
        self.public().set_team(self.system(body)).await.map(drop)
    }

    pub async fn set_worker(&self, id: &str, team: &str) -> Result<(), Status> {
        let body = wire::SetWorkerRequest {
            request_id: request_id(),
            worker: Some(type_v1::Worker {
                worker_id: id.to_owned(),
                team_id: team.to_owned(),
                grade: "social_worker".to_owned(),
            }),
        };
        self.public().set_worker(self.system(body)).await.map(drop)
    }

    pub async fn place(&self, effective_at: Timestamp) -> wire::Case {
        let response = self
            .reactions()
            .place_case(self.reaction(placement(effective_at)))
            .await;
        response.unwrap().into_inner().case.unwrap()
    }

    pub async fn allocate(
        &self,
        case: &wire::Case,
        worker: &str,
        effective_at: Option<Timestamp>,
    ) -> Result<wire::Case, Status> {
        let body = wire::AllocateWorkerRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            worker_id: worker.to_owned(),
            effective_at: effective_at.map(timestamp),
            ..Default::default()
        };
        let posts = vec![post("team_manager", &case.team_id)];
        let response = self
            .public()
            .allocate_worker(self.person("tom", posts, body))
            .await?;
        Ok(response.into_inner().case.unwrap())
    }

    pub async fn move_to(
        &self,
        case: &wire::Case,
        team: &str,
        worker: &str,
        effective_at: Timestamp,
    ) -> Result<wire::Case, Status> {
        let body = moving(case, team, worker, effective_at);
        let response = self
            .reactions()
            .move_responsibility(self.reaction(body))
            .await?;
        Ok(response.into_inner().case.unwrap())
    }

    pub async fn end(
        &self,
        case: &wire::Case,
        effective_at: Timestamp,
    ) -> Result<wire::Case, Status> {
        let body = wire::EndResponsibilityRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            expected_epoch: case.epoch,
            effective_at: Some(timestamp(effective_at)),
            closure_id: Uuid::now_v7().to_string(),
            rules: vec!["W-022".to_owned()],
        };
        let response = self
            .reactions()
            .end_responsibility(self.reaction(body))
            .await?;
        Ok(response.into_inner().case.unwrap())
    }

    pub async fn spans(&self, case_id: &str) -> wire::ListSpansResponse {
        let body = wire::ListSpansRequest {
            case_id: case_id.to_owned(),
        };
        self.public()
            .list_spans(self.system(body))
            .await
            .unwrap()
            .into_inner()
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

    /// The types of the events about a case.
    pub async fn journey(&self, case_id: &str) -> Vec<String> {
        let events = self.events().await;
        events
            .into_iter()
            .filter(|event| event.case_id == case_id)
            .map(|event| event.r#type)
            .collect()
    }
}

pub fn placement(effective_at: Timestamp) -> wire::PlaceCaseRequest {
    wire::PlaceCaseRequest {
        request_id: request_id(),
        child_id: ChildId::new().to_string(),
        team_id: "frt".to_owned(),
        worker_id: String::new(),
        effective_at: Some(timestamp(effective_at)),
        referral_id: ReferralId::new().to_string(),
        rules: vec!["W-011".to_owned()],
    }
}

pub fn moving(
    case: &wire::Case,
    team: &str,
    worker: &str,
    effective_at: Timestamp,
) -> wire::MoveResponsibilityRequest {
    wire::MoveResponsibilityRequest {
        request_id: request_id(),
        case_id: case.case_id.clone(),
        expected_epoch: case.epoch,
        to_team_id: team.to_owned(),
        to_worker_id: worker.to_owned(),
        effective_at: Some(timestamp(effective_at)),
        transfer_id: TransferId::new().to_string(),
        release_id: Uuid::now_v7().to_string(),
        rules: vec!["W-053".to_owned()],
        pending_authorisation: false,
    }
}

pub fn fact(key: &str, value: FactValueOf) -> Fact {
    Fact {
        key: key.to_owned(),
        value: Some(FactValue { value: Some(value) }),
        ..Fact::default()
    }
}

pub fn post(role: &str, team: &str) -> PostHeld {
    PostHeld {
        role: role.to_owned(),
        team_id: team.to_owned(),
        ..PostHeld::default()
    }
}

/// The reason of a refusal.
pub fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}
