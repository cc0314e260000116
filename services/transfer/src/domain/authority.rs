//! Who may do what: posts, the ladder, cover.

use baton_protocol::transfer::Act as ProtocolAct;
use baton_protocol::{Party, Place, PostHeld, Role};

use super::context::PrincipalKind;
use super::draft::{Draft, ids};
use super::owner::{outgoing, receiving};
use super::refusal::{OpenItem, Refusal};
use super::state::Transfer;

/// Who may do an act on a transfer.
#[derive(Debug, Clone)]
pub struct Right {
    /// Any one of these.
    pub parties: Vec<Party>,
    /// No higher rung may stand in.
    pub only: bool,
    /// Whether a reason has to be on record.
    pub reason: bool,
    /// The rules it rests on.
    pub rules: Vec<String>,
}

impl Right {
    /// One party's right, which the rules of an item give.
    pub fn of(party: Party, rules: &[String]) -> Self {
        Self {
            parties: vec![party],
            only: false,
            reason: false,
            rules: rules.to_vec(),
        }
    }
}

impl Draft<'_> {
    /// Who may do an act: whom the protocol names, else the manager of the team whose act it is.
    pub fn right(&self, act: ProtocolAct) -> Right {
        if let Some(authority) = self.rules.pack.transfer.authority(act) {
            return Right {
                parties: authority.by.clone(),
                only: authority.only,
                reason: authority.reason,
                rules: ids(&authority.cites),
            };
        }
        let parties = match act {
            ProtocolAct::Withdraw | ProtocolAct::Waive | ProtocolAct::Depart => {
                vec![outgoing(Role::TEAM_MANAGER)]
            }
            ProtocolAct::AgreeDate => {
                vec![outgoing(Role::TEAM_MANAGER), receiving(Role::TEAM_MANAGER)]
            }
            ProtocolAct::NameReceivingWorker
            | ProtocolAct::NameReceivingTeam
            | ProtocolAct::Complete
            | ProtocolAct::Return
            | ProtocolAct::ReviewAudit => vec![receiving(Role::TEAM_MANAGER)],
        };
        Right {
            parties,
            only: false,
            reason: false,
            rules: vec![],
        }
    }

    /// The post in which the actor may do it, and as which party. are kept here: a recorded cover acts in
    /// the post, a higher rung may do what a lower may.
    pub fn authorise(&self, right: &Right) -> Result<(PostHeld, Party), Refusal> {
        let refusal = || Refusal::RoleNotAllowed {
            allowed: right
                .parties
                .iter()
                .map(|party| self.transfer.owner(*party))
                .collect(),
            rules: right.rules.clone(),
        };
        if self.context.actor.kind != PrincipalKind::Person {
            return Err(refusal());
        }
        let posts = &self.context.actor.posts;
        let pairs = right
            .parties
            .iter()
            .flat_map(|party| posts.iter().map(move |post| (post, *party)));
        let able = pairs.filter(|(post, party)| self.may(post, *party, right.only));
        // The exact role comes first, so that the record names the nearest post.
        let (post, party) = able
            .min_by_key(|(post, party)| post.role != party.role)
            .ok_or_else(refusal)?;
        self.ensure_reason(right)?;
        Ok((post.clone(), party))
    }

    /// Where the protocol asks for a reason it has to be on record.
    fn ensure_reason(&self, right: &Right) -> Result<(), Refusal> {
        if !right.reason || self.context.reason_digest.is_some() {
            return Ok(());
        }
        let open = OpenItem {
            item: "reason".to_owned(),
            missing: vec![],
            rules: right.rules.clone(),
            owner: None,
            next_step: "give a reason".to_owned(),
            waivable_by: None,
        };
        Err(Refusal::ReasonRequired { open: vec![open] })
    }

    /// The parties, of those given, as which the actor may act.
    pub fn acts_as(&self, parties: &[Party]) -> Vec<(PostHeld, Party)> {
        let posts = &self.context.actor.posts;
        let pairs = parties
            .iter()
            .flat_map(|party| posts.iter().map(move |post| (post, *party)));
        pairs
            .filter(|(post, party)| self.may(post, *party, false))
            .map(|(post, party)| (post.clone(), party))
            .collect()
    }

    fn may(&self, post: &PostHeld, party: Party, only: bool) -> bool {
        // W-155 is the pattern of "only": neither a higher rung nor a cover.
        let allowed = self.rules.pack.ladder.covers(post.role, party.role, only);
        allowed
            && !(only && post.covering_for.is_some())
            && is_in_place(&self.transfer, post, party, self)
    }
}

/// Whether a post lies where the party is. A post above teams reaches into the teams of its area; a manager of another
/// team does not.
fn is_in_place(transfer: &Transfer, post: &PostHeld, party: Party, draft: &Draft<'_>) -> bool {
    if party.place == Place::Receiving && transfer.team_open && post.team.is_some() {
        // Nobody's team yet: only who stands above the teams of the area acts for it (W-095).
        return false;
    }
    let moved = matches!(transfer.phase, super::Phase::Completed { .. });
    let team = match party.place {
        Place::Area | Place::Authority => None,
        Place::Receiving => Some(&transfer.to_team),
        Place::Outgoing => Some(&transfer.from_team),
        Place::Responsible => Some(if moved {
            &transfer.to_team
        } else {
            &transfer.from_team
        }),
    };
    let area_of_team = team
        .and_then(|team| draft.context.team(team))
        .and_then(|team| team.area.as_ref());
    let area = if party.place == Place::Area {
        transfer.area.as_ref()
    } else {
        area_of_team
    };
    match (&post.team, team) {
        (Some(held), Some(needed)) => held == needed,
        (Some(_), None) => party.place == Place::Area && post_in_area(post, area, draft),
        (None, _) => post.area.is_none() || area.is_none() || post.area.as_ref() == area,
    }
}

fn post_in_area(post: &PostHeld, area: Option<&String>, draft: &Draft<'_>) -> bool {
    let held = post
        .team
        .as_ref()
        .and_then(|team| draft.context.team(team))
        .and_then(|team| team.area.as_ref());
    held == area
}
