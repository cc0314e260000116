//! What becomes of the tests when a rule of a protocol file is broken.
//!
//! Every place of an authority's file that rests on a rule is broken in every way that reads well: an entry is left out, a
//! number is one more or one less, yes becomes no, somebody is dropped from a list. Then the tests and stories that say they
//! show the rule are run over the broken file. A mutant that the checker refuses, or that one of them fails on, is caught;
//! one that all of them pass is a survivor: the rule was cited and not shown.

use std::collections::BTreeSet;

mod accepted;
mod break_up;
mod lines;
mod tests_of;
mod trial;

pub use accepted::Accepted;
pub use break_up::mutants_of;
pub use tests_of::Showing;
pub use trial::{Bench, Verdict};

/// One broken place of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// The file, below the folder of the authorities: `wirral/transfer.yaml`.
    pub file: String,
    /// The line that is broken, counted from one.
    pub line: usize,
    /// What is done to it, without the line: the entry, and what it is without or what becomes of it.
    pub what: String,
    /// The rules that the place rests on.
    pub rules: BTreeSet<String>,
    /// The whole file after it.
    pub text: String,
    /// The entry that was left out, when one was: lists that name it have to let go of it too.
    pub dropped: Option<String>,
}

impl Mutant {
    /// The name by which a mutant is accepted; it stays the same when lines move.
    pub fn key(&self) -> String {
        format!("{}: {}", self.file, self.what)
    }
}
