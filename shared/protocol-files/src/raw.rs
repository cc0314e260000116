//! Reading one file: settings put in, sections taken apart, every entry by itself.
//!
//! An entry that is wrong does not hide the others: each is read from its own piece of the file and
//! has its own problem with its own line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_protocol::Settings;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_saphyr::Spanned;

use crate::problem::Problem;
use crate::source::File;

/// An entry of a section with the lines it stands on.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    /// The entry.
    pub value: T,
    /// The keys that are written in it.
    pub keys: Vec<String>,
    /// The file.
    pub file: Arc<File>,
    /// The first line.
    pub from: usize,
    /// The line after the last.
    pub to: usize,
}

impl<T> Located<T> {
    /// A problem at the line of the entry that holds a word, or at its first line.
    pub fn problem(&self, word: &str, message: impl Into<String>) -> Problem {
        self.file
            .problem(line_of(&self.file.text, self.from, self.to, word), message)
    }
}

/// What reading found: what is wrong, and the names of entries that are there but could not be read.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Names that are given by an entry with a mistake: whoever uses them makes no second one.
    pub unread: BTreeSet<String>,
}

/// The entries of a section, as written.
pub(crate) type Entries = Vec<Spanned<Value>>;

/// Puts the values of settings where `${name}` stands, and says which cannot be.
pub(crate) fn with_settings(file: &File, settings: &Settings, problems: &mut Vec<Problem>) -> File {
    let mut lines = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let mut text = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else {
                problems.push(file.problem(number + 1, "`${` without `}`"));
                break;
            };
            text.push_str(before);
            match settings.get(name) {
                Some(Value::String(value)) => text.push_str(value),
                Some(value) => text.push_str(&value.to_string()),
                None => problems.push(file.problem(
                    number + 1,
                    format!("setting `{name}` is not regulated here, so no rule can rest on it"),
                )),
            }
            rest = after;
        }
        text.push_str(rest);
        lines.push(text);
    }
    File {
        path: file.path.clone(),
        text: lines.join("\n") + "\n",
    }
}

/// Reads a whole file as one structure.
pub(crate) fn read<T: DeserializeOwned>(file: &File, problems: &mut Vec<Problem>) -> Option<T> {
    match serde_saphyr::from_str(&file.text) {
        Ok(value) => Some(value),
        Err(error) => {
            let line = error
                .location()
                .and_then(|at| usize::try_from(at.line()).ok())
                .unwrap_or(0);
            problems.push(file.problem(line, brief(&error.without_snippet().to_string())));
            None
        }
    }
}

/// The message without the place, which the problem has already.
fn brief(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    first.split(" at line ").next().unwrap_or(first).to_owned()
}

/// Reads each entry of a section.
pub(crate) fn entries<T: DeserializeOwned>(
    file: &Arc<File>,
    section: Entries,
    ends: &[usize],
    findings: &mut Findings,
) -> Vec<Located<T>> {
    section
        .into_iter()
        .filter_map(|entry| entry_of(file, entry, ends, findings))
        .collect()
}

/// Reads one entry.
pub(crate) fn entry_of<T: DeserializeOwned>(
    file: &Arc<File>,
    entry: Spanned<Value>,
    ends: &[usize],
    findings: &mut Findings,
) -> Option<Located<T>> {
    let from = usize::try_from(entry.defined.line()).unwrap_or(0);
    let to = ends
        .iter()
        .copied()
        .find(|end| *end > from)
        .unwrap_or(usize::MAX);
    let keys = entry
        .value
        .as_object()
        .map(|map| map.keys().cloned().collect())
        .unwrap_or_default();
    let name = name_of(&entry.value);
    match serde_json::from_value(entry.value) {
        Ok(value) => Some(Located {
            value,
            keys,
            file: Arc::clone(file),
            from,
            to,
        }),
        Err(error) => {
            findings.unread.extend(name);
            let message = error.to_string();
            let word = message.split('`').nth(1).unwrap_or_default();
            findings
                .problems
                .push(file.problem(line_of(&file.text, from, to, word), message.clone()));
            None
        }
    }
}

