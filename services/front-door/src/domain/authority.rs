//! Who may act: the post somebody acts in, and who could act instead.

use baton_ids::TeamId;
use baton_protocol::front_door::RouteDecider;
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

/// The post in which the caller may decide on a contact that goes one way: the role, or a higher rung, of a team of the
/// kind that the way asks for, of the team that holds the contact, or above teams.
pub fn pick_for_way(
    ctx: &Context,
    ladder: &Ladder,
    decided_by: &RouteDecider,
    holding: &TeamId,
) -> Result<PostHeld, Refusal> {
    let of_kind = decided_by
        .of
        .map(|kind| ctx.team_of_kind(kind.as_str()).map(|team| team.id.clone()));
    let meant = of_kind.map_or_else(
        || holding.clone(),
        |team| team.unwrap_or_else(|| holding.clone()),
    );
    let is_person = ctx.actor.kind == PrincipalKind::Person;
    let fits = |held: &TeamId| match decided_by.of {
        None => held == holding,
        Some(kind) => ctx
            .team(held)
            .is_some_and(|team| team.kind == kind.as_str()),
    };
    ctx.actor
        .posts
        .iter()
        .filter(|_| is_person)
        .filter(|post| post.team.as_ref().is_none_or(fits))
        .filter(|post| ladder.covers(post.role, decided_by.by, false))
        .min_by_key(|post| (post.role != decided_by.by, post.covering_for.is_some()))
        .cloned()
        .ok_or_else(|| Refusal::RoleNotAllowed {
            role: decided_by.by.to_string(),
            team: meant,
            rules: decided_by.cites.iter().map(ToString::to_string).collect(),
        })
}
