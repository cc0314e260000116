//! The closed list of reasons that an answer other than OK can give.

use tonic::Code;

/// Why a call failed, for programs: `ErrorInfo.reason`. `docs/errors.md` lists all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Items of the gate are open. `PreconditionFailure` lists each with its rules and owner.
    GateNotMet,
    /// The point of the route (a meeting, a date) has not come.
    PointNotReached,
    /// The process is in a phase that does not know this act.
    WrongPhase,
    /// A soft rule may be departed from, with a recorded reason. None was given.
    ReasonRequired,
    /// The item or rule cannot be waived by anybody.
    NotWaivable,
    /// The process was released and waits for the ledger: nothing else is possible now.
    Released,
    /// The worker does not belong to the team.
    WorkerNotInTeam,
    /// The date has passed.
    DateInPast,
    /// Facts that could change the answer are unknown. `PreconditionFailure` names each and who can report it.
    FactUnknown,
    /// A rule of the protocol refuses. `PreconditionFailure` names it and who could override it.
    RuleRefuses,
    /// The act is said to take effect in the future.
    EffectiveInFuture,
    /// The act is said to take effect before the current span of responsibility began.
    EffectiveBeforeSpan,
    /// The case is not open.
    CaseNotOpen,
    /// The child has an open case.
    CaseAlreadyOpen,
    /// The case may not be without a worker.
    UnallocatedForbidden,
    /// The feed does not continue from this cursor. Stop and raise the alarm.
    FeedDiverged,
    /// The actor holds no post that may do this.
    RoleNotAllowed,
    /// The actor did the first half of an act that needs two people.
    FourEyes,
    /// The request carries reserved metadata, which only the gateway may set.
    ContextForbidden,
    /// The method is between the gateway and a service. The public door does not forward it.
    MethodInternal,
    /// The request has no `baton-identity`.
    IdentityMissing,
    /// `baton-identity` names no known principal of a known authority.
    IdentityUnknown,
    /// The request has no context: it did not come through the gateway.
    ContextMissing,
    /// There is no such thing in this authority.
    NotFound,
    /// There is no such team in this authority.
    TeamUnknown,
    /// There is no such worker in this authority.
    WorkerUnknown,
    /// The thing has changed since the version that the request names. Read it again.
    StaleVersion,
    /// The service has seen newer facts than the context holds. Fetch them again.
    StaleFacts,
    /// The responsibility has changed since the epoch that the request names.
    StaleEpoch,
    /// Another transaction was in the way. Nothing was changed; send it again.
    Contention,
    /// The request id came before with another body.
    RequestIdReused,
    /// Fields cannot be understood. `BadRequest` names every one.
    InvalidFields,
    /// The contracts have no such method.
    MethodUnknown,
    /// The pack has not reached this service yet. `RetryInfo` says when to try again.
    PackUnknown,
    /// The view has not seen what the query asks for in time. `RetryInfo` says when to try again.
    ViewBehind,
    /// The service has as many calls in hand as it can serve. `RetryInfo` says when to try again.
    Overloaded,
    /// The database cannot be reached. `RetryInfo` says when to try again.
    StoreUnavailable,
    /// The service behind the public door cannot be reached. `RetryInfo` says when to try again.
    ServiceUnreachable,
    /// The deadline of the call passed. What was begun may still have taken effect: send it again with the same request id.
    DeadlinePassed,
    /// Something went wrong that the caller cannot mend. It is in our log.
    Internal,
}

