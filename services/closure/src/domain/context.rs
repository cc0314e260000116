//! What the rules of a closure may take into account besides the closure itself.

use baton_ids::{AuthorityId, CaseId, ChildId, FamilyId, TeamId, WorkerId};
use jiff::Timestamp;

/// Everything that arrives with a command: the gateway gathered it, this service does not hold it.
#[derive(Debug, Clone)]
pub struct Context {
    /// The authority whose rules hold.
    pub authority: AuthorityId,
    /// Digest of the pack in force.
    pub pack: String,
    /// When the gateway received the call. Acts are judged by it.
    pub received_at: Timestamp,
    /// Who acts.
    pub actor: Actor,
    /// What the call is an answer to.
    pub cause: Cause,
    /// The facts about the child. None when the call is about no child.
    pub child: Option<ChildFacts>,
    /// Who is responsible, as the ledger has it. None when no case is open.
    pub responsibility: Option<Responsibility>,
}

/// Who is responsible for the case now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsibility {
    /// The case.
    pub case: CaseId,
    /// Grows by one with each change of responsibility.
    pub epoch: i64,
    /// The responsible team.
    pub team: TeamId,
    /// The area the team serves. None for the whole authority.
    pub team_area: Option<String>,
    /// When the team's span began.
    pub team_since: Timestamp,
}

/// Which child, and how new what is known about it is. What the facts say decides nothing here.
#[derive(Debug, Clone)]
pub struct ChildFacts {
    /// The child.
    pub child: ChildId,
    /// The family group, when the child has one.
    pub family: Option<FamilyId>,
    /// Version of the family group's facts.
    pub version: i64,
}

/// Who acts, and in which posts they may act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A worker's id, a record system's name, or `baton`.
    pub principal: String,
    /// What kind of principal this is.
    pub kind: PrincipalKind,
    /// The posts held or covered when the call was received.
    pub posts: Vec<PostHeld>,
    /// For an act of Baton: whose act caused it. Empty otherwise.
    pub on_behalf_of: String,
}

/// The kinds of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A person who works for the authority.
    Person,
    /// A case-record system.
    RecordSystem,
    /// Baton itself: only what a rule marks as automatic.
    Baton,
}

/// A post and how the principal comes to act in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostHeld {
    /// The post, as the council named it.
    pub post: String,
    /// The role, in neutral terms.
    pub role: String,
    /// The team of the post. None for a post above teams.
    pub team: Option<TeamId>,
    /// The area of the post. None for the whole authority.
    pub area: Option<String>,
    /// The worker whose absence is covered. None when the principal holds the post.
    pub covering_for: Option<WorkerId>,
}

/// What a call is an answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Id of the report, event or request.
    pub id: String,
    /// Its kind.
    pub kind: String,
}
