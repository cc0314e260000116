//! The IDs by which rules are cited.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The ID of a rule, for instance `W-053`: one to three capital letters of the source, a hyphen, two or three digits.
/// `W`, `M`, `C`, `L` and `S` are the five protocols that ship with Baton, `X` conventions, `K` contradictions with their
/// defaults, `ST` the law; a council takes letters of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RuleId(String);

/// A text that is not the ID of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rule ID: write for instance W-053, K-57 or ST-01")]
pub struct InvalidRuleId(pub String);

impl RuleId {
    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RuleId {
    type Err = InvalidRuleId;

    fn from_str(text: &str) -> Result<Self, InvalidRuleId> {
        let invalid = || InvalidRuleId(text.to_owned());
        let (letters, digits) = text.split_once('-').ok_or_else(invalid)?;
        let is_source = matches!(letters.len(), 1..=3)
            && letters.bytes().all(|letter| letter.is_ascii_uppercase());
        let is_number =
            matches!(digits.len(), 2 | 3) && digits.bytes().all(|digit| digit.is_ascii_digit());
        if is_source && is_number {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid())
        }
    }
}

impl TryFrom<String> for RuleId {
    type Error = InvalidRuleId;

    fn try_from(text: String) -> Result<Self, InvalidRuleId> {
        text.parse()
    }
}

impl From<RuleId> for String {
    fn from(id: RuleId) -> Self {
        id.0
    }
}
