//! A pack: all rules of one authority, in force from one date.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use baton_calendar::{Duration, PlainDays};
use baton_ids::AuthorityId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::allocation::AllocationRules;
use crate::closure::ClosureRules;
use crate::front_door::FrontDoorRules;
use crate::ladder::Ladder;
use crate::notification::NotificationRules;
use crate::rule_id::RuleId;
use crate::transfer::TransferRules;

/// SHA-256 of all files of a pack, in hex: its name for ever.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct PackDigest(Arc<str>);

impl PackDigest {
    /// Takes the digest as text, as storage or a context has it.
    pub fn new(hex: impl Into<Arc<str>>) -> Self {
        Self(hex.into())
    }

    /// The digest in hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for PackDigest {
    fn from(hex: String) -> Self {
        Self(hex.into())
    }
}

impl From<PackDigest> for String {
    fn from(digest: PackDigest) -> Self {
        digest.0.as_ref().to_owned()
    }
}

impl fmt::Display for PackDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How strictly a rule binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// A request against it is refused.
    Hard,
    /// A request against it needs a recorded reason.
    Soft,
}

/// How an authority's rules bind where a rule says nothing of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enforcement {
    /// Rules without a marker word of their own. Who may act is always hard.
    pub default: Strength,
}

/// A named setting: a number, a choice or a duration that settles an ambiguity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The value; `null` means that the authority does not regulate it, which is not a default.
    pub value: serde_json::Value,
    /// The rules it belongs to.
    #[serde(default)]
    pub cites: Vec<RuleId>,
    /// Why this value.
    #[serde(default)]
    pub note: Option<String>,
    /// The value only says how the document was read: the rules are written that way, and nothing computes with it. Who
    /// wants it otherwise changes the rules.
    #[serde(default)]
    pub reading: bool,
}

/// The named settings of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(pub BTreeMap<String, Setting>);

/// All rules of one authority, in force from one date. Immutable.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// The authority.
    pub authority: AuthorityId,
    /// The authority's name for people.
    pub title: String,
    /// Names the pack for ever.
    pub digest: PackDigest,
    /// The first day on which a new process follows it.
    pub effective_from: Date,
    /// How rules bind by default.
    pub enforcement: Enforcement,
    /// What a plain "day" means.
    pub plain_days: PlainDays,
    /// Every ambiguity by name.
    pub settings: Settings,
    /// Who covers whom.
    pub ladder: Ladder,
    /// The authority's own words for neutral terms, for display and letters.
    pub labels: BTreeMap<String, String>,
    /// Contacts, referrals and their routing.
    pub front_door: FrontDoorRules,
    /// Who may hold a case and how.
    pub allocation: AllocationRules,
    /// Transfers.
    pub transfer: TransferRules,
    /// Closures.
    pub closure: ClosureRules,
    /// Notices.
    pub notification: NotificationRules,
}

impl Settings {
    /// The value of a setting; `None` when it is `null` or not named: not regulated.
    pub fn get(&self, name: &str) -> Option<&serde_json::Value> {
        self.0
            .get(name)
            .map(|setting| &setting.value)
            .filter(|value| !value.is_null())
    }

    /// A setting that is yes or no.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// A setting that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// A setting that is a duration.
    pub fn duration(&self, name: &str) -> Option<Duration> {
        self.text(name)?.parse().ok()
    }

    /// The rules a setting belongs to.
    pub fn rules(&self, name: &str) -> &[RuleId] {
        self.0.get(name).map_or(&[], |setting| &setting.cites)
    }
}

impl Pack {
    /// The authority's own word for a neutral one, or the neutral one.
    pub fn label<'a>(&'a self, neutral: &'a str) -> &'a str {
        self.labels.get(neutral).map_or(neutral, String::as_str)
    }
}
