//! Plays the act of one step.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::api::{self, CallError};
use super::command::{Command, command};
use super::file::{Action, Step};
use super::fits::same;
use super::shape;
use super::when;
use super::words::Answers;
use super::world::{World, list};

/// What is not done after this time is told as it is.
const PATIENCE: Duration = Duration::from_mins(2);
const RECORD_EVENTS: &str = "RecordService/RecordEvents";

/// What an act needs to know about its place in the story.
pub struct Place<'a> {
    /// Now, by the story.
    pub now: jiff::Timestamp,
    /// The number of the step, for the ids of reports.
    pub number: usize,
    /// The child it is about.
    pub child: &'a str,
    /// Makes the ids of this run its own.
    pub run: &'a str,
}

/// Does what the step says. `None` when only time passes.
pub async fn act(
    world: &World,
    step: &Step,
    place: &Place<'_>,
) -> Result<Option<Value>, CallError> {
    match &step.action {
        Action::TimePasses => Ok(None),
        Action::Report { event, body } => report(world, step, place, event, body).await.map(Some),
        Action::Call { method } => {
            let body = world.substitute(&Value::Object(step.with.clone())).await?;
            let body = shape::message(&api::request_of(method)?, &body, &world.children)
                .map_err(CallError::Request)?;
            let caller = step.caller.as_deref().unwrap_or(&world.system);
            world.api.call(caller, method, &body).await.map(Some)
        }
        Action::Command { person, words } => {
            let command = command(words).map_err(|error| CallError::Request(error.to_string()))?;
            perform(world, step, place, person, command).await.map(Some)
        }
    }
}

async fn report(
    world: &World,
    step: &Step,
    place: &Place<'_>,
    event: &str,
    body: &Map<String, Value>,
) -> Result<Value, CallError> {
    let request = record_event(event, body, place)?;
    let mut request = world.substitute(&request).await?;
    request["effective_at"] = match &step.effective {
        Some(effective) => json!(effective),
        None => json!(place.now.to_string()),
    };
    let descriptor = api::descriptor("baton.record.v1.RecordEvent")?;
    let request =
        shape::message(&descriptor, &request, &world.children).map_err(CallError::Request)?;
    let caller = step.caller.as_deref().unwrap_or(&world.system);
    let request = json!({ "events": [request] });
    if is_expected(step) {
        return world.api.call(caller, RECORD_EVENTS, &request).await;
    }
    carried_through(world, caller, &request).await
}

/// Reports, and waits for what becomes of it: a busy or a restarted Baton answers that it is not yet done, and the same
/// report again asks how far it is.
pub async fn carried_through(
    world: &World,
    caller: &str,
    request: &Value,
) -> Result<Value, CallError> {
    let began = Instant::now();
    loop {
        let answer = world.api.call(caller, RECORD_EVENTS, request).await?;
        if !in_progress(&answer) || began.elapsed() > PATIENCE {
            return Ok(answer);
        }
    }
}

/// The step is content with a report that is under way.
fn is_expected(step: &Step) -> bool {
    let receipt = step
        .expect
        .as_ref()
        .and_then(|expect| expect.receipt.as_ref());
    receipt.is_some_and(|receipt| same(&json!(receipt), &json!("in_progress")))
}

fn in_progress(answer: &Value) -> bool {
    list(answer, "receipts")
        .iter()
        .any(|receipt| same(&json!("in_progress"), &receipt["state"]))
}

