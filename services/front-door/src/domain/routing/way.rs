//! The way that a contact or a referral goes, and what chose it.

use baton_ids::{TeamId, WorkerId};
use baton_protocol::front_door::RouteDecider;
use serde::{Deserialize, Serialize};

use crate::domain::contact::{OpenDuty, Tell};

/// The team that a route leads to, and what comes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The team.
    pub team: TeamId,
    /// What chose it.
    pub chosen: Chosen,
    /// The worker who takes the case too.
    pub worker: Option<WorkerId>,
    /// The rules that decided.
    pub rules: Vec<String>,
    /// The facts that mattered, by key.
    pub facts: Vec<String>,
    /// The facts that are unknown and could have changed it, by key.
    pub unknown: Vec<String>,
    /// Who decides, when it is not who decides otherwise.
    pub decided_by: Option<RouteDecider>,
    /// Whether the case is the team's from the receipt on.
    pub from_receipt: bool,
    /// Who is told.
    pub tells: Vec<Tell>,
    /// What has to be done.
    pub duties: Vec<OpenDuty>,
}

/// What chose a way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// The kind of the contact.
    Kind,
    /// The rule that new contacts come through one door.
    Gateway,
    /// Whoever launched or decided it.
    Named,
    /// The open case.
    OpenCase,
    /// A route of the protocol, by its name.
    Route(String),
    /// Nothing could be told, and the front door holds it.
    Fallback,
}

impl Way {
    /// To a team, for rules that ask for nothing more.
    pub fn to(team: TeamId, chosen: Chosen, rules: Vec<String>) -> Self {
        Self {
            team,
            chosen,
            worker: None,
            rules,
            facts: Vec::new(),
            unknown: Vec::new(),
            decided_by: None,
            from_receipt: false,
            tells: Vec::new(),
            duties: Vec::new(),
        }
    }
}
