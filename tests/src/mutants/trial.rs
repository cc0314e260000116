//! Running what shows a rule over a broken file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use baton_protocol_files::Library;

use super::Mutant;
use super::tests_of::{Showing, Unit};
use crate::tree;

/// The folder with the files as they are.
const FILES: &str = "shared/protocol-files/authorities";
/// The crate whose tests read them.
const BESIDE: &str = "shared/protocol-files";
/// A test that takes longer than this over a broken file hangs on it, which is noticed too.
const PATIENCE: Duration = Duration::from_mins(2);

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The checker does not load it.
    Refused,
    /// This test or story fails on it.
    Caught(String),
    /// Everything that shows its rules passes.
    Survived,
    /// Nothing shows its rules.
    Unshown,
}

/// A copy of the files to break one at a time, and what runs over it.
pub struct Bench<'a> {
    folder: PathBuf,
    baton: PathBuf,
    showing: &'a Showing,
    /// The story that noticed last: what is broken next stands beside it.
    noticed: Option<PathBuf>,
}

impl<'a> Bench<'a> {
    /// Copies the files into `folder`. Stories are played by the program `baton`.
    pub fn new(folder: &Path, baton: &Path, showing: &'a Showing) -> anyhow::Result<Self> {
        for source in tree::sources(FILES, "yaml") {
            let below = source.path.strip_prefix(FILES).unwrap_or(&source.path);
            let path = folder.join(below.trim_start_matches('/'));
            fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
            fs::write(path, source.text)?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            baton: baton.to_owned(),
            showing,
            noticed: None,
        })
    }

    /// Tries one mutant, and puts its file back.
    pub fn try_out(&mut self, mutant: &Mutant) -> anyhow::Result<Verdict> {
        let path = self.folder.join(&mutant.file);
        let whole = fs::read_to_string(&path)?;
        fs::write(&path, &mutant.text)?;
        let verdict = self.verdict(mutant, &path);
        fs::write(&path, whole)?;
        verdict
    }

    fn verdict(&mut self, mutant: &Mutant, path: &Path) -> anyhow::Result<Verdict> {
        if Library::load_dir(&self.folder).is_err() {
            let Some(name) = &mutant.dropped else {
                return Ok(Verdict::Refused);
            };
            fs::write(path, let_go(&mutant.text, name))?;
            if Library::load_dir(&self.folder).is_err() {
                return Ok(Verdict::Refused);
            }
        }
        let units = self.showing.units(&mutant.rules);
        let authority = mutant.file.split('/').next().unwrap_or_default();
        let mut stories = self.showing.stories(&mutant.rules, authority);
        stories.sort_by_key(|story| self.noticed.as_deref() != Some(*story));
        if units.is_empty() && stories.is_empty() {
            return Ok(Verdict::Unshown);
        }
        let mut by_binary: BTreeMap<(bool, &Path), Vec<&Unit>> = BTreeMap::new();
        for unit in units {
            // Nearly all breaks are noticed by the tests beside the files, which need no database.
            let of_services = !unit.folder.ends_with(BESIDE);
            let binary = by_binary.entry((of_services, &unit.binary));
            binary.or_default().push(unit);
        }
        for ((_, binary), units) in by_binary {
            let mut tests = Command::new(binary);
            tests.args(["--exact", "--test-threads", "1"]);
            tests.args(units.iter().map(|unit| &unit.name));
            tests.current_dir(&units[0].folder);
            tests.env("CARGO_MANIFEST_DIR", &units[0].folder);
            if !self.passes(tests)? {
                return Ok(Verdict::Caught(units[0].name.clone()));
            }
        }
        for story in stories {
            let mut play = Command::new(&self.baton);
            play.arg("story").arg(story).current_dir(tree::root());
            if !self.passes(play)? {
                self.noticed = Some(story.to_owned());
                return Ok(Verdict::Caught(story.display().to_string()));
            }
        }
        Ok(Verdict::Survived)
    }

    fn passes(&self, mut command: Command) -> anyhow::Result<bool> {
        let mut running = command
            .env("BATON_PROTOCOL_FILES", &self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting what shows the rule")?;
        let begun = Instant::now();
        loop {
            if let Some(status) = running.try_wait()? {
                return Ok(status.success());
            }
            if begun.elapsed() > PATIENCE {
                running.kill()?;
                running.wait()?;
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The text without what names the entry that is gone: members of lists, and items that are its name.
fn let_go(text: &str, name: &str) -> String {
    let mut kept = Vec::new();
    for line in text.lines() {
        if line.trim() == format!("- {name}") {
            continue;
        }
        let Some((before, list)) = line.split_once('[') else {
            kept.push(line.to_owned());
            continue;
        };
        let Some((list, after)) = list.split_once(']') else {
            kept.push(line.to_owned());
            continue;
        };
        let members: Vec<&str> = list
            .split(',')
            .map(str::trim)
            .filter(|member| *member != name)
            .collect();
        kept.push(format!("{before}[{}]{after}", members.join(", ")));
    }
    kept.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_let_go_of_an_entry_that_is_gone() {
        let text = "needs:\n  - audit\n  - report\ntells: [audit, letter] # both\n";
        assert_eq!(
            let_go(text, "audit"),
            "needs:\n  - report\ntells: [letter] # both\n"
        );
    }
}
