//! Who may do what: the post in which an actor acts.

use baton_protocol::{Pack, Party, Place, Role};

use super::context::{Context, PostHeld};
use super::organisation::Team;
use super::refusal::Refusal;

/// The manager of a team, in neutral terms.
pub const TEAM_MANAGER: &str = "team_manager";
/// The manager of managers who reviews cases without a worker (W-157), in neutral terms.
pub const SENIOR_MANAGER: &str = "senior_manager";

/// What an act takes.
#[derive(Debug, Clone, Copy)]
pub struct Needed<'a> {
    /// Any one of these.
    pub by: &'a [Party],
    /// The responsible team, in which or above which the role is held.
    pub team: &'a Team,
    /// Whether that role alone may act: no higher rung, nobody who covers (W-155).
    pub only: bool,
}

/// The post in which the actor may do it: their own before one they cover, a lower rung before a higher.
pub fn pick_post(
    ctx: &Context,
    pack: &Pack,
    needed: &Needed<'_>,
    rules: &[String],
) -> Result<PostHeld, Refusal> {
    let rank = |post: &PostHeld| {
        let held: Role = post.role.parse().ok()?;
        let covers = post.covering_for.is_some();
        let fits = needed.by.iter().any(|party| {
            pack.ladder.covers(held, party.role, needed.only)
                && (party.place == Place::Authority || reaches(post, needed.team))
        });
        (fits && !(needed.only && covers)).then(|| (covers, pack.ladder.rung(held)))
    };
    let fitting = ctx
        .actor
        .posts
        .iter()
        .filter_map(|post| rank(post).map(|rank| (rank, post)));
    fitting
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, post)| post.clone())
        .ok_or_else(|| {
            let first = needed.by.first();
            Refusal::RoleNotAllowed {
                role: first
                    .map_or(TEAM_MANAGER, |party| party.role.as_str())
                    .to_owned(),
                team: first
                    .is_none_or(|party| party.place != Place::Authority)
                    .then(|| needed.team.id.clone()),
                rules: rules.to_vec(),
            }
        })
}

/// Whether a post reaches a team: it is of the team, or above teams in its area or in the whole authority.
fn reaches(post: &PostHeld, team: &Team) -> bool {
    match (&post.team, &post.area) {
        (Some(of), _) => *of == team.id,
        (None, Some(area)) => team.area.as_ref() == Some(area),
        (None, None) => true,
    }
}

/// The role that is told when a role does not act: the next rung up. None at the top, or outside the ladder.
pub fn next_rung(pack: &Pack, role: &str) -> Option<String> {
    let rung = pack.ladder.rung(role.parse().ok()?)?;
    let next = pack.ladder.rungs.get(rung + 1)?;
    next.first().map(|role| role.as_str().to_owned())
}
