//! What somebody has to do about a transfer, read off its state: so that no event can forget a task or leave one behind.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::clock::Clock;
use super::item::MetBy;
use baton_protocol::{Party, Role};

use super::hold::{Hold, HoldKind};
use super::owner::{Owner, outgoing, receiving};
use super::state::{Meeting, Phase, Transfer};

/// Something somebody has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What, as a code.
    pub code: String,
    /// Whose it is.
    pub owner: Owner,
    /// The last day on which it is in time.
    pub due_on: Option<Date>,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// Whether it sits in a team's tray.
    pub tray: bool,
    /// Whether its limit has passed.
    pub overdue: bool,
    /// The item, meeting or clock it is about.
    pub about: Option<String>,
    /// The facts that have to be reported, as keys.
    pub facts: Vec<String>,
}

/// Every open task of a transfer, by its key.
pub fn tasks(transfer: &Transfer) -> BTreeMap<String, Task> {
    let mut tasks = Tasks {
        transfer,
        open: BTreeMap::new(),
    };
    if transfer.phase.is_workable() {
        tasks.of_the_gate();
        tasks.of_the_receiving_worker();
        tasks.of_completion();
        tasks.of_holds();
    }
    if transfer.phase.is_live() {
        tasks.of_unknown_facts();
    }
    if transfer.phase.is_live() || matches!(transfer.phase, Phase::Completed { .. }) {
        tasks.of_meetings();
        tasks.of_actions();
        tasks.of_breaches();
        tasks.of_troubles();
        tasks.of_reasons();
    }
    tasks.open
}

struct Tasks<'t> {
    transfer: &'t Transfer,
    open: BTreeMap<String, Task>,
}

