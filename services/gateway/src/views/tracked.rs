//! What the tracker shows of a transfer.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use baton_contracts::event::v1::Event;
use baton_contracts::instant;
use jiff::Timestamp;

/// What an event of the transfer service says about its row in the tracker. A field that it does not say stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tracked {
    /// The transfer.
    pub transfer_id: String,
    /// The case.
    pub case_id: String,
    /// The child.
    pub child_id: String,
    /// The route. Empty to leave it.
    pub route: String,
    /// The phase, lower case. Empty to leave it.
    pub phase: String,
    /// The team it leaves. Empty to leave it.
    pub from_team_id: String,
    /// The team it goes to. Empty to leave it.
    pub to_team_id: String,
    /// When the case moves. `None` to leave it.
    pub point_on: Option<String>,
    /// The worker whom the receiving team named. Empty to leave them.
    pub worker_id: String,
    /// When it ended, by our clock. `None` while it has something to come.
    pub ended_at: Option<Timestamp>,
}

impl Tracked {
    /// From an event. `None` for events of other services.
    pub fn of(event: &Event) -> Option<Self> {
        if event.service != "transfer" || !event.r#type.starts_with("transfer.") {
            return None;
        }
        let said = |key: &str| {
            use prost_types::value::Kind;
            match event.data.as_ref()?.fields.get(key)?.kind.as_ref()? {
                Kind::StringValue(text) => Some(text.clone()),
                Kind::NullValue(_) => Some(String::new()),
                _ => None,
            }
        };
        // What is not about a transfer, such as a trigger that waits for facts, says no transfer.
        let transfer_id = said("transfer_id")?;
        let phase = said("phase").unwrap_or_else(|| phase_after(&event.r#type).to_owned());
        let phase = phase.trim_start_matches("PHASE_").to_lowercase();
        let ends = !phase.is_empty() && !is_live(&phase);
        Some(Self {
            transfer_id,
            worker_id: said("receiving_worker_id").unwrap_or_default(),
            ended_at: event
                .recorded_at
                .as_ref()
                .filter(|_| ends)
                .and_then(|at| instant(at).ok()),
            case_id: event.case_id.clone(),
            child_id: event.child_id.clone(),
            // An event that names the route says all that the tracker shows: no date then means that there is none.
            point_on: said("route").map(|_| said("point_due_on").unwrap_or_default()),
            route: said("route").unwrap_or_default(),
            phase,
            from_team_id: said("from_team_id").unwrap_or_default(),
            to_team_id: said("to_team_id").unwrap_or_default(),
        })
    }
}

impl Tracked {
    /// What several events say, put together: one row a transfer.
    pub fn of_all(events: &[Event]) -> Vec<Self> {
        let mut rows: BTreeMap<String, Self> = BTreeMap::new();
        for said in events.iter().filter_map(Self::of) {
            match rows.entry(said.transfer_id.clone()) {
                Entry::Vacant(entry) => {
                    entry.insert(said);
                }
                Entry::Occupied(mut entry) => entry.get_mut().add(said),
            }
        }
        rows.into_values().collect()
    }

    fn add(&mut self, later: Self) {
        let replace = |field: &mut String, said: String| {
            if !said.is_empty() {
                *field = said;
            }
        };
        replace(&mut self.route, later.route);
        replace(&mut self.phase, later.phase);
        replace(&mut self.from_team_id, later.from_team_id);
        replace(&mut self.to_team_id, later.to_team_id);
        replace(&mut self.worker_id, later.worker_id);
        self.ended_at = self.ended_at.or(later.ended_at);
        if later.point_on.is_some() {
            self.point_on = later.point_on;
        }
    }
}

/// The phase that an event leaves a transfer in, where it does not say so itself.
fn phase_after(event_type: &str) -> &'static str {
    match event_type {
        "transfer.opened" => "open",
        "transfer.placed" | "transfer.completion_failed" => "placed",
        "transfer.released" => "completing",
        "transfer.completed" => "completed",
        "transfer.lapsed" => "lapsed",
        "transfer.withdrawn" => "withdrawn",
        "transfer.superseded" => "superseded",
        "transfer.refused" => "refused",
        _ => "",
    }
}

/// Whether a transfer in a phase still has something to come.
pub fn is_live(phase: &str) -> bool {
    matches!(phase, "open" | "placed" | "completing")
}
