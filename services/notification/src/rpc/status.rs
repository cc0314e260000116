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
        AppError::Spool(kind) => {
            tracing::error!(error = %kind, "the spool failed");
            Problem::internal()
        }
        // Only feeds bring events: no call can lead here.
        AppError::Malformed(_) => Problem::internal(),
        AppError::Store(error) => error.into(),
        AppError::Event(problem) => problem,
    }
}

fn refused(refusal: &Refusal) -> Problem {
    let says = |reason| Problem::new(reason, refusal.to_string());
    match refusal {
        Refusal::WrongPhase { state } => says(Reason::WrongPhase).metadata("state", *state),
        Refusal::GroundUnknown { known } => {
            Problem::invalid("ground", format!("has to be one of {}", known.join(", ")))
        }
        Refusal::GroundNotApplicable { recipient, rules } => {
            says(Reason::RuleRefuses).item(OpenItem {
                reason: Reason::RuleRefuses.to_string(),
                subject: recipient.clone(),
                rules: rules.clone(),
                owner: String::new(),
                remedy: "let it go out; the rule does not reach this recipient".to_owned(),
            })
        }
        Refusal::EffectiveInFuture { at } => says(Reason::EffectiveInFuture)
            .metadata("effective_at", at.to_string())
            .item(OpenItem {
                reason: Reason::EffectiveInFuture.to_string(),
                subject: "effective_at".to_owned(),
                rules: vec!["X-24".to_owned()],
                remedy: "say it once it has happened".to_owned(),
                ..OpenItem::default()
            }),
        Refusal::RoleNotAllowed { role, team, rules } => {
            let owner = if team.is_empty() {
                role.clone()
            } else {
                format!("{role} of {team}")
            };
            says(Reason::RoleNotAllowed)
                .metadata("role", role)
                .metadata("team_id", team)
                .item(OpenItem {
                    reason: Reason::RoleNotAllowed.to_string(),
                    subject: role.clone(),
                    rules: rules.clone(),
                    owner,
                    remedy: "let the holder of the post or a recorded cover act".to_owned(),
                })
        }
    }
}