impl Reason {
    /// Every reason, in the order of `docs/errors.md`.
    pub const ALL: &'static [Self] = &[
        Self::GateNotMet,
        Self::PointNotReached,
        Self::WrongPhase,
        Self::ReasonRequired,
        Self::NotWaivable,
        Self::Released,
        Self::WorkerNotInTeam,
        Self::DateInPast,
        Self::FactUnknown,
        Self::RuleRefuses,
        Self::EffectiveInFuture,
        Self::EffectiveBeforeSpan,
        Self::CaseNotOpen,
        Self::CaseAlreadyOpen,
        Self::UnallocatedForbidden,
        Self::FeedDiverged,
        Self::RoleNotAllowed,
        Self::FourEyes,
        Self::ContextForbidden,
        Self::MethodInternal,
        Self::IdentityMissing,
        Self::IdentityUnknown,
        Self::ContextMissing,
        Self::NotFound,
        Self::TeamUnknown,
        Self::WorkerUnknown,
        Self::StaleVersion,
        Self::StaleFacts,
        Self::StaleEpoch,
        Self::Contention,
        Self::RequestIdReused,
        Self::InvalidFields,
        Self::MethodUnknown,
        Self::PackUnknown,
        Self::ViewBehind,
        Self::Overloaded,
        Self::StoreUnavailable,
        Self::ServiceUnreachable,
        Self::DeadlinePassed,
        Self::Internal,
    ];

    /// The gRPC code that goes with the reason.
    pub const fn code(self) -> Code {
        match self {
            Self::GateNotMet
            | Self::PointNotReached
            | Self::WrongPhase
            | Self::ReasonRequired
            | Self::NotWaivable
            | Self::Released
            | Self::WorkerNotInTeam
            | Self::DateInPast
            | Self::FactUnknown
            | Self::RuleRefuses
            | Self::EffectiveInFuture
            | Self::EffectiveBeforeSpan
            | Self::CaseNotOpen
            | Self::CaseAlreadyOpen
            | Self::UnallocatedForbidden
            | Self::FeedDiverged => Code::FailedPrecondition,
            Self::RoleNotAllowed
            | Self::FourEyes
            | Self::ContextForbidden
            | Self::MethodInternal => Code::PermissionDenied,
            Self::IdentityMissing | Self::IdentityUnknown | Self::ContextMissing => {
                Code::Unauthenticated
            }
            Self::NotFound | Self::TeamUnknown | Self::WorkerUnknown => Code::NotFound,
            Self::StaleVersion | Self::StaleFacts | Self::StaleEpoch | Self::Contention => {
                Code::Aborted
            }
            Self::RequestIdReused => Code::AlreadyExists,
            Self::InvalidFields => Code::InvalidArgument,
            Self::MethodUnknown => Code::Unimplemented,
            Self::PackUnknown
            | Self::ViewBehind
            | Self::Overloaded
            | Self::StoreUnavailable
            | Self::ServiceUnreachable => Code::Unavailable,
            Self::DeadlinePassed => Code::DeadlineExceeded,
            Self::Internal => Code::Internal,
        }
    }

    /// The reason on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GateNotMet => "GATE_NOT_MET",
            Self::PointNotReached => "POINT_NOT_REACHED",
            Self::WrongPhase => "WRONG_PHASE",
            Self::ReasonRequired => "REASON_REQUIRED",
            Self::NotWaivable => "NOT_WAIVABLE",
            Self::Released => "RELEASED",
            Self::WorkerNotInTeam => "WORKER_NOT_IN_TEAM",
            Self::DateInPast => "DATE_IN_PAST",
            Self::FactUnknown => "FACT_UNKNOWN",
            Self::RuleRefuses => "RULE_REFUSES",
            Self::EffectiveInFuture => "EFFECTIVE_IN_FUTURE",
            Self::EffectiveBeforeSpan => "EFFECTIVE_BEFORE_SPAN",
            Self::CaseNotOpen => "CASE_NOT_OPEN",
            Self::CaseAlreadyOpen => "CASE_ALREADY_OPEN",
            Self::UnallocatedForbidden => "UNALLOCATED_FORBIDDEN",
            Self::FeedDiverged => "FEED_DIVERGED",
            Self::RoleNotAllowed => "ROLE_NOT_ALLOWED",
            Self::FourEyes => "FOUR_EYES",
            Self::ContextForbidden => "CONTEXT_FORBIDDEN",
            Self::MethodInternal => "METHOD_INTERNAL",
            Self::IdentityMissing => "IDENTITY_MISSING",
            Self::IdentityUnknown => "IDENTITY_UNKNOWN",
            Self::ContextMissing => "CONTEXT_MISSING",
            Self::NotFound => "NOT_FOUND",
            Self::TeamUnknown => "TEAM_UNKNOWN",
            Self::WorkerUnknown => "WORKER_UNKNOWN",
            Self::StaleVersion => "STALE_VERSION",
            Self::StaleFacts => "STALE_FACTS",
            Self::StaleEpoch => "STALE_EPOCH",
            Self::Contention => "CONTENTION",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::InvalidFields => "INVALID_FIELDS",
            Self::MethodUnknown => "METHOD_UNKNOWN",
            Self::PackUnknown => "PACK_UNKNOWN",
            Self::ViewBehind => "VIEW_BEHIND",
            Self::Overloaded => "OVERLOADED",
            Self::StoreUnavailable => "STORE_UNAVAILABLE",
            Self::ServiceUnreachable => "SERVICE_UNREACHABLE",
            Self::DeadlinePassed => "DEADLINE_PASSED",
            Self::Internal => "INTERNAL",
        }
    }

    /// The reason with this text. `None` when the list has no such reason.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.as_str() == text)
    }

    /// What it means, as `docs/errors.md` says it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::GateNotMet => {
                "Items of the gate are open. `PreconditionFailure` lists each with its rules and owner."
            }
            Self::PointNotReached => "The point of the route (a meeting, a date) has not come.",
            Self::WrongPhase => "The process is in a phase that does not know this act.",
            Self::ReasonRequired => {
                "A soft rule may be departed from, with a recorded reason. None was given."
            }
            Self::NotWaivable => "The item or rule cannot be waived by anybody.",
            Self::Released => {
                "The process was released and waits for the ledger: nothing else is possible now."
            }
            Self::WorkerNotInTeam => "The worker does not belong to the team.",
            Self::DateInPast => "The date has passed.",
            Self::FactUnknown => {
                "Facts that could change the answer are unknown. `PreconditionFailure` names each and who can report it."
            }
            Self::RuleRefuses => {
                "A rule of the protocol refuses. `PreconditionFailure` names it and who could override it."
            }
            Self::EffectiveInFuture => "The act is said to take effect in the future.",
            Self::EffectiveBeforeSpan => {
                "The act is said to take effect before the current span of responsibility began."
            }
            Self::CaseNotOpen => "The case is not open.",
            Self::CaseAlreadyOpen => "The child has an open case.",
            Self::UnallocatedForbidden => "The case may not be without a worker.",
            Self::FeedDiverged => {
                "The feed does not continue from this cursor. Stop and raise the alarm."
            }
            Self::RoleNotAllowed => "The actor holds no post that may do this.",
            Self::FourEyes => "The actor did the first half of an act that needs two people.",
            Self::ContextForbidden => {
                "The request carries reserved metadata, which only the gateway may set."
            }
            Self::MethodInternal => {
                "The method is between the gateway and a service. The public door does not forward it."
            }
            Self::IdentityMissing => "The request has no `baton-identity`.",
            Self::IdentityUnknown => {
                "`baton-identity` names no known principal of a known authority."
            }
            Self::ContextMissing => {
                "The request has no context: it did not come through the gateway."
            }
            Self::NotFound => "There is no such thing in this authority.",
            Self::TeamUnknown => "There is no such team in this authority.",
            Self::WorkerUnknown => "There is no such worker in this authority.",
            Self::StaleVersion => {
                "The thing has changed since the version that the request names. Read it again."
            }
            Self::StaleFacts => {
                "The service has seen newer facts than the context holds. Fetch them again."
            }
            Self::StaleEpoch => {
                "The responsibility has changed since the epoch that the request names."
            }
            Self::Contention => {
                "Another transaction was in the way. Nothing was changed; send it again."
            }
            Self::RequestIdReused => "The request id came before with another body.",
            Self::InvalidFields => "Fields cannot be understood. `BadRequest` names every one.",
            Self::MethodUnknown => "The contracts have no such method.",
            Self::PackUnknown => {
                "The pack has not reached this service yet. `RetryInfo` says when to try again."
            }
            Self::ViewBehind => {
                "The view has not seen what the query asks for in time. `RetryInfo` says when to try again."
            }
            Self::Overloaded => {
                "The service has as many calls in hand as it can serve. `RetryInfo` says when to try again."
            }
            Self::StoreUnavailable => {
                "The database cannot be reached. `RetryInfo` says when to try again."
            }
            Self::ServiceUnreachable => {
                "The service behind the public door cannot be reached. `RetryInfo` says when to try again."
            }
            Self::DeadlinePassed => {
                "The deadline of the call passed. What was begun may still have taken effect: send it again with the same request id."
            }
            Self::Internal => "Something went wrong that the caller cannot mend. It is in our log.",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
