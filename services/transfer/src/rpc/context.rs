//! From the context that travels with a call to the domain's own.

use baton_contracts::{instant, type_v1};
use baton_ids::{AuthorityId, TeamId, TransferId, WorkerId};
use baton_protocol::{FactKey, Facts, PostHeld};
use baton_rpc::{Problem, Reason};
use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::{
    Actor, Cause, Child, Context, FreshIds, PrincipalKind, Responsibility, Source, Team, Worker,
};

/// The domain's context. Values that the gateway would never send make the context missing.
pub fn context(given: &type_v1::Context, now: Timestamp) -> Result<Context, Problem> {
    let actor = given.actor.as_ref().ok_or_else(missing)?;
    let organisation = given.organisation.iter();
    let (resting, working): (Vec<_>, Vec<_>) = organisation
        .flat_map(|organisation| &organisation.teams)
        .partition(|team| team.rests);
    Ok(Context {
        authority: AuthorityId::new(&given.authority).map_err(|_| missing())?,
        pack: given.pack.clone(),
        received_at: time(given.received_at.as_ref()).ok_or_else(missing)?,
        now,
        actor: Actor {
            principal: actor.principal.clone(),
            kind: match actor.kind() {
                type_v1::PrincipalKind::Person => PrincipalKind::Person,
                type_v1::PrincipalKind::RecordSystem => PrincipalKind::RecordSystem,
                type_v1::PrincipalKind::Baton => PrincipalKind::Baton,
                type_v1::PrincipalKind::Unspecified => return Err(missing()),
            },
            posts: actor.posts.iter().filter_map(post).collect(),
            on_behalf_of: some(&actor.on_behalf_of),
        },
        cause: given.cause.as_ref().map_or_else(
            || Cause {
                id: String::new(),
                kind: "request".to_owned(),
            },
            |cause| Cause {
                id: cause.id.clone(),
                kind: cause.kind.clone(),
            },
        ),
        child: given
            .child
            .as_ref()
            .map(|own| child(own, &given.siblings))
            .transpose()?,
        responsibility: given
            .responsibility
            .as_ref()
            .map(responsibility)
            .transpose()?,
        teams: working.into_iter().filter_map(team).collect(),
        resting_teams: resting.into_iter().filter_map(team).collect(),
        workers: given
            .organisation
            .iter()
            .flat_map(|organisation| &organisation.workers)
            .filter_map(worker)
            .collect(),
        reason_digest: None,
        suspended: None,
        departures: vec![],
        fresh: FreshIds {
            transfer: TransferId::new(),
            release: Uuid::now_v7(),
        },
    })
}

fn child(given: &type_v1::ChildFacts, siblings: &[type_v1::ChildFacts]) -> Result<Child, Problem> {
    let known = |given: &type_v1::ChildFacts| {
        let facts = given.facts.iter().filter_map(baton_answers::known_fact);
        facts.collect::<Facts>()
    };
    let siblings: Vec<Facts> = siblings.iter().map(known).collect();
    let mut facts = known(given);
    facts.look_at_siblings(siblings.iter());
    Ok(Child {
        id: given.child_id.parse().map_err(|_| missing())?,
        family: given.family_id.parse().ok(),
        facts,
        sources: given.facts.iter().filter_map(source).collect(),
        facts_version: given.version,
    })
}

fn source(given: &type_v1::Fact) -> Option<(FactKey, Source)> {
    let source = Source {
        by: given.source.clone(),
        effective_at: time(given.effective_at.as_ref()),
        recorded_at: time(given.recorded_at.as_ref()),
    };
    Some((given.key.parse().ok()?, source))
}

fn responsibility(given: &type_v1::Responsibility) -> Result<Responsibility, Problem> {
    Ok(Responsibility {
        case: given.case_id.parse().map_err(|_| missing())?,
        epoch: given.epoch,
        team: TeamId::new(&given.team_id).map_err(|_| missing())?,
        worker: WorkerId::new(&given.worker_id).ok(),
        since: time(given.team_since.as_ref()),
        moves: given.moves,
        worker_changes: given.worker_changes,
    })
}

fn team(given: &type_v1::Team) -> Option<Team> {
    Some(Team {
        id: TeamId::new(&given.team_id).ok()?,
        kind: given.kind.clone(),
        area: some(&given.area),
        phone: some(&given.phone),
        managers: given
            .manager_ids
            .iter()
            .filter_map(|id| WorkerId::new(id).ok())
            .collect(),
    })
}

fn worker(given: &type_v1::Worker) -> Option<Worker> {
    Some(Worker {
        id: WorkerId::new(&given.worker_id).ok()?,
        team: TeamId::new(&given.team_id).ok()?,
        grade: given.grade.clone(),
    })
}

/// A post whose role this release does not know gives no right.
fn post(given: &type_v1::PostHeld) -> Option<PostHeld> {
    Some(PostHeld {
        role: given.role.parse().ok()?,
        team: TeamId::new(&given.team_id).ok(),
        area: some(&given.area),
        covering_for: WorkerId::new(&given.covering_for).ok(),
    })
}

fn time(given: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    given.and_then(|given| instant(given).ok())
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn missing() -> Problem {
    Problem::new(Reason::ContextMissing, "the call carries no usable context")
}
