//! What an authority's `front-door.yaml` says: contacts, decisions, referrals and their first team.

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::facts::FactKey;
use crate::moment::Term;
use crate::party::{Audience, Party};
use crate::rule_id::RuleId;

mod asks;
mod choice;
mod looks;
mod route;
mod weighing;

pub use choice::{Incoming, Relative, Routed, Towards};
pub use route::{
    Ages, Destination, Duty, InvalidRoute, ReferralRoute, Rota, RouteDecider, RouteNotice,
    SiblingRule, Window,
};
pub use weighing::WeighedWay;

mod life;

pub use life::{
    Asked, CONCERN, ContactDuty, ContactKind, ContactStep, DecisionAsk, DutyPerson, EnquiryKind,
    Guidance, OutcomeLimit, TrayRule,
};

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
    /// What it takes to send a referral elsewhere than the routes lead; nothing where the authority is silent.
    #[serde(default)]
    pub elsewhere: Option<RouteDecider>,
    /// Which teams take turns.
    #[serde(default)]
    pub rotas: Vec<Rota>,
    /// What is due: `contact_decision` among others.
    pub clocks: Vec<Clock>,
    /// The kinds of contact that have a way of their own.
    #[serde(default)]
    pub kinds: Vec<ContactKind>,
    /// What is done about a contact and recorded.
    #[serde(default)]
    pub steps: Vec<ContactStep>,
    /// What a decision has to say.
    #[serde(default)]
    pub decision_asks: Vec<DecisionAsk>,
    /// What somebody owes while a contact lives.
    #[serde(default)]
    pub duties: Vec<ContactDuty>,
    /// What to keep in mind.
    #[serde(default)]
    pub guidance: Vec<Guidance>,
    /// The kinds of enquiry that concern no child.
    #[serde(default)]
    pub enquiries: Vec<EnquiryKind>,
    /// Who looks into the trays.
    #[serde(default)]
    pub tray: Option<TrayRule>,
    /// Whether a new contact goes to the front door whatever team is named, and why.
    #[serde(default)]
    pub single_gateway: Option<OpenCase>,
}

/// What concerns an open case is for the team that has it (M-006).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Who is told as soon as it has arrived.
    #[serde(default)]
    pub tells: Vec<OutcomeNotice>,
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
    /// Who decides on it instead of who decides otherwise.
    #[serde(default)]
    pub decided_by: Vec<Party>,
    /// While what it may be decided.
    #[serde(default)]
    pub limits: Vec<OutcomeLimit>,
    /// The facts that it states: each is the day of the decision.
    #[serde(default)]
    pub states: Vec<FactKey>,
    /// What the record shows of the contact, one after the other.
    #[serde(default)]
    pub record_as: Vec<String>,
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

impl FrontDoorRules {
    /// The outcome of that name.
    pub fn outcome(&self, name: &str) -> Option<&ContactOutcome> {
        self.outcomes.iter().find(|outcome| outcome.outcome == name)
    }

    /// The rota of the teams of that kind.
    pub fn rota(&self, kind: crate::party::TeamKind) -> Option<&Rota> {
        self.rotas.iter().find(|rota| rota.of == kind)
    }

    /// The kind of contact of that name.
    pub fn kind(&self, name: &str) -> Option<&ContactKind> {
        self.kinds.iter().find(|kind| kind.kind == name)
    }

    /// The step of that name.
    pub fn step(&self, name: &str) -> Option<&ContactStep> {
        self.steps.iter().find(|step| step.step == name)
    }

    /// The kind of enquiry of that name.
    pub fn enquiry(&self, name: &str) -> Option<&EnquiryKind> {
        self.enquiries.iter().find(|kind| kind.enquiry == name)
    }

    /// The clock of that name.
    pub fn clock(&self, name: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.clock == name)
    }
}
