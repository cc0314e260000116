//! The facts that rules may use. `docs/facts.md` is made from this list.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{FactError, FactKey, Value};

mod accommodation;
mod contacts;
mod districts;
mod groups;
mod list;
mod orders;
mod programmes;

/// Every fact, in the order of the page: one file of the catalogue after another.
pub static CATALOGUE: LazyLock<Vec<FactSpec>> = LazyLock::new(|| {
    [
        list::FACTS,
        groups::FACTS,
        orders::FACTS,
        contacts::FACTS,
        programmes::FACTS,
        districts::FACTS,
        accommodation::FACTS,
    ]
    .concat()
});

/// The type of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactKind {
    /// A code of the closed list in [`FactSpec::codes`], or any id when the list is empty.
    Code,
    /// A civil date.
    Date,
    /// An instant.
    Instant,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// Several codes of the closed list.
    Codes,
}

/// What a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactSpec {
    /// The key.
    pub key: &'static str,
    /// The type.
    pub kind: FactKind,
    /// The closed list of a code; empty when any id will do.
    pub codes: &'static [&'static str],
    /// What it means.
    pub meaning: &'static str,
    /// Who can report it.
    pub reported_by: &'static str,
}

/// What the fact is; `None` never happens for a [`FactKey`] that was parsed.
pub fn spec(key: &FactKey) -> Option<&'static FactSpec> {
    CATALOGUE.iter().find(|spec| spec.key == key.as_str())
}

impl FactSpec {
    /// The type in words, for messages.
    pub fn expected(&self) -> &'static str {
        match self.kind {
            FactKind::Code => "a code",
            FactKind::Date => "a date",
            FactKind::Instant => "an instant",
            FactKind::Flag => "yes or no",
            FactKind::Number => "a whole number",
            FactKind::Codes => "a list of codes",
        }
    }

    /// Whether the value says something about the person: it stays out of events, logs and errors.
    pub fn is_sensitive(&self) -> bool {
        matches!(
            self.key,
            "date_of_birth"
                | "expected_delivery_date"
                | "claimed_date_of_birth"
                | "household.offender_born_on"
                | "siblings.youngest_born_on"
        )
    }

    /// Whether a code belongs to the closed list.
    pub fn allows(&self, code: &str) -> bool {
        self.codes.is_empty() || self.codes.contains(&code)
    }

    /// Checks a value against type and closed list. Known to be none fits every type.
    pub fn check(&self, key: &FactKey, value: &Value) -> Result<(), FactError> {
        let allowed = match (self.kind, value) {
            (_, Value::None)
            | (FactKind::Date, Value::Date(_))
            | (FactKind::Instant, Value::Instant(_))
            | (FactKind::Flag, Value::Flag(_))
            | (FactKind::Number, Value::Number(_)) => true,
            (FactKind::Code, Value::Code(code)) => self.allows(code),
            (FactKind::Codes, Value::Codes(codes)) => codes.iter().all(|code| self.allows(code)),
            _ => {
                return Err(FactError::WrongType {
                    key: key.clone(),
                    expected: self.expected(),
                });
            }
        };
        if allowed {
            return Ok(());
        }
        Err(FactError::UnknownCode {
            key: key.clone(),
            allowed: self.codes.join(", "),
        })
    }

    /// A value of the right type, for dry runs.
    pub fn sample(&self) -> Value {
        let code = self.codes.first().copied().unwrap_or("sample");
        match self.kind {
            FactKind::Code => Value::Code(code.to_owned()),
            FactKind::Date => Value::Date(Date::constant(2026, 3, 2)),
            FactKind::Instant => Value::Instant(Timestamp::UNIX_EPOCH),
            FactKind::Flag => Value::Flag(true),
            FactKind::Number => Value::Number(1),
            FactKind::Codes => Value::Codes(BTreeSet::from([code.to_owned()])),
        }
    }
}
