//! The project's register of rule IDs, and where the files cite each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use baton_protocol::RuleId;
use serde::Deserialize;

use crate::embedded;
use crate::problem::LoadError;
use crate::raw;
use crate::source::{File, Folder};

const TEXT: &str = include_str!("../register.yaml");

/// One ID of the register.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// A short title in our own words.
    pub title: String,
    /// Whether this delivery answers for it.
    #[serde(default)]
    pub due: bool,
    /// The part of the work it belongs to: `conference` for the route through a conference.
    #[serde(default)]
    pub route: Option<String>,
    /// Where the embedded files cite it, as `file:line`.
    #[serde(skip)]
    pub cited: Vec<String>,
}

/// Every ID that may be cited.
#[derive(Debug, Clone, Default)]
pub struct Register(pub BTreeMap<String, Entry>);

impl Register {
    /// The register that ships with Baton, with the places where its files cite each ID.
    pub fn embedded() -> Result<Self, LoadError> {
        let path = PathBuf::from("shared/protocol-files/register.yaml");
        let file = File {
            path,
            text: TEXT.to_owned(),
        };
        let mut problems = Vec::new();
        let read = raw::read::<BTreeMap<String, Entry>>(&file, &mut problems);
        let mut register = Self(read.unwrap_or_default());
        for id in register.0.keys().filter(|id| id.parse::<RuleId>().is_err()) {
            problems.push(file.problem(0, format!("`{id}` is not a rule ID")));
        }
        if !problems.is_empty() {
            return Err(LoadError { problems });
        }
        register.note_citations(&embedded::folders());
        Ok(register)
    }

    fn note_citations(&mut self, folders: &[Folder]) {
        for file in folders.iter().flat_map(|folder| &folder.files) {
            for (number, line) in file.text.lines().enumerate() {
                for id in ids_in(line) {
                    if let Some(entry) = self.0.get_mut(id) {
                        entry
                            .cited
                            .push(format!("{}:{}", file.path.display(), number + 1));
                    }
                }
            }
        }
    }
}

/// The rule IDs in a line of YAML, comments left out.
pub(crate) fn ids_in(line: &str) -> impl Iterator<Item = &str> {
    let code = if line.trim_start().starts_with('#') {
        ""
    } else {
        line.split(" #").next().unwrap_or("")
    };
    code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| word.parse::<RuleId>().is_ok())
}
