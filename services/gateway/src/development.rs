//! Simulated time: the day goes on from one due instant to the next, and each time all comes to rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use baton_contracts::event::v1::simulation_service_client::SimulationServiceClient;
use baton_contracts::event::v1::{GetQuietRequest, NextDueRequest, SetClockRequest};
use baton_contracts::{instant, timestamp};
use baton_rpc::{Conn, Problem, Reason};
use baton_store::StoreError;
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
/// So many looks in a row have to find nothing.
const LOOKS: u32 = 2;
/// Something that takes longer than this to come to rest does not.
const PATIENCE: Duration = Duration::from_mins(1);
/// A clock that stops more often than this on one way goes round in circles.
const STOPS_MAX: i32 = 100_000;

/// Moves the clocks of all services.
#[derive(Clone)]
pub struct Development {
    app: App,
    services: Vec<(&'static str, Conn)>,
    /// One way at a time.
    moving: Arc<Mutex<()>>,
}

impl Development {
    /// Over all services.
    pub fn new(app: App, services: &Services) -> Self {
        Self {
            app,
            services: services.all().into(),
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

    /// Waits until nothing is under way anywhere. All is at rest when two looks in a row, with the same heads, find
    /// nothing: between looking at one service and at the next something may have moved on.
    async fn rest(&self) -> Result<(), Status> {
        let patience = baton_rpc::time_left().unwrap_or(PATIENCE).min(PATIENCE);
        let until = Instant::now() + patience;
        let mut heads = BTreeMap::new();
        let mut found_nothing = 0;
        loop {
            let Look {
                heads: before,
                waiting_for,
            } = self.look(&heads).await?;
            let moved_on = before != heads;
            heads = before;
            if waiting_for.is_empty() && !moved_on {
                found_nothing += 1;
                if found_nothing == LOOKS {
                    return Ok(());
                }
                continue;
            }
            found_nothing = 0;
            if Instant::now() >= until {
                let waiting_for = waiting_for.join(", ");
                tracing::warn!(waiting_for, "the services do not come to rest");
                return Err(Problem::new(
                    Reason::ViewBehind,
                    format!("not at rest: {waiting_for}"),
                )
                .into());
            }
            if !waiting_for.is_empty() {
                sleep(ASK_AGAIN).await;
            }
        }
    }

    /// Looks at every service: where its feeds end, and what it waits for with other feeds ending at `heads`.
    async fn look(&self, heads: &BTreeMap<String, i64>) -> Result<Look, Status> {
        let asked = self.services.iter().map(|(name, conn)| async move {
            let request = GetQuietRequest {
                heads: feeds_of(name, heads),
            };
            let answer = client(conn).get_quiet(request).await?.into_inner();
            Ok::<_, Status>((*name, answer))
        });
        let mut look = Look::default();
        for (name, answer) in try_join_all(asked).await? {
            look.add(name, answer.heads, answer.waiting_for);
        }
        let own = self.own(heads).await.map_err(Problem::from)?;
        look.add(NAME, own.heads, own.waiting_for);
        Ok(look)
    }

    /// As each service looks at itself.
    async fn own(&self, heads: &BTreeMap<String, i64>) -> Result<Look, StoreError> {
        let store = self.app.store();
        let ends = store.heads().await?;
        // In the order in which one leads to the other.
        let mut waiting_for: Vec<String> = store.behind(heads).await?;
        if reactions::count_runnable(store).await? > 0 {
            waiting_for.push("reactions".to_owned());
        }
        let own = store.quiet().await?;
        waiting_for.extend(own.into_iter().map(str::to_owned));
        Ok(Look {
            heads: ends,
            waiting_for,
        })
    }
}

/// What a look at the services found.
#[derive(Debug, Default)]
struct Look {
    /// The ends of the feeds: by `service/authority`, or by authority for one service.
    heads: BTreeMap<String, i64>,
    /// What is under way.
    waiting_for: Vec<String>,
}

impl Look {
    fn add(&mut self, service: &str, heads: BTreeMap<String, i64>, waiting_for: Vec<String>) {
        let heads = heads.into_iter();
        let heads = heads.map(|(authority, head)| (format!("{service}/{authority}"), head));
        self.heads.extend(heads);
        let waiting_for = waiting_for.into_iter();
        self.waiting_for
            .extend(waiting_for.map(|what| format!("{service}: {what}")));
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