impl Tasks<'_> {
    fn of_the_gate(&mut self) {
        for item in self.transfer.gate.iter().filter(|item| !item.is_settled()) {
            // Naming a worker has a task of its own, which is there without the item too; for time to pass nobody has one.
            if matches!(item.met_by, MetBy::ReceivingWorker | MetBy::Time) {
                continue;
            }
            let Some(party) = item.next_owner() else {
                continue;
            };
            self.add("item", &item.name, item.next_step(), party, &item.rules);
        }
    }

    fn of_the_receiving_worker(&mut self) {
        let clock = self
            .transfer
            .clocks
            .iter()
            .find(|clock| clock.name == RECEIVING_WORKER_NAMED);
        let item = self
            .transfer
            .gate
            .iter()
            .find(|item| item.met_by == MetBy::ReceivingWorker);
        let asked_by = item
            .map(|item| item.rules.clone())
            .or_else(|| clock.map(|clock| clock.rules.clone()));
        if let (None, Some(rules)) = (&self.transfer.receiving_worker, asked_by) {
            let party = clock.map_or(receiving(Role::TEAM_MANAGER), |clock| clock.owner);
            self.add(
                "item",
                RECEIVING_WORKER_NAMED,
                "name_receiving_worker",
                party,
                &rules,
            );
        }
    }

    fn of_completion(&mut self) {
        let party = self.transfer.completed_by;
        let rules = self.transfer.point.rules.clone();
        let placed = self.transfer.phase == Phase::Placed;
        if placed {
            self.add("tray", "case", "take_case", party, &rules);
        } else if self.transfer.point.reached_at.is_some() {
            self.add("complete", "transfer", "complete_transfer", party, &rules);
        }
        if placed {
            for task in self
                .open
                .values_mut()
                .filter(|task| task.code == "take_case")
            {
                task.tray = true;
            }
        }
        if self
            .transfer
            .clock(AGREED_DATE)
            .is_some_and(|clock| clock.is_open() || clock.is_overdue())
        {
            let confirmed = self.transfer.agreement.as_ref();
            let rules = self
                .transfer
                .clock(AGREED_DATE)
                .map_or(rules, |clock| clock.rules.clone());
            if confirmed.is_none_or(|agreement| agreement.outgoing.is_none()) {
                self.add(
                    "agree_date",
                    "outgoing",
                    "agree_date",
                    outgoing(Role::TEAM_MANAGER),
                    &rules,
                );
            }
            if confirmed.is_none_or(|agreement| agreement.receiving.is_none()) {
                self.add(
                    "agree_date",
                    "receiving",
                    "agree_date",
                    receiving(Role::TEAM_MANAGER),
                    &rules,
                );
            }
        }
    }

    fn of_holds(&mut self) {
        for hold in &self.transfer.holds {
            let code = match hold.kind {
                HoldKind::Returned => "put_right",
                HoldKind::Deferred => "review_deferral",
                HoldKind::Disputed => "settle_dispute",
                HoldKind::Suspended => "await_protocol",
                HoldKind::Stays => "follow_the_plan",
            };
            let Some(dispute) = hold.dispute() else {
                self.add_due("hold", hold.kind.code(), code, hold.owner, hold);
                continue;
            };
            // Everybody on the rung has it, until their own decision is on record; and again when the decisions differ.
            let at_odds = dispute.is_at_odds();
            for (number, party) in dispute.settled_by.iter().enumerate() {
                let mut opinions = dispute.opinions.iter();
                if at_odds || !opinions.any(|opinion| opinion.party == *party) {
                    let about = format!("{}/{number}", hold.kind.code());
                    self.add_due("hold", &about, code, *party, hold);
                }
            }
        }
    }

    fn of_unknown_facts(&mut self) {
        if self.transfer.undecided.is_empty() {
            return;
        }
        let waiting = self.transfer.clocks.iter().filter(|clock| {
            (clock.name == FACTS_KNOWN || clock.name.starts_with(FACTS_FOR))
                && (clock.is_open() || clock.is_overdue())
        });
        let clock = waiting.min_by_key(|clock| clock.due_on);
        let about_a_breach = clock.filter(|clock| clock.name != FACTS_KNOWN);
        let task = Task {
            code: "report_facts".to_owned(),
            owner: self.transfer.owner(outgoing(Role::SOCIAL_WORKER)),
            due_on: clock.map(|clock| clock.due_on),
            rules: about_a_breach
                .map_or(&self.transfer.point.rules, |clock| &clock.rules)
                .clone(),
            facts: self.transfer.unknown_facts(),
            tray: false,
            overdue: clock.is_some_and(Clock::is_overdue),
            about: Some("facts".to_owned()),
        };
        let key = format!("{}/undecided/facts", self.transfer.id);
        self.open.insert(key, task);
    }

    fn of_meetings(&mut self) {
        for meeting in self
            .transfer
            .meetings
            .iter()
            .filter(|meeting| meeting.held_at.is_none())
        {
            if let Some(party) = meeting.arranged_by
                && self.transfer.phase.is_workable()
            {
                self.arrange(meeting, party);
                continue;
            }
            let Some(clock) = self.transfer.clock(&meeting.kind) else {
                continue;
            };
            if clock.is_open() || clock.is_overdue() {
                self.add(
                    "meeting",
                    &meeting.kind,
                    "hold_meeting",
                    clock.owner,
                    &meeting.rules,
                );
            }
        }
    }

    /// Whoever arranges a meeting does so until it was held, by the day on which it has to be (S-044).
    fn arrange(&mut self, meeting: &Meeting, party: Party) {
        if !meeting.is_to_be_arranged(self.transfer.conference.as_ref()) {
            return;
        }
        let met_by = format!("meeting:{}", meeting.kind);
        let mut clocks = self.transfer.clocks.iter();
        let clock =
            clocks.find(|clock| clock.met_by == met_by && (clock.is_open() || clock.is_overdue()));
        self.insert(
            "meeting",
            &meeting.kind,
            "arrange_meeting",
            party,
            &meeting.rules,
            clock,
        );
    }

    fn of_actions(&mut self) {
        for action in self
            .transfer
            .actions
            .iter()
            .filter(|action| action.done_at.is_none())
        {
            self.add(
                "action",
                &action.item,
                "complete_item",
                action.owner,
                &action.rules,
            );
        }
    }

    fn of_breaches(&mut self) {
        for clock in self
            .transfer
            .clocks
            .iter()
            .filter(|clock| clock.is_overdue())
        {
            for (number, rung) in clock
                .ladder
                .iter()
                .enumerate()
                .filter(|(_, rung)| rung.done)
            {
                let key = format!("{}/escalation/{}/{number}", self.transfer.id, clock.name);
                let task = Task {
                    code: "resolve_breach".to_owned(),
                    owner: self.transfer.owner(rung.to),
                    due_on: Some(clock.due_on),
                    rules: clock.rules.clone(),
                    tray: false,
                    overdue: true,
                    about: Some(clock.name.clone()),
                    facts: vec![],
                };
                self.open.insert(key, task);
            }
        }
    }

    fn of_troubles(&mut self) {
        for trouble in &self.transfer.troubles {
            self.add(
                "trouble",
                &trouble.code,
                &trouble.code,
                trouble.owner,
                &trouble.rules,
            );
        }
    }

    /// A soft rule that a report shows departed from: the reason is somebody's to give, and nothing waits for it.
    fn of_reasons(&mut self) {
        for departure in &self.transfer.departures {
            let Some(party) = departure.reason_from else {
                continue;
            };
            let rules = [departure.rule.clone()];
            let about = format!("{}/{}", departure.rule, departure.code);
            self.add("reason", &about, "give_reason", party, &rules);
        }
    }

    fn add_due(&mut self, kind: &str, about: &str, code: &str, party: Party, hold: &Hold) {
        let clock = hold.clock();
        let clock = clock.and_then(|clock| self.transfer.clock(&clock));
        self.insert(kind, about, code, party, &hold.rules, clock);
    }

    fn add(&mut self, kind: &str, about: &str, code: &str, party: Party, rules: &[String]) {
        let clock = self.transfer.clock(about);
        self.insert(kind, about, code, party, rules, clock);
    }

    fn insert(
        &mut self,
        kind: &str,
        about: &str,
        code: &str,
        party: Party,
        rules: &[String],
        clock: Option<&Clock>,
    ) {
        let task = Task {
            code: code.to_owned(),
            owner: self.transfer.owner(party),
            due_on: clock.map(|clock| clock.due_on),
            rules: rules.to_vec(),
            tray: false,
            overdue: clock.is_some_and(Clock::is_overdue),
            about: Some(about.to_owned()),
            facts: vec![],
        };
        self.open
            .insert(format!("{}/{kind}/{about}", self.transfer.id), task);
    }
}

/// The name of the clock, and of the task, for naming the worker who takes the case.
pub const RECEIVING_WORKER_NAMED: &str = "receiving_worker_named";
/// The name of the clock for finding out what a rule needs to know.
pub const FACTS_KNOWN: &str = "facts_known";
/// What the name of the clock begins with for finding out what follows from a breach.
pub const FACTS_FOR: &str = "facts_for_";

/// The name of the clock for finding out what follows from the breach of another.
pub fn facts_for(clock: &str) -> String {
    format!("{FACTS_FOR}{clock}")
}

/// The name of the clock for agreeing the date of the move.
pub const AGREED_DATE: &str = "agree_transfer_date";
