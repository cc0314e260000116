//! Simulated time: the day goes on from one due instant to the next, and each time all comes to rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use baton_contracts::event::v1::simulation_service_client::SimulationServiceClient;
use baton_contracts::event::v1::{GetQuietRequest, NextDueRequest, SetClockRequest};
use baton_contracts::{instant, timestamp};
use baton_rpc::{Conn, Problem, Reason};
use baton_store::Subscription;
use futures::future::try_join_all;
use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use tonic::Status;

use crate::app::App;
use crate::services::{NAME, Services};
use crate::storage::reactions;

/// How often to ask whether all is at rest.
const ASK_AGAIN: Duration = Duration::from_millis(5);
/// Something that takes longer than this to come to rest does not.
const PATIENCE: Duration = Duration::from_mins(1);
/// A clock that stops more often than this on one way goes round in circles.
const STOPS_MAX: i32 = 100_000;

/// Moves the clocks of all services.
#[derive(Clone)]
pub struct Development {
    app: App,
    services: Vec<(&'static str, Conn)>,
    authorities: Vec<String>,
    /// One way at a time.
    moving: Arc<Mutex<()>>,
}

impl Development {
    /// Over all services.
    pub fn new(app: App, services: &Services, authorities: &[String]) -> Self {
        Self {
            app,
            services: services.all().into(),
            authorities: authorities.to_vec(),
            moving: Arc::default(),
        }
    }

    /// Moves every clock to an instant, stopping wherever something falls due on the way. Answers the time after
    /// it and the number of stops.
    pub async fn advance_to(&self, to: Timestamp) -> Result<(Timestamp, i32), Status> {
        let _alone = self.moving.lock().await;
        if to < self.app.clock().now() {
            let problem = Problem::new(Reason::DateInPast, "the clock only moves forward");
            return Err(problem.into());
        }
        self.rest().await?;
        let mut stops = 0;
        while let Some(due) = self.next_due().await?.filter(|due| *due <= to) {
            // What is overdue, after an outage, is worked off at the time it is.
            self.set(due.max(self.app.clock().now())).await?;
            self.rest().await?;
            stops += 1;
            if stops >= STOPS_MAX {
                return Err(Problem::internal().into());
            }
        }
        self.set(to).await?;
        self.rest().await?;
        Ok((self.app.clock().now(), stops))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Status> {
        let asked = self.services.iter().map(|(_, conn)| async {
            let answer = client(conn).next_due(NextDueRequest {}).await?.into_inner();
            Ok::<_, Status>(answer.due_at.and_then(|due| instant(&due).ok()))
        });
        Ok(try_join_all(asked).await?.into_iter().flatten().min())
    }

    /// The gateway's clock goes last: a call that it lets in finds every service at its time.
    async fn set(&self, to: Timestamp) -> Result<(), Status> {
        let set = self.services.iter().map(|(_, conn)| async {
            client(conn)
                .set_clock(SetClockRequest {
                    now: Some(timestamp(to)),
                })
                .await
        });
        try_join_all(set).await?;
        if self.app.clock().now() < to {
            self.app.clock().set(to).map_err(|error| {
                Status::from(Problem::new(Reason::DateInPast, error.to_string()))
            })?;
        }
        Ok(())
    }

    /// Waits until nothing is under way anywhere.
    async fn rest(&self) -> Result<(), Status> {
        let patience = baton_rpc::time_left().unwrap_or(PATIENCE).min(PATIENCE);
        let until = Instant::now() + patience;
        loop {
            let waiting_for = self.waiting_for().await?;
            if waiting_for.is_empty() {
                return Ok(());
            }
            if Instant::now() >= until {
                let waiting_for = waiting_for.join(", ");
                tracing::warn!(waiting_for, "the services do not come to rest");
                return Err(Problem::new(
                    Reason::ViewBehind,
                    format!("not at rest: {waiting_for}"),
                )
                .into());
            }
            sleep(ASK_AGAIN).await;
        }
    }

    /// What is still under way. All is at rest when two looks in a row, with the same heads, find nothing: between
    /// looking at one service and at the next something may have moved on.
    async fn waiting_for(&self) -> Result<Vec<String>, Status> {
        let heads = self.heads().await?;
        let waiting = self.look(&heads).await?;
        if !waiting.is_empty() {
            return Ok(waiting);
        }
        if self.heads().await? == heads {
            self.look(&heads).await
        } else {
            Ok(vec!["feeds".to_owned()])
        }
    }

    /// The head of every feed, as `service/authority`.
    async fn heads(&self) -> Result<BTreeMap<String, i64>, Status> {
        let asked = self.services.iter().map(|(name, conn)| async move {
            let answer = client(conn)
                .get_quiet(GetQuietRequest::default())
                .await?
                .into_inner();
            Ok::<_, Status>((*name, answer.heads))
        });
        let mut heads = BTreeMap::new();
        for (name, of_service) in try_join_all(asked).await? {
            for (authority, head) in of_service {
                heads.insert(format!("{name}/{authority}"), head);
            }
        }
        for authority in &self.authorities {
            let head = self
                .app
                .store()
                .head(authority)
                .await
                .map_err(Problem::from)?;
            heads.insert(format!("{NAME}/{authority}"), head.position);
        }
        Ok(heads)
    }

    async fn look(&self, heads: &BTreeMap<String, i64>) -> Result<Vec<String>, Status> {
        let asked = self.services.iter().map(|(name, conn)| async move {
            let request = GetQuietRequest {
                heads: feeds_of(name, heads),
            };
            let answer = client(conn).get_quiet(request).await?.into_inner();
            Ok::<_, Status>(
                answer
                    .waiting_for
                    .into_iter()
                    .map(move |what| format!("{name}: {what}")),
            )
        });
        let mut waiting: Vec<String> = try_join_all(asked).await?.into_iter().flatten().collect();
        waiting.extend(self.own(heads).await.map_err(Problem::from)?);
        Ok(waiting)
    }

    async fn own(
        &self,
        heads: &BTreeMap<String, i64>,
    ) -> Result<Vec<String>, baton_store::StoreError> {
        let store = self.app.store();
        // In the order in which one leads to the other, as each service looks at itself.
        let mut waiting = Vec::new();
        for (feed, head) in heads {
            let Some((name, authority)) = feed.split_once('/') else {
                continue;
            };
            let subscription = Subscription {
                name: name.to_owned(),
                authority: authority.to_owned(),
            };
            if store.cursor(&subscription).await?.position < *head {
                waiting.push(format!("{NAME}: feed {feed}"));
            }
        }
        if reactions::count_runnable(store).await? > 0 {
            waiting.push(format!("{NAME}: reactions"));
        }
        let own = store.quiet().await?;
        waiting.extend(own.into_iter().map(|what| format!("{NAME}: {what}")));
        Ok(waiting)
    }
}

/// The feeds that a service subscribes to: notification those of the services that ask it to tell.
fn feeds_of(service: &str, heads: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    if service != "notification" {
        return BTreeMap::new();
    }
    heads
        .iter()
        .filter(|(feed, _)| !feed.starts_with("notification/") && !feed.starts_with("gateway/"))
        .map(|(feed, head)| (feed.clone(), *head))
        .collect()
}

fn client(conn: &Conn) -> SimulationServiceClient<Conn> {
    SimulationServiceClient::new(conn.clone())
}
