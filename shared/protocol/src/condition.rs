//! Conditions: CEL over facts, three-valued.
//!
//! CEL itself knows two values and an error. The tree of and, or, not and conditional is therefore
//! walked here with Kleene's rules, and only its leaves (comparisons, membership, flags) are handed to
//! `cel`, once every fact they name is known. So the answer names *every* missing fact that could
//! change it, and not the first that was looked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::Program;
use serde::{Deserialize, Serialize};

use crate::facts::FactKey;

mod check;
mod leaf;
mod scope;
mod walk;

pub use scope::Scope;

/// A rule's condition, checked when it was read: syntax, names, codes and types.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Condition {
    source: String,
    program: Arc<Program>,
    facts: Arc<BTreeSet<FactKey>>,
}

/// What a condition comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It depends on facts that are unknown.
    Undecided {
        /// Every unknown fact that could change the answer.
        missing: BTreeSet<FactKey>,
    },
}

/// What a condition comes to, and the facts it looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The answer.
    pub truth: Truth,
    /// The known facts that were looked at.
    pub facts: BTreeSet<FactKey>,
}

/// Why a condition does not load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("condition `{source_text}`: {problem}")]
pub struct ConditionError {
    /// What was written.
    pub source_text: String,
    /// What is wrong.
    pub problem: String,
}

impl Condition {
    /// Reads and checks a condition.
    pub fn new(source: impl Into<String>) -> Result<Self, ConditionError> {
        let source = source.into();
        let problem = |problem: String| ConditionError {
            source_text: source.clone(),
            problem,
        };
        let program = Program::compile(&source).map_err(|errors| {
            problem(
                errors
                    .errors
                    .first()
                    .map_or_else(String::new, |first| first.msg.clone()),
            )
        })?;
        let facts = check::check(&program).map_err(problem)?;
        Ok(Self {
            source,
            program: Arc::new(program),
            facts: Arc::new(facts),
        })
    }

    /// The condition as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Every fact that it names.
    pub fn facts(&self) -> &BTreeSet<FactKey> {
        &self.facts
    }

    /// Evaluates the condition. Never fails: what cannot be evaluated counts as not holding.
    pub fn decide(&self, scope: &Scope<'_>) -> Verdict {
        walk::decide(self.program.expression(), scope)
    }
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Condition").field(&self.source).finish()
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl TryFrom<String> for Condition {
    type Error = ConditionError;

    fn try_from(source: String) -> Result<Self, ConditionError> {
        Self::new(source)
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.source
    }
}

#[cfg(test)]
mod tests;
