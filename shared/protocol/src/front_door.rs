//! What an authority's `front-door.yaml` says: contacts, decisions, referrals and their first team.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::condition::{Condition, Scope, Truth};
use crate::facts::{FactKey, Facts};
use crate::moment::Term;
use crate::pack::Pack;
use crate::party::{Audience, Party, TeamKind};
use crate::rule_id::RuleId;
use crate::transfer::{RouteUndecided, Target, TargetTeam};

/// Everything an authority says about its front door.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FrontDoorRules {
    /// Where a new contact is launched to.
    pub contact_routes: Vec<ReferralRoute>,
    /// Where a referral goes first.
    pub referral_routes: Vec<ReferralRoute>,
    /// Why whatever concerns an open case is for the team that has it; it is everywhere, with no rule of its own where
    /// the authority is silent.
    pub open_case: Option<OpenCase>,
    /// What a decision can come to.
    pub outcomes: Vec<ContactOutcome>,
    /// Who decides on a contact.
    pub decided_by: Option<DecidedBy>,
    /// What is due: `contact_decision` among others.
    pub clocks: Vec<Clock>,
}

/// One way a contact or a referral can go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferralRoute {
    /// Its name.
    pub route: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Tried from the lowest to the highest.
    pub order: u16,
    /// Where it leads.
    pub to: Target,
    /// What has to hold.
    #[serde(default)]
    pub when: Option<Condition>,
    /// What happens while that cannot be decided.
    #[serde(default)]
    pub undecided: RouteUndecided,
}

/// What concerns an open case is for the team that has it (M-006).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
}

/// What a decision on a contact can come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactOutcome {
    /// The outcome: `no_concerns`, `assess`, `section_47`, `early_help`, `redirect`, …
    pub outcome: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Whether the contact becomes a referral that is routed to a team.
    pub refers: bool,
    /// Whether the reasons of the decision are recorded.
    #[serde(default)]
    pub rationale: bool,
    /// Who is told of it.
    #[serde(default)]
    pub tells: Vec<OutcomeNotice>,
}

/// Somebody has to be told what became of a contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeNotice {
    /// Its kind, for instance `referral_acknowledged`.
    pub notice: String,
    /// What it says, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Whom.
    pub to: Vec<Audience>,
    /// How: `email`, `letter` or `task`.
    pub by: String,
    /// By when, counted from `decided`; late is a breach and never a bar. No limit when absent.
    #[serde(default)]
    pub due: Option<Term>,
    /// Whose duty it is in the protocol, though Baton sends it.
    #[serde(default)]
    pub sender: Option<Party>,
    /// Only for contacts of these forms: `written`. Every form when empty.
    #[serde(default)]
    pub forms: Vec<String>,
    /// Only when the child has reached this age on the day of the decision.
    #[serde(default)]
    pub from_age: Option<u8>,
    /// For contacts from these sources it says nothing of the case (W-028).
    #[serde(default)]
    pub restricted_for: Vec<String>,
}

/// Who decides on a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedBy {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Any one of these.
    pub by: Vec<Party>,
}

/// Where a contact or a referral goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Routed<'p> {
    /// To the one team of that kind, in that area when one is given.
    To {
        /// The route that decided.
        route: &'p ReferralRoute,
        /// The team.
        team: TargetTeam,
    },
    /// It depends on facts that are unknown.
    Undecided {
        /// The route that may be the one.
        route: &'p ReferralRoute,
        /// Every unknown fact that could change the answer.
        missing: BTreeSet<FactKey>,
    },
    /// No route speaks of it.
    None,
}

impl FrontDoorRules {
    /// The outcome of that name.
    pub fn outcome(&self, name: &str) -> Option<&ContactOutcome> {
        self.outcomes.iter().find(|outcome| outcome.outcome == name)
    }

    /// The clock of that name.
    pub fn clock(&self, name: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.clock == name)
    }
}

impl Pack {
    /// The team into whose tray a new contact is launched.
    pub fn route_contact(&self, facts: &Facts) -> Routed<'_> {
        first_match(&self.front_door.contact_routes, facts)
    }

    /// The team a referral goes to first.
    pub fn route_referral(&self, facts: &Facts) -> Routed<'_> {
        first_match(&self.front_door.referral_routes, facts)
    }

    /// Whether the neutral kind of team is one that takes contacts.
    pub fn takes_contacts(&self, kind: TeamKind) -> bool {
        self.front_door
            .contact_routes
            .iter()
            .any(|route| route.to.kind == kind)
    }
}

fn first_match<'p>(routes: &'p [ReferralRoute], facts: &Facts) -> Routed<'p> {
    let scope = Scope::of(facts);
    let mut ordered: Vec<&ReferralRoute> = routes.iter().collect();
    ordered.sort_by_key(|route| route.order);
    for route in ordered {
        match (
            route
                .when
                .as_ref()
                .map_or(Truth::True, |when| when.decide(&scope).truth),
            route.undecided,
        ) {
            (Truth::False, _) | (Truth::Undecided { .. }, RouteUndecided::Pass) => {}
            (Truth::Undecided { missing }, RouteUndecided::Ask) => {
                return Routed::Undecided { route, missing };
            }
            (Truth::True, _) | (Truth::Undecided { .. }, RouteUndecided::Take) => {
                return match route.to.resolve(facts) {
                    Ok(team) => Routed::To { route, team },
                    Err(missing) => Routed::Undecided {
                        route,
                        missing: BTreeSet::from([missing]),
                    },
                };
            }
        }
    }
    Routed::None
}
