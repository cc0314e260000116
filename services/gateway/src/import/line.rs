//! A line of a file: its fields, and everything that is wrong with it by itself.

use std::collections::BTreeMap;

use baton_contracts::gateway::v1::{ImportFile, ImportKind, ImportProblem};
use baton_contracts::timestamp;
use baton_contracts::type_v1::{CodeList, Fact, FactValue, fact_value::Value};
use baton_protocol::{FactKey, FactKind, TeamKind, spec};
use jiff::Timestamp;
use jiff::civil::Date;

use super::census::source;
use super::columns::{self, FACT, Form};
use super::csv;
use crate::reactions::local_instant;

/// What the lines of a file are, in the order in which they are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Teams.
    Teams,
    /// Workers.
    Workers,
    /// Posts.
    Posts,
    /// Closed cases.
    Closures,
    /// Open cases and contacts.
    Cases,
    /// What is on record for a live transfer.
    Evidence,
    /// Who had a child before.
    Involvements,
}

/// Something that is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The column. Empty for the whole line.
    pub field: String,
    /// What is wrong, as a code.
    pub code: String,
    /// What to do.
    pub remedy: String,
}

impl From<Problem> for ImportProblem {
    fn from(problem: Problem) -> Self {
        Self {
            field: problem.field,
            problem: problem.code,
            remedy: problem.remedy,
        }
    }
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The file.
    pub file: String,
    /// Its number in the file.
    pub number: i32,
    /// What it is.
    pub kind: Kind,
    fields: BTreeMap<String, String>,
    /// The facts it states.
    pub facts: Vec<Fact>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl Line {
    /// A field. Empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// The child that it is about, as the record system names it. Empty when it is about none.
    pub fn person(&self) -> &str {
        self.text(columns::person(self.kind))
    }

    /// A field, when it holds something.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// A time; of a date the beginning of the day. None when it is not there or not one.
    pub fn at(&self, name: &str) -> Option<Timestamp> {
        local_instant(self.text(name))
    }

    /// Notes a problem.
    pub fn wrong(&mut self, field: &str, code: &str, remedy: impl Into<String>) {
        self.problems.push(Problem {
            field: field.to_owned(),
            code: code.to_owned(),
            remedy: remedy.into(),
        });
    }
}

/// The lines of a file. What is wrong with the line of column names is told as that line, and no other is read.
pub fn read(file: &ImportFile, now: Timestamp) -> Vec<Line> {
    let kind = match file.kind() {
        ImportKind::Teams => Kind::Teams,
        ImportKind::Workers => Kind::Workers,
        ImportKind::Posts => Kind::Posts,
        ImportKind::Closures => Kind::Closures,
        ImportKind::Evidence => Kind::Evidence,
        ImportKind::Involvements => Kind::Involvements,
        ImportKind::Cases | ImportKind::Unspecified => Kind::Cases,
    };
    let line = |number: i32| Line {
        file: file.name.clone(),
        number,
        kind,
        fields: BTreeMap::new(),
        facts: Vec::new(),
        problems: Vec::new(),
    };
    let mut header = line(1);
    if file.kind() == ImportKind::Unspecified {
        header.wrong("", "kind_missing", "say what the lines of the file are");
    }
    let Some(records) = csv::records(&file.text) else {
        header.wrong("", "not_csv", "close the quotation mark that is still open");
        return vec![header];
    };
    let Some((names, rows)) = records.split_first() else {
        header.wrong(
            "",
            "empty",
            "put the names of the columns into the first line",
        );
        return vec![header];
    };
    header_problems(&mut header, &names.fields);
    if !header.problems.is_empty() {
        return vec![header];
    }
    // A part of a longer file repeats the column names.
    let shift = if file.first_line > 0 {
        file.first_line.saturating_sub(names.line.saturating_add(1))
    } else {
        0
    };
    rows.iter()
        .map(|row| {
            let mut line = line(row.line.saturating_add(shift));
            if row.fields.len() > names.fields.len() {
                line.wrong(
                    "",
                    "too_many_fields",
                    "put quotation marks around a field with a comma",
                );
            }
            for (name, value) in names.fields.iter().zip(&row.fields) {
                line.fields.insert(name.clone(), value.clone());
            }
            check(&mut line, now);
            line
        })
        .collect()
}

fn header_problems(header: &mut Line, names: &[String]) {
    let columns = columns::of(header.kind);
    for (index, name) in names.iter().enumerate() {
        if names.iter().take(index).any(|before| before == name) {
            header.wrong(name, "twice", "name each column once");
        }
        if columns.iter().any(|column| column.name == name) {
            continue;
        }
        let fact = name
            .strip_prefix(FACT)
            .filter(|_| header.kind == Kind::Cases);
        match fact.map(str::parse::<FactKey>) {
            Some(Ok(_)) => {}
            Some(Err(_)) => header.wrong(name, "unknown_fact", "docs/facts.md lists the facts"),
            None => header.wrong(
                name,
                "unknown_column",
                "leave the column out; names of people are not wanted",
            ),
        }
    }
    for column in columns.iter().filter(|column| column.required) {
        if !names.iter().any(|name| name == column.name) {
            header.wrong(column.name, "missing_column", "add the column");
        }
    }
}

fn check(line: &mut Line, now: Timestamp) {
    for column in columns::of(line.kind) {
        let text = line.text(column.name).to_owned();
        if text.is_empty() {
            if column.required {
                line.wrong(column.name, "missing", "fill it in");
            }
            continue;
        }
        if let Some((problem, remedy)) = misfit(column.form, &text, now) {
            line.wrong(column.name, problem, remedy);
        } else if let (Form::Date, Ok(day)) = (column.form, text.parse::<Date>()) {
            // The dataset's days come out of databases with a time, `2014-05-01 00:00:00`: a day is a day.
            line.fields.insert(column.name.to_owned(), day.to_string());
        }
    }
    let facts: Vec<(String, String)> = line
        .fields
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(FACT)?.to_owned(), value.clone())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    for (key, value) in facts {
        if let Some(value) = fact_value(&key, &value) {
            line.facts.push(Fact {
                key,
                value: Some(FactValue { value: Some(value) }),
                ..Fact::default()
            });
            continue;
        }
        let expected = key
            .parse::<FactKey>()
            .ok()
            .and_then(|key| spec(&key))
            .map_or("known", |spec| spec.expected());
        let remedy = format!("it has to be {expected}, or none; docs/facts.md has the codes");
        line.wrong(&format!("{FACT}{key}"), "not_a_value", remedy);
    }
}

