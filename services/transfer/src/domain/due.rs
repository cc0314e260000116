//! What is due, of the protocol's clocks, of the gate, and of what is owed after the move.

use baton_calendar::{Anchor, Due, Duration};
use baton_protocol::{Moment, Party, Place, Role};
use jiff::Timestamp;

use super::clock::{Clock, ClockState, Reminder, Rung};
use super::draft::{Draft, ids, joined};
use super::owner::receiving;
use super::point::skipped;
use super::state::{Action, Phase};
use super::tasks::{FACTS_KNOWN, facts_for};
use super::timing::RECEIVING_TEAM_NAMED;

/// What a clock is made from, whether the protocol calls it a clock, an item or an action.
pub struct Spec {
    pub name: String,
    pub owner: Party,
    pub rules: Vec<String>,
    pub counted_from: String,
    pub met_by: String,
    pub due: Due,
    pub remind: Vec<Duration>,
    pub escalate: Vec<baton_protocol::Rung>,
    pub needs_resolution: bool,
    pub reminds_only: bool,
    pub reminder: Option<Reminder>,
}

impl Draft<'_> {
    /// Everything that is due now, of the protocol's clocks, of the gate and of what is owed after the move.
    pub fn specs(&self) -> Vec<Spec> {
        let live = self.transfer.phase.is_live();
        let completed = matches!(self.transfer.phase, Phase::Completed { .. });
        let mut specs = vec![];
        if live || completed {
            specs.extend(self.clock_specs(completed));
        }
        if live {
            specs.extend(self.item_specs());
            specs.extend(self.facts_spec());
            specs.extend(self.consequence_specs());
        }
        if self.transfer.phase.is_workable() {
            specs.extend(self.deferral_spec());
            specs.extend(self.dispute_spec());
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
            // A conference is asked for only where one opened the transfer.
            .filter(|clock| self.transfer.conference.is_some() || clock.met_by != "conference_held")
            // Which team receives the case is asked only where several could (W-095).
            .filter(|clock| {
                clock.met_by != RECEIVING_TEAM_NAMED
                    || self.transfer.team_open
                    || self.transfer.team_named_at.is_some()
            })
            // Once moved, only what is still owed to the child goes on: meetings, facts, notices.
            .filter(|clock| {
                !completed || outlives_the_move(&clock.met_by) || clock.due.moment == Moment::Moved
            })
            .filter_map(|clock| {
                let due = pack.due_of(clock, &anchors, &scope, self.rules.calendar)?;
                let due = self.put_off(due, &clock.met_by);
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
                    reminds_only: clock.reminds_only,
                    reminder: self.reminder_of(clock),
                })
            })
            // A clock that waits for the outcome of a conference starts with it.
            .filter(|spec| {
                self.transfer.conference.is_none()
                    || self.transfer.conference_held_at().is_some()
                    || starts_before_the_conference(spec)
            })
            .collect()
    }

    /// What asks for the move itself is not due before the day to which it was put off.
    fn put_off(&self, due: Due, met_by: &str) -> Due {
        let asks_for_the_move = met_by
            .split(" or ")
            .all(|act| matches!(act.trim(), "completed" | "date_agreed" | "agreed_date_kept"));
        let to = self
            .transfer
            .move_put_off_to()
            .filter(|_| asks_for_the_move);
        match to.filter(|to| *to > due.on) {
            Some(to) => self.rules.calendar.due_at(Anchor::Date(to)),
            None => due,
        }
    }

    fn reminder_of(&self, clock: &baton_protocol::Clock) -> Option<Reminder> {
        let notice = clock.reminder.as_ref()?;
        let notice = self.rules.pack.transfer.notice(notice)?;
        Some(Reminder {
            kind: notice.notice.clone(),
            to: notice.to.clone(),
            by: notice.by.clone(),
        })
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
                    owner: rule.owner().unwrap_or(receiving(Role::TEAM_MANAGER)),
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
                    reminds_only: false,
                    reminder: None,
                })
            })
            .collect()
    }

    /// What a rule needs to know is found out within the time that the protocol gives, so that no transfer waits for it
    /// in silence.
    fn facts_spec(&self) -> Option<Spec> {
        let unknown = |about: &str| self.transfer.undecided.contains_key(about);
        let conference = self.transfer.conference.as_ref();
        let since = if unknown("point") {
            self.transfer.opened_at
        } else if unknown("outcome") {
            conference.and_then(|conference| conference.at)?
        } else {
            return None;
        };
        self.finding_out(FACTS_KNOWN.to_owned(), since, &[])
    }

    /// What has to be known before it can be decided what follows from a breach is found out within the same time: the
    /// safe branch holds meanwhile, and not for ever.
    fn consequence_specs(&self) -> Vec<Spec> {
        let waiting = self.transfer.undecided.keys();
        let clocks = waiting.filter_map(|about| {
            let clock = about.strip_prefix("expiry:")?;
            self.transfer.clock(clock)
        });
        clocks
            .filter_map(|clock| {
                self.finding_out(facts_for(&clock.name), clock.breach_at, &clock.rules)
            })
            .collect()
    }

    fn finding_out(&self, name: String, since: Timestamp, rules: &[String]) -> Option<Spec> {
        let rule = self.rules.pack.transfer.undecided.as_ref()?;
        let within = rule.within.in_profile(self.rules.pack.plain_days);
        Some(Spec {
            met_by: name.clone(),
            name,
            owner: rule.owner,
            rules: joined(rules, &ids(&rule.cites)),
            counted_from: "opened".to_owned(),
            due: self
                .rules
                .calendar
                .due_after(Anchor::Instant(since), within),
            remind: vec![],
            escalate: rule.escalate.clone(),
            needs_resolution: false,
            reminds_only: false,
            reminder: None,
        })
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
                reminds_only: false,
                reminder: None,
            })
            .collect()
    }

    pub fn clock_of(&self, spec: &Spec) -> Clock {
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
        if spec.reminds_only {
            // The day itself is the reminder; a day that has passed already reminds at once.
            remind_at = vec![calendar.start_of(spec.due.on).max(self.received_at())];
        }
        let ladder = if spec.reminds_only {
            vec![]
        } else if spec.escalate.is_empty() {
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
            from: Some(spec.due.from),
            due_on: spec.due.on,
            breach_at: spec.due.breached_at,
            skipped: skipped(&spec.due),
            remind_at,
            ladder,
            met_by: spec.met_by.clone(),
            needs_resolution: spec.needs_resolution,
            reminds_only: spec.reminds_only,
            reminder: spec.reminder.clone(),
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
    let after = ["conference_held", "point", "point_due", "placed", "moved"];
    let for_a_held_one = spec.counted_from == "conference" && outlives_the_move(&spec.met_by);
    !for_a_held_one && !after.contains(&spec.counted_from.as_str())
}
