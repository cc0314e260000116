//! A small authority at work: Wirral, two teams, and as many children as a test wants.

use std::sync::atomic::{AtomicUsize, Ordering};

use baton::story::{Api, CallError, Refusal};
use baton_rpc::Conn;
use futures::future::join_all;
use serde_json::{Value, json};

/// When the town's time begins.
pub const BEGIN: &str = "2026-02-20T09:00:00Z";
/// When conferences are booked.
pub const BOOKED: &str = "2026-03-02T09:30:00Z";
/// When conferences begin.
pub const CONFERENCE: &str = "2026-03-16T14:00:00Z";
/// When they are over.
pub const AFTERWARDS: &str = "2026-03-16T15:30:00Z";
/// Who reports.
pub const SYSTEM: &str = "system:liquidlogic";

/// The authority, spoken to through one door or several by turns.
pub struct Town {
    doors: Vec<Api>,
    next: AtomicUsize,
}

/// A child on its way.
#[derive(Debug, Clone)]
pub struct Child {
    /// Its number, for the ids of what is sent about it.
    pub number: usize,
    /// The id that Baton gave.
    pub id: String,
    /// The contact.
    pub contact: String,
    /// The case.
    pub case: String,
    /// The transfer. Empty before the conference is booked.
    pub transfer: String,
}

impl Town {
    /// A town behind these doors.
    pub fn new(doors: impl IntoIterator<Item = Conn>) -> Self {
        Self::of("wirral", doors)
    }

    /// Another authority behind these doors.
    pub fn of(authority: &str, doors: impl IntoIterator<Item = Conn>) -> Self {
        let doors = doors
            .into_iter()
            .map(|door| Api::new(door, authority))
            .collect();
        Self {
            doors,
            next: AtomicUsize::new(0),
        }
    }

    /// Calls, through the next door. Panics when the call is refused.
    pub async fn call(&self, who: &str, method: &str, body: Value) -> Value {
        match self.ask(who, method, body).await {
            Ok(answer) => answer,
            Err(refusal) => panic!("{method} by {who}: {refusal}"),
        }
    }

    /// Calls, through the next door.
    pub async fn ask(&self, who: &str, method: &str, body: Value) -> Result<Value, Box<Refusal>> {
        let door = &self.doors[self.next.fetch_add(1, Ordering::Relaxed) % self.doors.len()];
        door.call(who, method, &body)
            .await
            .map_err(|error| match error {
                CallError::Refused(refusal) => refusal,
                CallError::Request(what) => panic!("{method}: {what}"),
            })
    }

    /// Moves time, and waits until all is at rest.
    pub async fn advance(&self, to: &str) {
        let door = &self.doors[0];
        door.call(SYSTEM, "DevelopmentService/AdvanceTo", &json!({ "to": to }))
            .await
            .expect("rest");
    }

    /// Waits until all is at rest.
    pub async fn settle(&self) {
        let clock = self
            .call(SYSTEM, "DevelopmentService/GetClock", json!({}))
            .await;
        self.advance(clock["now"].as_str().expect("a time")).await;
    }

    /// Teams, workers, posts.
    pub async fn organise(&self) {
        for (team, kind, area) in [
            ("frt", "assessment", ""),
            ("north", "family_support_and_protection", "north"),
        ] {
            let team = json!({ "team_id": team, "kind": kind, "area": area });
            self.call(SYSTEM, "AllocationService/SetTeam", json!({ "team": team }))
                .await;
        }
        for (worker, role, team) in [
            ("ann", "social_worker", "frt"),
            ("tom", "team_manager", "frt"),
            ("nia", "team_manager", "north"),
            ("sam", "social_worker", "north"),
            ("tess", "support_officer", "north"),
        ] {
            let body = json!({ "worker": { "worker_id": worker, "team_id": team, "grade": role } });
            self.call(SYSTEM, "AllocationService/SetWorker", body).await;
            let post = format!("{}-{team}", role.replace('_', "-"));
            let holdings = json!([{ "worker_id": worker, "from": "2000-01-01" }]);
            let body = json!({ "post": { "post_id": post, "role": role, "team_id": team, "holdings": holdings } });
            self.call(SYSTEM, "AllocationService/SetPost", body).await;
            let body = json!({
                "kind": "worker", "id": worker, "address": format!("{worker}@wirral.example"), "medium": "email",
            });
            self.call(SYSTEM, "NotificationService/SetContact", body)
                .await;
        }
    }

    /// Children with a contact that waits for its decision, all at once.
    pub async fn contacts(&self, count: usize) -> Vec<Child> {
        join_all((0..count).map(|number| self.contact(number))).await
    }

    async fn contact(&self, number: usize) -> Child {
        let body = json!({
            "system": "liquidlogic", "reference": format!("child-{number}"), "date_of_birth": "2014-05-01",
        });
        let answer = self
            .call(SYSTEM, "FrontDoorService/RegisterChild", body)
            .await;
        let child = text(&answer["child"]["child_id"]);
        let fact = |key: &str, value: Value| json!({ "key": key, "value": value });
        let facts = json!([
            fact("district", json!({ "code": "north" })),
            fact("plan", json!({ "code": "child_in_need" })),
            fact("in_proceedings", json!({ "flag": false })),
            fact("looked_after", json!({ "flag": false })),
        ]);
        let body = json!({ "child_id": child, "facts": facts, "effective_at": BEGIN });
        self.call(SYSTEM, "FrontDoorService/ReportFacts", body)
            .await;
        let body = json!({
            "child_id": child, "source_kind": "school", "form": "written", "received_at": BEGIN, "team_id": "frt",
        });
        let answer = self
            .call(SYSTEM, "FrontDoorService/LaunchContact", body)
            .await;
        let contact = text(&answer["contact"]["contact_id"]);
        Child {
            number,
            id: child,
            contact,
            case: String::new(),
            transfer: String::new(),
        }
    }

