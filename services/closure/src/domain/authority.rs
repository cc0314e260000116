//! Who may do what: the post in which an actor acts.

use baton_protocol::{Pack, Party, Place, Role};

use super::context::{Context, PostHeld, Responsibility};
use super::refusal::Refusal;

/// The post in which the actor may do it in the responsible team: their own before one they cover, a lower rung
/// before a higher.
pub fn pick_post(
    ctx: &Context,
    pack: &Pack,
    needed: &[Party],
    responsible: &Responsibility,
    rules: &[String],
) -> Result<PostHeld, Refusal> {
    let rank = |post: &PostHeld| {
        let held: Role = post.role.parse().ok()?;
        let fits = needed.iter().any(|party| {
            pack.ladder.covers(held, party.role, false)
                && (party.place == Place::Authority || reaches(post, responsible))
        });
        fits.then(|| (post.covering_for.is_some(), pack.ladder.rung(held)))
    };
    let fitting = ctx
        .actor
        .posts
        .iter()
        .filter_map(|post| rank(post).map(|rank| (rank, post)));
    fitting
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, post)| post.clone())
        .ok_or_else(|| Refusal::RoleNotAllowed {
            role: needed
                .first()
                .map_or("", |party| party.role.as_str())
                .to_owned(),
            team: responsible.team.clone(),
            rules: rules.to_vec(),
        })
}

/// Whether a post reaches the team: it is of the team, or above teams in its area or in the whole authority.
fn reaches(post: &PostHeld, responsible: &Responsibility) -> bool {
    match (&post.team, &post.area) {
        (Some(of), _) => *of == responsible.team,
        (None, Some(area)) => responsible.team_area.as_ref() == Some(area),
        (None, None) => true,
    }
}

/// The role that is told when a role does not act: the next rung up. None at the top, or outside the ladder.
pub fn next_rung(pack: &Pack, role: &str) -> Option<String> {
    let rung = pack.ladder.rung(role.parse().ok()?)?;
    let next = pack.ladder.rungs.get(rung + 1)?;
    next.first().map(|role| role.as_str().to_owned())
}
