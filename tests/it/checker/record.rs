//! What the record must say: who acted and why, nothing twice, nothing overdue in silence, nothing told twice, nothing
//! that was said in confidence.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;

use super::{Databases, text};

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

impl Databases {
    /// Every event says who acted, because of what, when and in which trace; and what happens once happened once.
    pub(super) async fn events_are_whole(&self, faults: &mut Vec<String>) -> Result<()> {
        let mut happened: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (service, database) in &self.of {
            let rows = database
                .rows("text(event_type)|id(aggregate_id)|text(traceparent)|text(body) FROM events")
                .await?;
            for row in rows {
                let (kind, aggregate) = (text(&row, 0), text(&row, 1));
                let body: Value = serde_json::from_str(&text(&row, 3))?;
                let says = |path: &str| {
                    body.pointer(path)
                        .and_then(Value::as_str)
                        .is_some_and(|said| !said.is_empty())
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
                if text(&row, 2).len()
                    != "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01".len()
                {
                    faults.push(format!("{service}: {kind} has no trace"));
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
            .rows("id(id)|text(state)|text(document)|text(kind) FROM notices")
            .await?;
        let mut sent = BTreeSet::new();
        for row in rows {
            let document: Value = serde_json::from_str(&text(&row, 2))?;
            let on_paper = document["medium"] != "task";
            if on_paper && matches!(text(&row, 1).as_str(), "sent" | "delivered" | "returned") {
                sent.insert(text(&row, 0));
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
