//! Which answer a refusal of the gateway's own becomes. What services refuse passes through as it is.

use baton_rpc::{Problem, Reason};

use crate::app::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound(id) => Self::not_found("flow", id),
            Refusal::NotParked => Self::new(Reason::WrongPhase, "the flow is not parked"),
            Refusal::NotTheirs(role) => Self::new(
                Reason::RoleNotAllowed,
                format!("this is for a {role} or an administrator"),
            )
            .metadata("role", role),
            Refusal::Store(error) => error.into(),
        }
    }
}
