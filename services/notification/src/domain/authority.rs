//! Who may act: the post somebody acts in.

use baton_protocol::{Ladder, PostHeld, Role};

use super::Refusal;
use super::context::{Context, PrincipalKind};

/// The post in which the caller may do what takes `role` in `team`: the role in that team first, then its cover,
/// then a higher rung above the team. An empty team asks for the role wherever it is held.
pub fn pick_post(
    ctx: &Context,
    ladder: &Ladder,
    role: Role,
    team: &str,
    rules: &[String],
) -> Result<PostHeld, Refusal> {
    let refused = || Refusal::RoleNotAllowed {
        role: role.to_string(),
        team: team.to_owned(),
        rules: rules.to_vec(),
    };
    if ctx.actor.kind != PrincipalKind::Person {
        return Err(refused());
    }
    let reaches = |post: &&PostHeld| {
        let team_fits = team.is_empty()
            || match &post.team {
                Some(held) => held.as_str() == team,
                None => post.role != role,
            };
        team_fits && ladder.covers(post.role, role, false)
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
