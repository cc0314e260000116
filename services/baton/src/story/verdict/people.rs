//! Expectations of people: trays, tasks, and who was told.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::api::CallError;
use super::super::expectation::Expect;
use super::super::fits::{Mismatch, plain, same};
use super::super::words::{Told, told};
use super::super::world::{World, list};
use super::contained;

/// Compares trays, tasks and notices.
pub async fn check(
    world: &World,
    expect: &Expect,
    child: &str,
    wrong: &mut Vec<Mismatch>,
) -> Result<(), CallError> {
    for (team, children) in &expect.in_tray {
        let answer = world
            .ask(
                "WorkService/ListWorkTray",
                json!({ "team_id": team, "page_size": 200 }),
            )
            .await?;
        let actual: BTreeSet<String> = list(&answer, "items")
            .iter()
            .map(|task| world.name_of(&plain(&task["child_id"])))
            .collect();
        let expected: BTreeSet<String> = children
            .0
            .iter()
            .filter(|name| *name != "nothing")
            .cloned()
            .collect();
        if expected != actual {
            wrong.push(Mismatch::new(
                format!("in_tray.{team}"),
                format!("{expected:?}"),
                format!("{actual:?}"),
            ));
        }
    }
    for (person, codes) in &expect.tasks {
        let actual = tasks(world, person).await?;
        contained(&format!("tasks.{person}"), &codes.0, &actual, wrong);
    }
    for (person, codes) in &expect.no_tasks {
        let actual = tasks(world, person).await?;
        for code in codes.0.iter().filter(|code| actual.contains(*code)) {
            wrong.push(Mismatch::new(
                format!("no_tasks.{person}"),
                format!("no {code}"),
                format!("{actual:?}"),
            ));
        }
    }
    notices(world, expect, child, wrong).await
}

async fn tasks(world: &World, person: &str) -> Result<BTreeSet<String>, CallError> {
    let answer = world
        .ask(
            "WorkService/ListTasks",
            json!({ "worker_id": person, "page_size": 200 }),
        )
        .await?;
    Ok(list(&answer, "tasks")
        .iter()
        .map(|task| plain(&task["code"]))
        .collect())
}

async fn notices(
    world: &World,
    expect: &Expect,
    child: &str,
    wrong: &mut Vec<Mismatch>,
) -> Result<(), CallError> {
    if expect.told.0.is_empty() && expect.not_told.0.is_empty() && expect.withheld.is_empty() {
        return Ok(());
    }
    let notices = world.notices(child).await?;
    let read = |text: &String| told(text).map_err(|error| CallError::Request(error.to_string()));
    let there = notices
        .iter()
        .map(|notice| in_words(world, notice))
        .collect::<Vec<_>>()
        .join("; ");
    for text in &expect.told.0 {
        let told = read(text)?;
        if !notices
            .iter()
            .any(|notice| was_sent(notice) && is_about(notice, &told))
        {
            wrong.push(Mismatch::new("told", text, &there));
        }
    }
    for text in &expect.not_told.0 {
        let told = read(text)?;
        if notices
            .iter()
            .any(|notice| was_sent(notice) && is_about(notice, &told))
        {
            wrong.push(Mismatch::new("not_told", text, &there));
        }
    }
    for (text, reason) in &expect.withheld {
        let told = read(text)?;
        let found = notices
            .iter()
            .find(|notice| same(&json!("withheld"), &notice["state"]) && is_about(notice, &told));
        match found {
            Some(notice) if plain(&notice["withheld_because"]) == *reason => {}
            _ => wrong.push(Mismatch::new(
                "withheld",
                format!("{text}: {reason}"),
                &there,
            )),
        }
    }
    Ok(())
}

/// Whether the recipient has it, or had it handed over.
pub fn was_sent(notice: &Value) -> bool {
    ["sent", "delivered", "given"]
        .iter()
        .any(|state| same(&json!(state), &notice["state"]))
}

fn is_about(notice: &Value, told: &Told) -> bool {
    // A story says `agencies` for the entries of kind `agency`.
    let kind = if told.who == "agencies" {
        "agency"
    } else {
        told.who.as_str()
    };
    let recipient = &notice["recipient"];
    (recipient["id"] == told.who.as_str()
        || recipient["kind"] == kind
        || recipient["kind"] == told.who.as_str())
        && told
            .by
            .as_ref()
            .is_none_or(|medium| notice["medium"] == medium.as_str())
        && told
            .of
            .as_ref()
            .is_none_or(|kind| notice["kind"] == kind.as_str())
}

/// A notice as a story says it: `nia by email of icpc_details (sent)`.
pub fn in_words(world: &World, notice: &Value) -> String {
    let recipient = &notice["recipient"];
    let id = plain(&recipient["id"]);
    let who = if world.people.contains_key(&id) {
        id
    } else {
        plain(&recipient["kind"])
    };
    let state = plain(&notice["state"])
        .trim_start_matches("NOTICE_STATE_")
        .to_lowercase();
    format!(
        "{who} by {} of {} ({state})",
        plain(&notice["medium"]),
        plain(&notice["kind"])
    )
}
