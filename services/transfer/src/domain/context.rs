//! What a decision may take into account besides the transfer itself.

use std::collections::BTreeMap;

use baton_ids::{AuthorityId, CaseId, ChildId, FamilyId, TeamId, TransferId, WorkerId};
use baton_protocol::{FactKey, Facts, PostHeld};
use jiff::Timestamp;

use super::basis::Source;

/// Everything known when a call is decided. Built from the context that travels with the call.
#[derive(Debug, Clone)]
pub struct Context {
    /// The authority.
    pub authority: AuthorityId,
    /// Digest of the pack in force: a new transfer is pinned to it.
    pub pack: String,
    /// When the call was received: acts are judged by it.
    pub received_at: Timestamp,
    /// When it is recorded, by our clock.
    pub now: Timestamp,
    /// Who acts.
    pub actor: Actor,
    /// What the call is an answer to.
    pub cause: Cause,
    /// The child, when the call is about one.
    pub child: Option<Child>,
    /// Who is responsible now, as the ledger has it.
    pub responsibility: Option<Responsibility>,
    /// Every team of the authority that works: one of them takes a case.
    pub teams: Vec<Team>,
    /// Those that have ended or not begun. A case may still be in the name of one, and leaves it as it would have.
    pub resting_teams: Vec<Team>,
    /// The workers that the call names, and the responsible one.
    pub workers: Vec<Worker>,
    /// Digest of the reason given with the call.
    pub reason_digest: Option<String>,
    /// The soft rules departed from, each with the digest of its reason.
    pub departures: Vec<GivenReason>,
    /// The suspension of the protocol that is in force, if one is.
    pub suspended: Option<super::hold::Suspended>,
    /// Ids for what this decision makes: given, so that deciding stays repeatable.
    pub fresh: FreshIds,
}

/// New ids, used at most once in a decision.
#[derive(Debug, Clone, Copy)]
pub struct FreshIds {
    /// For a transfer that is opened.
    pub transfer: TransferId,
    /// For a release to the ledger.
    pub release: uuid::Uuid,
}

/// Who acts, and in which posts.
#[derive(Debug, Clone)]
pub struct Actor {
    /// A worker's id, a record system's name, or `baton`.
    pub principal: String,
    /// What kind of principal.
    pub kind: PrincipalKind,
    /// The posts held or covered.
    pub posts: Vec<PostHeld>,
    /// Whose act caused an act of Baton.
    pub on_behalf_of: Option<String>,
}

/// The kinds of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// Works for the authority.
    Person,
    /// A case-record system.
    RecordSystem,
    /// Baton itself.
    Baton,
}

/// What a call is an answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Id of the report, event or request.
    pub id: String,
    /// Its kind.
    pub kind: String,
}

/// The child a call is about.
#[derive(Debug, Clone)]
pub struct Child {
    /// Its id.
    pub id: ChildId,
    /// Its family group.
    pub family: Option<FamilyId>,
    /// What is known.
    pub facts: Facts,
    /// Where each of it came from, as far as it was said.
    pub sources: BTreeMap<FactKey, Source>,
    /// The version of what is known.
    pub facts_version: i64,
}

/// Who is responsible for the child's open case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsibility {
    /// The case.
    pub case: CaseId,
    /// Grows by one with each change.
    pub epoch: i64,
    /// The responsible team.
    pub team: TeamId,
    /// The responsible worker, unless unallocated.
    pub worker: Option<WorkerId>,
    /// When the current team's span began.
    pub since: Option<Timestamp>,
    /// How often another team took a case of the child so far.
    pub moves: u32,
    /// How often another worker did.
    pub worker_changes: u32,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its neutral kind.
    pub kind: String,
    /// The area it serves, unless it serves all.
    pub area: Option<String>,
    /// The number under which families and agencies reach it.
    pub phone: Option<String>,
    /// Who holds the post of its manager.
    pub managers: Vec<WorkerId>,
}

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// The worker's id.
    pub id: WorkerId,
    /// The team the worker belongs to.
    pub team: TeamId,
    /// The grade.
    pub grade: String,
}

/// A soft rule departed from, with a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenReason {
    /// The rule.
    pub rule: String,
    /// Digest of the reason.
    pub digest: String,
}

impl Context {
    /// The team of that id.
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        let mut all = self.teams.iter().chain(&self.resting_teams);
        all.find(|team| team.id == *id)
    }

    /// The worker of that id.
    pub fn worker(&self, id: &str) -> Option<&Worker> {
        self.workers.iter().find(|worker| worker.id.as_str() == id)
    }

    /// The reason given for departing from one of these rules.
    pub fn reason_for(&self, rules: &[String]) -> Option<&GivenReason> {
        self.departures
            .iter()
            .find(|given| rules.contains(&given.rule))
    }
}
