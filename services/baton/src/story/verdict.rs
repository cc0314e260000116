//! Whether what happened is what the story expects.

mod people;
mod transfer;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::api::CallError;
use super::expectation::{Expect, Responsible};
use super::fits::{Mismatch, fits, plain, same};
use super::refusal::Refusal;
use super::when;
use super::world::{World, list};

pub use people::in_words as people_in_words;

/// What came of an act: an answer, a refusal, or only time.
pub type Outcome = Result<Option<Value>, Box<Refusal>>;

/// Compares; the list is empty when all is as expected.
pub async fn verdict(
    world: &World,
    expect: &Expect,
    outcome: &Outcome,
    child: &str,
) -> Result<Vec<Mismatch>, CallError> {
    let mut wrong = Vec::new();
    match outcome {
        Ok(answer) => answered(expect, answer.as_ref().unwrap_or(&Value::Null), &mut wrong),
        Err(refusal) => refused(world, expect, refusal, &mut wrong),
    }
    if let Some(answer) = &expect.answer {
        let expected = world.substitute(answer).await?;
        wrong.extend(fits(
            &expected,
            outcome
                .as_ref()
                .ok()
                .and_then(Option::as_ref)
                .unwrap_or(&Value::Null),
            "answer",
        ));
    }
    if let Some(responsible) = &expect.responsible {
        self::responsible(world, responsible, child, &mut wrong).await?;
    }
    if expect.case.is_some() || expect.unallocated.is_some() {
        let case = world.case(child).await?.unwrap_or_default();
        if let Some(state) = &expect.case {
            let actual = if case["open"] == true {
                "open"
            } else {
                "closed"
            };
            differ("case", state, actual, &mut wrong);
        }
        if let Some(state) = &expect.unallocated {
            differ(
                "unallocated",
                state,
                &plain(&case["unallocated_state"]),
                &mut wrong,
            );
        }
    }
    if let Some(closure) = &expect.closure {
        let actual = world.closure(child).await?.unwrap_or_default();
        wrong.extend(fits(closure, &actual, "closure"));
    }
    if let Some(contact) = &expect.contact {
        let actual = world.contact(child).await?.unwrap_or_default();
        wrong.extend(fits(contact, &actual, "contact"));
    }
    transfer::check(world, expect, child, &mut wrong).await?;
    people::check(world, expect, child, &mut wrong).await?;
    journey(world, expect, child, &mut wrong).await?;
    Ok(wrong)
}

fn refused(world: &World, expect: &Expect, refusal: &Refusal, wrong: &mut Vec<Mismatch>) {
    let named = if refusal.reason.is_empty() {
        &refusal.code
    } else {
        &refusal.reason
    };
    match (&expect.refused, &expect.code) {
        (None, None) => wrong.push(Mismatch::new("answer", "accepted", refusal)),
        (Some(reason), _) if reason != named && *reason != refusal.code => {
            wrong.push(Mismatch::new("refused", reason, refusal));
        }
        (_, Some(code)) if *code != refusal.code => {
            wrong.push(Mismatch::new("code", code, refusal));
        }
        _ => {}
    }
    contained("rules", &expect.rules, &refusal.rules(), wrong);
    for (what, owner) in &expect.missing {
        let found = refusal
            .items
            .iter()
            .find(|item| item.subject == *what || has_word(&item.description, what));
        match found {
            None => wrong.push(Mismatch::new("missing", what, refusal)),
            Some(item) if !is_owner(world, owner, &item.description) => {
                wrong.push(Mismatch::new(
                    format!("missing.{what}"),
                    owner,
                    &item.description,
                ));
            }
            Some(_) => {}
        }
    }
    for field in &expect.fields {
        if !refusal.fields.iter().any(|(name, _)| name == field) {
            wrong.push(Mismatch::new("fields", field, refusal));
        }
    }
    for fact in &expect.unknown {
        let named = refusal
            .items
            .iter()
            .any(|item| item.subject.ends_with(fact.as_str()));
        if !named && !has_word(&refusal.to_string(), fact) {
            wrong.push(Mismatch::new("unknown", fact, refusal));
        }
    }
}

/// Whether an owner in words is a person's, or `team_manager of frt` as it stands.
fn is_owner(world: &World, owner: &str, description: &str) -> bool {
    owner == "anyone"
        || has_word(description, owner)
        || description.contains(owner)
        || world.people.get(owner).is_some_and(|posts| {
            posts.iter().any(|(role, team)| {
                description.contains(&format!("{role} of {team}"))
                    || (team.is_empty() && has_word(description, role))
            })
        })
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|sign: char| {
        !(sign.is_ascii_alphanumeric() || sign == '_' || sign == '.' || sign == '-')
    })
    .any(|part| part == word)
}

