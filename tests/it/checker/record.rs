//! What the record must say: who acted and why, nothing twice, nothing overdue in silence, nothing told twice, nothing
//! that was said in confidence.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Cells, Databases, text};

/// What can happen to an aggregate only once.
const ONCE: [&str; 14] = [
    "case.ended",
    "case.placed",
    "child.registered",
    "closure.closed",
    "closure.considered",
    "contact.decided",
    "contact.launched",
    "notice.prepared",
    "notice.sent",
    "referral.routed",
    "transfer.completed",
    "transfer.lapsed",
    "transfer.opened",
    "transfer.withdrawn",
];

/// `00-` trace `-` span `-` flags.
const TRACEPARENT_LENGTH: usize = 55;

impl Databases {
    /// Every event says who acted, because of what, when and in which trace, and is what was announced; and what happens
    /// once happened once.
    pub(super) async fn events_are_whole(&self, faults: &mut Vec<String>) -> Result<()> {
        let mut happened: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (service, database) in &self.of {
            let rows = database
                .rows(
                    "id(event_id)|text(authority)|text(event_type)|id(aggregate_id)|text(aggregate_version)|\
                     id(case_id)|id(child_id)|id(family_id)|us(effective_at)|us(recorded_at)|text(traceparent)|\
                     text(body)|hex(digest) FROM events",
                )
                .await?;
            for row in rows {
                let (kind, aggregate) = (text(&row, 2), text(&row, 3));
                let body: Value = serde_json::from_str(&text(&row, 11))?;
                let says = |path: &str| {
                    let said = body.pointer(path).and_then(Value::as_str);
                    said.is_some_and(|said| !said.is_empty())
                };
                for path in [
                    "/actor/principal",
                    "/cause/id",
                    "/cause/kind",
                    "/recorded_at",
                    "/effective_at",
                ] {
                    if !says(path) {
                        faults.push(format!("{service}: {kind} does not say {path}"));
                    }
                }
                if text(&row, 10).len() != TRACEPARENT_LENGTH {
                    faults.push(format!("{service}: {kind} has no trace"));
                }
                if digest(&row, &body)? != text(&row, 12) {
                    faults.push(format!("{service}: {kind} is not what was announced"));
                }
                if ONCE.contains(&kind.as_str()) {
                    *happened.entry((kind, aggregate)).or_default() += 1;
                }
            }
        }
        for ((kind, aggregate), times) in happened {
            if times > 1 {
                faults.push(format!("{kind} of {aggregate} happened {times} times"));
            }
        }
        Ok(())
    }

    /// Nothing that was due by the time of the last event is still waited for.
    pub(super) async fn deadlines(&self, faults: &mut Vec<String>) -> Result<()> {
        let Some(last) = self.last_recorded().await else {
            return Ok(());
        };
        for (service, database) in &self.of {
            let open = database
                .rows("text(name)|us(due_at) FROM deadlines WHERE state = 'open'")
                .await?;
            for row in open {
                if text(&row, 1).parse::<i64>()? <= last.as_microsecond() {
                    faults.push(format!("{service}: {} passed in silence", text(&row, 0)));
                }
            }
        }
        Ok(())
    }

    /// What was sent lies in the spool once, and nothing lies there that was not sent.
    pub(super) async fn notices(&self, faults: &mut Vec<String>) -> Result<()> {
        let rows = self
            .database("notification")?
            .rows(
                "id(id)|text(state)|text(document)|text(kind)|text(cause_key)|text(recipient_kind)|text(recipient_id) \
                 FROM notices",
            )
            .await?;
        let mut sent = BTreeSet::new();
        let mut told = BTreeSet::new();
        for row in rows {
            let document: Value = serde_json::from_str(&text(&row, 2))?;
            let on_paper = document["medium"] != "task";
            if on_paper && matches!(text(&row, 1).as_str(), "sent" | "delivered" | "returned") {
                sent.insert(text(&row, 0));
            }
            let whom: Vec<String> = (3..7).map(|at| text(&row, at)).collect();
            if text(&row, 1) == "sent" && !told.insert(whom) {
                faults.push(format!("{} is told twice for one cause", text(&row, 3)));
            }
            if matches!(text(&row, 1).as_str(), "ready" | "unresolved") {
                faults.push(format!(
                    "{} notice {} is left {}",
                    text(&row, 3),
                    text(&row, 0),
                    text(&row, 1)
                ));
            }
        }
        let Some(spool) = &self.spool else {
            return Ok(());
        };
        for entry in std::fs::read_dir(spool).into_iter().flatten() {
            let path = entry?.path();
            let name = path
                .file_stem()
                .and_then(|name| name.to_str())
                .unwrap_or_default()
                .replace('-', "");
            if path.is_file() && !name.starts_with('.') && !sent.remove(&name) {
                faults.push(format!(
                    "{} was handed over, and no notice says so",
                    path.display()
                ));
            }
        }
        for notice in sent {
            faults.push(format!(
                "notice {notice} says that it was sent, and nothing was handed over"
            ));
        }
        Ok(())
    }

    /// Events in which one of these texts stands: what people wrote, and where they can be reached.
    pub async fn told_of(&self, confidential: &[String]) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        for (service, database) in &self.of {
            for row in database
                .rows("text(event_type)|text(body) FROM events")
                .await?
            {
                let body = text(&row, 1);
                for said in confidential
                    .iter()
                    .filter(|said| body.contains(said.as_str()))
                {
                    faults.push(format!("{service}: {} tells {said:?}", text(&row, 0)));
                }
            }
        }
        Ok(faults)
    }
}

/// The digest of an event: SHA-256 over its columns as JSON with sorted keys and whole numbers without a fraction.
fn digest(row: &Cells, body: &Value) -> Result<String> {
    let id = |at: usize| -> Result<Option<Uuid>> {
        let id = row.get(at).cloned().flatten().filter(|id| !id.is_empty());
        Ok(id.map(|id| id.parse()).transpose()?)
    };
    let number = |at: usize| text(row, at).parse::<i64>();
    let whole = json!({
        "event_id": id(0)?, "authority": text(row, 1), "event_type": text(row, 2), "aggregate_id": id(3)?,
        "aggregate_version": number(4)?, "case_id": id(5)?, "child_id": id(6)?, "family_id": id(7)?,
        "effective_at": number(8)?, "recorded_at": number(9)?, "traceparent": row[10], "body": body,
    });
    Ok(hex::encode(Sha256::digest(sorted(&whole))))
}

fn sorted(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, &Value> = fields.iter().collect();
            let fields = fields
                .into_iter()
                .map(|(key, value)| format!("{}:{}", json!(key), sorted(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(sorted).collect();
            format!("[{}]", values.join(","))
        }
        // A number is the same with and without a fraction of nothing.
        Value::Number(number) => {
            let number = number.to_string();
            number.strip_suffix(".0").unwrap_or(&number).to_owned()
        }
        plain => plain.to_string(),
    }
}
