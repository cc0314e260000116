//! Reads a story without playing it: every name known, every word understood, every field in the contract.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::act::{self, Place};
use super::api;
use super::command::command;
use super::file::{Action, Step, Story};
use super::play::child_of;
use super::shape::{self, Children};
use super::when;
use super::words;

/// Something in a story that cannot be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The line of the step; zero for what stands before the steps.
    pub line: u64,
    /// What is wrong.
    pub what: String,
}

/// Every flaw of a story.
pub fn check(story: &Story) -> Vec<Flaw> {
    let mut flaws = stage(story);
    // Any id does for a child that is not registered.
    let children: Children = story
        .children
        .keys()
        .map(|name| (name.clone(), uuid::Uuid::nil().to_string()))
        .collect();
    let mut before = jiff::Timestamp::MIN;
    for (index, step) in story.steps.iter().enumerate() {
        let mut add = |what: String| {
            flaws.push(Flaw {
                line: step.line,
                what,
            });
        };
        match act::time_of(step, before) {
            Ok(now) if now < before => add(format!(
                "`{}` lies before the step above",
                step.on.as_deref().unwrap_or_default()
            )),
            Ok(now) => before = now,
            Err(error) => add(error.to_string()),
        }
        if let Some(Err(error)) = step.effective.as_deref().map(when::instant) {
            add(error.to_string());
        }
        let child = child_of(story, step);
        if !story.children.is_empty() && !story.children.contains_key(child) {
            add(format!("the story has no child `{child}`"));
        }
        if let Err(what) = action(story, step, index, &children) {
            add(what);
        }
        for what in expectations(story, step) {
            add(what);
        }
    }
    flaws
}

fn stage(story: &Story) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut add = |what: String| flaws.push(Flaw { line: 0, what });
    for text in story.teams.values() {
        if let Err(error) = words::team(text) {
            add(error.to_string());
        }
    }
    for (person, text) in &story.people {
        match words::posts(text) {
            Err(error) => add(error.to_string()),
            Ok(posts) => {
                for post in posts
                    .iter()
                    .filter(|post| !post.team.is_empty() && !story.teams.contains_key(&post.team))
                {
                    add(format!("{person}: the story has no team `{}`", post.team));
                }
            }
        }
    }
    for text in &story.cover {
        match words::cover(text) {
            Err(error) => add(error.to_string()),
            Ok(cover) => {
                for name in [cover.who, cover.whose]
                    .iter()
                    .filter(|name| !story.people.contains_key(*name))
                {
                    add(format!("the story has no person `{name}`"));
                }
            }
        }
    }
    for text in story.contacts.keys() {
        match words::party(text) {
            Err(error) => add(error.to_string()),
            Ok(party) if !story.children.contains_key(&party.child) => {
                add(format!("the story has no child `{}`", party.child));
            }
            Ok(_) => {}
        }
    }
    for text in &story.given.0 {
        match words::given(text) {
            Err(error) => add(error.to_string()),
            Ok(given) => {
                if !story.children.contains_key(&given.child) {
                    add(format!("the story has no child `{}`", given.child));
                }
                if !story.teams.contains_key(&given.team) {
                    add(format!("the story has no team `{}`", given.team));
                }
                if let Some(worker) = given
                    .worker
                    .filter(|worker| !story.people.contains_key(worker))
                {
                    add(format!("the story has no person `{worker}`"));
                }
            }
        }
    }
    flaws
}

fn action(story: &Story, step: &Step, index: usize, children: &Children) -> Result<(), String> {
    match &step.action {
        Action::TimePasses => Ok(()),
        Action::Report { event, body } => {
            let place = Place {
                now: jiff::Timestamp::UNIX_EPOCH,
                number: index,
                child: "",
                run: "check",
            };
            let request =
                act::record_event(event, body, &place).map_err(|error| error.to_string())?;
            let request = without_variables(&request);
            let descriptor = api::descriptor("baton.record.v1.RecordEvent")
                .map_err(|error| error.to_string())?;
            shape::message(&descriptor, &request, children).map(drop)
        }
        Action::Call { method } => fields(method, step, children),
        Action::Command { person, words } => {
            if !story.people.contains_key(person) {
                return Err(format!(
                    "`{person}` is neither a person of the story nor a key of a step (on, for, effective, because, \
                     departing_from, with, as, note, expect, call, report …)"
                ));
            }
            let command = command(words).map_err(|error| error.to_string())?;
            fields(&command.method, step, children)
        }
    }
}

fn fields(method: &str, step: &Step, children: &Children) -> Result<(), String> {
    let descriptor = api::request_of(method).map_err(|error| error.to_string())?;
    let with = without_variables(&Value::Object(step.with.clone()));
    shape::message(&descriptor, &with, children).map(drop)
}

/// Any id does for a variable.
fn without_variables(value: &Value) -> Value {
    let mut names = Vec::new();
    shape::variables(value, &mut names);
    let any = json!(uuid::Uuid::nil().to_string());
    let known: BTreeMap<String, Value> =
        names.into_iter().map(|name| (name, any.clone())).collect();
    shape::substitute(value, &known)
}

fn expectations(story: &Story, step: &Step) -> Vec<String> {
    let Some(expect) = &step.expect else {
        return Vec::new();
    };
    let mut wrong = Vec::new();
    let people = expect.tasks.keys().chain(expect.no_tasks.keys());
    wrong.extend(
        people
            .filter(|name| !story.people.contains_key(*name))
            .map(|name| format!("the story has no person `{name}`")),
    );
    let teams = expect.in_tray.keys().chain(
        expect
            .responsible
            .iter()
            .map(|one| &one.team)
            .filter(|team| *team != "none"),
    );
    wrong.extend(
        teams
            .filter(|name| !story.teams.contains_key(*name))
            .map(|name| format!("the story has no team `{name}`")),
    );
    let told = expect
        .told
        .0
        .iter()
        .chain(&expect.not_told.0)
        .chain(expect.withheld.keys());
    wrong.extend(
        told.filter_map(|text| words::told(text).err())
            .map(|error| error.to_string()),
    );
    wrong
}
