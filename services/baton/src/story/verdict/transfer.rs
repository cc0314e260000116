//! Expectations of the transfer: route, point, phase, gate, meetings, what is due, actions, departures.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::api::CallError;
use super::super::expectation::{Due, Expect, ExpectTransfer, TransferLike};
use super::super::fits::{Mismatch, plain, same};
use super::super::world::{World, list};
use super::contained;

/// Compares what is expected of the latest transfer of the child.
pub async fn check(
    world: &World,
    expect: &Expect,
    child: &str,
    wrong: &mut Vec<Mismatch>,
) -> Result<(), CallError> {
    let asked = expect.transfer.is_some()
        || !expect.gate.is_empty()
        || !expect.meetings.is_empty()
        || !expect.due.is_empty()
        || !expect.actions.is_empty()
        || !expect.departures.is_empty();
    if !asked {
        return Ok(());
    }
    let transfer = world.transfer(child).await?;
    match (&expect.transfer, &transfer) {
        (Some(ExpectTransfer::None), Some(transfer)) => {
            wrong.push(Mismatch::new("transfer", "none", plain(&transfer["route"])));
        }
        (Some(ExpectTransfer::Like(_)), None) => {
            wrong.push(Mismatch::new("transfer", "one", "none"));
        }
        (Some(ExpectTransfer::Like(like)), Some(transfer)) => self::like(like, transfer, wrong),
        _ => {}
    }
    let transfer = transfer.unwrap_or_default();
    let items = |list_name: &str, key: &str, name: &str| {
        list(&transfer, list_name)
            .into_iter()
            .find(|one| one[key] == name)
            .unwrap_or_default()
    };
    for (item, state) in &expect.gate {
        let actual = &items("gate", "item", item)["state"];
        if !same(&json!(state), actual) {
            wrong.push(Mismatch::new(format!("gate.{item}"), state, plain(actual)));
        }
    }
    for (kind, state) in &expect.meetings {
        let meeting = items("meetings", "kind", kind);
        let actual = if meeting["held"] == true {
            "held"
        } else {
            "not held"
        };
        if state != actual {
            wrong.push(Mismatch::new(format!("meetings.{kind}"), state, actual));
        }
    }
    dues(world, &expect.due, &transfer, child, wrong).await?;
    for (item, due) in &expect.actions {
        let action = items("actions", "item", item);
        let state = if action["done"] == true {
            "done"
        } else {
            "owed"
        };
        day(
            &format!("actions.{item}"),
            due,
            &action["due_on"],
            state,
            wrong,
        );
    }
    let departures: BTreeSet<String> = list(&transfer, "departures")
        .iter()
        .flat_map(|one| [plain(&one["rule_id"]), plain(&one["code"])])
        .collect();
    contained("departures", &expect.departures, &departures, wrong);
    Ok(())
}

fn like(like: &TransferLike, transfer: &Value, wrong: &mut Vec<Mismatch>) {
    let mut compare = |at: &str, expected: &Option<String>, actual: &Value| {
        if let Some(expected) = expected
            && !same(&json!(expected), actual)
        {
            wrong.push(Mismatch::new(
                format!("transfer.{at}"),
                expected,
                plain(actual),
            ));
        }
    };
    compare(
        "route",
        &like.route.as_ref().map(|route| route.replace(' ', "_")),
        &transfer["route"],
    );
    compare("from", &like.from, &transfer["from_team_id"]);
    compare("to", &like.to, &transfer["to_team_id"]);
    compare("phase", &like.phase, &transfer["phase"]);
    compare("worker", &like.worker, &transfer["receiving_worker_id"]);
    compare("moved", &like.moved, &transfer["moved_at"]);
    compare("ended", &like.ended, &transfer["end_reason"]);
    let moves = like.moves.clone().map(|moves| {
        if moves == "unknown" {
            String::new()
        } else {
            moves
        }
    });
    compare("moves", &moves, &transfer["point"]["due_on"]);

    for (at, expected, actual) in [
        ("ready", like.ready, &transfer["ready"]),
        ("overdue", like.overdue, &transfer["overdue"]),
    ] {
        if let Some(expected) = expected
            && !same(&json!(expected), actual)
        {
            wrong.push(Mismatch::new(
                format!("transfer.{at}"),
                expected,
                plain(actual),
            ));
        }
    }
    let waiting = list(&transfer["point"], "waiting_for")
        .iter()
        .map(plain)
        .collect();
    contained("transfer.waits_for", &like.waits_for.0, &waiting, wrong);
    if let Some(held) = &like.held {
        let expected: BTreeSet<String> = held
            .0
            .iter()
            .filter(|hold| *hold != "none")
            .cloned()
            .collect();
        let actual: BTreeSet<String> = list(transfer, "holds")
            .iter()
            .map(|hold| plain(&hold["kind"]))
            .collect();
        if expected != actual {
            wrong.push(Mismatch::new(
                "transfer.held",
                format!("{expected:?}"),
                format!("{actual:?}"),
            ));
        }
    }
}

async fn dues(
    world: &World,
    expected: &BTreeMap<String, Due>,
    transfer: &Value,
    child: &str,
    wrong: &mut Vec<Mismatch>,
) -> Result<(), CallError> {
    if expected.is_empty() {
        return Ok(());
    }
    let mut there = list(transfer, "due");
    let closure = world.closure(child).await?.unwrap_or_default();
    there.extend(list(&closure, "due"));
    if let Some(contact) = world.contact(child).await? {
        there.push(contact["decision_due"].clone());
        there.extend(
            list(&contact, "duties")
                .iter()
                .map(|duty| duty["due"].clone()),
        );
    }
    let names: Vec<String> = there.iter().map(|due| plain(&due["name"])).collect();
    for (name, due) in expected {
        let at = format!("due.{name}");
        let Some(actual) = there.iter().find(|due| due["name"] == name.as_str()) else {
            if due.state.as_deref() != Some("none") {
                wrong.push(Mismatch::new(
                    at,
                    describe(due),
                    format!("only {}", names.join(", ")),
                ));
            }
            continue;
        };
        day(&at, due, &actual["due_on"], &plain(&actual["state"]), wrong);
        if let Some(skipped) = &due.skipped {
            let actual: Vec<String> = list(actual, "skipped_days")
                .iter()
                .map(|day| plain(&day["date"]))
                .collect();
            if *skipped != actual {
                wrong.push(Mismatch::new(
                    format!("{at}.skipped"),
                    skipped.join(", "),
                    actual.join(", "),
                ));
            }
        }
    }
    Ok(())
}

fn day(at: &str, expected: &Due, day: &Value, state: &str, wrong: &mut Vec<Mismatch>) {
    let right_day = expected.on.is_empty() || same(&json!(expected.on), day);
    let right_state = expected
        .state
        .as_ref()
        .is_none_or(|expected| same(&json!(expected), &json!(state)) || expected == state);
    if !right_day || !right_state {
        wrong.push(Mismatch::new(
            at,
            describe(expected),
            format!("{} {state}", plain(day)),
        ));
    }
}

fn describe(due: &Due) -> String {
    [due.on.as_str(), due.state.as_deref().unwrap_or_default()]
        .join(" ")
        .trim()
        .to_owned()
}
