//! What the rules of the ledger may take into account besides the case itself.

use baton_ids::{AuthorityId, FamilyId, TeamId, WorkerId};
use baton_protocol::{Facts, KnownFacts};
use jiff::Timestamp;

/// Everything that arrives with a command: the gateway gathered it, the ledger does not hold it.
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
}

impl Context {
    /// The facts about the child. None when the call is about no child.
    pub fn facts(&self) -> Option<Facts> {
        self.child.as_ref().map(ChildFacts::facts)
    }
}

/// The facts about one child at one version.
#[derive(Debug, Clone)]
pub struct ChildFacts {
    /// The family group, when the child has one.
    pub family: Option<FamilyId>,
    /// Version of the family group's facts.
    pub version: i64,
    /// The facts with where each came from. What is not there is unknown.
    pub known: KnownFacts,
}

impl ChildFacts {
    /// The facts as the rules look at them.
    pub fn facts(&self) -> Facts {
        Facts::of_known(&self.known)
    }
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
