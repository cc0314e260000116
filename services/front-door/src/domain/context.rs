//! What the rules of the front door may take into account besides what it holds itself.

use baton_ids::{AuthorityId, CaseId, ChildId, TeamId, WorkerId};
use baton_protocol::PostHeld;
use jiff::Timestamp;

/// Everything that arrives with a command. The facts are no part of it: the front door owns them.
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
    /// Who holds the child's open case. None when there is no open case, or the call is about no child.
    pub responsible: Option<Responsible>,
    /// Every team of the authority that works: contacts and referrals go to these.
    pub teams: Vec<Team>,
    /// Those that have ended or not begun. Cases may still be in their name.
    pub resting_teams: Vec<Team>,
    /// The cases of the family, open and closed, as the ledger has them. Only with calls about a contact.
    pub family_cases: Vec<FamilyCase>,
}

/// A case of a child of the family, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyCase {
    /// The child.
    pub child: ChildId,
    /// The responsible team; of a closed case, the one that closed it.
    pub team: TeamId,
    /// The worker of an open case.
    pub worker: Option<WorkerId>,
    /// When it was closed. None while it is open.
    pub ended_at: Option<Timestamp>,
}

impl Context {
    /// The team with this id, when the organisation has it.
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        let mut all = self.teams.iter().chain(&self.resting_teams);
        all.find(|team| team.id == *id)
    }

    /// The team of that kind that serves everybody, or else the first.
    pub fn team_of_kind(&self, kind: &str) -> Option<&Team> {
        let of_kind = || self.teams.iter().filter(|team| team.kind == kind);
        of_kind()
            .find(|team| team.area.is_none())
            .or_else(|| of_kind().next())
    }

    /// The open case of a child of the family.
    pub fn open_case_of(&self, child: ChildId) -> Option<&FamilyCase> {
        self.family_cases
            .iter()
            .find(|case| case.child == child && case.is_open())
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

/// What a call is an answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Id of the report, event or request.
    pub id: String,
    /// Its kind.
    pub kind: String,
}

/// Who holds the child's open case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsible {
    /// The case.
    pub case: CaseId,
    /// The responsible team.
    pub team: TeamId,
    /// The responsible worker. None while the case is unallocated.
    pub worker: Option<WorkerId>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its neutral kind.
    pub kind: String,
    /// The area it serves. None for the whole authority.
    pub area: Option<String>,
}
