//! From the context on the wire to the domain's own.

use baton_contracts::instant;
use baton_contracts::type_v1 as wire;
use baton_ids::{AuthorityId, TeamId};
use baton_rpc::{Problem, Reason};
use jiff::Timestamp;

use crate::domain::context::{
    Actor, Cause, ChildFacts, Context, PostHeld, PrincipalKind, Responsibility,
};

/// The context of a call.
pub fn of(context: &wire::Context) -> Result<Context, Problem> {
    let actor = context.actor.as_ref().ok_or_else(broken)?;
    let cause = context.cause.clone().unwrap_or_default();
    Ok(Context {
        authority: authority(context)?,
        pack: context.pack.clone(),
        received_at: received_at(context)?,
        actor: Actor {
            principal: actor.principal.clone(),
            kind: match actor.kind() {
                wire::PrincipalKind::Person => PrincipalKind::Person,
                wire::PrincipalKind::RecordSystem => PrincipalKind::RecordSystem,
                wire::PrincipalKind::Baton => PrincipalKind::Baton,
                wire::PrincipalKind::Unspecified => return Err(broken()),
            },
            posts: actor.posts.iter().map(post).collect::<Result<_, _>>()?,
            on_behalf_of: actor.on_behalf_of.clone(),
        },
        cause: Cause {
            id: cause.id,
            kind: cause.kind,
        },
        child: context.child.as_ref().map(child).transpose()?,
        responsibility: context
            .responsibility
            .as_ref()
            .map(|responsibility| responsible(context, responsibility))
            .transpose()?,
    })
}

fn responsible(
    context: &wire::Context,
    responsibility: &wire::Responsibility,
) -> Result<Responsibility, Problem> {
    let team: TeamId = responsibility.team_id.parse().map_err(|_| broken())?;
    let area = context
        .organisation
        .iter()
        .flat_map(|organisation| &organisation.teams)
        .find(|known| known.team_id == team.as_str())
        .map(|known| known.area.clone())
        .filter(|area| !area.is_empty());
    Ok(Responsibility {
        case: responsibility.case_id.parse().map_err(|_| broken())?,
        epoch: responsibility.epoch,
        team,
        team_area: area,
        team_since: responsibility
            .team_since
            .as_ref()
            .and_then(|at| instant(at).ok())
            .ok_or_else(broken)?,
    })
}

/// The authority of a call.
pub fn authority(context: &wire::Context) -> Result<AuthorityId, Problem> {
    AuthorityId::new(&context.authority).map_err(|_| broken())
}

/// When the gateway received a call.
pub fn received_at(context: &wire::Context) -> Result<Timestamp, Problem> {
    context
        .received_at
        .as_ref()
        .and_then(|at| instant(at).ok())
        .ok_or_else(broken)
}

fn post(post: &wire::PostHeld) -> Result<PostHeld, Problem> {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(PostHeld {
        post: post.post_id.clone(),
        role: post.role.clone(),
        team: filled(&post.team_id)
            .map(|team| team.parse().map_err(|_| broken()))
            .transpose()?,
        area: filled(&post.area),
        covering_for: filled(&post.covering_for)
            .map(|worker| worker.parse().map_err(|_| broken()))
            .transpose()?,
    })
}

fn child(child: &wire::ChildFacts) -> Result<ChildFacts, Problem> {
    Ok(ChildFacts {
        child: child.child_id.parse().map_err(|_| broken())?,
        family: child.family_id.parse().ok(),
        version: child.version,
    })
}

/// Only the gateway makes contexts: one that cannot be read did not come from it.
fn broken() -> Problem {
    Problem::new(
        Reason::ContextMissing,
        "the context of the call cannot be read",
    )
}
