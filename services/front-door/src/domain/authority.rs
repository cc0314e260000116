//! Who may act: the post somebody acts in, and who could act instead.

use baton_ids::TeamId;
use baton_protocol::{Ladder, PostHeld, Role};

use super::Refusal;
use super::context::{Context, PrincipalKind};

/// The post in which the caller may do what takes `role` in `team`.
///
/// The role in that team comes first, then its cover, then a higher rung. Whoever acts from above has to
/// be above this team: their post is of no team, or of this one, and of no area or of the team's.
pub fn pick_post(
    ctx: &Context,
    ladder: &Ladder,
    role: Role,
    team: &TeamId,
    rules: &[String],
) -> Result<PostHeld, Refusal> {
    let area = ctx.team(team).and_then(|team| team.area.as_deref());
    let refused = || Refusal::RoleNotAllowed {
        role: role.to_string(),
        team: team.clone(),
        rules: rules.to_vec(),
    };
    if ctx.actor.kind != PrincipalKind::Person {
        return Err(refused());
    }
    let reaches = |post: &&PostHeld| {
        let team_fits = match &post.team {
            Some(held) => held == team,
            // A role of a team that was given no team is no post of this team.
            None => post.role != role,
        };
        let area_fits = post.area.as_deref().is_none_or(|held| Some(held) == area);
        team_fits && area_fits && ladder.covers(post.role, role, false)
    };
    ctx.actor
        .posts
        .iter()
        .filter(reaches)
        .min_by_key(|post| {
            (
                post.role != role,
                post.covering_for.is_some(),
                ladder.rung(post.role),
            )
        })
        .cloned()
        .ok_or_else(refused)
}
