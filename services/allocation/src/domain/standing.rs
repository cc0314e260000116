//! Who holds or covers which post on a day, and who is meant by a role.

use std::collections::BTreeMap;

use baton_ids::{TeamId, WorkerId};
use jiff::civil::Date;

use super::context::PostHeld;
use super::organisation::{Holding, Post, Team, Worker, in_charge};

impl Holding {
    /// Whether it holds on a day. Both ends belong to it.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// The posts in which a worker may act on a day: those held, those covered, and the worker's own grade in
/// the team they belong to, which is a post without an entry of its own.
pub fn posts_held(
    id: &WorkerId,
    worker: Option<&Worker>,
    posts: &[Post],
    day: Date,
) -> Vec<PostHeld> {
    let mut held: Vec<PostHeld> = posts
        .iter()
        .flat_map(|post| post.holdings.iter().map(move |holding| (post, holding)))
        .filter(|(_, holding)| holding.worker == *id && holding.covers(day))
        .map(|(post, holding)| PostHeld {
            post: post.id.to_string(),
            role: post.role.clone(),
            team: post.team.clone(),
            area: post.area.clone(),
            covering_for: holding.covering_for.clone(),
        })
        .collect();

    if let Some(worker) = worker {
        let listed = held
            .iter()
            .any(|post| post.role == worker.grade && post.team.as_ref() == Some(&worker.team));
        if !listed {
            held.push(PostHeld {
                post: String::new(),
                role: worker.grade.clone(),
                team: Some(worker.team.clone()),
                area: None,
                covering_for: None,
            });
        }
    }
    held
}

/// The same posts, and those in the teams that have ended and in whose place theirs came: what is still addressed to such
/// a team is theirs to do.
pub fn with_forerunners(
    mut held: Vec<PostHeld>,
    teams: &BTreeMap<TeamId, Team>,
    day: Date,
) -> Vec<PostHeld> {
    let ended = teams.values().filter(|team| team.has_ended(day));
    let inherited: Vec<PostHeld> = ended
        .flat_map(|team| {
            let now = in_charge(teams, &team.id, day);
            held.iter()
                .filter(move |post| now != &team.id && post.team.as_ref() == Some(now))
                .map(|post| PostHeld {
                    team: Some(team.id.clone()),
                    ..post.clone()
                })
        })
        .collect();
    held.extend(inherited);
    held
}

/// Whose something is: a worker, or a role in a team or area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The role, in neutral terms.
    pub role: String,
    /// The team in which it is held.
    pub team: Option<TeamId>,
    /// The area of the role.
    pub area: Option<String>,
    /// The worker, when it is one worker's.
    pub worker: Option<WorkerId>,
}

/// Who is meant on a day: the worker who is named; else who holds and who covers the role, in the team; else in
/// the team's area; else above areas. Empty when nobody is.
pub fn recipients(
    owner: &Owner,
    posts: &[Post],
    teams: &BTreeMap<TeamId, Team>,
    day: Date,
) -> Vec<WorkerId> {
    if let Some(worker) = &owner.worker {
        return vec![worker.clone()];
    }
    let area_of = |team: &TeamId| teams.get(team).and_then(|team| team.area.as_deref());
    let found = |fits: &dyn Fn(&Post) -> bool| -> Vec<WorkerId> {
        let mut workers: Vec<WorkerId> = posts
            .iter()
            .filter(|post| post.role == owner.role && fits(post))
            .flat_map(|post| &post.holdings)
            .filter(|holding| holding.covers(day))
            .map(|holding| holding.worker.clone())
            .collect();
        workers.sort();
        workers.dedup();
        workers
    };
    let first_found = |rungs: &[&dyn Fn(&Post) -> bool]| {
        rungs
            .iter()
            .map(|fits| found(fits))
            .find(|workers| !workers.is_empty())
            .unwrap_or_default()
    };
    let above_areas = |post: &Post| post.team.is_none() && post.area.is_none();

    match (&owner.team, &owner.area) {
        (Some(team), area) => {
            let team = in_charge(teams, team, day);
            let area = area.as_deref().or_else(|| area_of(team));
            first_found(&[
                &|post| post.team.as_ref() == Some(team),
                &|post| post.team.is_none() && area.is_some() && post.area.as_deref() == area,
                &above_areas,
            ])
        }
        // Everybody with the role in the area, in a team of it or above its teams.
        (None, Some(area)) => first_found(&[
            &|post| {
                post.area.as_deref() == Some(area)
                    || post
                        .team
                        .as_ref()
                        .is_some_and(|team| area_of(team) == Some(area))
            },
            &above_areas,
        ]),
        (None, None) => first_found(&[&above_areas, &|_| true]),
    }
}

#[cfg(test)]
mod tests;
