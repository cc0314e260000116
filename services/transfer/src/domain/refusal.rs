//! Why the rules said no. Every variant is an answer for the caller, never a bug.

use baton_ids::{TeamId, WorkerId};
use jiff::Timestamp;
use jiff::civil::Date;

use super::owner::Owner;

/// Why a request was refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Items of the gate are open.
    #[error("the gate is not met: {} open", open.len())]
    GateNotMet {
        /// Each open item.
        open: Vec<OpenItem>,
    },
    /// The point of the route has not come.
    #[error("the transfer point has not come: it waits for {}", waiting_for.join(", "))]
    PointNotReached {
        /// What it waits for.
        waiting_for: Vec<String>,
        /// The rules.
        rules: Vec<String>,
    },
    /// The phase does not know this act.
    #[error("not possible in phase {phase}")]
    WrongPhase {
        /// The phase.
        phase: &'static str,
    },
    /// The case is with the ledger.
    #[error("the case is with the ledger: nothing else is possible now")]
    Released,
    /// Soft rules are departed from and no reason was given.
    #[error("a recorded reason is required to depart from {} rules", open.len())]
    ReasonRequired {
        /// Each, with its rules.
        open: Vec<OpenItem>,
    },
    /// Nobody may waive the item.
    #[error("nobody may waive {item}")]
    NotWaivable {
        /// The item.
        item: String,
        /// The rules.
        rules: Vec<String>,
    },
    /// No post of the actor may do this.
    #[error("only {} may do this", allowed.iter().map(|owner| owner.role.as_str()).collect::<Vec<_>>().join(" or "))]
    RoleNotAllowed {
        /// Who may.
        allowed: Vec<Owner>,
        /// The rules.
        rules: Vec<String>,
    },
    /// The actor did the first half of an act that needs two people.
    #[error("who completed {item} may not be the one who signs or reviews it")]
    FourEyes {
        /// The item.
        item: String,
        /// The rules.
        rules: Vec<String>,
    },
    /// The worker belongs to another team.
    #[error("worker {worker} does not belong to team {team}")]
    WorkerNotInTeam {
        /// The worker.
        worker: WorkerId,
        /// The team.
        team: TeamId,
    },
    /// The authority has no such worker.
    #[error("there is no worker {worker}")]
    WorkerUnknown {
        /// The worker.
        worker: WorkerId,
    },
    /// The date has passed.
    #[error("the date {date} has passed")]
    DateInPast {
        /// The date.
        date: Date,
    },
    /// The transfer has no such item.
    #[error("the transfer has no item {item}")]
    ItemUnknown {
        /// The item.
        item: String,
    },
    /// The transfer has no such clock.
    #[error("the transfer has no clock {clock}")]
    ClockUnknown {
        /// The clock.
        clock: String,
    },
    /// The item is not done in this way: it is met by something else.
    #[error("{item} is not met in this way: {instead}")]
    OtherWay {
        /// The item.
        item: String,
        /// How it is met, as a code.
        instead: &'static str,
    },
    /// Nobody waits for the reason of a departure from that rule.
    #[error("no reason is owed for {rule}")]
    NothingToExplain {
        /// The rule.
        rule: String,
    },
    /// Answers are missing, or answer what is not asked.
    #[error("the answers do not fit the questions of {item}")]
    AnswersDoNotFit {
        /// The item.
        item: String,
        /// The questions without an answer, and the answers without a question.
        questions: Vec<String>,
    },
    /// A rule of the protocol refuses.
    #[error("the protocol does not allow this")]
    RuleRefuses {
        /// What was asked, as a code.
        act: &'static str,
        /// The rules.
        rules: Vec<String>,
        /// Whose it is to do that.
        owner: Option<Box<Owner>>,
        /// What to do instead.
        remedy: &'static str,
    },
    /// The protocol has no such route, or nobody can ask for it.
    #[error("no transfer by the route {route} can be asked for")]
    RouteUnknown {
        /// The route.
        route: String,
    },
    /// What has to be given was not, and no reason stands in for it (M-158, M-159).
    #[error("{} has to be given", missing.join(", "))]
    Lacking {
        /// What was asked, as a code.
        act: &'static str,
        /// The fields.
        missing: Vec<&'static str>,
        /// The rules.
        rules: Vec<String>,
    },
    /// Facts are unknown that the decision needs.
    #[error("unknown facts stand in the way: {}", facts.join(", "))]
    FactUnknown {
        /// The facts.
        facts: Vec<String>,
        /// The rules.
        rules: Vec<String>,
    },
    /// The act is said to take effect in the future.
    #[error("an act cannot take effect in the future")]
    EffectiveInFuture {
        /// When it is said to.
        at: Timestamp,
    },
    /// The act is said to take effect before the current span of responsibility.
    #[error("an act cannot take effect before the current span of responsibility")]
    EffectiveBeforeSpan {
        /// When the span began.
        since: Timestamp,
    },
    /// Newer facts were seen before.
    #[error("the facts of the call are version {given}, but version {seen} was seen")]
    StaleFacts {
        /// The version of the call.
        given: i64,
        /// The version seen.
        seen: i64,
    },
    /// The transfer has changed since.
    #[error("the transfer is at version {current}, not {expected}")]
    StaleVersion {
        /// What the caller expected.
        expected: i64,
        /// What it is.
        current: i64,
    },
    /// The release that is answered is not the one under way.
    #[error("the release is not the one under way")]
    OtherRelease,
    /// The case is not open in the ledger, or the call does not say who is responsible.
    #[error("the child has no open case")]
    CaseNotOpen,
    /// The authority has no team that the route could go to, or more than one.
    #[error("there is no team, or more than one, of kind {kind} to receive the case")]
    TeamUnknown {
        /// The kind of team.
        kind: String,
        /// The rules.
        rules: Vec<String>,
    },
}

/// One thing that has to happen first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    /// The item.
    pub item: String,
    /// What is missing, as codes.
    pub missing: Vec<String>,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// Whose it is.
    pub owner: Option<Owner>,
    /// What to do, as a code.
    pub next_step: String,
    /// Who may do without it, for an item; nobody when empty.
    pub waivable_by: Option<Vec<Owner>>,
}
