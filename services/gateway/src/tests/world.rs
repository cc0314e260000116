//! A small world behind the gateway: one family, one case, one transfer, and services that keep request keys as the
//! real ones do. Every call is noted; a script makes a method fail.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context as Poller, Poll};
use std::time::Duration;

use baton_clock::BusinessClock;
use baton_contracts::type_v1::Context;
use baton_contracts::{call_of, pool};
use baton_rpc::{Conn, Problem, Reason, ServerConfig, context, in_process, principal_key};
use baton_store::{Store, StoreConfig};
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use prost_reflect::DynamicMessage;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::server::{Grpc, UnaryService};
use tonic::service::Routes;
use tonic::{Request as Message, Response as Answer, Status};

use super::answers;
use crate::packs::Packs;
use crate::runner::Runner;
use crate::services::{Raw, Services};
use crate::{Config, Service};

pub const NOW: &str = "2026-03-16T15:30:00Z";

/// A call as a service saw it.
#[derive(Debug, Clone)]
pub struct Call {
    pub path: String,
    pub request: Bytes,
    pub context: Context,
    pub context_bytes: Vec<u8>,
}

impl Call {
    pub fn method(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// What a script has a method do instead of answering.
#[derive(Debug, Clone)]
pub enum Act {
    /// Refuse, without effect.
    Refuse(Reason),
    /// Take effect and lose the answer.
    LoseAnswer,
    /// Never answer.
    Hang,
}

#[derive(Default)]
pub struct State {
    pub calls: Vec<Call>,
    pub effects: Vec<String>,
    pub answers: answers::Facts,
    scripts: HashMap<String, VecDeque<Act>>,
    kept: BTreeMap<(String, String, String), (Bytes, Vec<u8>)>,
}

#[derive(Clone)]
pub struct World {
    state: Arc<Mutex<State>>,
    pub services: Services,
    pub clock: BusinessClock,
    pub config: Config,
}

impl World {
    pub fn new() -> Self {
        Self::with_feeds(&[])
    }

    /// Services of which some serve the feed of a store.
    pub fn with_feeds(feeds: &[(&str, &Store)]) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let conn = |name: &'static str| {
            let mut routes = Routes::builder();
            for (_, store) in feeds.iter().filter(|(feed, _)| *feed == name) {
                let feed =
                    baton_rpc::FeedServer::service((*store).clone(), CancellationToken::new());
                routes.add_service(feed);
            }
            let fake = Fake {
                state: Arc::clone(&state),
            };
            let with_fake = routes.routes().into_axum_router().fallback_service(fake);
            in_process(Routes::from(with_fake), &ServerConfig::new(name))
        };
        let services = Services {
            front_door: conn("front-door"),
            allocation: conn("allocation"),
            transfer: conn("transfer"),
            closure: conn("closure"),
            notification: conn("notification"),
        };
        Self {
            state,
            services,
            clock: BusinessClock::simulated(NOW.parse().expect("an instant")),
            config: Config {
                simulated_time: false,
                watch_patience_ms: 500,
                ..Config::default()
            },
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("no test panics while it holds this")
    }

    /// Has the next calls of a method do something else.
    pub fn script(&self, method: &str, acts: impl IntoIterator<Item = Act>) {
        self.state()
            .scripts
            .entry(method.to_owned())
            .or_default()
            .extend(acts);
    }

    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        self.state()
            .calls
            .iter()
            .filter(|call| call.method() == method)
            .cloned()
            .collect()
    }

    /// The commands that took effect, in order.
    pub fn effects(&self) -> Vec<String> {
        self.state().effects.clone()
    }

    /// A gateway over a database. It stops when the guard is dropped.
    pub async fn gateway(&self, url: &str) -> Gateway {
        let store = open(url, &self.clock).await;
        self.gateway_on(store)
    }

    pub fn gateway_on(&self, store: Store) -> Gateway {
        let shutdown = CancellationToken::new();
        let packs = Packs::new(["wirral".to_owned()], |_, _| Some("pack-1".to_owned()));
        let (Service { routes, tasks }, runner) = crate::assemble(
            &self.config,
            store.clone(),
            &packs,
            &self.clock,
            &self.services,
            &baton_rpc::Health::default(),
            &shutdown,
        );
        let conn = in_process(routes, &ServerConfig::new("gateway"));
        Gateway {
            conn,
            store,
            runner,
            tasks,
            shutdown,
        }
    }
}

/// A database that waits for a machine with much else to do.
pub fn patient(url: &str) -> StoreConfig {
    StoreConfig {
        acquire_timeout: Duration::from_mins(1),
        ..StoreConfig::new(url)
    }
}

