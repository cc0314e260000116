//! Why a closure said no. Every variant is an answer for the caller, never a bug.

use baton_ids::TeamId;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is responsible for the case: it is not open.
    #[error("the case is not open")]
    CaseNotOpen,
    /// The closure has left the phase in which this can be done.
    #[error("the closure is {phase}")]
    WrongPhase {
        /// Where it stands.
        phase: &'static str,
    },
    /// The closure was released and waits for the ledger.
    #[error("the closure waits for the ledger")]
    Released,
    /// The answer of the ledger names another release.
    #[error("the closure waits for another release")]
    OtherRelease,
    /// The closure changed since the caller looked.
    #[error("the closure is at version {actual}, not {expected}")]
    StaleVersion {
        /// What the caller expected.
        expected: i64,
        /// What there is.
        actual: i64,
    },
    /// The facts that came with the call are older than those seen before.
    #[error("facts of version {given} came after version {seen}")]
    StaleFacts {
        /// The version that came.
        given: i64,
        /// The highest seen.
        seen: i64,
    },
    /// The one who proposed may not also approve.
    #[error("the one who proposed the closure may not approve it")]
    FourEyes,
    /// The caller holds no post that may do this.
    #[error("this takes a {role} of {team}")]
    RoleNotAllowed {
        /// The role it takes, in neutral terms.
        role: String,
        /// The team in which it is needed.
        team: TeamId,
        /// The rules that say so.
        rules: Vec<String>,
    },
}
