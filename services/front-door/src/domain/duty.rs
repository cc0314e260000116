//! What somebody owes while a contact lives: when it begins, by when it is due, what meets it.

use baton_calendar::Calendar;
use baton_ids::TeamId;
use baton_protocol::front_door::{ContactDuty, DutyPerson};
use baton_protocol::{Anchors, FactKey, Facts, Moment, Pack, Party, Place, Scope, Truth};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::contact::{Contact, Due, DueState};
use super::context::Team;
use super::rules::{self, texts};

/// Something that somebody owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Its name.
    pub name: String,
    /// The rules it rests on.
    pub rules: Vec<String>,
    /// Whose it is.
    pub owner: Owes,
    /// What meets it, each as the protocol writes it.
    pub met_by: Vec<String>,
    /// By when. None where the protocol sets no limit.
    pub due: Option<Due>,
    /// Where it stands. Without a limit it is open or met.
    pub state: DueState,
    /// Whether it lies in the team's tray.
    pub tray: bool,
    /// What is owed once it is missed.
    pub missed: Vec<Duty>,
}

/// Who owes something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owes {
    /// The role.
    pub role: String,
    /// The team of the role. None above teams.
    pub team: Option<TeamId>,
    /// The area of the role. None for the whole authority.
    pub area: Option<String>,
    /// This very person.
    pub worker: Option<String>,
}

impl Duty {
    /// Whether it waits to be done.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, DueState::Open | DueState::Breached)
    }

    /// Done then: in time, or as the answer to a breach.
    pub fn meet(&mut self, at: Timestamp) {
        self.state = match self.state {
            DueState::Breached => DueState::Answered,
            _ => DueState::Met,
        };
        if let Some(due) = &mut self.due {
            due.met_at = Some(at);
            due.state = self.state;
        }
    }
}

/// What a duty is taken from.
pub struct Setting<'a> {
    /// The pack of the contact.
    pub pack: &'a Pack,
    /// What is known about the child, and what the contact is.
    pub facts: &'a Facts,
    /// The calendar.
    pub calendar: &'a Calendar,
    /// Every team of the authority.
    pub teams: &'a [Team],
}

/// The duties that begin with `from`, then.
pub fn begin(from: &str, at: Timestamp, contact: &Contact, setting: &Setting<'_>) -> Vec<Duty> {
    setting
        .pack
        .front_door
        .duties
        .iter()
        .filter(|duty| duty.from == from)
        .filter(|duty| {
            // A duty is dropped only when it is known not to be one.
            duty.when
                .as_ref()
                .is_none_or(|when| when.decide(&Scope::of(setting.facts)).truth != Truth::False)
        })
        .map(|duty| make(duty, at, contact, setting))
        .collect()
}

/// What is owed by another day, now that a fact from which it is counted became known or was corrected (X-23, S-010).
/// What is breached stays so.
pub fn counted_again(changed: &[FactKey], contact: &Contact, setting: &Setting<'_>) -> Vec<Duty> {
    let open = contact
        .owed
        .iter()
        .filter(|duty| duty.state == DueState::Open);
    open.filter_map(|duty| {
        let mut rules = setting.pack.front_door.duties.iter();
        let rule = rules.find(|rule| rule.duty == duty.name)?;
        let from = rule.due.as_ref()?.moment.fact()?;
        let again = make(rule, contact.received_at, contact, setting);
        (changed.contains(&from) && again.due != duty.due).then_some(again)
    })
    .collect()
}

fn make(rule: &ContactDuty, at: Timestamp, contact: &Contact, setting: &Setting<'_>) -> Duty {
    let team = team_of(rule, contact, setting);
    let mut anchors = Anchors::new()
        .at(Moment::Opened, at)
        .at(Moment::Launched, contact.received_at);
    if let Some(decision) = contact.decision() {
        anchors = anchors.at(Moment::Decided, decision.at);
    } else if rule.from == "decided" {
        anchors = anchors.at(Moment::Decided, at);
    }
    let plain = setting.pack.plain_days;
    let counted = rule.due.as_ref().and_then(|term| {
        let due = term.due(&anchors, setting.facts, setting.calendar, plain)?;
        Some((term, due))
    });
    let due = counted.map(|(term, due)| Due {
        rules: texts(&rule.cites),
        role: rule.by.role.to_string(),
        rungs: rules::rungs(
            &rule.escalate,
            &due,
            setting.calendar,
            plain,
            &team.id,
            team.area.as_deref(),
        ),
        ..rules::running(&rule.duty, &due, term.moment.to_string())
    });
    let missed = due.as_ref().map_or_else(Vec::new, |due| {
        let from = format!("missed:{}", rule.duty);
        begin(&from, due.breached_at, contact, setting)
    });
    Duty {
        name: rule.duty.clone(),
        rules: texts(&rule.cites),
        owner: owner(rule, &team, contact),
        met_by: rule
            .met_by
            .split(" or ")
            .map(|met_by| met_by.trim().to_owned())
            .collect(),
        due,
        state: DueState::Open,
        tray: rule.tray,
        missed,
    }
}

/// The team whose duty it is: of the kind that the rule names where there is one, else the one that holds the contact or
/// goes on with it.
fn team_of(rule: &ContactDuty, contact: &Contact, setting: &Setting<'_>) -> Team {
    let of_kind = rule
        .of
        .and_then(|kind| setting.teams.iter().find(|team| team.kind == kind.as_str()));
    let routed_to = contact
        .decision()
        .and_then(|decision| decision.routed_to.as_ref())
        .filter(|_| rule.by.place == Place::Receiving);
    let id = routed_to.unwrap_or(&contact.team);
    let team = of_kind.or_else(|| setting.teams.iter().find(|team| team.id == *id));
    team.cloned().unwrap_or_else(|| Team {
        id: id.clone(),
        kind: String::new(),
        area: None,
    })
}

fn owner(rule: &ContactDuty, team: &Team, contact: &Contact) -> Owes {
    let worker = match rule.person {
        None => None,
        Some(DutyPerson::Launcher) => contact.launched_by.clone(),
        Some(DutyPerson::AllocatedWorker) => contact.worker.clone(),
    };
    Owes {
        worker,
        ..owes(rule.by, &team.id, team.area.as_deref())
    }
}

/// A party by the team that holds the contact.
pub fn owes(party: Party, team: &TeamId, area: Option<&str>) -> Owes {
    let (team, area) = match party.place {
        Place::Responsible | Place::Outgoing | Place::Receiving => (Some(team.clone()), None),
        Place::Area => (None, area.map(str::to_owned)),
        Place::Authority => (None, None),
    };
    Owes {
        role: party.role.to_string(),
        team,
        area,
        worker: None,
    }
}
