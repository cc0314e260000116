//! Facts with where they came from, as a decision keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Facts, Value};

/// What was known when something was decided, by key.
pub type KnownFacts = BTreeMap<String, KnownFact>;

/// A fact with where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFact {
    /// The value.
    pub value: Value,
    /// Who reported it: a record system's name, a worker's id, or `ledger`.
    pub source: String,
    /// When it became true. None when that is not known.
    pub effective_at: Option<Timestamp>,
    /// When Baton learned it. None when that is not known.
    pub recorded_at: Option<Timestamp>,
}

impl Facts {
    /// The facts that were known. A key that this release does not know is left out.
    pub fn of_known(known: &KnownFacts) -> Self {
        known
            .iter()
            .filter_map(|(key, known)| Some((key.parse().ok()?, known.value.clone())))
            .collect()
    }
}
