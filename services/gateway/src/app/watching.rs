//! What changes in a list: read again from the views for whatever the feed says may have changed in it.

use std::collections::BTreeSet;

use baton_contracts::event::v1::Event;
use baton_contracts::gateway::v1::WatchWorkResponse;
use baton_rpc::Problem;

use super::{App, Page};
use crate::storage::{journey, tasks, tracker};
use crate::views::Tracked;

/// The most events that one response answers to.
const EVENTS_MAX: i64 = 200;
/// The most rows of one response.
const ROWS_MAX: i32 = 200;

/// A list that is watched, with its filters.
#[derive(Debug, Clone)]
pub enum List {
    /// Tasks: a tray, or a task list.
    Tasks(tasks::Filter),
    /// Transfers.
    Tracker(tracker::Filter),
}

/// Where a watch stands.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The authority.
    pub authority: String,
    /// The list.
    pub list: List,
    /// The last position of the authority's feed that was answered to.
    pub position: i64,
    /// The token of the next page of the list as it stands. None once it is complete.
    pub snapshot: Option<String>,
}

impl App {
    /// The position of an authority's feed now.
    pub async fn position(&self, authority: &str) -> Result<i64, Problem> {
        Ok(journey::last(&self.store, authority).await?)
    }

    /// The next part of the list as it stands, or what changed since. `None` when nothing did.
    pub async fn watched(&self, watch: &mut Watch) -> Result<Option<WatchWorkResponse>, Problem> {
        if let Some(token) = watch.snapshot.take() {
            return self.snapshot(watch, &token).await.map(Some);
        }
        loop {
            let found =
                journey::after(&self.store, &watch.authority, watch.position, EVENTS_MAX).await?;
            let Some((last, _)) = found.last() else {
                return Ok(None);
            };
            watch.position = *last;
            let events: Vec<Event> = found.into_iter().map(|(_, event)| event).collect();
            let response = self.changed(watch, &events).await?;
            let says_nothing = response.tasks.is_empty()
                && response.transfers.is_empty()
                && response.gone.is_empty();
            if !says_nothing {
                return Ok(Some(response));
            }
        }
    }

    async fn snapshot(&self, watch: &mut Watch, token: &str) -> Result<WatchWorkResponse, Problem> {
        let page = Page {
            size: ROWS_MAX,
            token,
        };
        let mut response = WatchWorkResponse {
            snapshot: true,
            ..WatchWorkResponse::default()
        };
        let next = match &watch.list {
            List::Tasks(filter) => {
                let (tasks, next) = self.list(&watch.authority, filter, page).await?;
                response.tasks = tasks;
                next
            }
            List::Tracker(filter) => {
                let (rows, next) = self.tracker(&watch.authority, filter, page).await?;
                response.transfers = rows;
                next
            }
        };
        if next.is_empty() {
            response.position = token_of(watch.position);
        } else {
            watch.snapshot = Some(next);
        }
        Ok(response)
    }

    /// What events did to the list. The views hold them and perhaps later ones, which come again.
    async fn changed(&self, watch: &Watch, events: &[Event]) -> Result<WatchWorkResponse, Problem> {
        let mut response = WatchWorkResponse {
            position: token_of(watch.position),
            ..WatchWorkResponse::default()
        };
        match &watch.list {
            List::Tasks(filter) => {
                let keys: BTreeSet<String> = events
                    .iter()
                    .flat_map(|event| &event.tasks)
                    .map(|change| change.key.clone())
                    .collect();
                let keys: Vec<String> = keys.into_iter().collect();
                if keys.is_empty() {
                    return Ok(response);
                }
                let here = tasks::some(&self.store, &watch.authority, filter, &keys).await?;
                let there: BTreeSet<&str> = here.iter().map(|task| task.key.as_str()).collect();
                response.gone = keys
                    .iter()
                    .filter(|key| !there.contains(key.as_str()))
                    .cloned()
                    .collect();
                response.tasks = self.shown(here);
            }
            List::Tracker(filter) => {
                let mut ids: BTreeSet<String> = Tracked::of_all(events)
                    .into_iter()
                    .map(|said| said.transfer_id)
                    .collect();
                let tasks = events.iter().flat_map(|event| &event.tasks);
                ids.extend(tasks.filter_map(|task| task.references.get("transfer_id").cloned()));
                let ids: Vec<String> = ids.into_iter().collect();
                if ids.is_empty() {
                    return Ok(response);
                }
                let here = tracker::some(&self.store, &watch.authority, filter, &ids).await?;
                let there: BTreeSet<String> =
                    here.iter().map(|row| row.transfer_id.clone()).collect();
                response.gone = ids.into_iter().filter(|id| !there.contains(id)).collect();
                response.transfers = self.tracked(&watch.authority, here).await?;
            }
        }
        Ok(response)
    }
}

/// A position is opaque to clients; its form may change with the letter.
const PREFIX: &str = "w";

/// A position for a client.
pub fn token_of(position: i64) -> String {
    format!("{PREFIX}{position}")
}

/// From what a client gives back.
pub fn position_of(token: &str) -> Option<i64> {
    token
        .strip_prefix(PREFIX)?
        .parse()
        .ok()
        .filter(|position| *position >= 0)
}
