//! Changes of trays, task lists and trackers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_contracts::gateway::v1::watch_service_server::WatchService;
use baton_contracts::gateway::v1::{WatchWorkRequest, WatchWorkResponse, watch_work_request};
use baton_contracts::type_v1::Context;
use baton_rpc::{Problem, Reason};
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::Handlers;
use crate::app::{App, List, Watch, position_of, token_of};

/// A stream ends after so long, so that replicas share their watchers.
const LIFE: Duration = Duration::from_mins(30);
/// A silent stream says that it is there, and from where to go on.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// What other replicas apply does not wake this one.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How many responses wait for a client that does not read.
const WAITING_MAX: usize = 4;

#[tonic::async_trait]
impl WatchService for Handlers {
    type WatchWorkStream = BoxStream<'static, Result<WatchWorkResponse, Status>>;

    async fn watch_work(
        &self,
        request: Request<WatchWorkRequest>,
    ) -> Result<Response<Self::WatchWorkStream>, Status> {
        let (context, body) = self.admit(request).await?;
        let list = self.watched_list(&context, &body).await?;
        let (position, snapshot) = match body.position.as_str() {
            // The position comes first: what happens while the list is read is told afterwards, perhaps again.
            "" => {
                let position = self.app.position(&context.authority).await?;
                (position, Some(String::new()))
            }
            token => {
                let position = position_of(token)
                    .ok_or_else(|| Problem::invalid("position", "is not one of ours"))?;
                (position, None)
            }
        };
        let watch = Watch {
            authority: context.authority,
            list,
            position,
            snapshot,
        };
        let (send, receive) = mpsc::channel(WAITING_MAX);
        let end = Arc::new(Mutex::new(None));
        let teller = Teller {
            app: self.app.clone(),
            watch,
            send,
            patience: self.watch_patience,
            end: Arc::clone(&end),
            shutdown: self.shutdown.clone(),
        };
        tokio::spawn(teller.run());
        let told = stream::unfold(receive, |mut receive| async move {
            receive.recv().await.map(|response| (Ok(response), receive))
        });
        // Whoever is cut off first reads what was waiting, and then why nothing more comes.
        let ending = stream::once(async move {
            let mut end = end.lock().unwrap_or_else(PoisonError::into_inner);
            end.take().map(|problem: Problem| Err(problem.into()))
        });
        let ending = ending.filter_map(|end| async move { end });
        Ok(Response::new(told.chain(ending).boxed()))
    }
}

impl Handlers {
    async fn watched_list(
        &self,
        context: &Context,
        body: &WatchWorkRequest,
    ) -> Result<List, Status> {
        use watch_work_request::List as Asked;

        Ok(match &body.list {
            Some(Asked::Tray(asked)) => List::Tasks(self.app.tray_filter(context, asked).await?),
            Some(Asked::Tasks(asked)) => List::Tasks(self.app.task_filter(context, asked).await?),
            Some(Asked::Tracker(asked)) => {
                List::Tracker(self.app.tracker_filter(context, asked).await?)
            }
            None => return Err(Problem::invalid("list", "must be given").into()),
        })
    }
}

/// Tells one client what changes.
struct Teller {
    app: App,
    watch: Watch,
    send: mpsc::Sender<WatchWorkResponse>,
    /// How long a client may leave what waits for it unread.
    patience: Duration,
    end: Arc<Mutex<Option<Problem>>>,
    shutdown: CancellationToken,
}

impl Teller {
    async fn run(mut self) {
        let shutdown = self.shutdown.clone();
        let told = shutdown.run_until_cancelled(self.tell()).await;
        if let Some(Err(problem)) = told {
            *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
        }
    }

    /// Until the client goes, reads too slowly, or the stream has lived long enough.
    async fn tell(&mut self) -> Result<(), Problem> {
        let ends = Instant::now() + LIFE;
        let mut applied = self.app.applied().subscribe();
        let mut heartbeat = Instant::now() + HEARTBEAT;
        while Instant::now() < ends {
            applied.mark_unchanged();
            let response = match self.app.watched(&mut self.watch).await? {
                Some(response) => response,
                None if Instant::now() >= heartbeat => WatchWorkResponse {
                    position: token_of(self.watch.position),
                    ..WatchWorkResponse::default()
                },
                None => {
                    let until = heartbeat.min(Instant::now() + LOOK_AGAIN);
                    tokio::select! {
                        () = self.send.closed() => return Ok(()),
                        // Either way: look again.
                        _ = timeout_at(until, applied.changed()) => {}
                    }
                    continue;
                }
            };
            heartbeat = Instant::now() + HEARTBEAT;
            // Views are committed without waiting for the disk; what leaves the house waits for it.
            self.app.store().settle().await?;
            match self.send.send_timeout(response, self.patience).await {
                Ok(()) => {}
                Err(mpsc::error::SendTimeoutError::Closed(_)) => return Ok(()),
                Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                    return Err(Problem::new(
                        Reason::Overloaded,
                        "the client reads too slowly; go on from the last position",
                    ));
                }
            }
        }
        Ok(())
    }
}
