//! Counting: the transfer point and every clock, anew whenever something moved that they count from.

use baton_calendar::{Anchor, Due, Duration};
use baton_protocol::transfer::Dated;
use baton_protocol::{Moment, Party, Place, Role};
use jiff::Timestamp;

use super::clock::{Clock, ClockState, Rung};
use super::draft::{Draft, ids, joined};
use super::event::Change;
use super::state::{Action, Phase, Point, Skipped, TooEarly};

/// What a clock is made from, whether the protocol calls it a clock, an item or an action.
struct Spec {
    name: String,
    owner: Party,
    rules: Vec<String>,
    counted_from: String,
    met_by: String,
    due: Due,
    remind: Vec<Duration>,
    escalate: Vec<baton_protocol::Rung>,
    needs_resolution: bool,
}

impl Draft<'_> {
    /// Counts point, gate and clocks anew, and settles what is already done.
    pub fn refresh(&mut self) {
        if self.transfer.phase.is_workable() {
            self.refresh_gate();
            self.refresh_point();
        }
        self.refresh_clocks();
    }

    /// Counts the point anew. It is reached only when the conference was held and decided for the move.
    pub fn refresh_point(&mut self) {
        let Some(route) = self.route() else { return };
        let Some(says) = route.point.as_ref().map(|point| point.says.clone()) else {
            return;
        };
        let dated =
            self.rules
                .pack
                .point_of(route, &self.anchors(), &self.scope(), self.rules.calendar);
        let mut point = Point {
            description: says,
            rules: ids(&route.cites),
            ..Point::default()
        };
        match dated {
            Dated::NotYet { waiting_for, rules } => {
                point.waiting_for = waiting_for
                    .iter()
                    .map(|moment| name_of(&moment.to_string()))
                    .collect();
                point.rules = joined(&point.rules, &ids(&rules));
            }
            Dated::On(date) => {
                point.from = Some(date.from_instant(self.rules.calendar));
                point.due_on = Some(date.due.on);
                point.skipped = skipped(&date.due);
                point.rules = joined(&point.rules, &ids(&date.rules));
                point.too_early = date
                    .too_early
                    .iter()
                    .map(|early| TooEarly {
                        moment: name_of(&early.moment.to_string()),
                        day: early.day,
                        rules: ids(&early.rules),
                    })
                    .collect();
            }
        }
        self.hold_point_to_the_conference(&mut point);
        if let Some(agreement) = self
            .transfer
            .agreement
            .as_ref()
            .filter(|agreement| agreement.is_made())
        {
            point.due_on = Some(agreement.date);
            point.skipped.clear();
        }
        if point != self.transfer.point {
            let rules = point.rules.clone();
            let at = point.reached_at.unwrap_or_else(|| self.received_at());
            self.push(Change::PointSet(point), rules, at);
        }
    }

    fn hold_point_to_the_conference(&self, point: &mut Point) {
        let held_at = self.transfer.conference_held_at();
        if self.transfer.conference.is_some() && held_at.is_none() {
            if !point
                .waiting_for
                .iter()
                .any(|moment| moment.starts_with("conference"))
            {
                point.waiting_for.push("conference_held".to_owned());
            }
            return;
        }
        // Not before the conference that decided on it, even when the protocol counts from an earlier day.
        point.from = point.from.max(point.from.and(held_at));
        if point.waiting_for.is_empty() {
            point.reached_at = point.from.filter(|from| *from <= self.received_at());
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
        for spec in specs {
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

    fn recount(&mut self, spec: Spec) {
        let clock = self.clock_of(&spec);
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
            if clock.is_open() && late {
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
                "completed" | "agreed_date_kept" => moved_at,
                "date_agreed" => self.agreed_at().or(moved_at),
                "conference_held" => transfer.conference_held_at(),
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

    fn clock_of(&self, spec: &Spec) -> Clock {
        let calendar = self.rules.calendar;
        let due_on = Anchor::Date(spec.due.on);
        let profile = |duration: Duration| duration.in_profile(self.rules.pack.plain_days);
        let mut remind_at: Vec<Timestamp> = spec
            .remind
            .iter()
            .map(|before| calendar.start_of(calendar.due_before(due_on, profile(*before)).on))
            .filter(|at| *at > self.received_at())
            .collect();
        remind_at.sort();
        let ladder = if spec.escalate.is_empty() {
            vec![Rung {
                to: self.next_rung(spec.owner),
                at: spec.due.breached_at,
                done: false,
            }]
        } else {
            let at = |after: Option<Duration>| match after {
                Some(after) => calendar.due_after(due_on, profile(after)).breached_at,
                None => spec.due.breached_at,
            };
            spec.escalate
                .iter()
                .map(|rung| Rung {
                    to: rung.to,
                    at: at(rung.after),
                    done: false,
                })
                .collect()
        };
        Clock {
            name: spec.name.clone(),
            owner: spec.owner,
            rules: spec.rules.clone(),
            counted_from: spec.counted_from.clone(),
            due_on: spec.due.on,
            breach_at: spec.due.breached_at,
            skipped: skipped(&spec.due),
            remind_at,
            ladder,
            met_by: spec.met_by.clone(),
            needs_resolution: spec.needs_resolution,
            state: ClockState::Open,
        }
    }

    /// Who hears of a breach where the protocol names nobody: the manager of the team, or the rung above the manager.
    fn next_rung(&self, owner: Party) -> Party {
        let ladder = &self.rules.pack.ladder;
        let rung = ladder.rung(owner.role);
        let manager = ladder.rung(Role::TEAM_MANAGER);
        if owner.place != Place::Authority && rung < manager {
            return Party {
                role: Role::TEAM_MANAGER,
                place: owner.place,
            };
        }
        let above = rung
            .or(manager)
            .and_then(|rung| ladder.rungs.get(rung + 1))
            .and_then(|roles| roles.first());
        above.map_or(
            Party {
                role: Role::TEAM_MANAGER,
                place: owner.place,
            },
            |role| Party {
                role: *role,
                place: Place::Authority,
            },
        )
    }

    /// Everything that is due now, of the protocol's clocks, of the gate and of what is owed after the move.
    fn specs(&self) -> Vec<Spec> {
        let live = self.transfer.phase.is_live();
        let completed = matches!(self.transfer.phase, Phase::Completed { .. });
        let mut specs = vec![];
        if live || completed {
            specs.extend(self.clock_specs(completed));
        }
        if live {
            specs.extend(self.item_specs());
        }
        if completed {
            specs.extend(self.action_specs());
        }
        specs
    }

    fn clock_specs(&self, completed: bool) -> Vec<Spec> {
        let Some(route) = self.route() else {
            return vec![];
        };
        let (pack, anchors, scope) = (self.rules.pack, self.anchors(), self.scope());
        let clocks = pack.clocks_of(route, &scope);
        clocks
            .into_iter()
            .map(|applies| applies.rule)
            // Once moved, only what is still owed to the child goes on: meetings, facts, notices.
            .filter(|clock| {
                !completed || outlives_the_move(&clock.met_by) || clock.due.moment == Moment::Moved
            })
            .filter_map(|clock| {
                let due = pack.due_of(clock, &anchors, &scope, self.rules.calendar)?;
                Some(Spec {
                    name: clock.clock.clone(),
                    owner: clock.by,
                    rules: ids(&clock.cites),
                    counted_from: clock.due.moment.to_string(),
                    met_by: clock.met_by.clone(),
                    due,
                    remind: clock.remind.clone(),
                    escalate: clock.escalate.clone(),
                    needs_resolution: clock.has_consequence(),
                })
            })
            // A clock that waits for the outcome of a conference starts with it.
            .filter(|spec| {
                self.transfer.conference_held_at().is_some() || starts_before_the_conference(spec)
            })
            .collect()
    }

    fn item_specs(&self) -> Vec<Spec> {
        let (pack, anchors, scope) = (self.rules.pack, self.anchors(), self.scope());
        let asked = self.transfer.gate.iter().filter(|item| item.asked_for);
        asked
            .filter_map(|item| {
                let rule = pack.transfer.item(&item.name)?;
                let due = pack.item_due(rule, &anchors, &scope, self.rules.calendar)?;
                Some(Spec {
                    name: item.name.clone(),
                    owner: rule
                        .owner()
                        .unwrap_or(super::owner::receiving(Role::TEAM_MANAGER)),
                    rules: item.rules.clone(),
                    counted_from: rule
                        .due
                        .as_ref()
                        .map_or_else(String::new, |term| term.moment.to_string()),
                    met_by: format!("item:{}", item.name),
                    due,
                    remind: rule.remind.clone(),
                    escalate: rule.escalate.clone(),
                    needs_resolution: false,
                })
            })
            .collect()
    }

    fn action_specs(&self) -> Vec<Spec> {
        let Some(rule) = &self.rules.pack.transfer.actions else {
            return vec![];
        };
        let Phase::Completed { moved_at, .. } = self.transfer.phase else {
            return vec![];
        };
        let duration = rule.due_within.in_profile(self.rules.pack.plain_days);
        let due = self
            .rules
            .calendar
            .due_after(Anchor::Instant(moved_at), duration);
        self.transfer
            .actions
            .iter()
            .map(|action| Spec {
                name: Action::clock_of(&action.item),
                owner: action.owner,
                rules: action.rules.clone(),
                counted_from: "moved".to_owned(),
                met_by: format!("action:{}", action.item),
                due: due.clone(),
                remind: vec![],
                escalate: rule.escalate.clone(),
                needs_resolution: false,
            })
            .collect()
    }
}

/// Whether a clock goes on after responsibility moved.
fn outlives_the_move(met_by: &str) -> bool {
    ["meeting:", "facts.", "notice:"]
        .iter()
        .any(|kind| met_by.contains(kind))
}

/// Whether a clock counts from something that is known before the conference was held. What is counted a while after the
/// booked time only starts when it was held.
fn starts_before_the_conference(spec: &Spec) -> bool {
    !matches!(
        spec.counted_from.as_str(),
        "conference_held" | "point" | "point_due" | "placed" | "moved"
    ) && !(spec.counted_from == "conference" && outlives_the_move(&spec.met_by))
}

fn skipped(due: &Due) -> Vec<Skipped> {
    due.skipped
        .iter()
        .map(|day| Skipped {
            date: day.date,
            reason: day.why.to_string(),
        })
        .collect()
}

/// A moment as callers see it: `first_looked_after_review_held_on`, not `facts.first_…`.
fn name_of(moment: &str) -> String {
    moment.strip_prefix("facts.").unwrap_or(moment).to_owned()
}
