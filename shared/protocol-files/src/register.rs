//! The project's register of rule IDs, and where the files cite each.

use std::collections::BTreeMap;

/// One ID of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// A short title in our own words.
    pub title: String,
    /// Whether this delivery answers for it.
    pub due: bool,
    /// Where the files cite it, as `file:line`.
    pub cited: Vec<String>,
}

/// Every ID that may be cited.
#[derive(Debug, Clone, Default)]
pub struct Register(pub BTreeMap<String, Entry>);
