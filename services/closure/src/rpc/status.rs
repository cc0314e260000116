//! The one place that picks a code.

use baton_rpc::{OpenItem, Problem, Reason};
use tonic::Status;

use crate::app::AppError;
use crate::domain::Refusal;

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
        AppError::LostRace => Problem::new(Reason::Contention, "the closure changed meanwhile"),
        AppError::Store(error) => error.into(),
        AppError::Event(problem) => problem,
    }
}

fn refused(refusal: &Refusal) -> Problem {
    let says = |reason| Problem::new(reason, refusal.to_string());
    match refusal {
        Refusal::CaseNotOpen => says(Reason::CaseNotOpen),
        Refusal::WrongPhase { phase } => says(Reason::WrongPhase).metadata("phase", *phase),
        Refusal::Released => says(Reason::Released),
        Refusal::OtherRelease => says(Reason::WrongPhase),
        Refusal::StaleVersion { expected, actual } => says(Reason::StaleVersion)
            .metadata("expected_version", expected.to_string())
            .metadata("version", actual.to_string()),
        Refusal::StaleFacts { given, seen } => says(Reason::StaleFacts)
            .metadata("facts_version", given.to_string())
            .metadata("seen", seen.to_string()),
        Refusal::FourEyes => says(Reason::FourEyes).item(OpenItem {
            reason: Reason::FourEyes.to_string(),
            subject: "decide_closure".to_owned(),
            rules: vec!["X-17".to_owned()],
            ..OpenItem::default()
        }),
        Refusal::RoleNotAllowed { role, team, rules } => says(Reason::RoleNotAllowed)
            .metadata("role", role)
            .item(OpenItem {
                reason: Reason::RoleNotAllowed.to_string(),
                subject: role.clone(),
                rules: rules.clone(),
                owner: format!("{role} of {team}"),
                remedy: String::new(),
            }),
    }
}
