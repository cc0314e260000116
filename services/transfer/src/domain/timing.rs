//! Clocks: counted anew whenever something moved that they count from, and settled by what was done.

use jiff::Timestamp;

use super::clock::{Clock, ClockState, Rung};
use super::draft::Draft;
use super::due::Spec;
use super::event::Change;
use super::state::Phase;
use super::tasks::{FACTS_FOR, FACTS_KNOWN};

/// What meets a clock once somebody says which team receives the case.
pub const RECEIVING_TEAM_NAMED: &str = "receiving_team_named";

impl Draft<'_> {
    /// Counts point, gate and clocks anew, and settles what is already done.
    pub fn refresh(&mut self) {
        if self.transfer.phase.is_workable() {
            self.refresh_gate();
            self.refresh_stay();
            self.refresh_point();
            self.refresh_undecided();
            self.refresh_number();
        }
        self.refresh_clocks();
        self.forget_answered_expiries();
        if self.transfer.phase.is_workable() {
            self.refresh_agenda();
        }
    }

    /// Starts, recounts, ends and settles clocks.
    pub fn refresh_clocks(&mut self) {
        let specs = self.specs();
        let gone: Vec<String> = self
            .transfer
            .clocks
            .iter()
            .filter(|clock| clock.is_open() && !specs.iter().any(|spec| spec.name == clock.name))
            .map(|clock| clock.name.clone())
            .collect();
        for name in gone {
            // What ends because it was done is met, not cancelled.
            let met = self
                .transfer
                .clock(&name)
                .is_some_and(|clock| self.met_at(&clock.met_by).is_some());
            if !met {
                self.cancel_clock(&name);
            }
        }
        for spec in &specs {
            self.recount(spec);
        }
        self.settle_clocks();
    }

    /// Ends a clock that is running.
    pub fn cancel_clock(&mut self, name: &str) {
        let Some(clock) = self.transfer.clock(name).filter(|clock| clock.is_open()) else {
            return;
        };
        let rules = clock.rules.clone();
        self.push(
            Change::ClockCancelled {
                name: name.to_owned(),
            },
            rules,
            self.received_at(),
        );
    }

    fn recount(&mut self, spec: &Spec) {
        let clock = self.clock_of(spec);
        let Some(stored) = self.transfer.clock(&spec.name) else {
            let rules = clock.rules.clone();
            self.push(Change::ClockSet(clock), rules, self.received_at());
            return;
        };
        let still_due = clock.breach_at > self.received_at();
        let again = match &stored.state {
            // The due date moved with what it counts from.
            ClockState::Open => stored.breach_at != clock.breach_at,
            // What was breached stays on the record.
            ClockState::Breached | ClockState::Answered { .. } => false,
            ClockState::Cancelled => still_due,
            // Done, but undone since, and there is still time.
            ClockState::Met { .. } => still_due && self.met_at(&clock.met_by).is_none(),
        };
        if again {
            let rules = clock.rules.clone();
            self.push(Change::ClockSet(clock), rules, self.received_at());
        }
    }

    /// Meets what is done, and records as breached what a late report started too late.
    fn settle_clocks(&mut self) {
        let received_at = self.received_at();
        let unsettled = self
            .transfer
            .clocks
            .iter()
            .filter(|clock| clock.is_open() || clock.is_overdue());
        for clock in unsettled.cloned().collect::<Vec<_>>() {
            let met_at = self.met_at(&clock.met_by);
            let new = !self.was_running(&clock.name);
            let late = met_at.map_or(new && clock.breach_at <= received_at, |at| {
                at >= clock.breach_at
            });
            if clock.is_open() && late && !clock.reminds_only {
                self.breach(&clock, new);
            }
            if let Some(at) = met_at {
                let reported_at = received_at;
                let change = Change::ClockMet {
                    name: clock.name.clone(),
                    at,
                    reported_at,
                };
                self.push(change, clock.rules.clone(), at);
            }
        }
    }

    fn was_running(&self, name: &str) -> bool {
        !self
            .events
            .iter()
            .any(|event| matches!(&event.change, Change::ClockSet(clock) if clock.name == name))
            && !self
                .events
                .iter()
                .any(|event| matches!(event.change, Change::Opened(_)))
    }

    /// Records a breach, and who hears of it at once.
    pub fn breach(&mut self, clock: &Clock, born_breached: bool) {
        let name = clock.name.clone();
        self.push(
            Change::Breached {
                name,
                born_breached,
            },
            clock.rules.clone(),
            clock.breach_at,
        );
        for (number, rung) in clock.ladder.iter().enumerate() {
            if rung.at <= clock.breach_at || rung.at <= self.received_at() {
                self.escalate(clock, number, rung);
            }
        }
    }

    /// Takes a breach to a rung of the ladder.
    pub fn escalate(&mut self, clock: &Clock, number: usize, rung: &Rung) {
        let change = Change::Escalated {
            name: clock.name.clone(),
            rung: number,
        };
        self.push(change, clock.rules.clone(), rung.at);
        self.tell_of_breach(clock, number, rung);
    }

    /// When what a clock waits for was done, in the world, if it was; the first of several that would do.
    pub fn met_at(&self, met_by: &str) -> Option<Timestamp> {
        met_by
            .split(" or ")
            .filter_map(|one| self.one_met_at(one.trim()))
            .min()
    }

    fn one_met_at(&self, met_by: &str) -> Option<Timestamp> {
        let transfer = &self.transfer;
        let moved_at = match transfer.phase {
            Phase::Completed { moved_at, .. } => Some(moved_at),
            _ => None,
        };
        match met_by.split_once(':') {
            Some(("item", item)) => transfer.item(item).and_then(super::item::Item::settled_at),
            Some(("meeting", kind)) => {
                let held_at = transfer.meeting(kind).and_then(|meeting| meeting.held_at);
                held_at.or_else(|| self.meeting_by_fact(kind))
            }
            Some(("notice", kind)) => transfer.notices_sent.get(kind).copied(),
            Some(("action", item)) => transfer
                .actions
                .iter()
                .find(|action| action.item == item)
                .and_then(|action| action.done_at),
            Some(_) => None,
            None => match met_by {
                "receiving_worker_named" => transfer.worker_named_at,
                RECEIVING_TEAM_NAMED => transfer.team_named_at,
                "completed" | "agreed_date_kept" => moved_at,
                "date_agreed" => self.agreed_at().or(moved_at),
                "conference_held" => transfer.conference_held_at(),
                FACTS_KNOWN => {
                    let waits = |about: &str| transfer.undecided.contains_key(about);
                    (!waits("point") && !waits("outcome")).then(|| self.received_at())
                }
                other if other.starts_with(FACTS_FOR) => {
                    let about = format!("expiry:{}", &other[FACTS_FOR.len()..]);
                    (!transfer.undecided.contains_key(&about)).then(|| self.received_at())
                }
                fact => self.day_of(fact.strip_prefix("facts.")?),
            },
        }
    }

    fn agreed_at(&self) -> Option<Timestamp> {
        let made = self
            .transfer
            .agreement
            .as_ref()
            .filter(|agreement| agreement.is_made());
        made.and_then(|agreement| agreement.made_at)
    }

    /// The record system may know a meeting as a fact before anybody reports it here.
    fn meeting_by_fact(&self, kind: &str) -> Option<Timestamp> {
        let held_at = match kind {
            "core_group" => self.day_of("first_core_group_held_on"),
            _ => None,
        }?;
        let conference = self.transfer.conference_held_at()?;
        // A core group of an earlier plan does not answer for this conference.
        (held_at
            >= self
                .rules
                .calendar
                .start_of(self.rules.calendar.date_of(conference)))
        .then_some(held_at)
    }

    fn day_of(&self, fact: &str) -> Option<Timestamp> {
        let facts = self.facts();
        facts.instant(fact).or_else(|| {
            facts
                .date(fact)
                .map(|date| self.rules.calendar.start_of(date))
        })
    }
}
