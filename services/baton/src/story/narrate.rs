//! Tells what Baton did, in English: what it recorded, what is due, who was told.

mod phrases;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::api::CallError;
use super::file::{Action, Step};
use super::fits::plain;
use super::refusal::Refusal;
use super::verdict::people_in_words;
use super::when;
use super::world::{World, list};

/// Remembers what was told, so that each step tells only what is new.
#[derive(Default)]
pub struct Narrator {
    events: BTreeSet<String>,
    dues: BTreeMap<(String, String), String>,
    notices: BTreeMap<String, String>,
}

impl Narrator {
    /// What is new since the last call, one line each.
    pub async fn news(&mut self, world: &World) -> Result<Vec<String>, CallError> {
        let mut lines = Vec::new();
        let several = world.children.len() > 1;
        for child in world.children.keys() {
            let prefix = if several {
                format!("{child}: ")
            } else {
                String::new()
            };
            let (mut events, _) = world.journey(child).await?;
            events.sort_by_key(|event| plain(&event["recorded_at"]));
            for event in events {
                let is_new = self.events.insert(plain(&event["event_id"]));
                if let Some(words) = event_in_words(&event).filter(|_| is_new) {
                    lines.push(format!("{prefix}{words}"));
                }
            }
            if let Some(transfer) = world.transfer(child).await? {
                self.dues(&transfer, &prefix, &mut lines);
            }
            for notice in world.notices(child).await? {
                let words = people_in_words(world, &notice);
                if self
                    .notices
                    .insert(plain(&notice["notice_id"]), words.clone())
                    != Some(words.clone())
                {
                    lines.push(format!("{prefix}told: {words}{}", rules(&notice["rules"])));
                }
            }
        }
        Ok(lines)
    }

    fn dues(&mut self, transfer: &Value, prefix: &str, lines: &mut Vec<String>) {
        for due in list(transfer, "due") {
            let name = plain(&due["name"]);
            let words = due_in_words(&due);
            let key = (plain(&transfer["transfer_id"]), name);
            if self.dues.insert(key, words.clone()) != Some(words.clone()) {
                lines.push(format!("{prefix}due: {words}"));
            }
        }
    }
}

/// `the case is placed in north's tray; frt stays responsible (W-053), by nia as team_manager`.
fn event_in_words(event: &Value) -> Option<String> {
    let mut line = phrases::phrase(event)?;
    line.push_str(&rules(&event["rules"]));
    let actor = &event["actor"];
    if actor["kind"] == "PRINCIPAL_KIND_PERSON" {
        let _ = write!(line, ", by {}", plain(&actor["principal"]));
        if let Some(role) = actor["role"].as_str() {
            let _ = write!(line, " as {role}");
        }
        if let Some(covered) = actor["covering_for"].as_str() {
            let _ = write!(line, " for {covered}");
        }
    }
    Some(line)
}

/// `core_group by Wed 1 Apr 2026 (S-047), skipping 21 Mar saturday; owed by social_worker of cm`.
fn due_in_words(due: &Value) -> String {
    let mut line = format!(
        "{} by {}",
        plain(&due["name"]),
        when::spoken_day(&plain(&due["due_on"]))
    );
    line.push_str(&rules(&due["rules"]));
    let state = plain(&due["state"])
        .trim_start_matches("DUE_STATE_")
        .to_lowercase();
    if state != "open" {
        let _ = write!(line, " {state}");
    }
    let skipped: Vec<String> = list(due, "skipped_days")
        .iter()
        .filter(|day| !matches!(plain(&day["reason"]).as_str(), "saturday" | "sunday"))
        .map(|day| {
            format!(
                "{} {}",
                when::spoken_day(&plain(&day["date"])),
                plain(&day["reason"])
            )
        })
        .collect();
    let weekend = list(due, "skipped_days").len() - skipped.len();
    if weekend > 0 || !skipped.is_empty() {
        let mut parts = skipped;
        if weekend > 0 {
            parts.push(format!("{weekend} weekend days"));
        }
        let _ = write!(line, ", skipping {}", parts.join(", "));
    }
    let owner = owner_in_words(&due["owner"]);
    if !owner.is_empty() {
        let _ = write!(line, "; owed by {owner}");
    }
    line
}

fn owner_in_words(owner: &Value) -> String {
    let part = |key: &str| owner[key].as_str().unwrap_or_default();
    match (part("worker_id"), part("role"), part("team_id")) {
        ("", "", _) => String::new(),
        ("", role, "") => role.to_owned(),
        ("", role, team) => format!("{role} of {team}"),
        (worker, ..) => worker.to_owned(),
    }
}

fn rules(rules: &Value) -> String {
    let rules: Vec<String> = rules.as_array().into_iter().flatten().map(plain).collect();
    if rules.is_empty() {
        String::new()
    } else {
        format!(" ({})", rules.join(", "))
    }
}

/// What a step does, as a heading.
pub fn heading(step: &Step) -> String {
    let mut line = match &step.action {
        Action::TimePasses => "time passes".to_owned(),
        Action::Report { event, body } => {
            let body: Vec<String> = body
                .iter()
                .map(|(key, value)| format!("{key} {}", plain(value).replace('"', "")))
                .collect();
            format!(
                "the record system reports: {} ({})",
                event.replace('_', " "),
                body.join(", ")
            )
        }
        Action::Call { method } => format!("call {method}"),
        Action::Command { person, words } => format!("{person}: {words}"),
    };
    if let Some(effective) = &step.effective {
        let _ = write!(line, ", as of {effective}");
    }
    if let Some(because) = &step.because {
        let _ = write!(line, " - \"{because}\"");
    }
    line
}

/// A refusal, as lines.
pub fn refusal_in_words(refusal: &Refusal) -> Vec<String> {
    format!("refused: {refusal}")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Who is responsible, as a line.
pub async fn responsibility(world: &World) -> Result<Vec<String>, CallError> {
    let mut lines = Vec::new();
    for child in world.children.keys() {
        lines.push(match world.responsible(child, None, None).await? {
            None => format!("{child}: no open case"),
            Some((team, worker)) if worker.is_empty() => {
                format!("{child}: {team} is responsible, no worker")
            }
            Some((team, worker)) => format!("{child}: {team} is responsible, with {worker}"),
        });
    }
    Ok(lines)
}
