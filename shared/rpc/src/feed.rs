//! Feeds over gRPC: one implementation for every service, and the subscriber's side.

use std::sync::{Arc, Mutex, PoisonError};

use baton_contracts::event::v1::feed_service_client::FeedServiceClient;
use baton_contracts::event::v1::feed_service_server::{FeedService, FeedServiceServer};
use baton_contracts::event::v1::{Cursor, Event, SealedEvent, SubscribeRequest, SubscribeResponse};
use baton_contracts::event_from_json;
use baton_store::{Batch, FeedError, FeedStream, SealedEvent as Stored, Store};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use hashlink::LruCache;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::{Conn, MESSAGE_BYTES_MAX, Problem, Reason, Violations};

/// Serves the feeds of a store.
#[derive(Clone)]
pub struct FeedServer {
    store: Store,
    decoded: Decoded,
    shutdown: CancellationToken,
}

impl FeedServer {
    /// The service to register. Its streams end at `shutdown`, so that they do not hold the server up.
    pub fn service(store: Store, shutdown: CancellationToken) -> FeedServiceServer<Self> {
        let server = Self {
            store,
            decoded: Decoded::default(),
            shutdown,
        };
        FeedServiceServer::new(server)
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(FEED_BYTES_MAX)
    }
}

/// A batch holds many events.
const FEED_BYTES_MAX: usize = 4 * MESSAGE_BYTES_MAX;

#[tonic::async_trait]
impl FeedService for FeedServer {
    type SubscribeStream = BoxStream<'static, Result<SubscribeResponse, Status>>;

    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let SubscribeRequest { authority, cursor } = checked(request.into_inner())?;
        let cursor = stored(cursor.unwrap_or_default());
        let batches = self.store.feed_stream(&authority, cursor);
        let server = self.clone();
        let responses = batches
            .map_err(|error| Status::from(problem_of(error)))
            .and_then(move |batch| {
                std::future::ready(server.response(&authority, batch).map_err(Status::from))
            })
            .take_until(self.shutdown.clone().cancelled_owned());
        Ok(Response::new(responses.boxed()))
    }
}

fn checked(request: SubscribeRequest) -> Result<SubscribeRequest, Problem> {
    let mut violations = Violations::default();
    violations.check(&request);
    violations.into_result()?;
    Ok(request)
}

impl FeedServer {
    fn response(&self, authority: &str, batch: Batch) -> Result<SubscribeResponse, Problem> {
        let batch_end = batch.cursor.position;
        let mut events = Vec::with_capacity(batch.events.len());
        for sealed in batch.events {
            events.push(SealedEvent {
                event: Some(self.decoded.event(&sealed)?),
                cursor: Some(wire(sealed.cursor)),
            });
        }
        let head = self.store.known_head(authority).max(batch_end);
        Ok(SubscribeResponse { events, head })
    }
}

/// The newest events that were read from their stored form: every subscriber asks for the same ones at about the same time,
/// and an event never changes.
#[derive(Clone)]
struct Decoded(Arc<Mutex<LruCache<Uuid, Event>>>);

/// How many events are kept, a few kilobytes each.
const DECODED_MAX: usize = 512;

impl Default for Decoded {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(DECODED_MAX))))
    }
}

impl Decoded {
    fn event(&self, sealed: &Stored) -> Result<Event, Problem> {
        let id = sealed.event.event_id;
        let known = self.kept(|kept| kept.get(&id).cloned());
        if let Some(event) = known {
            return Ok(event);
        }
        let event = event_from_json(&sealed.event.body).map_err(|error| {
            tracing::error!(event.id = %id, error = %error, "a stored event cannot be read");
            Problem::internal()
        })?;
        self.kept(|kept| kept.insert(id, event.clone()));
        Ok(event)
    }

    fn kept<T>(&self, look: impl FnOnce(&mut LruCache<Uuid, Event>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The feed of one authority of the service behind a connection, for [`Store::subscribe`].
pub fn subscribe_to(
    conn: Conn,
    authority: &str,
) -> impl Fn(baton_store::Cursor) -> BoxFuture<'static, Result<FeedStream<Event>, FeedError>>
+ Send
+ Sync
+ 'static {
    let authority = authority.to_owned();
    move |cursor| Box::pin(open(conn.clone(), authority.clone(), cursor))
}

async fn open(
    conn: Conn,
    authority: String,
    cursor: baton_store::Cursor,
) -> Result<FeedStream<Event>, FeedError> {
    let mut client = FeedServiceClient::new(conn).max_decoding_message_size(FEED_BYTES_MAX);
    let request = SubscribeRequest {
        authority,
        cursor: Some(wire(cursor.clone())),
    };
    let position = cursor.position;
    let stream = client
        .subscribe(request)
        .await
        .map_err(|status| feed_error(&status, position))?;
    let mut stands = cursor;
    let batches = stream.into_inner().map(move |response| {
        let response = response.map_err(|status| feed_error(&status, stands.position))?;
        let mut events = Vec::with_capacity(response.events.len());
        for sealed in response.events {
            let (Some(event), Some(cursor)) = (sealed.event, sealed.cursor) else {
                return Err(FeedError::Unavailable(
                    "an event of the feed is incomplete".to_owned(),
                ));
            };
            events.push(event);
            stands = stored(cursor);
        }
        Ok(Batch {
            events,
            cursor: stands.clone(),
        })
    });
    Ok(batches.boxed())
}

fn problem_of(error: FeedError) -> Problem {
    match error {
        FeedError::Diverged { .. } => Problem::new(Reason::FeedDiverged, error.to_string()),
        FeedError::Store(error) => error.into(),
        FeedError::Unavailable(_) => {
            Problem::new(Reason::StoreUnavailable, "the feed is not available")
        }
    }
}

fn feed_error(status: &Status, position: i64) -> FeedError {
    let reason = status
        .get_details_error_info()
        .and_then(|info| Reason::parse(&info.reason));
    match reason {
        Some(Reason::FeedDiverged) => FeedError::Diverged { position },
        Some(reason) => FeedError::Unavailable(reason.to_string()),
        None => FeedError::Unavailable(status.code().description().to_owned()),
    }
}

fn wire(cursor: baton_store::Cursor) -> Cursor {
    Cursor {
        incarnation: cursor.incarnation,
        position: cursor.position,
        hash: cursor.hash,
    }
}

fn stored(cursor: Cursor) -> baton_store::Cursor {
    baton_store::Cursor {
        incarnation: cursor.incarnation,
        position: cursor.position,
        hash: cursor.hash,
    }
}
