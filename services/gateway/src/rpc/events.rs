//! The authority's outgoing feed.

use std::time::Duration;

use baton_contracts::gateway::v1::events_service_server::EventsService;
use baton_contracts::gateway::v1::{SubscribeRequest, SubscribeResponse};
use baton_rpc::Problem;
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::time::{Instant, timeout_at};
use tonic::{Request, Response, Status};

use super::Handlers;
use crate::app::App;
use crate::storage::journey;

/// A stream ends after so long, so that replicas share their subscribers.
const LIFE: Duration = Duration::from_mins(30);
/// A silent stream says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// What other replicas apply does not wake this one.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// The most events of one response.
const EVENTS_MAX: i64 = 200;

struct Reader {
    app: App,
    authority: String,
    types: Vec<String>,
    position: i64,
    ends: Instant,
}

#[tonic::async_trait]
impl EventsService for Handlers {
    type SubscribeStream = BoxStream<'static, Result<SubscribeResponse, Status>>;

    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let (context, body) = self.admit(request).await?;
        let position = match body.cursor.as_str() {
            "" => 0,
            cursor => cursor
                .strip_prefix(CURSOR_PREFIX)
                .and_then(|position| position.parse().ok())
                .ok_or_else(|| Problem::invalid("cursor", "is not one of ours"))?,
        };
        let reader = Reader {
            app: self.app.clone(),
            authority: context.authority,
            types: body.types,
            position,
            ends: Instant::now() + LIFE,
        };
        let stream = stream::unfold(Some(reader), |reader| async move {
            let mut reader = reader?;
            match reader.next().await {
                Ok(Some(response)) => Some((Ok(response), Some(reader))),
                Ok(None) => None,
                Err(problem) => Some((Err(problem.into()), None)),
            }
        });
        let until = self.shutdown.clone().cancelled_owned();
        Ok(Response::new(stream.take_until(until).boxed()))
    }
}

/// A cursor is opaque to clients; its form may change with the letter.
const CURSOR_PREFIX: &str = "a";

impl Reader {
    /// The next events, or a heartbeat. `None` when the stream has lived long enough.
    async fn next(&mut self) -> Result<Option<SubscribeResponse>, Problem> {
        let mut applied = self.app.applied().subscribe();
        let heartbeat = Instant::now() + HEARTBEAT;
        loop {
            applied.mark_unchanged();
            let found =
                journey::after(self.app.store(), &self.authority, self.position, EVENTS_MAX)
                    .await?;
            if let Some((last, _)) = found.last() {
                self.position = *last;
                let events: Vec<_> = found
                    .into_iter()
                    .map(|(_, event)| event)
                    .filter(|event| self.types.is_empty() || self.types.contains(&event.r#type))
                    .collect();
                if !events.is_empty() {
                    // Views are committed without waiting for the disk; what leaves the house waits for it, so that
                    // no crash gives a position to another event.
                    self.app.store().settle().await?;
                    return Ok(Some(self.response(events)));
                }
                continue;
            }
            let now = Instant::now();
            if now >= self.ends {
                return Ok(None);
            }
            if now >= heartbeat {
                return Ok(Some(self.response(Vec::new())));
            }
            // Either way: look again.
            let _ = timeout_at(heartbeat.min(now + LOOK_AGAIN), applied.changed()).await;
        }
    }

    fn response(&self, events: Vec<baton_contracts::event::v1::Event>) -> SubscribeResponse {
        SubscribeResponse {
            events,
            cursor: format!("{CURSOR_PREFIX}{}", self.position),
        }
    }
}
