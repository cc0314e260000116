//! What the tracker shows of the tasks of a transfer: what is due, and whether it was done in time (W-072).

use std::collections::BTreeMap;

use baton_contracts::event::v1::Event;
use baton_contracts::gateway::v1::TrackedTask;
use baton_contracts::{instant, timestamp};
use jiff::Timestamp;
use prost_types::Struct;
use prost_types::value::Kind;

/// Where a task of a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Still to be done.
    Open,
    /// Its limit passed and it was not done.
    Breached,
    /// Done, in time or late.
    Done,
    /// No longer asked for.
    Cancelled,
}

impl State {
    /// As it is kept.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Breached => "breached",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// From how it is kept.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Open, Self::Breached, Self::Done, Self::Cancelled]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// One task of a transfer. What an event does not say about it is empty, and leaves what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The transfer.
    pub transfer_id: String,
    /// Its name: a clock of the protocol, a gate item, a meeting or an action.
    pub name: String,
    /// Who owes it.
    pub owner: String,
    /// The last day on which it is in time. Empty when there is no limit.
    pub due_on: String,
    /// The first instant that is too late.
    pub breach_at: Option<Timestamp>,
    /// Where it stands.
    pub state: State,
    /// When it was done in the world.
    pub done_at: Option<Timestamp>,
    /// When Baton learned of it.
    pub reported_at: Option<Timestamp>,
    /// Whether its limit had passed when the case was taken over.
    pub inherited: bool,
    /// The rules.
    pub rules: Vec<String>,
    /// Whether it is a task without a clock: what a clock of the same name says outweighs it.
    pub is_bare: bool,
}

impl Duty {
    /// What the events say, in order, put together: one entry a transfer and task.
    pub fn of_all(events: &[Event]) -> Vec<Self> {
        let mut all: BTreeMap<(String, String), Self> = BTreeMap::new();
        for said in events.iter().flat_map(Self::of) {
            let key = (said.transfer_id.clone(), said.name.clone());
            let later = match all.remove(&key) {
                Some(before) => before.then(said),
                None => said,
            };
            all.insert(key, later);
        }
        all.into_values().collect()
    }

    fn of(event: &Event) -> Vec<Self> {
        if event.service != "transfer" {
            return Vec::new();
        }
        let Some(data) = &event.data else {
            return Vec::new();
        };
        let mut said = match event.r#type.as_str() {
            "transfer.opened" => clocks(event, data),
            "transfer.deadline_set" => one(event, data, State::Open),
            "transfer.deadline_breached" => one(event, data, State::Breached),
            "transfer.deadline_cancelled" => one(event, data, State::Cancelled),
            "transfer.deadline_met" | "transfer.deadline_answered" => one(event, data, State::Done),
            _ => Vec::new(),
        };
        said.extend(items(event, data));
        said
    }

    fn new(event: &Event, name: &str, state: State) -> Self {
        Self {
            transfer_id: event.aggregate_id.clone(),
            name: name.to_owned(),
            owner: String::new(),
            due_on: String::new(),
            breach_at: None,
            state,
            done_at: None,
            reported_at: None,
            inherited: false,
            rules: Vec::new(),
            is_bare: false,
        }
    }

    /// What is known once more was said.
    pub fn then(self, later: Self) -> Self {
        if later.is_bare && !self.is_bare {
            return self;
        }
        let or = |later: String, before: String| if later.is_empty() { before } else { later };
        Self {
            owner: or(later.owner, self.owner),
            due_on: or(later.due_on, self.due_on),
            breach_at: later.breach_at.or(self.breach_at),
            inherited: later.inherited || self.inherited,
            rules: if later.rules.is_empty() {
                self.rules
            } else {
                later.rules
            },
            ..later
        }
    }

    /// How it stands, as a code of the contract.
    pub fn standing(&self) -> &'static str {
        match (self.state, self.breach_at, self.done_at) {
            (State::Open, ..) => "open",
            (State::Breached, ..) => "overdue",
            (State::Cancelled, ..) => "no_longer_asked",
            (State::Done, Some(breach_at), Some(done_at)) if done_at >= breach_at => "late",
            (State::Done, Some(_), _) => "in_time",
            (State::Done, None, _) => "done",
        }
    }

    /// As the contract shows it.
    pub fn shown(self) -> TrackedTask {
        let standing = self.standing().to_owned();
        TrackedTask {
            name: self.name,
            owner: self.owner,
            due_on: self.due_on,
            done_at: self.done_at.map(timestamp),
            reported_at: self.reported_at.map(timestamp),
            standing,
            inherited: self.inherited,
            rules: self.rules,
        }
    }
}

/// The clocks with which a transfer was opened.
fn clocks(event: &Event, data: &Struct) -> Vec<Duty> {
    let Some(Kind::ListValue(list)) = data.fields.get("due").and_then(|due| due.kind.as_ref())
    else {
        return Vec::new();
    };
    let clocks = list.values.iter().filter_map(|value| match &value.kind {
        Some(Kind::StructValue(clock)) => Some(clock),
        _ => None,
    });
    clocks
        .flat_map(|clock| one(event, clock, State::Open))
        .map(|due| Duty {
            rules: Vec::new(),
            ..due
        })
        .collect()
}

fn one(event: &Event, data: &Struct, state: State) -> Vec<Duty> {
    let name = text(data, "name");
    if name.is_empty() {
        return Vec::new();
    }
    let at = |key: &str| text(data, key).parse::<Timestamp>().ok();
    vec![Duty {
        owner: text(data, "owner").to_owned(),
        due_on: text(data, "due_on").to_owned(),
        breach_at: at("breach_at"),
        done_at: at("met_at"),
        reported_at: at("reported_at"),
        inherited: flag(data, "inherited"),
        rules: event.rules.clone(),
        ..Duty::new(event, name, state)
    }]
}

/// The items of the gate that somebody has to see to: those with a limit have a clock of their own, the others are
/// tracked by the tasks that come and go.
fn items(event: &Event, data: &Struct) -> Vec<Duty> {
    let ended = ["withdrawn", "lapsed", "superseded", "refused"].contains(&text(data, "phase"));
    let changes = event.tasks.iter().filter_map(|change| {
        let (_, name) = change.key.split_once("/item/")?;
        let at = event.effective_at.as_ref().and_then(|at| instant(at).ok());
        let reported = event.recorded_at.as_ref().and_then(|at| instant(at).ok());
        let (state, done_at, reported_at) = match (change.open, ended) {
            (true, _) => (State::Open, None, None),
            (false, true) => (State::Cancelled, None, None),
            (false, false) => (State::Done, at, reported),
        };
        let owner = change.owner.clone().unwrap_or_default();
        Some(Duty {
            owner: if owner.team_id.is_empty() {
                owner.role
            } else {
                format!("{} of {}", owner.role, owner.team_id)
            },
            done_at,
            reported_at,
            rules: change.rules.clone(),
            is_bare: true,
            ..Duty::new(event, name, state)
        })
    });
    changes.collect()
}

fn text<'a>(data: &'a Struct, key: &str) -> &'a str {
    match data.fields.get(key).and_then(|value| value.kind.as_ref()) {
        Some(Kind::StringValue(text)) => text,
        _ => "",
    }
}

fn flag(data: &Struct, key: &str) -> bool {
    let value = data.fields.get(key).and_then(|value| value.kind.as_ref());
    matches!(value, Some(Kind::BoolValue(true)))
}
