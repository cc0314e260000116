//! Bad input gets the code, the reason and the fields of the contract. Nothing changes, and nothing is our fault.

#[path = "bad_input/raw.rs"]
mod raw;

use serde_json::{Value, json};

use crate::ensemble::Ensemble;
use crate::town::{AFTERWARDS, BEGIN, BOOKED, CONFERENCE, Child, SYSTEM, Town, booking};

/// An id that nobody gave.
const NOBODY: &str = "018f2d5e-7c1a-7b3e-9a55-0d6f3c2b1a00";

/// Wirral with one child on its way to north.
struct Desk {
    ensemble: Ensemble,
    town: Town,
    kit: Child,
}

impl Desk {
    async fn new() -> Self {
        let ensemble = Ensemble::sqlite(BEGIN).await;
        let town = Town::new([ensemble.door()]);
        town.organise().await;
        let mut children = town.contacts(1).await;
        town.open(&mut children).await;
        town.book(&mut children).await;
        Self {
            ensemble,
            town,
            kit: children.remove(0),
        }
    }

    async fn events(&self) -> usize {
        self.town.settle().await;
        self.ensemble
            .databases()
            .await
            .event_count()
            .await
            .expect("events")
    }

    /// Sends each of these, expects these answers, and that nothing came of any.
    async fn refuses(&self, table: Vec<Row>) {
        let before = self.events().await;
        let mut wrong = Vec::new();
        for Row {
            who,
            method,
            body,
            code,
            reason,
            fields,
        } in table
        {
            match self.town.ask(who, method, body.clone()).await {
                Ok(answer) => wrong.push(format!("{method} {body} was accepted: {answer}")),
                Err(refusal) => {
                    let mut named: Vec<&str> = refusal
                        .fields
                        .iter()
                        .map(|(field, _)| field.as_str())
                        .collect();
                    named.sort_unstable();
                    named.dedup();
                    if (refusal.code.as_str(), refusal.reason.as_str()) != (code, reason)
                        || named != fields
                    {
                        wrong.push(format!("{method} {body}\n    {refusal}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        assert_eq!(self.events().await, before, "something changed");
    }
}

/// What is sent, and what has to be answered.
struct Row {
    who: &'static str,
    method: &'static str,
    body: Value,
    code: &'static str,
    reason: &'static str,
    fields: Vec<&'static str>,
}

fn row(
    who: &'static str,
    method: &'static str,
    body: Value,
    code: &'static str,
    reason: &'static str,
) -> Row {
    Row {
        who,
        method,
        body,
        code,
        reason,
        fields: Vec::new(),
    }
}

fn unclear(who: &'static str, method: &'static str, body: Value, fields: &[&'static str]) -> Row {
    let fields = fields.to_vec();
    Row {
        who,
        method,
        body,
        code: "INVALID_ARGUMENT",
        reason: "INVALID_FIELDS",
        fields,
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_with_every_field_at_once() {
    let desk = Desk::new().await;
    let Child {
        id: child,
        case,
        transfer,
        contact,
        ..
    } = &desk.kit;
    let fact = |key: &str, value: Value| json!({ "key": key, "value": value });
    desk.refuses(vec![
        unclear(
            "tom",
            "AllocationService/AllocateWorker",
            json!({ "request_id": "?", "case_id": "x", "worker_id": "Not A Slug", "expected_version": -1 }),
            &["case_id", "expected_version", "request_id", "worker_id"],
        ),
        unclear(SYSTEM, "AllocationService/SetTeam", json!({}), &["team"]),
        unclear(
            SYSTEM,
            "FrontDoorService/RegisterChild",
            json!({ "system": "Liquid Logic", "reference": "", "date_of_birth": "01.05.2014" }),
            &["date_of_birth", "reference", "system"],
        ),
        unclear(
            SYSTEM,
            "FrontDoorService/RegisterChild",
            json!({ "system": "liquidlogic", "reference": "new", "date_of_birth": "2026-02-30" }),
            &["date_of_birth"],
        ),
        unclear(
            SYSTEM,
            "FrontDoorService/LaunchContact",
            json!({
                "child_id": child, "source_kind": "school", "form": "written", "received_at": "0202-03-02T09:30:00Z",
            }),
            &["received_at"],
        ),
        unclear(
            SYSTEM,
            "FrontDoorService/ReportFacts",
            json!({ "child_id": child, "effective_at": BEGIN, "facts": [
                fact("shoe_size", json!({ "number": 38 })),
                fact("plan", json!({ "date": "2026-03-01" })),
                fact("plan", json!({ "code": "the_best_of_plans" })),
            ] }),
            &["facts[0].key", "facts[1].value", "facts[2].value"],
        ),
        unclear(
            SYSTEM,
            "FrontDoorService/ReportFacts",
            json!({ "child_id": child, "effective_at": BEGIN, "facts": [
                fact("plan_since", json!({ "date": "2026-02-30" })),
            ] }),
            &["facts[0].value.date"],
        ),
        unclear(
            "tom",
            "FrontDoorService/DecideContact",
            json!({ "contact_id": contact, "outcome": "Assess!", "departures": [{ "rule_id": "", "reason": "" }] }),
            &["outcome"],
        ),
        unclear(
            "nia",
            "TransferService/AgreeDate",
            json!({ "transfer_id": transfer, "date": "16 March", "reason": "" }),
            &["date", "reason"],
        ),
        unclear(
            "nia",
            "TransferService/RecordMeeting",
            json!({ "transfer_id": transfer, "kind": "core_group", "attended": ["ann", "Ann Smith"] }),
            &["attended[1]", "held_at"],
        ),
        unclear(SYSTEM, "AllocationService/GetCase", json!({ "case_id": "the case of kit" }), &["case_id"]),
        unclear(
            SYSTEM,
            "TransferService/ListTransfers",
            json!({ "child_id": case, "page_size": -1, "page_token": "here" }),
            &["page_size"],
        ),
        unclear(SYSTEM, "RecordService/RecordEvents", json!({}), &["events"]),
    ])
    .await;
}

#[tokio::test]
async fn a_period_or_a_review_that_cannot_be_understood_is_refused_so_too() {
    let desk = Desk::new().await;
    desk.refuses(vec![
        unclear(SYSTEM, "AllocationService/GetAllocationFigures", json!({ "until": BEGIN }), &["from"]),
        unclear(
            SYSTEM,
            "AllocationService/GetAllocationFigures",
            json!({ "from": AFTERWARDS, "until": BEGIN }),
            &["from"],
        ),
        unclear(
            "nia",
            "TransferService/RecordPolicyReview",
            json!({ "request_id": "?", "attended": ["Hal Smith"], "looked_at": ["transfers", "The rest!"] }),
            &["attended[0]", "looked_at[1]", "request_id"],
        ),
        unclear(
            "nia",
            "TransferService/ListMeetings",
            json!({ "kind": "District meeting", "page_size": -1, "team_id": "North!" }),
            &["kind", "page_size", "team_id"],
        ),
        unclear(
            "nia",
            "TransferService/ListMeetings",
            json!({ "from": "2026-02-30", "page_token": "yours" }),
            &["from", "page_token"],
        ),
        unclear(
            "nia",
            "TransferService/ListMeetings",
            json!({ "from": "2026-03-04", "until": "2026-03-03", "page_token": "yours" }),
            &["page_token", "until"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_is_not_of_this_authority_does_not_exist() {
    let desk = Desk::new().await;
    let merton = Town::of("merton", [desk.ensemble.door()]);
    let Child {
        id: child,
        case,
        transfer,
        contact,
        ..
    } = &desk.kit;
    let before = desk.events().await;
    let mut wrong = Vec::new();
    for (method, body) in [
        ("FrontDoorService/GetChild", json!({ "child_id": child })),
        (
            "FrontDoorService/GetContact",
            json!({ "contact_id": contact }),
        ),
        (
            "FrontDoorService/ListFactHistory",
            json!({ "child_id": child }),
        ),
        (
            "FrontDoorService/DecideContact",
            json!({ "contact_id": contact, "outcome": "no_concerns", "rationale": "x" }),
        ),
        ("AllocationService/GetCase", json!({ "case_id": case })),
        (
            "AllocationService/GetResponsibility",
            json!({ "case_id": case }),
        ),
        ("AllocationService/ListSpans", json!({ "case_id": case })),
        (
            "AllocationService/AllocateWorker",
            json!({ "case_id": case, "worker_id": "ann" }),
        ),
        (
            "TransferService/GetTransfer",
            json!({ "transfer_id": transfer }),
        ),
        (
            "TransferService/CompleteTransfer",
            json!({ "transfer_id": transfer }),
        ),
        (
            "TransferService/WithdrawTransfer",
            json!({ "transfer_id": transfer, "reason": "x" }),
        ),
        (
            "ClosureService/ProposeClosure",
            json!({ "case_id": case, "ground": "no_plan_at_conference", "reason": "x" }),
        ),
        (
            "FrontDoorService/LaunchContact",
            json!({
                "child_id": child, "source_kind": "school", "form": "written", "received_at": BEGIN,
            }),
        ),
        ("JourneyService/GetJourney", json!({ "child_id": child })),
        ("FrontDoorService/GetChild", json!({ "child_id": NOBODY })),
        (
            "TransferService/GetTransfer",
            json!({ "transfer_id": NOBODY }),
        ),
        ("ClosureService/GetClosure", json!({ "closure_id": NOBODY })),
        (
            "NotificationService/GetNotice",
            json!({ "notice_id": NOBODY }),
        ),
        ("RecordService/GetReceipt", json!({ "report_id": NOBODY })),
    ] {
        match merton.ask(SYSTEM, method, body).await {
            Ok(answer) => wrong.push(format!("{method} was answered: {answer}")),
            Err(refusal) if refusal.code == "NOT_FOUND" => {}
            Err(refusal) => wrong.push(format!("{method}: {refusal}")),
        }
    }
    for (method, body) in [
        ("FrontDoorService/ListContacts", json!({})),
        ("AllocationService/ListCases", json!({})),
        ("TransferService/ListTransfers", json!({})),
        (
            "TransferService/ListMeetings",
            json!({ "from": "2020-01-01" }),
        ),
        ("WorkService/ListWorkTray", json!({ "team_id": "north" })),
    ] {
        let answer = merton.call(SYSTEM, method, body).await;
        let empty = answer.as_object().is_none_or(serde_json::Map::is_empty);
        if !empty {
            wrong.push(format!("{method} shows: {answer}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(desk.events().await, before, "something changed");
}

#[tokio::test]
async fn a_request_out_of_turn_or_out_of_time_is_refused_by_its_reason() {
    let desk = Desk::new().await;
    let Child { case, transfer, .. } = &desk.kit;
    let named = json!({ "request_id": "once", "transfer_id": transfer, "worker_id": "sam" });
    let first = desk
        .town
        .call("nia", "TransferService/NameReceivingWorker", named.clone())
        .await;
    let again = desk
        .town
        .call("nia", "TransferService/NameReceivingWorker", named.clone())
        .await;
    assert_eq!(first, again, "a repeat gets the stored answer");
    let mut other = named;
    other["departures"] = json!([{ "rule_id": "W-080", "reason": "another body" }]);

    desk.refuses(vec![
        row("nia", "TransferService/NameReceivingWorker", other, "ALREADY_EXISTS", "REQUEST_ID_REUSED"),
        row(
            "ann",
            "TransferService/CompleteItem",
            json!({ "transfer_id": transfer, "item": "transfer_request", "expected_version": 99 }),
            "ABORTED",
            "STALE_VERSION",
        ),
        row(
            "ann",
            "TransferService/ReturnTransfer",
            json!({ "transfer_id": transfer, "reason": "not mine to return" }),
            "PERMISSION_DENIED",
            "ROLE_NOT_ALLOWED",
        ),
        row(
            "sam",
            "AllocationService/AllocateWorker",
            json!({ "case_id": case, "worker_id": "ann" }),
            "PERMISSION_DENIED",
            "ROLE_NOT_ALLOWED",
        ),
        row(
            "ann",
            "AllocationService/SetTeam",
            json!({ "team": { "team_id": "south", "kind": "assessment" } }),
            "PERMISSION_DENIED",
            "ROLE_NOT_ALLOWED",
        ),
        row(
            "tom",
            "AllocationService/AllocateWorker",
            json!({ "case_id": case, "worker_id": "tom", "effective_at": AFTERWARDS }),
            "FAILED_PRECONDITION",
            "EFFECTIVE_IN_FUTURE",
        ),
        row(
            "tom",
            "AllocationService/AllocateWorker",
            json!({ "case_id": case, "worker_id": "tom", "effective_at": "2026-02-01T09:00:00Z" }),
            "FAILED_PRECONDITION",
            "EFFECTIVE_BEFORE_SPAN",
        ),
        row(
            "ann",
            "TransferService/CompleteItem",
            json!({ "transfer_id": transfer, "item": "transfer_request", "effective_at": AFTERWARDS }),
            "FAILED_PRECONDITION",
            "EFFECTIVE_IN_FUTURE",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_report_that_cannot_be_understood_is_rejected_and_says_why() {
    let desk = Desk::new().await;
    let before = desk.events().await;
    let report = |id: &str, change: &dyn Fn(&mut Value)| {
        let mut event = booking(&desk.kit);
        event["event_id"] = json!(id);
        change(&mut event);
        event
    };
    let cases = [
        (
            report("late", &|event| event["effective_at"] = json!(CONFERENCE)),
            "effective_at: EFFECTIVE_IN_FUTURE",
        ),
        (
            report("who", &|event| {
                event["conference_scheduled"]["children"] = json!([{ "child_id": NOBODY }]);
            }),
            "conference_scheduled.children[0]: NOT_FOUND",
        ),
        (
            report("both", &|event| {
                event["conference_scheduled"]["children"][0]["reference"] = json!("x");
            }),
            "conference_scheduled.children[0]: must have either",
        ),
        (
            report("kind", &|event| {
                event["conference_scheduled"]["kind"] = json!("The First");
            }),
            "conference_scheduled.kind",
        ),
        (
            report("revision", &|event| event["revision"] = json!(0)),
            "revision",
        ),
        (
            json!({ "event_id": "facts", "revision": 1, "effective_at": BOOKED, "facts_reported": {
                "child": { "child_id": desk.kit.id },
                "facts": [{ "key": "shoe_size", "value": { "number": 38 } }],
            } }),
            "facts",
        ),
        (
            json!({ "event_id": "empty", "revision": 1, "effective_at": BOOKED }),
            "event",
        ),
        // The same event and revision as the one that booked the conference, with another body.
        (
            report("booked-0", &|event| {
                event["conference_scheduled"]["kind"] = json!("review");
            }),
            "",
        ),
    ];
    let mut wrong = Vec::new();
    for (event, problem) in cases {
        let answer = desk
            .town
            .call(
                SYSTEM,
                "RecordService/RecordEvents",
                json!({ "events": [event] }),
            )
            .await;
        let receipt = &answer["receipts"][0];
        let problems: Vec<&str> = receipt["problems"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let named = problems.iter().any(|said| said.starts_with(problem));
        if receipt["state"] != "RECEIPT_STATE_REJECTED" || !named {
            wrong.push(format!("{event}\n    {receipt}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(desk.events().await, before, "something changed");
}
