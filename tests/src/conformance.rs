//! Which rule lives where, and which tests show it.
//!
//! The register (`shared/protocol-files/register.yaml`) names every ID. A rule lives in a line of an
//! authority's file or of production code; it is shown by a test whose name carries the ID
//! (`w_053_…`) or by a story that says `shows: [W-053]`. Nothing counts by being mentioned in a comment
//! of a test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::tree::{self, Source};

/// One ID of the register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// A short title in our words.
    pub title: String,
    /// Whether this delivery answers for it.
    pub due: bool,
    /// Where it lives, as `file:line`.
    pub lives: BTreeSet<String>,
    /// What shows it, as `file::test` or the path of a story.
    pub shown_by: BTreeSet<String>,
}

/// Reads the register and the tree.
pub fn survey() -> BTreeMap<String, Entry> {
    let mut entries = register(&tree::sources("shared/protocol-files", "yaml"));
    for file in tree::sources("shared/protocol-files/authorities", "yaml") {
        for (number, line) in file.text.lines().enumerate() {
            let code = line.split(" #").next().unwrap_or_default();
            if !code.trim_start().starts_with('#') {
                note(&mut entries, code, |entry| {
                    entry.lives.insert(format!("{}:{}", file.path, number + 1));
                });
            }
        }
    }
    let code = tree::sources("services", "rs")
        .into_iter()
        .chain(tree::sources("shared", "rs"));
    for file in code.chain(tree::sources("tests", "rs")) {
        for (number, line) in file.production_lines() {
            note(&mut entries, line, |entry| {
                entry.lives.insert(format!("{}:{number}", file.path));
            });
        }
        for test in test_names(&file) {
            for id in ids_in_test_name(test) {
                if let Some(entry) = entries.get_mut(&id) {
                    entry.shown_by.insert(format!("{}::{test}", file.path));
                }
            }
        }
    }
    for story in tree::sources("examples/stories", "yaml") {
        for line in story.text.lines().filter(|line| line.starts_with("shows:")) {
            note(&mut entries, line, |entry| {
                entry.shown_by.insert(story.path.clone());
            });
        }
    }
    entries
}

/// What is missing: due IDs that live nowhere or that nothing shows.
pub fn gaps(entries: &BTreeMap<String, Entry>) -> Vec<String> {
    let mut gaps = Vec::new();
    for (id, entry) in entries.iter().filter(|(_, entry)| entry.due) {
        if entry.lives.is_empty() {
            gaps.push(format!("{id} lives nowhere: {}", entry.title));
        }
        if entry.shown_by.is_empty() {
            gaps.push(format!("{id} is shown by no test: {}", entry.title));
        }
    }
    gaps
}

/// The page `docs/conformance.md`.
pub fn page(entries: &BTreeMap<String, Entry>) -> String {
    let due = entries.values().filter(|entry| entry.due).count();
    let mut page = String::from(
        "# Where each rule lives, and what shows it\n\nWritten by `make conformance`; do not edit.\n",
    );
    let _ = writeln!(
        page,
        "\n{due} of the {} IDs of the register are answered for.\n",
        entries.len()
    );
    page.push_str("| ID | rule | lives in | shown by |\n| --- | --- | --- | --- |\n");
    for (id, entry) in entries.iter().filter(|(_, entry)| entry.due) {
        let _ = writeln!(
            page,
            "| {id} | {} | {} | {} |",
            entry.title,
            few(&entry.lives),
            few(&entry.shown_by)
        );
    }
    page
}

/// The first three, and how many more there are: a page of thousands of places is read by nobody.
fn few(places: &BTreeSet<String>) -> String {
    let mut text = places
        .iter()
        .take(3)
        .map(|place| format!("`{place}`"))
        .collect::<Vec<_>>()
        .join("<br>");
    if places.len() > 3 {
        let _ = write!(text, "<br>and {} more", places.len() - 3);
    }
    text
}

/// Reads lines of the form `W-053: { title: …, due: true }`.
fn register(files: &[Source]) -> BTreeMap<String, Entry> {
    let Some(register) = files
        .iter()
        .find(|file| file.path.ends_with("register.yaml"))
    else {
        return BTreeMap::new();
    };
    let mut entries = BTreeMap::new();
    for line in register.text.lines() {
        let Some((id, rest)) = line.trim_start().split_once(':') else {
            continue;
        };
        if !is_id(id) {
            continue;
        }
        let title = rest.split("title:").nth(1).unwrap_or(rest);
        let title = title.split(", due:").next().unwrap_or(title);
        let title = title.trim().trim_matches(['{', '}', '"', ' ', '\'']).trim();
        let due = rest.contains("due: true");
        let entry = Entry {
            title: title.to_owned(),
            due,
            ..Entry::default()
        };
        entries.insert(id.to_owned(), entry);
    }
    entries
}

fn note(entries: &mut BTreeMap<String, Entry>, line: &str, mut add: impl FnMut(&mut Entry)) {
    let separators = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    for word in line.split(separators).filter(|word| is_id(word)) {
        if let Some(entry) = entries.get_mut(word) {
            add(entry);
        }
    }
}

/// `W-053`, `X-24`, `K-57`, `ST-01`: a known letter, a hyphen, two or three digits.
pub(crate) fn is_id(word: &str) -> bool {
    let Some((letters, digits)) = word.split_once('-') else {
        return false;
    };
    matches!(letters, "W" | "M" | "C" | "L" | "S" | "X" | "K" | "ST")
        && matches!(digits.len(), 2 | 3)
        && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// The functions that follow a test attribute, and those inside `proptest!`.
pub(crate) fn test_names(file: &Source) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in file.text.lines() {
        let line = line.trim_start();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(rest) = line
            .strip_prefix("async fn ")
            .or_else(|| line.strip_prefix("fn "))
        {
            if is_test {
                names.push(rest.split(['(', '<']).next().unwrap_or(rest));
            }
            is_test = false;
        }
    }
    names
}

/// `w_053_and_x_03_…` carries W-053 and X-03.
pub(crate) fn ids_in_test_name(name: &str) -> Vec<String> {
    let words: Vec<&str> = name.split('_').collect();
    words
        .windows(2)
        .map(|pair| format!("{}-{}", pair[0].to_uppercase(), pair[1]))
        .filter(|id| is_id(id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_name_carries_every_id_in_it() {
        assert_eq!(
            ids_in_test_name("w_053_and_k_57_name_the_tray"),
            ["W-053", "K-57"]
        );
        assert_eq!(ids_in_test_name("the_week_of_9_days"), Vec::<String>::new());
    }

    #[test]
    fn a_citation_without_a_test_is_a_gap() {
        let mut entries = BTreeMap::new();
        let lives = BTreeSet::from(["a.yaml:1".to_owned()]);
        entries.insert(
            "W-053".to_owned(),
            Entry {
                due: true,
                lives,
                ..Entry::default()
            },
        );

        assert_eq!(gaps(&entries).len(), 1);
    }
}
