//! Whose something is: a place in the protocol, and who that is for one transfer.

use baton_ids::{TeamId, WorkerId};
use baton_protocol::{Party, Place, Role};
use serde::{Deserialize, Serialize};

use super::state::Transfer;

/// Who a [`Party`] is for one transfer.
///
/// A transfer keeps parties and not owners, so that a change of worker or team changes whose task it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The role, in neutral terms.
    pub role: String,
    /// The team of the role, unless it is above teams.
    pub team: Option<TeamId>,
    /// The worker, when it is one worker's.
    pub worker: Option<WorkerId>,
    /// The area, for a role of an area.
    pub area: Option<String>,
}

/// A role of the team that hands over.
pub const fn outgoing(role: Role) -> Party {
    Party {
        role,
        place: Place::Outgoing,
    }
}

/// A role of the team that takes over.
pub const fn receiving(role: Role) -> Party {
    Party {
        role,
        place: Place::Receiving,
    }
}

impl Transfer {
    /// Who the party is, as things stand.
    pub fn owner(&self, party: Party) -> Owner {
        // The social worker of a case is one person as soon as that person is known.
        let one_worker = |worker: &Option<WorkerId>| {
            worker.clone().filter(|_| party.role == Role::SOCIAL_WORKER)
        };
        let (team, worker) = match party.place {
            // A manager above teams is no team's.
            Place::Outgoing | Place::Receiving | Place::Responsible
                if party.role.is_above_teams() =>
            {
                (None, None)
            }
            Place::Outgoing => (Some(self.from_team.clone()), one_worker(&self.from_worker)),
            Place::Receiving => (
                self.known_to_team().cloned(),
                one_worker(&self.receiving_worker),
            ),
            Place::Responsible => self.responsible(),
            Place::Area | Place::Authority => (None, None),
        };
        let worker = worker.filter(|_| party.role == Role::SOCIAL_WORKER);
        let of_receiving =
            party.place == Place::Receiving && (party.role.is_above_teams() || self.team_open);
        let area = self
            .area
            .clone()
            .filter(|_| party.place == Place::Area || of_receiving);
        Owner {
            role: party.role.to_string(),
            team,
            worker,
            area,
        }
    }

    fn responsible(&self) -> (Option<TeamId>, Option<WorkerId>) {
        if matches!(self.phase, super::Phase::Completed { .. }) {
            (Some(self.to_team.clone()), self.receiving_worker.clone())
        } else {
            (Some(self.from_team.clone()), self.from_worker.clone())
        }
    }
}
