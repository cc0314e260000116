//! Which tests say that they show a rule, and how each is run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::conformance::{self, ids_in_test_name};
use crate::tree;

/// The folder of the pack under all others.
const BASE: &str = "statutory";

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
    stories: BTreeMap<String, BTreeSet<Story>>,
}

/// A story, and what tells how likely it is to notice something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Story {
    /// How many rules it shows: one that shows few is short, and about them.
    shows: usize,
    path: PathBuf,
    authority: String,
}

impl Story {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path)?;
        let after = |key: &str| text.lines().find_map(|line| line.strip_prefix(key));
        Ok(Self {
            shows: after("shows:").map_or(0, |list| list.split(',').count()),
            path: path.to_owned(),
            authority: after("authority:").unwrap_or_default().trim().to_owned(),
        })
    }
}

impl Showing {
    /// Asks the test runner for every test, and the stories for what they show. The tests of the whole system are left
    /// out: they show that nothing is lost, not which rule holds.
    pub fn collect() -> anyhow::Result<Self> {
        let mut showing = Self::default();
        showing.add_units(&[
            "--release",
            "--workspace",
            "--exclude",
            "baton-tests",
            "--features",
            "baton/kill-points",
        ])?;
        let root = tree::root();
        for (id, entry) in conformance::survey() {
            let stories = entry.shown_by.iter().filter(|place| !place.contains("::"));
            let stories = stories.map(|story| Story::read(&root.join(story)));
            let stories: anyhow::Result<_> = stories.collect();
            showing.stories.insert(id, stories?);
        }
        Ok(showing)
    }

    /// The tests of the protocol files alone, unoptimised, and no story: seconds instead of minutes while they are written.
    pub fn of_files() -> anyhow::Result<Self> {
        let mut showing = Self::default();
        showing.add_units(&["-p", "baton-protocol-files", "--features", "replaceable"])?;
        Ok(showing)
    }

    fn add_units(&mut self, of: &[&str]) -> anyhow::Result<()> {
        let listed = Command::new("cargo")
            .args(["nextest", "list", "--message-format", "json"])
            .args(of)
            .current_dir(tree::root())
            .output()
            .context("asking cargo nextest for the tests")?;
        ensure!(
            listed.status.success(),
            "cargo nextest list: {}",
            String::from_utf8_lossy(&listed.stderr)
        );
        let listed: Value = serde_json::from_slice(&listed.stdout)?;
        let suites = listed["rust-suites"].as_object().into_iter().flatten();
        for (_, suite) in suites {
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
                    self.units.entry(id).or_default().insert(unit.clone());
                }
            }
        }
        Ok(())
    }

    /// The tests that show any of these rules.
    pub fn units(&self, rules: &BTreeSet<String>) -> BTreeSet<&Unit> {
        rules
            .iter()
            .filter_map(|rule| self.units.get(rule))
            .flatten()
            .collect()
    }

    /// The stories of an authority that show any of these rules, those about little else first. The base pack is
    /// everybody's.
    pub fn stories(&self, rules: &BTreeSet<String>, authority: &str) -> Vec<&Path> {
        let found: BTreeSet<&Story> = rules
            .iter()
            .filter_map(|rule| self.stories.get(rule))
            .flatten()
            .filter(|story| authority == BASE || story.authority == authority)
            .collect();
        found
            .into_iter()
            .map(|story| story.path.as_path())
            .collect()
    }
}