pub async fn open(url: &str, clock: &BusinessClock) -> Store {
    Store::open(patient(url), "gateway", crate::migrations(), clock.clone())
        .await
        .expect("an empty database can be opened")
}

/// A running gateway.
pub struct Gateway {
    pub conn: Conn,
    pub store: Store,
    runner: Runner,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    shutdown: CancellationToken,
}

impl Gateway {
    /// Stops looking for work and lets go of what is under way, as a killed process does. The database stays open.
    pub fn abandon(self) -> Store {
        for task in &self.tasks {
            task.abort();
        }
        self.runner.abandon();
        self.store.clone()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// A request with the identity of the record system.
pub fn from_system<T>(message: T) -> Message<T> {
    from("wirral/system:liquidlogic", message)
}

/// A request with an identity.
pub fn from<T>(identity: &'static str, message: T) -> Message<T> {
    let mut request = Message::new(message);
    request.metadata_mut().insert(
        baton_rpc::IDENTITY_KEY,
        tonic::metadata::MetadataValue::from_static(identity),
    );
    request
}

/// Waits, a short while at a time, until something is true.
pub async fn eventually(what: &str, mut is_true: impl AsyncFnMut() -> bool) {
    for _ in 0..2_000 {
        if is_true().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never happened: {what}");
}

/// A service that answers from the state.
#[derive(Clone)]
struct Fake {
    state: Arc<Mutex<State>>,
}

impl tower::Service<Request<axum::body::Body>> for Fake {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Poller<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<axum::body::Body>) -> Self::Future {
        let path = request.uri().path().to_owned();
        let method = FakeMethod {
            state: Arc::clone(&self.state),
            path,
        };
        Box::pin(async move { Ok(Grpc::new(Raw).unary(method, request).await) })
    }
}

struct FakeMethod {
    state: Arc<Mutex<State>>,
    path: String,
}

impl UnaryService<Bytes> for FakeMethod {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Answer<Bytes>, Status>>;

    fn call(&mut self, request: Message<Bytes>) -> Self::Future {
        let (state, path) = (Arc::clone(&self.state), self.path.clone());
        Box::pin(async move {
            let context = context(&request)?;
            let context_bytes = request
                .metadata()
                .get_bin(baton_rpc::CONTEXT_KEY)
                .and_then(|value| value.to_bytes().ok())
                .unwrap_or_default()
                .to_vec();
            let body = request.into_inner();
            let act = {
                let mut state = state.lock().expect("no test panics while it holds this");
                state.calls.push(Call {
                    path: path.clone(),
                    request: body.clone(),
                    context: context.clone(),
                    context_bytes,
                });
                let method = path.rsplit('/').next().unwrap_or_default();
                state.scripts.get_mut(method).and_then(VecDeque::pop_front)
            };
            match act {
                Some(Act::Refuse(reason)) => {
                    return Err(Problem::new(reason, "the script says so").into());
                }
                Some(Act::Hang) => std::future::pending().await,
                Some(Act::LoseAnswer) => {
                    state
                        .lock()
                        .expect("no test panics while it holds this")
                        .take_effect(&path, &body, &context)?;
                    return Err(
                        Problem::new(Reason::ServiceUnreachable, "the answer is lost").into(),
                    );
                }
                None => {}
            }
            let answer = state
                .lock()
                .expect("no test panics while it holds this")
                .take_effect(&path, &body, &context)?;
            Ok(Answer::new(answer.into()))
        })
    }
}

impl State {
    /// As a real service: a key takes effect once, and another body under it is refused.
    fn take_effect(
        &mut self,
        path: &str,
        body: &Bytes,
        context: &Context,
    ) -> Result<Vec<u8>, Status> {
        let Some(request_id) = request_id(path, body) else {
            return self.answers.answer(path, body, context);
        };
        let key = (path.to_owned(), principal_key(context), request_id);
        if let Some((kept, response)) = self.kept.get(&key) {
            return if kept == body {
                Ok(response.clone())
            } else {
                Err(Problem::new(Reason::RequestIdReused, "another body").into())
            };
        }
        let response = self.answers.answer(path, body, context)?;
        self.effects
            .push(path.rsplit('/').next().unwrap_or_default().to_owned());
        self.kept.insert(key, (body.clone(), response.clone()));
        Ok(response)
    }
}

/// The key of a request that changes something.
fn request_id(path: &str, body: &Bytes) -> Option<String> {
    let input = pool().get_message_by_name(call_of(path)?.input)?;
    let message = DynamicMessage::decode(input, body.clone()).ok()?;
    let id = message
        .get_field_by_name("request_id")?
        .as_str()?
        .to_owned();
    Some(id)
}
