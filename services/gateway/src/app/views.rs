//! Questions to the views.

use std::time::Duration;

use baton_contracts::event::v1::Event;
use baton_contracts::gateway::v1::{Task, TrackerRow};
use baton_contracts::type_v1::{AsOf, Context, PostHeld};
use baton_rpc::{Problem, Reason};
use jiff::civil::Date;
use tokio::time::{Instant, timeout_at};
use tonic::Status;
use uuid::Uuid;

use super::App;
use crate::context::Located;
use crate::storage::journey::Of;
use crate::storage::{journey, tasks, tracker};
use crate::views::{self, Place};

/// How long a question waits for a view when it has no deadline of its own.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is kept back of the caller's deadline, so that the answer still arrives.
const MARGIN: Duration = Duration::from_millis(20);
/// How often to look for what another process has applied.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// How many at most, as the request has it.
    pub size: i32,
    /// Where the last page ended.
    pub token: &'a str,
}

impl Page<'_> {
    /// How many to read.
    pub fn limit(self) -> i64 {
        match self.size {
            ..=0 => 50,
            size => i64::from(size.min(200)),
        }
    }

    fn place(self) -> Result<Place, Problem> {
        Place::parse(self.token).ok_or_else(|| Problem::invalid("page_token", "is not one of ours"))
    }
}

impl App {
    /// Waits until the views have seen what an answer said it recorded. Fails with `VIEW_BEHIND`.
    pub async fn at_least(&self, authority: &str, events: &[AsOf]) -> Result<(), Problem> {
        let left = baton_rpc::time_left()
            .unwrap_or(PATIENCE)
            .min(PATIENCE)
            .saturating_sub(MARGIN);
        let until = Instant::now() + left;
        let mut applied = self.applied.subscribe();
        for as_of in events.iter().filter(|as_of| !as_of.event_id.is_empty()) {
            let id = Uuid::try_parse(&as_of.event_id)
                .map_err(|_| Problem::invalid("at_least.event_id", "must be an id"))?;
            loop {
                applied.mark_unchanged();
                if journey::has(&self.store, authority, id).await? {
                    break;
                }
                if Instant::now() >= until {
                    return Err(Problem::new(
                        Reason::ViewBehind,
                        "the view has not seen that yet",
                    ));
                }
                // Either way: look again.
                let _ = timeout_at(until.min(Instant::now() + LOOK_AGAIN), applied.changed()).await;
            }
        }
        Ok(())
    }

    /// What happened, and what is waited for.
    pub async fn journey(
        &self,
        authority: &str,
        of: Of,
    ) -> Result<(Vec<Event>, Vec<Task>), Problem> {
        let waiting = async {
            match of {
                Of::Case(id) => tasks::of_case(&self.store, authority, id).await,
                Of::Child(id) => tasks::of_child(&self.store, authority, id).await,
            }
        };
        let (entries, waiting) =
            tokio::try_join!(journey::entries(&self.store, authority, of), waiting)?;
        if entries.is_empty() {
            let (kind, id) = match of {
                Of::Case(id) => ("case", id),
                Of::Child(id) => ("child", id),
            };
            return Err(Problem::not_found(kind, id));
        }
        Ok((entries, self.shown(waiting)))
    }

    /// A page of a team's tray, with where the next one begins.
    pub async fn tray(
        &self,
        authority: &str,
        team_id: &str,
        page: Page<'_>,
    ) -> Result<(Vec<Task>, String), Problem> {
        let found = tasks::tray(
            &self.store,
            authority,
            team_id,
            &page.place()?,
            page.limit(),
        )
        .await?;
        Ok(self.paged(found, page))
    }

    /// A page of one person's tasks: their own, and those of the posts they hold or cover today.
    pub async fn tasks_of_worker(
        &self,
        context: &Context,
        worker_id: &str,
        page: Page<'_>,
    ) -> Result<(Vec<Task>, String), Status> {
        let place = page.place()?;
        let mut of_worker = context.clone();
        if let Some(actor) = &mut of_worker.actor {
            actor.kind = baton_contracts::type_v1::PrincipalKind::Person.into();
            worker_id.clone_into(&mut actor.principal);
        }
        let ledger = self
            .contexts
            .ledger(&of_worker, &Located::default(), Vec::new())
            .await?;
        let mut keys: Vec<String> = ledger.posts.iter().flat_map(views::post_keys).collect();
        keys.push(views::worker_key(worker_id));
        keys.sort_unstable();
        keys.dedup();
        let found = tasks::of_owners(&self.store, &context.authority, &keys, &place, page.limit())
            .await
            .map_err(Problem::from)?;
        Ok(self.paged(found, page))
    }

    /// The posts that whoever acts holds or covers today. None for a record system.
    pub async fn posts(&self, context: &Context) -> Result<Vec<PostHeld>, Status> {
        let ledger = self
            .contexts
            .ledger(context, &Located::default(), Vec::new())
            .await?;
        Ok(ledger.posts)
    }

    /// A page of the tasks of a role in a team, or of a role above teams.
    pub async fn tasks_of_role(
        &self,
        authority: &str,
        role: &str,
        team_id: &str,
        page: Page<'_>,
    ) -> Result<(Vec<Task>, String), Problem> {
        let keys = [views::role_key(role, team_id, "")];
        let found =
            tasks::of_owners(&self.store, authority, &keys, &page.place()?, page.limit()).await?;
        Ok(self.paged(found, page))
    }

    /// A page of a team's transfers, in and out, each with what it waits for.
    pub async fn tracker(
        &self,
        authority: &str,
        team_id: &str,
        page: Page<'_>,
    ) -> Result<(Vec<TrackerRow>, String), Problem> {
        let (ended, after) = match page.token.split_once('~') {
            None if page.token.is_empty() => (false, ""),
            Some(("live", id)) => (false, id),
            Some(("ended", id)) => (true, id),
            _ => return Err(Problem::invalid("page_token", "is not one of ours")),
        };
        let limit = page.limit();
        let found = tracker::page(&self.store, authority, team_id, (ended, after), limit).await?;
        let next = match found.last() {
            Some((live, row)) if found.len() >= usize::try_from(limit).unwrap_or(usize::MAX) => {
                format!(
                    "{}~{}",
                    if *live { "live" } else { "ended" },
                    row.transfer_id
                )
            }
            _ => String::new(),
        };
        let mut rows = Vec::with_capacity(found.len());
        for (_, row) in found {
            let waiting = tasks::of_transfer(&self.store, authority, &row.transfer_id).await?;
            rows.push(TrackerRow {
                transfer_id: row.transfer_id,
                case_id: row.case_id,
                child_id: row.child_id,
                route: row.route,
                phase: row.phase,
                from_team_id: row.from_team_id,
                to_team_id: row.to_team_id,
                point_on: row.point_on,
                waiting_for: self.shown(waiting),
            });
        }
        Ok((rows, next))
    }

    fn paged(&self, found: Vec<views::Task>, page: Page<'_>) -> (Vec<Task>, String) {
        let full = found.len() >= usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let next = match found.last() {
            Some(last) if full => last.place().token(),
            _ => String::new(),
        };
        (self.shown(found), next)
    }

    fn shown(&self, tasks: Vec<views::Task>) -> Vec<Task> {
        let today = self.today();
        tasks.into_iter().map(|task| task.shown(today)).collect()
    }

    /// The day it is in England.
    fn today(&self) -> Date {
        crate::reactions::local_day(self.clock.now())
    }
}