fn answered(expect: &Expect, answer: &Value, wrong: &mut Vec<Mismatch>) {
    if let Some(reason) = expect.refused.as_ref().or(expect.code.as_ref()) {
        wrong.push(Mismatch::new("refused", reason, "accepted"));
    }
    for what in expect.missing.keys() {
        wrong.push(Mismatch::new("missing", what, "accepted"));
    }
    let receipts = list(answer, "receipts");
    let outcomes: Vec<Value> = receipts
        .iter()
        .flat_map(|receipt| list(receipt, "outcomes"))
        .collect();
    if let Some(state) = &expect.receipt {
        let actual = receipts
            .first()
            .map_or(Value::Null, |receipt| receipt["state"].clone());
        if !same(&json!(state), &actual) {
            let problems: Vec<Value> = receipts
                .iter()
                .flat_map(|receipt| list(receipt, "problems"))
                .collect();
            wrong.push(Mismatch::new(
                "receipt",
                state,
                format!("{} {}", plain(&actual), json!(problems)),
            ));
        }
    } else if receipts
        .iter()
        .any(|receipt| same(&json!("rejected"), &receipt["state"]))
    {
        wrong.push(Mismatch::new("receipt", "understood", json!(receipts)));
    }
    for field in &expect.fields {
        let problems: Vec<String> = receipts
            .iter()
            .flat_map(|receipt| list(receipt, "problems"))
            .map(|p| plain(&p))
            .collect();
        if !problems
            .iter()
            .any(|problem| problem.contains(field.as_str()))
        {
            wrong.push(Mismatch::new("fields", field, problems.join("; ")));
        }
    }
    let explanations: Vec<&Value> = outcomes
        .iter()
        .map(|outcome| &outcome["explanation"])
        .chain([&answer["explanation"]])
        .collect();
    if let Some(decision) = &expect.decision {
        let decisions: Vec<String> = explanations
            .iter()
            .map(|one| plain(&one["decision"]))
            .collect();
        if !decisions.contains(decision) {
            wrong.push(Mismatch::new("decision", decision, decisions.join(", ")));
        }
    }
    let all = |field: &str| -> BTreeSet<String> {
        explanations
            .iter()
            .flat_map(|one| list(one, field))
            .map(|one| plain(&one))
            .collect()
    };
    contained("rules", &expect.rules, &all("rules"), wrong);
    contained("unknown", &expect.unknown, &all("unknown_facts"), wrong);
    let changes = outcomes
        .iter()
        .flat_map(|outcome| list(outcome, "changes"))
        .map(|change| plain(&change))
        .collect();
    contained("changed", &expect.changed, &changes, wrong);
}

async fn responsible(
    world: &World,
    expected: &Responsible,
    child: &str,
    wrong: &mut Vec<Mismatch>,
) -> Result<(), CallError> {
    let instant = |text: &Option<String>| text.as_deref().map(when::instant).transpose();
    let failed = |error: when::NotATime| CallError::Request(error.to_string());
    let at = instant(&expected.on)
        .map_err(failed)?
        .map(|at| at.to_string());
    let believed = instant(&expected.believed)
        .map_err(failed)?
        .map(|at| at.to_string());
    let actual = world.responsible(child, at, believed).await?;
    let (team, worker) = actual.unwrap_or_default();
    let nobody = |text: String| {
        if text.is_empty() {
            "none".to_owned()
        } else {
            text
        }
    };
    differ("responsible.team", &expected.team, &nobody(team), wrong);
    if let Some(expected) = &expected.worker {
        differ("responsible.worker", expected, &nobody(worker), wrong);
    }
    Ok(())
}

async fn journey(
    world: &World,
    expect: &Expect,
    child: &str,
    wrong: &mut Vec<Mismatch>,
) -> Result<(), CallError> {
    if expect.journey.is_empty() && expect.never.is_empty() && expect.waiting_for.is_empty() {
        return Ok(());
    }
    let (mut events, waiting) = world.journey(child).await?;
    events.sort_by_key(|event| plain(&event["recorded_at"]));
    let types: Vec<String> = events.iter().map(|event| plain(&event["type"])).collect();
    let mut rest = types.iter();
    for expected in &expect.journey {
        if !rest.any(|there| there == expected) {
            wrong.push(Mismatch::new("journey", expected, types.join(", ")));
            break;
        }
    }
    for never in &expect.never {
        if types.contains(never) {
            wrong.push(Mismatch::new(
                "never",
                format!("no {never}"),
                types.join(", "),
            ));
        }
    }
    let codes = waiting.iter().map(|task| plain(&task["code"])).collect();
    contained("waiting_for", &expect.waiting_for, &codes, wrong);
    Ok(())
}

fn contained(at: &str, expected: &[String], actual: &BTreeSet<String>, wrong: &mut Vec<Mismatch>) {
    for one in expected.iter().filter(|one| !actual.contains(*one)) {
        let there: Vec<&str> = actual.iter().map(String::as_str).collect();
        wrong.push(Mismatch::new(
            at,
            one,
            if there.is_empty() {
                "none".to_owned()
            } else {
                there.join(", ")
            },
        ));
    }
}

fn differ(at: &str, expected: &str, actual: &str, wrong: &mut Vec<Mismatch>) {
    if expected != actual {
        wrong.push(Mismatch::new(at, expected, actual));
    }
}
