//! The one place that picks a code.

use baton_ids::TeamId;
use baton_protocol::{Party, Place};
use baton_rpc::{OpenItem, Problem, Reason};
use tonic::Status;

use crate::app::AppError;
use crate::domain::Refusal;
use crate::domain::authority::TEAM_MANAGER;

impl From<AppError> for Status {
    fn from(error: AppError) -> Self {
        problem(error).into()
    }
}

fn problem(error: AppError) -> Problem {
    match error {
        AppError::NotFound { kind, id } => Problem::not_found(kind, id),
        AppError::Refused(refusal) => refused(&refusal),
        AppError::PackUnknown(digest) => {
            Problem::new(Reason::PackUnknown, "the pack is not here yet").metadata("pack", digest)
        }
        AppError::Store(error) => error.into(),
        AppError::Event(problem) => problem,
    }
}

fn refused(refusal: &Refusal) -> Problem {
    let says = |reason| Problem::new(reason, refusal.to_string());
    match refusal {
        Refusal::CaseNotOpen => says(Reason::CaseNotOpen),
        Refusal::CaseAlreadyOpen => says(Reason::CaseAlreadyOpen),
        Refusal::StaleEpoch { expected, actual } => says(Reason::StaleEpoch)
            .metadata("expected_epoch", expected.to_string())
            .metadata("epoch", actual.to_string()),
        Refusal::StaleVersion { expected, actual } => says(Reason::StaleVersion)
            .metadata("expected_version", expected.to_string())
            .metadata("version", actual.to_string()),
        Refusal::StaleFacts { given, seen } => says(Reason::StaleFacts)
            .metadata("facts_version", given.to_string())
            .metadata("seen", seen.to_string()),
        Refusal::TeamUnknown { team } => {
            says(Reason::TeamUnknown).metadata("team_id", team.as_str())
        }
        Refusal::SuccessorsInACircle { .. } => {
            Problem::invalid("team.successor_team_id", refusal.to_string())
        }
        Refusal::WorkerUnknown { worker } => {
            says(Reason::WorkerUnknown).metadata("worker_id", worker.as_str())
        }
        Refusal::WorkerNotInTeam { worker, team } => says(Reason::WorkerNotInTeam)
            .metadata("worker_id", worker.as_str())
            .metadata("team_id", team.as_str()),
        Refusal::EffectiveInFuture { at } => says(Reason::EffectiveInFuture)
            .metadata("effective_at", at.to_string())
            .item(OpenItem {
                reason: Reason::EffectiveInFuture.to_string(),
                subject: "effective_at".to_owned(),
                rules: vec!["X-24".to_owned()],
                ..OpenItem::default()
            }),
        Refusal::EffectiveBeforeSpan { at, since } => says(Reason::EffectiveBeforeSpan)
            .metadata("effective_at", at.to_string())
            .metadata("span_since", since.to_string())
            .item(OpenItem {
                reason: Reason::EffectiveBeforeSpan.to_string(),
                subject: "effective_at".to_owned(),
                rules: vec!["X-24".to_owned()],
                ..OpenItem::default()
            }),
        Refusal::UnallocatedForbidden {
            rules,
            unknown_facts,
            team,
        } => says(Reason::UnallocatedForbidden)
            .item(OpenItem {
                reason: Reason::UnallocatedForbidden.to_string(),
                subject: "worker".to_owned(),
                rules: rules.clone(),
                owner: format!("{TEAM_MANAGER} of {team}"),
                remedy: "name a worker".to_owned(),
            })
            .items(unknown_facts.iter().map(|fact| OpenItem {
                reason: Reason::FactUnknown.to_string(),
                subject: fact.clone(),
                rules: rules.clone(),
                owner: String::new(),
                remedy: "report the fact".to_owned(),
            })),
        Refusal::NothingToAuthorise => says(Reason::WrongPhase),
        Refusal::NotPrepared { open, team } => {
            says(Reason::GateNotMet).items(open.iter().map(|awaited| OpenItem {
                reason: Reason::GateNotMet.to_string(),
                subject: awaited.step.clone(),
                rules: awaited.rules.clone(),
                owner: in_words(awaited.party, team),
                remedy: "sign it; nobody may do without it".to_owned(),
            }))
        }
        Refusal::StepUnknown { known, .. } => {
            Problem::invalid("step", format!("{refusal}: {}", known.join(", ")))
        }
        Refusal::NotCovered { .. } => Problem::invalid("covers", refusal.to_string()),
        Refusal::FourEyes { step, rules } => says(Reason::FourEyes)
            .metadata("item", step)
            .metadata("rules", rules.join(",")),
        Refusal::RoleNotAllowed { role, team, rules } => {
            let of_team = team
                .as_ref()
                .map(|team| format!(" of {team}"))
                .unwrap_or_default();
            says(Reason::RoleNotAllowed)
                .metadata("role", role)
                .item(OpenItem {
                    reason: Reason::RoleNotAllowed.to_string(),
                    subject: role.clone(),
                    rules: rules.clone(),
                    owner: format!("{role}{of_team}"),
                    remedy: String::new(),
                })
        }
    }
}

/// `group_manager of authority`, `team_manager of north`.
fn in_words(party: Party, team: &TeamId) -> String {
    match party.place {
        Place::Area | Place::Authority => party.role.to_string(),
        _ => format!("{} of {team}", party.role),
    }
}
