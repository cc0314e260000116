//! What a way of the front door asks for: the facts it looks at, and all of it in words.

use std::collections::BTreeSet;

use super::route::{Ages, Destination, ReferralRoute, Window};
use crate::condition::{Condition, Scope};
use crate::facts::{FactKey, Facts};

impl ReferralRoute {
    /// The facts of the child at which it looks.
    pub fn facts_of_child(&self, facts: &Facts) -> BTreeSet<FactKey> {
        let windows = self.within.iter().chain(&self.not_within);
        let mut keys = looked_at(self.when.as_ref(), self.age, windows, facts);
        keys.extend(self.area().cloned());
        match self.to {
            Destination::OpenTeam => keys.extend([FactKey::case_open_with()]),
            Destination::ClosingTeam => keys.extend([FactKey::case_closed_by()]),
            _ => {}
        }
        keys
    }

    /// The facts of another child of the family at which it looks.
    pub fn facts_of_sibling(&self, facts: &Facts) -> BTreeSet<FactKey> {
        let Some(rule) = &self.sibling else {
            return BTreeSet::new();
        };
        let mut keys = looked_at(rule.when.as_ref(), rule.age, rule.within.iter(), facts);
        match self.to {
            Destination::SiblingsTeam => keys.extend([FactKey::case_open_with()]),
            Destination::SiblingsClosingTeam => keys.extend([FactKey::case_closed_by()]),
            _ => {}
        }
        keys
    }

    /// Everything that it asks for, in the words of the protocol file. Empty for one that asks for nothing.
    pub fn asks(&self) -> String {
        let mut parts = Vec::new();
        if !self.sources.is_empty() {
            parts.push(format!("from {}", self.sources.join(" or ")));
        }
        parts.extend(words(self.when.as_ref(), self.age, &self.within));
        for window in &self.not_within {
            parts.push(format!("not within {window}"));
        }
        if let Some(rule) = &self.sibling {
            let mut of_sibling = words(rule.when.as_ref(), rule.age, &rule.within);
            if rule.not_in_separate_household {
                of_sibling.push("not in a separate household".to_owned());
            }
            parts.push(format!("a sibling: {}", of_sibling.join(", ")));
        }
        parts.join("; ")
    }
}

fn looked_at<'w>(
    when: Option<&Condition>,
    age: Option<Ages>,
    windows: impl Iterator<Item = &'w Window>,
    facts: &Facts,
) -> BTreeSet<FactKey> {
    let mut keys = when
        .map(|when| when.decide(&Scope::of(facts)).facts)
        .unwrap_or_default();
    keys.extend(windows.map(|window| window.after.clone()));
    if age.is_some() {
        keys.extend(of_age(facts));
    }
    keys
}

/// The facts from which an age is told.
fn of_age(facts: &Facts) -> BTreeSet<FactKey> {
    let disputed = facts.flag("age_disputed");
    let mut keys = BTreeSet::new();
    if disputed.is_some() {
        keys.extend("age_disputed".parse::<FactKey>());
    }
    if disputed == Some(true) {
        keys.insert(FactKey::claimed_date_of_birth());
    } else if facts.is_unborn() == Some(true) {
        keys.insert(FactKey::expected_delivery_date());
    } else {
        keys.insert(FactKey::date_of_birth());
    }
    keys
}

fn words(when: Option<&Condition>, age: Option<Ages>, windows: &[Window]) -> Vec<String> {
    let when = when.map(|when| when.source().to_owned());
    let age = age.map(|age| match (age.from, age.under) {
        (Some(from), Some(under)) => format!("aged {from} to under {under}"),
        (Some(from), None) => format!("aged {from} or over"),
        (None, Some(under)) => format!("under {under}"),
        (None, None) => "of known age".to_owned(),
    });
    let windows = windows.iter().map(|window| format!("within {window}"));
    when.into_iter().chain(age).chain(windows).collect()
}