/// Fills in what a practitioner does not write: ids, the reference of the conference, whether attendance is known.
pub fn record_event(
    event: &str,
    body: &Map<String, Value>,
    place: &Place<'_>,
) -> Result<Value, CallError> {
    let descriptor = api::descriptor("baton.record.v1.RecordEvent")?;
    let names: Vec<String> = descriptor
        .oneofs()
        .flat_map(|oneof| {
            oneof
                .fields()
                .map(|field| field.name().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    if !names.iter().any(|name| name == event) {
        return Err(CallError::Request(format!(
            "there is no report `{event}`; there are {}",
            names.join(", ")
        )));
    }
    let mut body = body.clone();
    let mut take = |key: &str| body.remove(key);
    let id = take("event_id").unwrap_or_else(|| json!(format!("{}-{}", place.run, place.number)));
    let revision = take("revision").unwrap_or_else(|| json!(1));
    if event.starts_with("conference_") {
        let reference = body.remove("ref").unwrap_or_else(|| json!("conference"));
        body.entry("conference_ref").or_insert(json!(format!(
            "{}-{}",
            super::fits::plain(&reference),
            place.run
        )));
        if let Some(child) = body.remove("child") {
            if event == "conference_held" {
                let outcome = body.remove("outcome").unwrap_or_default();
                body.insert(
                    "outcomes".to_owned(),
                    json!([{ "child": child, "outcome": outcome }]),
                );
            } else {
                body.insert("children".to_owned(), json!([child]));
            }
        }
        if event == "conference_held" {
            body.entry("kind").or_insert(json!("initial"));
            let known = body.contains_key("attended");
            body.entry("attendance_known").or_insert(json!(known));
        }
    }
    Ok(json!({ "event_id": id, "revision": revision, event: body }))
}

async fn perform(
    world: &World,
    step: &Step,
    place: &Place<'_>,
    person: &str,
    command: Command,
) -> Result<Value, CallError> {
    let descriptor = api::request_of(&command.method)?;
    let mut fields = command.fields;
    if let Some(answers) = &command.answers {
        let item = fields.get("item").cloned().unwrap_or_default();
        fields.insert(
            "answers".to_owned(),
            self::answers(world, place.child, &item, answers).await?,
        );
    }
    // The words name what is done; what it is done to follows from the child.
    for (field, variable) in [
        ("transfer_id", "transfer"),
        ("case_id", "case"),
        ("contact_id", "contact"),
        ("closure_id", "closure"),
        ("child_id", ""),
    ] {
        let subject = api::find(&command.method)?.field == field;
        if subject && !step.with.contains_key(field) {
            let variable = format!("${}.{variable}", place.child);
            fields.insert(
                field.to_owned(),
                world.variable(variable.trim_end_matches('.')).await?,
            );
        }
    }
    // There is one suspension in force, and it is that which is meant.
    let asks = descriptor.get_field_by_name("suspension_id").is_some();
    if asks && !step.with.contains_key("suspension_id") {
        let active = json!({ "active_only": true });
        let found = world.ask("TransferService/ListSuspensions", active).await?;
        let id = list(&found, "suspensions")
            .first()
            .map(|one| one["suspension_id"].clone());
        fields.insert("suspension_id".to_owned(), id.unwrap_or_default());
    }
    if let (Some(field), Some(reason)) = (command.reason_field, &step.because) {
        fields.insert(field.to_owned(), json!(reason));
    }
    if let Some(field) = command.time_field {
        match &step.effective {
            Some(effective) => drop(fields.insert(field.to_owned(), json!(effective))),
            // What says when it happened has to say so; the rest means now.
            None if matches!(field, "held_at" | "received_at") => {
                fields.insert(field.to_owned(), json!(place.now.to_string()));
            }
            None => {}
        }
    }
    if !step.departures.is_empty() {
        fields.insert("departures".to_owned(), json!(step.departures));
    }
    let with = world.substitute(&Value::Object(step.with.clone())).await?;
    if let Value::Object(with) = with {
        fields.extend(with);
    }
    let body = shape::message(&descriptor, &Value::Object(fields), &world.children)
        .map_err(CallError::Request)?;
    world.api.call(person, &command.method, &body).await
}

/// Answers by question. `all` is looked up in the item.
async fn answers(
    world: &World,
    child: &str,
    item: &Value,
    answers: &Answers,
) -> Result<Value, CallError> {
    let mut said = Map::new();
    if let Some(yes) = answers.all {
        let transfer = world.transfer(child).await?.unwrap_or_default();
        let gate = transfer["gate"].as_array().cloned().unwrap_or_default();
        let asks = gate
            .iter()
            .find(|one| one["item"] == *item)
            .map(|one| one["asks"].clone())
            .unwrap_or_default();
        for question in asks
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            said.insert(question.to_owned(), json!(yes));
        }
    }
    for (question, yes) in &answers.named {
        said.insert(question.clone(), json!(yes));
    }
    Ok(Value::Object(said))
}

/// The instant that a step says, or the one before it.
pub fn time_of(step: &Step, before: jiff::Timestamp) -> Result<jiff::Timestamp, when::NotATime> {
    step.on.as_deref().map_or(Ok(before), when::instant)
}
