//! Why the front door said no. Every variant is an answer for the caller, never a bug.

use baton_ids::TeamId;
use jiff::Timestamp;

use super::contact::OpenDuty;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What is reported would become true only after the report was received.
    #[error("{at} lies in the future")]
    EffectiveInFuture {
        /// When it was to become true.
        at: Timestamp,
    },
    /// The reference is another child's.
    #[error("the reference belongs to another child")]
    ReferenceTaken,
    /// The contact is decided.
    #[error("the contact is decided")]
    AlreadyDecided,
    /// The contact changed since the caller looked.
    #[error("the contact is at version {actual}, not {expected}")]
    StaleVersion {
        /// What the caller expected.
        expected: i64,
        /// What is stored.
        actual: i64,
    },
    /// There is no such team.
    #[error("there is no team {team}")]
    TeamUnknown {
        /// The team that was named.
        team: TeamId,
    },
    /// The organisation has no team that could take the contact or the referral.
    #[error("no team of kind {kind}{} is known", .area.as_ref().map(|area| format!(" in {area}")).unwrap_or_default())]
    NoTeam {
        /// The kind of team that the rules ask for.
        kind: String,
        /// The area in which it is needed.
        area: Option<String>,
        /// The rules that ask for it.
        rules: Vec<String>,
    },
    /// The protocol knows no such outcome of a contact.
    #[error("the protocol knows no such outcome")]
    OutcomeUnknown {
        /// The outcomes it knows.
        known: Vec<String>,
    },
    /// The outcome needs a rationale (W-012).
    #[error("this outcome needs a rationale")]
    RationaleRequired {
        /// The rules that ask for it.
        rules: Vec<String>,
    },
    /// Facts that are unknown could change where the referral goes.
    #[error("the route cannot be told while facts are unknown")]
    FactUnknown {
        /// The rules of the routes that hang on them.
        rules: Vec<String>,
        /// The facts, by key.
        keys: Vec<String>,
    },
    /// The protocol leaves the choice of the team to whoever decides, and none was named (M-051, M-077).
    #[error("whoever decides names the team that this goes to")]
    TeamNotNamed {
        /// The rules that say so.
        rules: Vec<String>,
    },
    /// Something has to be done before the contact is decided that goes this way.
    #[error("something has to be done before this is decided")]
    DutiesOpen {
        /// Whether a recorded reason would do.
        soft: bool,
        /// What.
        duties: Vec<OpenDuty>,
    },
    /// The protocol knows no such step.
    #[error("the protocol knows no such step")]
    StepUnknown {
        /// The steps it knows.
        known: Vec<String>,
    },
    /// The protocol knows no such kind of contact or enquiry.
    #[error("the protocol knows no such kind")]
    KindUnknown {
        /// The kinds it knows.
        known: Vec<String>,
    },
    /// Something has to be said or done first.
    #[error("something has to come first")]
    Waits {
        /// What, and whose it is.
        items: Vec<Waits>,
    },
    /// Soft rules that are departed from need a reason each.
    #[error("going against this needs a reason")]
    DepartureUnexplained {
        /// What is departed from.
        items: Vec<Waits>,
    },
    /// A contact about an open case stays with the team that has it.
    #[error("what concerns an open case is for {team}")]
    OpenCaseKeeps {
        /// The team.
        team: TeamId,
        /// The rules that say so.
        rules: Vec<String>,
    },
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

/// Something that has to come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// What.
    pub subject: String,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// Whose it is.
    pub owner: String,
    /// What to do.
    pub remedy: String,
}
