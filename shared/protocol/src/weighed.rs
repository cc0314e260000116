//! A rule that was weighed, of whatever kind: the long form of a decision, for whoever asks why.

use std::collections::BTreeSet;

use crate::condition::{Condition, Scope, Truth};
use crate::facts::FactKey;
use crate::rule_id::RuleId;
use crate::transfer::Weight;

/// A rule that was weighed, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeighedRule {
    /// Its name in the protocol.
    pub name: String,
    /// What it says, in one sentence. Empty where its name and condition say it.
    pub title: String,
    /// The rules of the authority it rests on.
    pub cites: Vec<RuleId>,
    /// What became of it.
    pub weight: Weight,
    /// Its condition as the protocol has it. Empty when it has none.
    pub condition: String,
    /// The known facts it looked at.
    pub facts: BTreeSet<FactKey>,
    /// What it comes to, in the words of the protocol. Empty when there is nothing to say.
    pub leads_to: String,
}

impl WeighedRule {
    /// A rule of that name, which decided without looking at anything.
    pub fn won(name: &str, cites: &[RuleId]) -> Self {
        Self {
            name: name.to_owned(),
            title: String::new(),
            cites: cites.to_vec(),
            weight: Weight::Won,
            condition: String::new(),
            facts: BTreeSet::new(),
            leads_to: String::new(),
        }
    }

    /// A rule of that name with what its condition comes to: while it cannot be told it is taken to hold.
    pub fn assumed_while_unknown(
        name: &str,
        cites: &[RuleId],
        when: Option<&Condition>,
        scope: &Scope<'_>,
    ) -> Self {
        let mut rule = Self::won(name, cites);
        let Some(when) = when else { return rule };
        let verdict = when.decide(scope);
        when.source().clone_into(&mut rule.condition);
        rule.facts = verdict.facts;
        rule.weight = match verdict.truth {
            Truth::True => Weight::Won,
            Truth::False => Weight::DoesNotHold,
            Truth::Undecided { missing } => Weight::Assumed { missing },
        };
        rule
    }
}
