//! Questions to the views.

use std::time::Duration;

use baton_contracts::event::v1::Event;
use baton_contracts::gateway::v1::{
    ListTasksRequest, ListTrackerRequest, ListWorkTrayRequest, Task, TrackerRow,
};
use baton_contracts::timestamp;
use baton_contracts::type_v1::{AsOf, Context, PostHeld};
use baton_rpc::{Problem, Reason};
use jiff::civil::Date;
use tokio::time::{Instant, timeout_at};
use tonic::Status;
use uuid::Uuid;

use super::App;
use crate::context::Located;
use crate::storage::journey::Of;
use crate::storage::{journey, tasks, tracked, tracker};
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

    fn after(self) -> Result<tracker::After, Problem> {
        let ours = || Problem::invalid("page_token", "is not one of ours");
        let mut parts = self.token.splitn(3, '~');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(""), None, None) => Ok(tracker::After::default()),
            (Some(part @ ("live" | "ended")), Some(due_sort), Some(id)) if !id.is_empty() => {
                Ok(tracker::After {
                    ended: part == "ended",
                    due_sort: due_sort.to_owned(),
                    transfer_id: id.to_owned(),
                })
            }
            _ => Err(ours()),
        }
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

    /// A page of a list of tasks, with where the next one begins.
    pub async fn list(
        &self,
        authority: &str,
        filter: &tasks::Filter,
        page: Page<'_>,
    ) -> Result<(Vec<Task>, String), Problem> {
        let found =
            tasks::page(&self.store, authority, filter, &page.place()?, page.limit()).await?;
        let full = found.len() >= usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let next = match found.last() {
            Some(last) if full => last.place().token(),
            _ => String::new(),
        };
        Ok((self.shown(found), next))
    }

    /// What a tray shows: what is addressed to the team, or to one in whose place it came.
    pub async fn tray_filter(
        &self,
        context: &Context,
        asked: &ListWorkTrayRequest,
    ) -> Result<tasks::Filter, Status> {
        let teams = self.with_forerunners(context, &asked.team_id).await?;
        Ok(self.filter(tasks::Whose::Tray(teams), &asked.codes, asked.overdue_only))
    }

    /// What a task list shows: of one person, their own tasks and those of the posts they hold or cover today.
    pub async fn task_filter(
        &self,
        context: &Context,
        asked: &ListTasksRequest,
    ) -> Result<tasks::Filter, Status> {
        let given = |text: &str| !text.is_empty();
        let of = match (given(&asked.worker_id), given(&asked.role)) {
            (true, true) => {
                return Err(
                    Problem::invalid("role", "must be empty when the worker is given").into(),
                );
            }
            (true, false) => {
                tasks::Whose::Owners(self.owner_keys(context, &asked.worker_id).await?)
            }
            (false, true) => {
                let teams = match asked.team_id.as_str() {
                    "" => vec![String::new()],
                    team => self.with_forerunners(context, team).await?,
                };
                let keys = teams
                    .iter()
                    .map(|team| views::role_key(&asked.role, team, ""));
                tasks::Whose::Owners(keys.collect())
            }
            (false, false) if given(&asked.team_id) => {
                tasks::Whose::Teams(self.with_forerunners(context, &asked.team_id).await?)
            }
            (false, false) if given(&asked.area) => tasks::Whose::Area(asked.area.clone()),
            (false, false) => {
                let problem = "must be given, or a role, a team or an area";
                return Err(Problem::invalid("worker_id", problem).into());
            }
        };
        Ok(self.filter(of, &asked.codes, asked.overdue_only))
    }

    fn filter(&self, of: tasks::Whose, codes: &[String], overdue_only: bool) -> tasks::Filter {
        let today = self.today().to_string();
        tasks::Filter {
            of,
            codes: codes.to_vec(),
            overdue_on: if overdue_only { today } else { String::new() },
        }
    }

    async fn owner_keys(&self, context: &Context, worker_id: &str) -> Result<Vec<String>, Status> {
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
        Ok(keys)
    }

    /// A team and those in whose place it came, today.
    async fn with_forerunners(
        &self,
        context: &Context,
        team_id: &str,
    ) -> Result<Vec<String>, Status> {
        let ledger = self
            .contexts
            .ledger(context, &Located::default(), Vec::new())
            .await?;
        let teams = ledger.organisation.unwrap_or_default().teams;
        Ok(views::with_forerunners(&teams, team_id, self.today()))
    }

    /// The posts that whoever acts holds or covers today. None for a record system.
    pub async fn posts(&self, context: &Context) -> Result<Vec<PostHeld>, Status> {
        let ledger = self
            .contexts
            .ledger(context, &Located::default(), Vec::new())
            .await?;
        Ok(ledger.posts)
    }

    /// What a tracker shows.
    pub async fn tracker_filter(
        &self,
        context: &Context,
        asked: &ListTrackerRequest,
    ) -> Result<tracker::Filter, Status> {
        let today = self.today().to_string();
        Ok(tracker::Filter {
            teams: self.with_forerunners(context, &asked.team_id).await?,
            incoming_only: asked.direction == "in",
            outgoing_only: asked.direction == "out",
            route: asked.route.clone(),
            phase: asked.phase.clone(),
            worker_id: asked.worker_id.clone(),
            due_before: if asked.overdue_only {
                today
            } else {
                String::new()
            },
        })
    }

    /// A page of transfers, each with its tasks and with what it waits for.
    pub async fn tracker(
        &self,
        authority: &str,
        filter: &tracker::Filter,
        page: Page<'_>,
    ) -> Result<(Vec<TrackerRow>, String), Problem> {
        let after = page.after()?;
        let limit = page.limit();
        let found = tracker::page(&self.store, authority, filter, &after, limit).await?;
        let next = match found.last() {
            Some(last) if found.len() >= usize::try_from(limit).unwrap_or(usize::MAX) => {
                let part = if last.live { "live" } else { "ended" };
                format!("{part}~{}~{}", last.due_sort, last.transfer_id)
            }
            _ => String::new(),
        };
        Ok((self.tracked(authority, found).await?, next))
    }

    /// Rows of the tracker as the contract shows them.
    pub async fn tracked(
        &self,
        authority: &str,
        rows: Vec<tracker::Row>,
    ) -> Result<Vec<TrackerRow>, Problem> {
        let today = self.today();
        let ids: Vec<String> = rows.iter().map(|row| row.transfer_id.clone()).collect();
        let mut due = tracked::of_transfers(&self.store, authority, &ids).await?;
        let mut shown = Vec::with_capacity(rows.len());
        for row in rows {
            let waiting = tasks::of_transfer(&self.store, authority, &row.transfer_id).await?;
            let due = due.remove(&row.transfer_id).unwrap_or_default();
            let overdue = due.iter().any(|due| due.state == views::State::Breached);
            let urgency = if row.live {
                views::urgency(row.due_sort.parse().ok(), overdue, today)
            } else {
                "ended"
            };
            shown.push(TrackerRow {
                transfer_id: row.transfer_id,
                case_id: row.case_id,
                child_id: row.child_id,
                route: row.route,
                phase: row.phase,
                from_team_id: row.from_team_id,
                to_team_id: row.to_team_id,
                point_on: row.point_on,
                waiting_for: self.shown(waiting),
                tasks: due.into_iter().map(views::Duty::shown).collect(),
                receiving_worker_id: row.worker_id,
                ended_at: row.ended_at.map(|at| timestamp(at.timestamp())),
                urgency: urgency.to_owned(),
            });
        }
        Ok(shown)
    }

    /// Tasks as the contract shows them.
    pub fn shown(&self, tasks: Vec<views::Task>) -> Vec<Task> {
        let today = self.today();
        tasks.into_iter().map(|task| task.shown(today)).collect()
    }

    /// The day it is in England.
    fn today(&self) -> Date {
        crate::reactions::local_day(self.clock.now())
    }
}
