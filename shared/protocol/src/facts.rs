//! Facts about a child: dates, codes and flags, each known, known to be none, or unknown.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use baton_calendar::age_reached_on;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod catalogue;
mod family;
mod known;
mod page;

pub use catalogue::{CATALOGUE, FactKind, FactSpec, spec};
pub use family::OF_SIBLINGS;
pub use known::{KnownFact, KnownFacts};
pub use page::facts_page;

/// The key of a fact of the catalogue, for instance `plan` or `conference.kind`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FactKey(String);

/// The value of a fact that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A code of a closed list, or an id.
    Code(String),
    /// A civil date, local to the authority.
    Date(Date),
    /// An instant.
    Instant(Timestamp),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Several codes.
    Codes(BTreeSet<String>),
    /// Known to be none: there is no such thing.
    None,
}

/// What is known about one child. A key that is absent is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<FactKey, Value>);

/// Why a fact is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The key is not in the catalogue.
    #[error("`{0}` is not a known fact; docs/facts.md lists them")]
    UnknownKey(String),
    /// The value has another type.
    #[error("`{key}` has to be {expected}")]
    WrongType {
        /// The key.
        key: FactKey,
        /// The type in words.
        expected: &'static str,
    },
    /// The code is not in the closed list.
    #[error("`{key}` has to be one of {allowed}")]
    UnknownCode {
        /// The key.
        key: FactKey,
        /// The closed list.
        allowed: String,
    },
}

impl FactKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The expected delivery date, from which gestation is counted.
    pub fn expected_delivery_date() -> Self {
        Self("expected_delivery_date".to_owned())
    }

    /// The day on which the child became looked after.
    pub fn accommodated_on() -> Self {
        Self("accommodated_on".to_owned())
    }

    /// The date of birth.
    pub fn date_of_birth() -> Self {
        Self("date_of_birth".to_owned())
    }

    /// The date of birth that a young person whose age is in dispute claims.
    pub fn claimed_date_of_birth() -> Self {
        Self("claimed_date_of_birth".to_owned())
    }

    /// The kind of the team that has the child's case open.
    pub fn case_open_with() -> Self {
        Self("case_open_with".to_owned())
    }

    /// The day on which the child's last case was closed.
    pub fn case_closed_on() -> Self {
        Self("case_closed_on".to_owned())
    }

    /// The team that closed the child's last case.
    pub fn case_closed_by() -> Self {
        Self("case_closed_by".to_owned())
    }
}

impl FromStr for FactKey {
    type Err = FactError;

    fn from_str(text: &str) -> Result<Self, FactError> {
        if CATALOGUE.iter().any(|spec| spec.key == text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FactError::UnknownKey(text.to_owned()))
        }
    }
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for FactKey {
    type Error = FactError;

    fn try_from(text: String) -> Result<Self, FactError> {
        text.parse()
    }
}

impl From<FactKey> for String {
    fn from(key: FactKey) -> Self {
        key.0
    }
}

impl Facts {
    /// No fact known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks a key and a value from outside against the catalogue.
    pub fn check(key: &str, value: &Value) -> Result<FactKey, FactError> {
        let key: FactKey = key.parse()?;
        let Some(spec) = spec(&key) else {
            return Err(FactError::UnknownKey(key.0));
        };
        spec.check(&key, value)?;
        Ok(key)
    }

    /// Adds or replaces a fact, checked against the catalogue.
    pub fn set(&mut self, key: &str, value: Value) -> Result<(), FactError> {
        let key = Self::check(key, &value)?;
        self.0.insert(key, value);
        Ok(())
    }

    /// The same facts and one more. For tests and examples.
    pub fn with(mut self, key: &str, value: Value) -> Result<Self, FactError> {
        self.set(key, value)?;
        Ok(self)
    }

    /// Makes a fact unknown again.
    pub fn forget(&mut self, key: &FactKey) {
        self.0.remove(key);
    }

    /// The value; `None` when unknown.
    pub fn get(&self, key: &FactKey) -> Option<&Value> {
        self.0.get(key)
    }

    /// The value by the text of its key; `None` when unknown or not a fact.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(known, _)| known.as_str() == key)
            .map(|(_, value)| value)
    }

    /// The code; `None` when unknown, known to be none, or not a code.
    pub fn code(&self, key: &str) -> Option<&str> {
        match self.value(key) {
            Some(Value::Code(code)) => Some(code),
            _ => None,
        }
    }

    /// The date; `None` when unknown, known to be none, or not a date.
    pub fn date(&self, key: &str) -> Option<Date> {
        match self.value(key) {
            Some(Value::Date(date)) => Some(*date),
            _ => None,
        }
    }

    /// The instant; `None` when unknown, known to be none, or not an instant.
    pub fn instant(&self, key: &str) -> Option<Timestamp> {
        match self.value(key) {
            Some(Value::Instant(instant)) => Some(*instant),
            _ => None,
        }
    }

    /// The flag; `None` when unknown, known to be none, or not a flag.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.value(key) {
            Some(Value::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// Every known fact in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&FactKey, &Value)> {
        self.0.iter()
    }

    /// Whether the child is not born yet: an expected delivery and no date of birth. Derived, never
    /// stored. `None` when neither date is known.
    pub fn is_unborn(&self) -> Option<bool> {
        if self.date("date_of_birth").is_some() {
            return Some(false);
        }
        self.date("expected_delivery_date").map(|_| true)
    }

    /// How many full years old the child was on the day it became looked after (C-025). Derived, never stored: that day
    /// and the day of birth do not change with time. `None` while one of them is not known.
    pub fn accommodated_aged(&self) -> Option<i64> {
        let born = self.date("date_of_birth")?;
        let on = self.date("accommodated_on")?;
        years_on(born, on)
    }
}

/// Full years on a day; `None` before the birth.
fn years_on(born: Date, on: Date) -> Option<i64> {
    let years = (0..=30u8).take_while(|years| age_reached_on(born, *years, 0) <= on);
    years.last().map(i64::from)
}

impl FromIterator<(FactKey, Value)> for Facts {
    fn from_iter<I: IntoIterator<Item = (FactKey, Value)>>(facts: I) -> Self {
        Self(facts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
