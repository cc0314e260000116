//! The one place that picks a code.

use baton_rpc::{OpenItem, Problem, Reason};
use tonic::Status;

use crate::app::AppError;
use crate::domain::Refusal;
use crate::domain::refusal::Waits;

impl From<AppError> for Status {
    fn from(error: AppError) -> Self {
        problem(error).into()
    }
}

fn problem(error: AppError) -> Problem {
    match error {
        AppError::NotFound { kind, id } => Problem::not_found(kind, id),
        AppError::Refused(refusal) => refused(&refusal),
        AppError::Invalid { field, description } => Problem::invalid(field, description),
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
        Refusal::EffectiveInFuture { at } => says(Reason::EffectiveInFuture)
            .metadata("effective_at", at.to_string())
            .item(OpenItem {
                reason: Reason::EffectiveInFuture.to_string(),
                subject: "effective_at".to_owned(),
                rules: vec!["X-24".to_owned()],
                remedy: "report it once it is true".to_owned(),
                ..OpenItem::default()
            }),
        // What is wrong is the report itself: it speaks of two children as one.
        Refusal::ReferenceTaken => Problem::invalid("reference", refusal.to_string()),
        Refusal::OutcomeUnknown { known } => {
            Problem::invalid("outcome", format!("has to be one of {}", known.join(", ")))
        }
        Refusal::StepUnknown { known } => {
            Problem::invalid("step", format!("has to be one of {}", known.join(", ")))
        }
        Refusal::KindUnknown { known } => {
            Problem::invalid("kind", format!("has to be one of {}", known.join(", ")))
        }
        Refusal::Waits { items } => {
            says(Reason::GateNotMet).items(items.iter().map(|item| open(item, Reason::GateNotMet)))
        }
        Refusal::DepartureUnexplained { items } => says(Reason::ReasonRequired)
            .items(items.iter().map(|item| open(item, Reason::ReasonRequired))),
        Refusal::OpenCaseKeeps { team, rules } => says(Reason::RuleRefuses)
            .metadata("team_id", team.as_str())
            .item(OpenItem {
                reason: Reason::RuleRefuses.to_string(),
                subject: "team_id".to_owned(),
                rules: rules.clone(),
                owner: team.to_string(),
                remedy: "pass it on to the team that has the case open".to_owned(),
            }),
        Refusal::AlreadyDecided => says(Reason::WrongPhase),
        Refusal::StaleVersion { expected, actual } => says(Reason::StaleVersion)
            .metadata("expected_version", expected.to_string())
            .metadata("version", actual.to_string()),
        Refusal::TeamUnknown { team } => {
            says(Reason::TeamUnknown).metadata("team_id", team.as_str())
        }
        Refusal::NoTeam { kind, area, rules } => says(Reason::TeamUnknown)
            .metadata("team_kind", kind)
            .metadata("area", area.clone().unwrap_or_default())
            .item(OpenItem {
                reason: Reason::TeamUnknown.to_string(),
                subject: kind.clone(),
                rules: rules.clone(),
                owner: "administrator".to_owned(),
                remedy: "add the team to the organisation, or name another".to_owned(),
            }),
        Refusal::RationaleRequired { rules } => says(Reason::ReasonRequired).item(OpenItem {
            reason: Reason::ReasonRequired.to_string(),
            subject: "rationale".to_owned(),
            rules: rules.clone(),
            owner: "whoever decides".to_owned(),
            remedy: "say why".to_owned(),
        }),
        Refusal::FactUnknown { rules, keys } => {
            says(Reason::FactUnknown).items(keys.iter().map(|key| OpenItem {
                reason: Reason::FactUnknown.to_string(),
                subject: key.clone(),
                rules: rules.clone(),
                owner: crate::domain::fact::reported_by(key).to_owned(),
                remedy: "report the fact, or name the team".to_owned(),
            }))
        }
        Refusal::TeamNotNamed { rules } => says(Reason::RuleRefuses).item(OpenItem {
            reason: Reason::RuleRefuses.to_string(),
            subject: "team_id".to_owned(),
            rules: rules.clone(),
            owner: "whoever decides".to_owned(),
            remedy: "name the team that suits best".to_owned(),
        }),
        Refusal::DutiesOpen { soft, duties } => {
            let reason = if *soft {
                Reason::ReasonRequired
            } else {
                Reason::GateNotMet
            };
            says(reason).items(duties.iter().map(|duty| OpenItem {
                reason: reason.to_string(),
                subject: duty.name.clone(),
                rules: duty.rules.clone(),
                owner: format!("{} of {}", duty.role, duty.team),
                remedy: format!("report `{}`", duty.met_by),
            }))
        }
        Refusal::RoleNotAllowed { role, team, rules } => says(Reason::RoleNotAllowed)
            .metadata("role", role)
            .metadata("team_id", team.as_str())
            .item(OpenItem {
                reason: Reason::RoleNotAllowed.to_string(),
                subject: role.clone(),
                rules: rules.clone(),
                owner: format!("{role} of {team}"),
                remedy: "let the holder of the post or a recorded cover act".to_owned(),
            }),
    }
}

fn open(item: &Waits, reason: Reason) -> OpenItem {
    OpenItem {
        reason: reason.to_string(),
        subject: item.subject.clone(),
        rules: item.rules.clone(),
        owner: item.owner.clone(),
        remedy: item.remedy.clone(),
    }
}
