//! A protocol file as lines with indentation: enough to cut an entry out of it, and its comments stay.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::conformance::is_id;

/// The lines of one file.
pub struct Lines<'a> {
    lines: Vec<&'a str>,
}

impl<'a> Lines<'a> {
    /// Of a text.
    pub fn of(text: &'a str) -> Self {
        Self {
            lines: text.lines().collect(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The line without a comment at its end, and with its indentation.
    pub fn code(&self, at: usize) -> &'a str {
        let line = self.lines[at];
        if line.trim_start().starts_with('#') {
            return "";
        }
        line.split(" #").next().unwrap_or_default().trim_end()
    }

    /// The lines of the entry or key that begins at `at`.
    pub fn block(&self, at: usize) -> Range<usize> {
        let own = indent(self.code(at));
        let end = (at + 1..self.len())
            .find(|line| {
                let code = self.code(*line);
                !code.is_empty() && indent(code) <= own
            })
            .unwrap_or(self.len());
        // Comments before the next entry belong to that one.
        let last = (at..end)
            .rev()
            .find(|line| !self.code(*line).is_empty())
            .unwrap_or(at);
        at..last + 1
    }

    /// The beginnings of the entries and keys around a line, from the nearest outwards, itself first.
    pub fn around(&self, at: usize) -> Vec<usize> {
        let mut found = vec![at];
        let mut limit = indent(self.code(at));
        for line in (0..at).rev() {
            let code = self.code(line);
            if !code.is_empty() && indent(code) < limit {
                limit = indent(code);
                found.push(line);
            }
        }
        found
    }

    /// The rules of the nearest entry around a line that cites any.
    pub fn rules(&self, at: usize) -> BTreeSet<String> {
        self.around(at)
            .into_iter()
            .map(|begin| self.cited_in(begin))
            .find(|rules| !rules.is_empty())
            .unwrap_or_default()
    }

    /// What the entry that begins there cites itself: on its line, or under a key of its own.
    fn cited_in(&self, begin: usize) -> BTreeSet<String> {
        let code = self.code(begin);
        let own = ids_after_cites(code);
        if !own.is_empty() {
            return own;
        }
        let keys = key_column(code);
        self.block(begin)
            .skip(1)
            .map(|line| self.code(line))
            .filter(|code| indent(code) == keys && code.trim_start().starts_with("cites:"))
            .flat_map(ids_after_cites)
            .collect()
    }

    /// How the entry around a line is called, in the file's words: `gate transfer_request`.
    pub fn place(&self, at: usize) -> String {
        let mut names: Vec<String> = self
            .around(at)
            .into_iter()
            .skip(1)
            .filter_map(|begin| name(self.code(begin)))
            .collect();
        names.reverse();
        names.join(" ")
    }

    /// The text without some lines.
    pub fn without(&self, cut: &Range<usize>) -> String {
        let kept = self.lines.iter().enumerate();
        let kept = kept.filter(|(line, _)| !cut.contains(line));
        joined(kept.map(|(_, text)| *text))
    }

    /// The text with another line in the place of one.
    pub fn with(&self, at: usize, text: &str) -> String {
        let all = self.lines.iter().enumerate();
        joined(all.map(|(line, old)| if line == at { text } else { old }))
    }
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

/// How far a line is indented, in columns; an item of a list counts from its dash.
pub fn indent(code: &str) -> usize {
    code.len() - code.trim_start().len()
}

/// The column in which the keys of an entry stand: behind the dash of an item, below a key two further.
fn key_column(code: &str) -> usize {
    indent(code) + 2
}

/// `- item: chronology` is called `chronology`, `settings:` is called `settings`.
pub fn name(code: &str) -> Option<String> {
    let code = code.trim_start();
    let (item, key) = match code.strip_prefix("- ") {
        Some(rest) => (true, rest.trim_start_matches('{').trim_start()),
        None => (false, code),
    };
    let (key, value) = key.split_once(':')?;
    let value = value.trim();
    Some(if item && !value.is_empty() {
        value
            .split([',', '}'])
            .next()
            .unwrap_or(value)
            .trim()
            .to_owned()
    } else {
        key.trim().to_owned()
    })
}

fn ids_after_cites(code: &str) -> BTreeSet<String> {
    let Some((_, list)) = code.split_once("cites:") else {
        return BTreeSet::new();
    };
    let list = list.split(']').next().unwrap_or(list);
    list.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}
