//! The views: trays, task lists and the tracker are questions about what services announced, never things of
//! their own. No command is checked against them.

mod duty;
mod tracked;

use std::collections::BTreeMap;

use baton_contracts::event::v1::{Event, TaskChange};
use baton_contracts::gateway::v1 as gateway;
use baton_contracts::type_v1::{Owner, PostHeld, Team};
use baton_contracts::{instant, timestamp};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

pub use duty::{Duty, State};
pub use tracked::{Tracked, is_live};

/// The sort text of what is overdue without saying since when: before every date.
const MOST_URGENT: &str = "0000-00-00";
/// The sort text of what has no limit: after every date.
pub const LEAST_URGENT: &str = "9999-99-99";

/// Something that waits for somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its name within the authority.
    pub key: String,
    /// What has to be done, as a code.
    pub code: String,
    /// Whether a whole case waits in a team's tray.
    pub tray: bool,
    /// Whose it is.
    pub owner: Owner,
    /// The last day on which it is in time. Empty without a limit.
    pub due_on: String,
    /// Whether its service said that the limit has passed.
    pub overdue: bool,
    /// Since when.
    pub since: Timestamp,
    /// The rules.
    pub rules: Vec<String>,
    /// Where to act.
    pub references: BTreeMap<String, String>,
    /// The case. None while there is no case.
    pub case_id: Option<Uuid>,
    /// The child.
    pub child_id: Option<Uuid>,
}

/// What a batch of events does to the tasks: one change a task, whatever it went through.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes(BTreeMap<String, Change>);

/// What becomes of one task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// Whether the one that was open before is closed.
    pub closed: bool,
    /// The one that is open afterwards.
    pub opened: Option<Task>,
}

impl Changes {
    /// What the events of an authority do, in order.
    pub fn of(events: &[Event]) -> Self {
        let mut changes: BTreeMap<String, Change> = BTreeMap::new();
        for event in events {
            for said in &event.tasks {
                let change = changes.entry(said.key.clone()).or_default();
                if said.open {
                    let mut task = Task::opened(event, said);
                    if let Some(before) = &change.opened {
                        task.since = before.since;
                    }
                    change.opened = Some(task);
                } else {
                    *change = Change {
                        closed: true,
                        opened: None,
                    };
                }
            }
        }
        Self(changes)
    }

    /// Every task that changes, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Change)> {
        self.0.iter()
    }
}

/// Where a task stands in a list: most urgent first, then longest waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The sort text of its limit.
    pub due_sort: String,
    /// Since when it waits.
    pub since: Timestamp,
    /// Its name.
    pub key: String,
}

impl Task {
    /// The task that a change opens. The effective time of the event is when it began to wait.
    pub fn opened(event: &Event, change: &TaskChange) -> Self {
        let since = event
            .effective_at
            .as_ref()
            .or(event.recorded_at.as_ref())
            .and_then(|at| instant(at).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            key: change.key.clone(),
            code: change.code.clone(),
            tray: change.tray,
            owner: change.owner.clone().unwrap_or_default(),
            due_on: change.due_on.clone(),
            overdue: change.overdue,
            since,
            rules: change.rules.clone(),
            references: change.references.clone().into_iter().collect(),
            case_id: Uuid::try_parse(&event.case_id).ok(),
            child_id: Uuid::try_parse(&event.child_id).ok(),
        }
    }

    /// The sort text of its limit.
    pub fn due_sort(&self) -> &str {
        match (self.due_on.is_empty(), self.overdue) {
            (false, _) => &self.due_on,
            (true, true) => MOST_URGENT,
            (true, false) => LEAST_URGENT,
        }
    }

    /// The transfer it is about. Empty for another.
    pub fn transfer_id(&self) -> &str {
        self.references
            .get("transfer_id")
            .map_or("", String::as_str)
    }

    /// Its place in a list.
    pub fn place(&self) -> Place {
        Place {
            due_sort: self.due_sort().to_owned(),
            since: self.since,
            key: self.key.clone(),
        }
    }

    /// As the contract shows it, on a day.
    pub fn shown(self, today: Date) -> gateway::Task {
        let due: Option<Date> = self.due_on.parse().ok();
        let overdue = self.overdue || due.is_some_and(|due| due < today);
        gateway::Task {
            urgency: urgency(due, overdue, today).to_owned(),
            days_left: due.map_or(0, |due| days_between(today, due)),
            key: self.key,
            code: self.code,
            owner: Some(self.owner),
            since: Some(timestamp(self.since)),
            due_on: self.due_on,
            overdue,
            rules: self.rules,
            case_id: self.case_id.map(|id| id.to_string()).unwrap_or_default(),
            child_id: self.child_id.map(|id| id.to_string()).unwrap_or_default(),
            references: self.references.into_iter().collect(),
        }
    }
}

/// Why something stands where it stands in a list, as a code.
pub fn urgency(due: Option<Date>, overdue: bool, today: Date) -> &'static str {
    match due {
        _ if overdue => "overdue",
        None => "no_limit",
        Some(due) if due < today => "overdue",
        Some(due) if due == today => "due_today",
        Some(due) if days_between(today, due) <= 7 => "due_this_week",
        Some(_) => "due_later",
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

impl Place {
    /// As a page token.
    pub fn token(&self) -> String {
        format!(
            "{}~{}~{}",
            self.due_sort,
            self.since.as_microsecond(),
            self.key
        )
    }

    /// From a page token. An empty one is the beginning.
    pub fn parse(token: &str) -> Option<Self> {
        if token.is_empty() {
            let (due_sort, key) = (String::new(), String::new());
            return Some(Self {
                due_sort,
                since: Timestamp::UNIX_EPOCH,
                key,
            });
        }
        let mut parts = token.splitn(3, '~');
        let due_sort = parts.next()?.to_owned();
        let micros = parts.next()?.parse().ok()?;
        let since = Timestamp::from_microsecond(micros).ok()?;
        Some(Self {
            due_sort,
            since,
            key: parts.next()?.to_owned(),
        })
    }
}

/// The owner of a task as one text. A named worker outweighs the role.
pub fn owner_key(owner: &Owner) -> String {
    if owner.worker_id.is_empty() {
        role_key(&owner.role, &owner.team_id, &owner.area)
    } else {
        worker_key(&owner.worker_id)
    }
}

/// The text for one worker's own tasks.
pub fn worker_key(worker_id: &str) -> String {
    format!("worker/{worker_id}")
}

/// The text for the tasks of a role in a team, in an area, or in neither. A team says more than its area.
pub fn role_key(role: &str, team_id: &str, area: &str) -> String {
    let area = if team_id.is_empty() { area } else { "" };
    format!("role/{role}/{team_id}/{area}")
}

/// Every owner text that somebody in a post answers to: the role in the team, in the area, and above both.
pub fn post_keys(post: &PostHeld) -> Vec<String> {
    let mut keys = vec![
        role_key(&post.role, &post.team_id, ""),
        role_key(&post.role, "", &post.area),
        role_key(&post.role, "", ""),
    ];
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A team and those in whose place it came by a day: what was addressed to a team that has ended goes to its successor.
pub fn with_forerunners(teams: &[Team], team_id: &str, today: Date) -> Vec<String> {
    let mut found = vec![team_id.to_owned()];
    let mut next = 0;
    while let Some(at) = found.get(next).cloned() {
        next += 1;
        let ended = |team: &&Team| {
            team.successor_team_id == at
                && team.until.parse::<Date>().is_ok_and(|until| until < today)
        };
        for team in teams.iter().filter(ended) {
            if !found.contains(&team.team_id) {
                found.push(team.team_id.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