/// What is wrong with a field, and what to do. None when nothing is.
fn misfit(form: Form, text: &str, now: Timestamp) -> Option<(&'static str, &'static str)> {
    let of = |allowed: fn(u8) -> bool| {
        text.len() <= 64
            && text
                .as_bytes()
                .first()
                .is_some_and(u8::is_ascii_alphanumeric)
            && text.bytes().all(allowed)
    };
    let fits = match form {
        Form::Slug => of(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
        Form::Code => of(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
        Form::Source => misfit(Form::Code, source(text), now).is_none(),
        Form::TeamKind => text.parse::<TeamKind>().is_ok(),
        Form::Date => text.parse::<Date>().is_ok(),
        Form::Past | Form::Time => local_instant(text).is_some(),
        Form::Text => text.chars().count() <= 80,
        Form::Unused => true,
    };
    if !fits {
        return Some(match form {
            Form::Slug => (
                "not_an_id",
                "lower-case letters, digits and hyphens only, 64 at most",
            ),
            Form::Code => (
                "not_a_code",
                "lower-case letters, digits and underscores only, 64 at most",
            ),
            Form::Source => (
                "not_a_source",
                "a code of the census such as 2A, or lower-case letters, digits and underscores",
            ),
            Form::TeamKind => ("not_a_team_kind", "docs/import.md lists the kinds of teams"),
            Form::Date => ("not_a_date", "write it as 2026-03-16"),
            Form::Past | Form::Time => ("not_a_time", "write it as 2026-03-16 or 2026-03-16 14:00"),
            Form::Text | Form::Unused => ("too_long", "80 characters at most"),
        });
    }
    let ahead = form == Form::Past && local_instant(text).is_some_and(|at| at > now);
    ahead.then_some(("in_future", "it has to have happened"))
}

/// A fact as the catalogue types it. None when it is not of that type.
fn fact_value(key: &str, text: &str) -> Option<Value> {
    let key: FactKey = key.parse().ok()?;
    let spec = spec(&key)?;
    if text == "none" {
        return Some(Value::None(true));
    }
    match spec.kind {
        FactKind::Code => spec.allows(text).then(|| Value::Code(text.to_owned())),
        FactKind::Date => text
            .parse::<Date>()
            .ok()
            .map(|day| Value::Date(day.to_string())),
        FactKind::Instant => local_instant(text).map(|at| Value::Instant(timestamp(at))),
        FactKind::Flag => match text {
            "yes" => Some(Value::Flag(true)),
            "no" => Some(Value::Flag(false)),
            _ => None,
        },
        FactKind::Number => text.parse().ok().map(Value::Number),
        FactKind::Codes => {
            let codes: Vec<String> = text.split(';').map(|code| code.trim().to_owned()).collect();
            let known = codes.iter().all(|code| spec.allows(code));
            known.then_some(Value::Codes(CodeList { codes }))
        }
    }
}
