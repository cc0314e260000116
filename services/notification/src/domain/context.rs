//! What a rule may take into account besides the notice itself.

use baton_ids::{AuthorityId, TeamId};
use baton_protocol::PostHeld;
use jiff::Timestamp;

/// Everything that arrives with a command.
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
    /// The team that is responsible for the case now. None when the notice is about no open case.
    pub responsible_team: Option<TeamId>,
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

/// What a call is an answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Id of the report, event or request.
    pub id: String,
    /// Its kind.
    pub kind: String,
}
