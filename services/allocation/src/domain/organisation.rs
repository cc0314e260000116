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
    /// The first day on which it works. None when it always has.
    pub from: Option<Date>,
    /// The last day on which it works. None while no end is known.
    pub until: Option<Date>,
    /// The team to which goes, after the last day, whatever is addressed to this one.
    pub successor: Option<TeamId>,
}

impl Team {
    /// Whether it has begun its work and not ended it, on a day.
    pub fn works_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && !self.has_ended(day)
    }

    /// Whether its last day has passed.
    pub fn has_ended(&self, day: Date) -> bool {
        self.until.is_some_and(|until| until < day)
    }
}

/// The team to which goes what is addressed to a team on a day: itself, or, after its last day, its successor, and so
/// on. A team that is not known stays as it is.
pub fn in_charge<'a>(teams: &'a BTreeMap<TeamId, Team>, id: &'a TeamId, day: Date) -> &'a TeamId {
    let mut at = id;
    // No longer way than there are teams, even if somebody made it a circle.
    for _ in 0..=teams.len() {
        let Some(team) = teams.get(at).filter(|team| team.has_ended(day)) else {
            return at;
        };
        match &team.successor {
            Some(successor) => at = successor,
            None => return at,
        }
    }
    at
}

/// Whether a team may be set up so: a successor has to be there, and the way from one to the next has to end.
pub fn check_team(team: &Team, roster: &Roster) -> Result<(), Refusal> {
    let mut next = team.successor.as_ref();
    let mut steps = 0;
    while let Some(successor) = next {
        if *successor == team.id || steps > roster.teams.len() {
            return Err(Refusal::SuccessorsInACircle {
                team: team.id.clone(),
            });
        }
        next = roster.team(successor)?.successor.as_ref();
        steps += 1;
    }
    Ok(())
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
    /// The day on which it is looked at. None: as if no team ever ended.
    pub day: Option<Date>,
}

impl Roster {
    /// Finds a team.
    pub fn team(&self, id: &TeamId) -> Result<&Team, Refusal> {
        self.teams
            .get(id)
            .ok_or_else(|| Refusal::TeamUnknown { team: id.clone() })
    }

    /// The team to which goes what is addressed to a team on the day.
    pub fn in_charge<'a>(&'a self, id: &'a TeamId) -> &'a TeamId {
        self.day.map_or(id, |day| in_charge(&self.teams, id, day))
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
        if self.in_charge(&worker.team) == self.in_charge(team) {
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
