//! Which tests say that they show a rule, and how each is run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::conformance::{self, ids_in_test_name};
use crate::tree;

/// A test of one binary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// The binary.
    pub binary: PathBuf,
    /// The folder it runs in.
    pub folder: PathBuf,
    /// The test, with its modules.
    pub name: String,
}

/// What shows each rule.
#[derive(Debug, Default)]
pub struct Showing {
    units: BTreeMap<String, BTreeSet<Unit>>,
    stories: BTreeMap<String, BTreeSet<PathBuf>>,
}

impl Showing {
    /// Asks the test runner for every test, and the stories for what they show. The tests of the whole system are left
    /// out: they show that nothing is lost, not which rule holds.
    pub fn collect() -> anyhow::Result<Self> {
        let root = tree::root();
        let listed = Command::new("cargo")
            .args([
                "nextest",
                "list",
                "--workspace",
                "--features",
                "baton/kill-points",
            ])
            .args(["--message-format", "json"])
            .current_dir(&root)
            .output()
            .context("asking cargo nextest for the tests")?;
        ensure!(
            listed.status.success(),
            "cargo nextest list: {}",
            String::from_utf8_lossy(&listed.stderr)
        );
        let listed: Value = serde_json::from_slice(&listed.stdout)?;
        let mut showing = Self::default();
        let suites = listed["rust-suites"].as_object().into_iter().flatten();
        for (_, suite) in suites.filter(|(_, suite)| suite["package-name"] != "baton-tests") {
            let path = |key: &str| PathBuf::from(suite[key].as_str().unwrap_or_default());
            for name in suite["testcases"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name)
            {
                let unit = Unit {
                    binary: path("binary-path"),
                    folder: path("cwd"),
                    name: name.clone(),
                };
                for id in ids_in_test_name(name.rsplit("::").next().unwrap_or(name)) {
                    showing.units.entry(id).or_default().insert(unit.clone());
                }
            }
        }
        for (id, entry) in conformance::survey() {
            let stories = entry.shown_by.iter().filter(|place| !place.contains("::"));
            let stories = stories.map(|story| root.join(story)).collect();
            showing.stories.insert(id, stories);
        }
        Ok(showing)
    }

    /// The tests that show any of these rules.
    pub fn units(&self, rules: &BTreeSet<String>) -> BTreeSet<&Unit> {
        rules
            .iter()
            .filter_map(|rule| self.units.get(rule))
            .flatten()
            .collect()
    }

    /// The stories that show any of these rules, of this authority first: they are the likeliest to notice.
    pub fn stories(&self, rules: &BTreeSet<String>, authority: &str) -> Vec<&PathBuf> {
        let found: BTreeSet<&PathBuf> = rules
            .iter()
            .filter_map(|rule| self.stories.get(rule))
            .flatten()
            .collect();
        let mut found: Vec<&PathBuf> = found.into_iter().collect();
        let folder = std::ffi::OsStr::new(authority);
        found.sort_by_key(|story| !story.iter().any(|part| part == folder));
        found
    }
}