    /// Decides that the children are assessed, which opens their cases, and allocates ann.
    pub async fn open(&self, children: &mut [Child]) {
        join_all(children.iter().map(|child| async move {
            // The duty worker has brought it to the manager (W-007).
            let body = json!({ "events": [{
                "event_id": format!("brought-{}", child.id), "revision": 1, "effective_at": BEGIN,
                "contact_step_reported": { "child": { "child_id": child.id }, "step": "manager_discussion" },
            }] });
            self.call(SYSTEM, "RecordService/RecordEvents", body).await;
        }))
        .await;
        self.settle().await;
        join_all(children.iter().map(|child| async move {
            let body = json!({
                "contact_id": child.contact, "outcome": "assess", "team_id": "frt", "rationale": "given",
            });
            self.call("tom", "FrontDoorService/DecideContact", body).await;
        }))
        .await;
        self.settle().await;
        join_all(children.iter_mut().map(|child| async move {
            let body = json!({ "child_id": child.id, "open_only": true });
            let answer = self.call(SYSTEM, "AllocationService/ListCases", body).await;
            child.case = text(&answer["cases"][0]["case_id"]);
            let body = json!({ "case_id": child.case, "worker_id": "ann" });
            self.call("tom", "AllocationService/AllocateWorker", body)
                .await;
        }))
        .await;
        self.settle().await;
    }

    /// Books a conference for each child, which opens its transfer.
    pub async fn book(&self, children: &mut [Child]) {
        self.advance(BOOKED).await;
        join_all(children.iter().map(|child| self.report(booking(child)))).await;
        self.settle().await;
        for child in children {
            let body = json!({ "child_id": child.id });
            let answer = self
                .call(SYSTEM, "TransferService/ListTransfers", body)
                .await;
            child.transfer = text(&answer["transfers"][0]["transfer_id"]);
        }
    }

    /// Everything that the gate asks for.
    pub async fn prepare(&self, child: &Child) {
        let transfer = &child.transfer;
        let body = json!({ "transfer_id": transfer, "worker_id": "sam" });
        self.call("nia", "TransferService/NameReceivingWorker", body)
            .await;
        let body = json!({ "transfer_id": transfer, "item": "transfer_request" });
        self.call("ann", "TransferService/CompleteItem", body).await;
        let answers = [
            "record_up_to_date",
            "chronology_complete",
            "case_notes_entered",
            "visits_entered",
        ];
        let answers: serde_json::Map<String, Value> = answers
            .into_iter()
            .map(|question| (question.to_owned(), json!(true)))
            .collect();
        let body =
            json!({ "transfer_id": transfer, "item": "first_response_audit", "answers": answers });
        self.call("tom", "TransferService/SignItem", body).await;
        let body =
            json!({ "transfer_id": transfer, "item": "first_response_audit", "accepted": true });
        self.call("nia", "TransferService/ReviewAudit", body).await;
    }

    /// Reports an event.
    pub async fn report(&self, event: Value) -> Value {
        let answer = self
            .call(
                SYSTEM,
                "RecordService/RecordEvents",
                json!({ "events": [event] }),
            )
            .await;
        let receipt = answer["receipts"][0].clone();
        assert_ne!(receipt["state"], "RECEIPT_STATE_REJECTED", "{receipt}");
        receipt
    }

    /// The receiving manager completes the transfer.
    pub async fn complete(&self, child: &Child) {
        self.call(
            "nia",
            "TransferService/CompleteTransfer",
            json!({ "transfer_id": child.transfer }),
        )
        .await;
    }

    /// Who is responsible: team and worker.
    pub async fn responsible(&self, child: &Child) -> (String, String) {
        let answer = self
            .call(
                SYSTEM,
                "AllocationService/GetResponsibility",
                json!({ "case_id": child.case }),
            )
            .await;
        (
            text(&answer["team"]["team_id"]),
            text(&answer["worker"]["worker_id"]),
        )
    }
}

/// A conference is booked.
pub fn booking(child: &Child) -> Value {
    json!({
        "event_id": format!("booked-{}", child.number), "revision": 1, "effective_at": BOOKED,
        "conference_scheduled": {
            "conference_ref": format!("conference-{}", child.number), "kind": "initial", "at": CONFERENCE,
            "children": [{ "child_id": child.id }],
        },
    })
}

/// The conference was held and made a plan.
pub fn held(child: &Child) -> Value {
    json!({
        "event_id": format!("held-{}", child.number), "revision": 1, "effective_at": CONFERENCE,
        "conference_held": {
            "conference_ref": format!("conference-{}", child.number), "kind": "initial",
            "outcomes": [{ "child": { "child_id": child.id }, "outcome": "child_protection_plan" }],
            "attended": ["ann", "nia", "sam"], "attendance_known": true,
        },
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