/// The name an entry gives, under the key of its section.
fn name_of(entry: &Value) -> Option<String> {
    const KEYS: [&str; 12] = [
        "route", "item", "meeting", "clock", "notice", "kind", "outcome", "ground", "step", "duty",
        "guidance", "enquiry",
    ];
    KEYS.iter()
        .find_map(|key| entry.get(key)?.as_str().map(str::to_owned))
}

/// The first line of every entry of every section: where the one before it ends.
pub(crate) fn ends<'a>(sections: impl IntoIterator<Item = &'a Entries>) -> Vec<usize> {
    let starts = sections.into_iter().flatten();
    let mut ends: Vec<usize> = starts
        .filter_map(|entry| usize::try_from(entry.defined.line()).ok())
        .collect();
    ends.sort_unstable();
    ends
}

/// The first line from `from` to before `to` that holds the word outside a comment; `from` when none does.
fn line_of(text: &str, from: usize, to: usize, word: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let holds = |line: &str| {
        let code = line.split(" #").next().unwrap_or_default();
        !code.trim_start().starts_with('#')
            && code.match_indices(word).any(|(at, _)| {
                !code[..at].ends_with(is_part) && !code[at + word.len()..].starts_with(is_part)
            })
    };
    if word.is_empty() {
        return from;
    }
    let lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line));
    let mut lines = lines
        .skip(from.saturating_sub(1))
        .take(to.saturating_sub(from));
    lines
        .find(|(_, line)| holds(line))
        .map_or(from, |(number, _)| number)
}

/// `authority.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorityFile {
    /// The authority's id, as the folder.
    pub authority: String,
    /// Its name for people.
    pub title: String,
    /// The first day in force.
    pub effective_from: jiff::civil::Date,
    /// How rules bind by default.
    pub enforcement: baton_protocol::Enforcement,
    /// What a plain day means.
    pub plain_days: baton_calendar::PlainDays,
    /// Who covers whom.
    pub ladder: baton_protocol::Ladder,
    /// Local words.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The authority's own register: each ID with a short title, for protocols that do not ship with Baton.
    #[serde(default)]
    pub rules: BTreeMap<String, String>,
    /// Named settings.
    #[serde(default)]
    pub settings: Settings,
}

/// `front-door.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FrontDoorFile {
    pub contact_routes: Entries,
    pub referral_routes: Entries,
    pub open_case: Option<Spanned<Value>>,
    pub outcomes: Entries,
    pub decided_by: Option<Spanned<Value>>,
    pub elsewhere: Option<Spanned<Value>>,
    pub rotas: Entries,
    pub clocks: Entries,
    pub kinds: Entries,
    pub steps: Entries,
    pub decision_asks: Entries,
    pub duties: Entries,
    pub guidance: Entries,
    pub enquiries: Entries,
    pub tray: Option<Spanned<Value>>,
    pub single_gateway: Option<Spanned<Value>>,
}

/// `allocation.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AllocationFile {
    pub allocated_means: Option<Spanned<Value>>,
    pub hard_stops: Entries,
    pub leave_unallocated: Option<Spanned<Value>>,
    pub named_by: Option<Spanned<Value>>,
    pub next_worker_joins: Option<Spanned<Value>>,
    pub clocks: Entries,
    pub counting: Entries,
}

/// `transfer.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TransferFile {
    pub routes: Entries,
    pub gate: Entries,
    pub meetings: Entries,
    pub clocks: Entries,
    pub tells: Entries,
    pub duties: Entries,
    pub authorities: Entries,
    pub actions: Option<Spanned<Value>>,
    pub undecided: Option<Spanned<Value>>,
    pub deferral: Option<Spanned<Value>>,
    pub disputes: Entries,
    pub suspension: Option<Spanned<Value>>,
    pub policy_review: Option<Spanned<Value>>,
    pub schedules: Entries,
    pub stays: Entries,
    pub references: Entries,
    pub fewest_moves: Option<Spanned<Value>>,
}

/// `closure.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClosureFile {
    pub grounds: Entries,
    pub clocks: Entries,
}

/// `notification.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NotificationFile {
    pub kinds: Entries,
    pub exceptions: Entries,
}
