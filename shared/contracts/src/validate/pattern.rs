//! A regular expression that is compiled at its first use.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A pattern of an annotation. Character classes are ASCII, as in the reference implementation.
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Keeps the pattern for later.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// The pattern as written in the contract.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// Whether the value matches. A pattern that is no regular expression matches nothing; a test compiles them all.
    pub fn matches(&self, value: &str) -> bool {
        self.compiled
            .get_or_init(|| Regex::new(self.text).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(value))
    }
}
