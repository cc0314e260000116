//! What holds a transfer up by a person's decision: deferral, dispute, suspension of the protocol.

use baton_calendar::Duration;
use serde::{Deserialize, Serialize};

use crate::clock::Rung;
use crate::facts::FactKey;
use crate::party::Party;
use crate::rule_id::RuleId;

/// How a transfer is put off (M-158).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeferralRule {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Who may: any one of these.
    pub by: Vec<Party>,
    /// What has to be given, or the deferral is refused.
    pub requires: Vec<DeferralField>,
    /// Who is told of a review that was missed, besides its owner.
    #[serde(default)]
    pub escalate: Vec<Rung>,
}

/// What a decision to put a transfer off says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeferralField {
    /// Why.
    Reason,
    /// Until when: the day from which on it may move again.
    Until,
    /// When it is looked at again.
    ReviewOn,
}

/// A ground on which teams may disagree, and who settles it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeRule {
    /// The ground, for instance `criteria`.
    pub dispute: String,
    /// What it is about, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Who may raise it: any one of these.
    pub by: Vec<Party>,
    /// Who settles it, lowest rung first.
    pub ladder: Vec<DisputeRung>,
}

/// One rung of a dispute's ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeRung {
    /// Who settles it there.
    pub to: Vec<Party>,
    /// The rules.
    pub cites: Vec<RuleId>,
    /// Every one of `to` has to decide the same; any one of them when not.
    #[serde(default)]
    pub jointly: bool,
    /// How long they have before it goes up by itself, from when it reached them; no limit when absent.
    #[serde(default)]
    pub within: Option<Duration>,
}

/// How the protocol of an authority is suspended (M-159).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspensionRule {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Who may: any one of these.
    pub by: Vec<Party>,
    /// Neither a higher rung nor a cover may stand in.
    #[serde(default)]
    pub only: bool,
    /// Who has to have been consulted: one of these roles at least.
    #[serde(default)]
    pub consults: Vec<Party>,
    /// Grounds by name: examples, and not a closed list (M-160).
    pub grounds: Vec<String>,
    /// How often it is reviewed.
    pub review_every: Duration,
    /// Who reviews it: any one of these.
    pub reviewed_by: Vec<Party>,
    /// The rules about the review.
    pub review_cites: Vec<RuleId>,
    /// Who is told of a review that was missed.
    #[serde(default)]
    pub escalate: Vec<Party>,
    /// Whether a missed review ends it.
    #[serde(default)]
    pub lapse_on_missed_review: bool,
}

/// The managers of both teams agree that a case stays where it is, because its reason to move ends soon (L-021).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StayRule {
    /// Its name; routes say for which they hold (`stays_for`).
    pub stay: String,
    /// What it says, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The item under which they agree: met, with every answer yes.
    pub item: String,
    /// The day on which the reason ends.
    pub until: FactKey,
    /// How long after the day on which the case would move that day lies at most.
    pub within: Duration,
}

impl DeferralRule {
    /// Whether a field has to be given.
    pub fn asks_for(&self, field: DeferralField) -> bool {
        self.requires.contains(&field)
    }
}

impl DeferralField {
    /// The field of the request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Until => "until",
            Self::ReviewOn => "review_on",
        }
    }
}
