//! Mutants that change nothing anybody could see, each with the reason.

use std::collections::BTreeMap;

use crate::tree;

/// The file they are listed in.
pub const FILE: &str = "tests/accepted-mutants.txt";

/// The mutants that may survive, by [`Mutant::key`](super::Mutant::key).
#[derive(Debug, Default)]
pub struct Accepted(BTreeMap<String, String>);

impl Accepted {
    /// Reads the list: `key => reason`, one a line.
    pub fn read() -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(tree::root().join(FILE))?;
        Self::of(&text)
    }

    fn of(text: &str) -> anyhow::Result<Self> {
        let mut accepted = BTreeMap::new();
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (key, reason) = line
                .split_once(" => ")
                .filter(|(_, reason)| !reason.trim().is_empty())
                .ok_or_else(|| anyhow::anyhow!("{FILE}: no reason in `{line}`"))?;
            accepted.insert(key.to_owned(), reason.to_owned());
        }
        Ok(Self(accepted))
    }

    /// Why a mutant may survive.
    pub fn reason(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Those that no mutant has any longer: the list is to be shortened.
    pub fn stale<'a>(&'a self, keys: &'a [String]) -> impl Iterator<Item = &'a str> {
        self.0
            .keys()
            .map(String::as_str)
            .filter(|key| !keys.iter().any(|made| made == key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_is_accepted_only_with_a_reason() {
        assert!(Accepted::of("a: without `b` => \n").is_err());
        let accepted = Accepted::of("# why\na: without `b` => nobody sees it\n").unwrap();
        assert_eq!(accepted.reason("a: without `b`"), Some("nobody sees it"));
        assert_eq!(accepted.stale(&[]).collect::<Vec<_>>(), ["a: without `b`"]);
    }
}
