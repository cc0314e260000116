//! Why notification said no. Every variant is an answer for the caller, never a bug.

use jiff::Timestamp;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The notice is in a state that does not know this act.
    #[error("the notice is {state}")]
    WrongPhase {
        /// The state, as a code.
        state: &'static str,
    },
    /// The protocol knows no such ground.
    #[error("the protocol knows no such ground")]
    GroundUnknown {
        /// The grounds it knows.
        known: Vec<String>,
    },
    /// The ground does not reach this recipient (W-025: the referrer's letter is still sent).
    #[error("this ground does not concern a {recipient}")]
    GroundNotApplicable {
        /// The kind of recipient.
        recipient: String,
        /// The rules of the ground.
        rules: Vec<String>,
    },
    /// What is said to have happened lies in the future.
    #[error("{at} lies in the future")]
    EffectiveInFuture {
        /// When it was to have happened.
        at: Timestamp,
    },
    /// The caller holds no post that may do this.
    #[error("this takes a {role}{}", if team.is_empty() { String::new() } else { format!(" of {team}") })]
    RoleNotAllowed {
        /// The role it takes, in neutral terms.
        role: String,
        /// The team in which it is needed. Empty above teams.
        team: String,
        /// The rules that say so.
        rules: Vec<String>,
    },
}
