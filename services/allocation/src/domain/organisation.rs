//! The teams, workers and posts of an authority.

use std::collections::BTreeMap;

use baton_ids::{PostId, TeamId, WorkerId};
use jiff::civil::Date;

use super::context::{Context, PostHeld, PrincipalKind};
use super::refusal::Refusal;

/// The role that sets up the organisation.
pub const ADMINISTRATOR: &str = "administrator";

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Id, chosen by the council.
    pub id: TeamId,
    /// Neutral kind.
    pub kind: String,
    /// The area it serves. None for the whole authority.
    pub area: Option<String>,
    /// The number under which families and agencies reach it. None when not given.
    pub phone: Option<String>,
}

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Id, chosen by the council. Not a name.
    pub id: WorkerId,
    /// The team the worker belongs to.
    pub team: TeamId,
    /// Grade.
    pub grade: String,
}

/// A role in a team or area, with who holds and who covers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Id, chosen by the council.
    pub id: PostId,
    /// The role, in neutral terms.
    pub role: String,
    /// The team. None for a post above teams.
    pub team: Option<TeamId>,
    /// The area. None for a post of one team or of the whole authority.
    pub area: Option<String>,
    /// Who holds or covers it, over time.
    pub holdings: Vec<Holding>,
}

/// Who holds or covers a post for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The worker.
    pub worker: WorkerId,
    /// From this day.
    pub from: Date,
    /// Until this day, inclusive. None when open-ended.
    pub until: Option<Date>,
    /// The worker whose absence is covered. None for the holder.
    pub covering_for: Option<WorkerId>,
}

/// The part of the organisation that a decision looks at: what is not in it does not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// Teams by id.
    pub teams: BTreeMap<TeamId, Team>,
    /// Workers by id.
    pub workers: BTreeMap<WorkerId, Worker>,
}

impl Roster {
    /// Finds a team.
    pub fn team(&self, id: &TeamId) -> Result<&Team, Refusal> {
        self.teams
            .get(id)
            .ok_or_else(|| Refusal::TeamUnknown { team: id.clone() })
    }

    /// Finds a worker.
    pub fn worker(&self, id: &WorkerId) -> Result<&Worker, Refusal> {
        self.workers
            .get(id)
            .ok_or_else(|| Refusal::WorkerUnknown { worker: id.clone() })
    }

    /// Finds a worker who must belong to a team.
    pub fn worker_of(&self, id: &WorkerId, team: &TeamId) -> Result<&Worker, Refusal> {
        let worker = self.worker(id)?;
        if worker.team == *team {
            Ok(worker)
        } else {
            Err(Refusal::WorkerNotInTeam {
                worker: id.clone(),
                team: team.clone(),
            })
        }
    }
}

/// Who may set up the organisation: a record system, an administrator, and anyone while there are no posts
/// at all, so that a first administrator can be named.
pub fn may_administer(ctx: &Context, has_posts: bool) -> Result<Option<PostHeld>, Refusal> {
    if ctx.actor.kind == PrincipalKind::RecordSystem {
        return Ok(None);
    }
    let post = ctx
        .actor
        .posts
        .iter()
        .find(|post| post.role == ADMINISTRATOR)
        .cloned();
    if post.is_some() || !has_posts {
        return Ok(post);
    }
    Err(Refusal::RoleNotAllowed {
        role: ADMINISTRATOR.to_owned(),
        team: None,
        rules: Vec::new(),
    })
}

/// Whether a post's parts are there: its team and everybody it names.
pub fn check_post(post: &Post, roster: &Roster) -> Result<(), Refusal> {
    if let Some(team) = &post.team {
        roster.team(team)?;
    }
    for holding in &post.holdings {
        roster.worker(&holding.worker)?;
        if let Some(absent) = &holding.covering_for {
            roster.worker(absent)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
