//! From the context on the wire to the domain's own.

use baton_contracts::instant;
use baton_contracts::type_v1 as wire;
use baton_ids::AuthorityId;
use baton_protocol::PostHeld;
use baton_rpc::{Problem, Reason};

use crate::domain::context::{Actor, Cause, Context, FamilyCase, PrincipalKind, Responsible, Team};

/// The context of a call.
pub fn of(context: &wire::Context) -> Result<Context, Problem> {
    let actor = context.actor.as_ref().ok_or_else(broken)?;
    let cause = context.cause.clone().unwrap_or_default();
    let (resting, working): (Vec<_>, Vec<_>) = context
        .organisation
        .iter()
        .flat_map(|organisation| &organisation.teams)
        .partition(|team| team.rests);
    Ok(Context {
        authority: authority(context)?,
        pack: context.pack.clone(),
        received_at: context
            .received_at
            .as_ref()
            .and_then(|at| instant(at).ok())
            .ok_or_else(broken)?,
        actor: Actor {
            principal: actor.principal.clone(),
            kind: match actor.kind() {
                wire::PrincipalKind::Person => PrincipalKind::Person,
                wire::PrincipalKind::RecordSystem => PrincipalKind::RecordSystem,
                wire::PrincipalKind::Baton => PrincipalKind::Baton,
                wire::PrincipalKind::Unspecified => return Err(broken()),
            },
            posts: actor.posts.iter().filter_map(post).collect(),
            on_behalf_of: actor.on_behalf_of.clone(),
        },
        cause: Cause {
            id: cause.id,
            kind: cause.kind,
        },
        responsible: context
            .responsibility
            .as_ref()
            .map(responsible)
            .transpose()?,
        teams: working.into_iter().map(team).collect::<Result<_, _>>()?,
        resting_teams: resting.into_iter().map(team).collect::<Result<_, _>>()?,
        family_cases: context
            .family_cases
            .iter()
            .map(family_case)
            .collect::<Result<_, _>>()?,
    })
}

/// The authority of a call.
pub fn authority(context: &wire::Context) -> Result<AuthorityId, Problem> {
    AuthorityId::new(&context.authority).map_err(|_| broken())
}

/// A post whose role the protocols do not know gives its holder nothing to do here.
fn post(post: &wire::PostHeld) -> Option<PostHeld> {
    Some(PostHeld {
        role: post.role.parse().ok()?,
        team: filled(&post.team_id).map(str::parse).transpose().ok()?,
        area: filled(&post.area).map(str::to_owned),
        covering_for: filled(&post.covering_for)
            .map(str::parse)
            .transpose()
            .ok()?,
    })
}

fn responsible(responsible: &wire::Responsibility) -> Result<Responsible, Problem> {
    Ok(Responsible {
        case: responsible.case_id.parse().map_err(|_| broken())?,
        team: responsible.team_id.parse().map_err(|_| broken())?,
        worker: filled(&responsible.worker_id)
            .map(str::parse)
            .transpose()
            .map_err(|_| broken())?,
    })
}

fn family_case(case: &wire::FamilyCase) -> Result<FamilyCase, Problem> {
    let ended_at = case.ended_at.as_ref().map(instant).transpose();
    Ok(FamilyCase {
        child: case.child_id.parse().map_err(|_| broken())?,
        team: case.team_id.parse().map_err(|_| broken())?,
        worker: filled(&case.worker_id)
            .map(str::parse)
            .transpose()
            .map_err(|_| broken())?,
        ended_at: ended_at.map_err(|_| broken())?,
    })
}

fn team(team: &wire::Team) -> Result<Team, Problem> {
    Ok(Team {
        id: team.team_id.parse().map_err(|_| broken())?,
        kind: team.kind.clone(),
        area: filled(&team.area).map(str::to_owned),
    })
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Only the gateway makes contexts: one that cannot be read did not come from it.
fn broken() -> Problem {
    Problem::new(
        Reason::ContextMissing,
        "the context of the call cannot be read",
    )
}
