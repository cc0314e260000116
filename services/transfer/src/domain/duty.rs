//! What is owed on a case while a kind of team has it: decisions to be recorded, referrals at an age, statements.

use baton_calendar::{Anchor, Due, Duration};
use baton_protocol::transfer::Duty;
use baton_protocol::{Anchors, Facts, Rung, Scope, TeamKind, Term};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::consider::Deciding;
use super::context::{Child, Responsibility};
use super::draft::ids;
use super::owner::Owner;
use super::reassess::owner_before_opening;
use super::watch::Watch;

mod weighing;

pub use weighing::{WeighedDuty, weigh_duties};

/// Something that is owed on a case, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Whose it is.
    pub owner: Owner,
    /// The rules.
    pub rules: Vec<String>,
    /// The last day on which it is in time, if there is a limit.
    pub due_on: Option<Date>,
    /// When it is breached.
    pub breach_at: Option<Timestamp>,
    /// When the owner is reminded.
    pub remind_at: Vec<Timestamp>,
    /// Who hears of a breach, and when.
    pub ladder: Vec<Step>,
    /// Whether its limit has passed.
    pub overdue: bool,
    /// Whether it is on record that it was done.
    pub met: bool,
    /// Whether it was done before what has to come first.
    #[serde(default)]
    pub out_of_order: bool,
}

/// A rung that hears of a breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Who.
    pub to: Owner,
    /// When.
    pub at: Timestamp,
    /// Whether it was done.
    pub done: bool,
}

/// What happened to something that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyChange {
    /// Its name.
    pub duty: String,
    /// What.
    pub what: DutyEvent,
    /// How it stands after that.
    pub owed: Owed,
    /// When, in the world.
    pub at: Timestamp,
}

/// What can happen to something that is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyEvent {
    /// It is asked for, or due on another day.
    Set,
    /// It was done before what has to come first.
    OutOfOrder,
    /// It was done.
    Met,
    /// It is no longer asked for.
    Cancelled,
    /// Its owner is reminded.
    Reminded,
    /// Its limit has passed.
    Breached,
    /// A breach reached the rung of that number.
    Escalated(usize),
}

/// Whether what has to come before a duty does.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    /// It does.
    Kept,
    /// It was done without, or too early.
    Broken {
        /// The rules about what is missing.
        rules: Vec<String>,
    },
}

impl Order {
    const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept)
    }
}

impl Owed {
    /// Whether somebody still has to do it.
    pub const fn is_open(&self) -> bool {
        !self.met
    }

    /// The next instant at which something is to happen about it.
    pub fn next_ring(&self) -> Option<Timestamp> {
        if self.met {
            return None;
        }
        let remind = self.remind_at.first().copied();
        let breach = self.breach_at.filter(|_| !self.overdue);
        let steps = self.ladder.iter().filter(|step| self.overdue && !step.done);
        let step = steps.map(|step| step.at).min();
        [remind.filter(|_| !self.overdue), breach, step]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Watch {
    /// What happens by `now` about what is owed: reminders, breaches, steps up the ladder. Local: needs no facts.
    pub fn ring_duties(&mut self, now: Timestamp) -> Vec<DutyChange> {
        let mut changes = vec![];
        for (name, owed) in &mut self.duties {
            ring(name, owed, now, &mut changes);
        }
        changes
    }

    /// Nothing is owed any more: the case has ended, or is with a team that owes nothing.
    pub fn cancel_duties(&mut self, now: Timestamp) -> Vec<DutyChange> {
        let duties = std::mem::take(&mut self.duties);
        let open = duties.into_iter().filter(|(_, owed)| owed.is_open());
        open.map(|(duty, owed)| DutyChange {
            duty,
            what: DutyEvent::Cancelled,
            owed,
            at: now,
        })
        .collect()
    }
}

fn ring(name: &str, owed: &mut Owed, now: Timestamp, changes: &mut Vec<DutyChange>) {
    if owed.met {
        return;
    }
    let mut happened = |what: DutyEvent, owed: &Owed, at: Timestamp| {
        changes.push(DutyChange {
            duty: name.to_owned(),
            what,
            owed: owed.clone(),
            at,
        });
    };
    while !owed.overdue && owed.remind_at.first().is_some_and(|at| *at <= now) {
        owed.remind_at.remove(0);
        happened(DutyEvent::Reminded, owed, now);
    }
    if let Some(at) = owed.breach_at.filter(|at| !owed.overdue && *at <= now) {
        owed.overdue = true;
        owed.remind_at.clear();
        happened(DutyEvent::Breached, owed, at);
    }
    if owed.overdue {
        for number in 0..owed.ladder.len() {
            let step = &mut owed.ladder[number];
            if step.done || step.at > now {
                continue;
            }
            step.done = true;
            let at = step.at;
            happened(DutyEvent::Escalated(number), owed, at);
        }
    }
}

impl Deciding<'_> {
    /// What is owed on the facts of now, and what that changes.
    pub fn look_at_duties(
        &self,
        child: &Child,
        responsibility: &Responsibility,
        from: TeamKind,
        watch: &mut Watch,
    ) -> Vec<DutyChange> {
        let now = self.context.received_at;
        let mut scope = Scope::of(&child.facts);
        scope.today = Some(self.rules.calendar.date_of(now));
        let mut changes = vec![];
        let rules = &self.rules.pack.transfer.duties;
        let gone = |name: &String| !rules.iter().any(|rule| rule.duty == *name);
        let mut ended: Vec<String> = watch
            .duties
            .keys()
            .filter(|name| gone(name))
            .cloned()
            .collect();
        for rule in rules {
            let known = watch.duties.get(&rule.duty);
            if !rule.is_asked_of(from, &scope) {
                ended.extend(known.map(|_| rule.duty.clone()));
                continue;
            }
            let Some(order) = self.order(rule, &scope) else {
                ended.extend(known.map(|_| rule.duty.clone()));
                continue;
            };
            if order.is_kept() && rule.is_met(&scope) {
                if let Some(mut owed) = known.filter(|owed| owed.is_open()).cloned() {
                    owed.met = true;
                    changes.push(self.duty_change(&rule.duty, DutyEvent::Met, &owed));
                    watch.duties.insert(rule.duty.clone(), owed);
                }
                continue;
            }
            let Some(mut owed) = self.owed(rule, child, responsibility) else {
                ended.extend(known.map(|_| rule.duty.clone()));
                continue;
            };
            if let Order::Broken { rules } = order {
                self.put_out_of_order(&mut owed, rules);
            }
            let same = known.is_some_and(|known| {
                known.is_open()
                    && known.due_on == owed.due_on
                    && known.owner == owed.owner
                    && known.rules == owed.rules
                    && known.out_of_order == owed.out_of_order
            });
            if same {
                continue;
            }
            let what = if owed.out_of_order {
                DutyEvent::OutOfOrder
            } else {
                DutyEvent::Set
            };
            changes.push(self.duty_change(&rule.duty, what, &owed));
            ring(&rule.duty, &mut owed, now, &mut changes);
            watch.duties.insert(rule.duty.clone(), owed);
        }
        for name in ended {
            if let Some(owed) = watch.duties.remove(&name).filter(Owed::is_open) {
                changes.push(self.duty_change(&name, DutyEvent::Cancelled, &owed));
            }
        }
        changes
    }

    /// Whether what has to come before a duty does; `None` while the duty is not asked for yet, or no longer.
    fn order(&self, rule: &Duty, scope: &Scope<'_>) -> Option<Order> {
        let (pack, today) = (self.rules.pack, scope.today?);
        let day = |term: &Term| {
            let calendar = self.rules.calendar;
            let due = term.due(&Anchors::new(), scope.facts, calendar, pack.plain_days);
            due.map(|due| due.on)
        };
        let from = match &rule.asked_from {
            Some(term) => Some(day(term)?),
            None => None,
        };
        let until = match &rule.asked_until {
            Some(term) => Some(day(term)?),
            None => None,
        };
        if until.is_some_and(|until| until <= today) {
            return None;
        }
        let done = rule.is_met(scope);
        let done_on = rule
            .done_on
            .as_ref()
            .and_then(|key| scope.facts.date(key.as_str()));
        let too_early = done && from.is_some_and(|from| done_on.is_some_and(|on| on < from));
        let before = pack.transfer.duties.iter().filter(|other| {
            rule.only_after.contains(&other.duty)
                && !other.is_out_of_question(scope)
                && !other.is_met(scope)
        });
        let missing: Vec<String> = before.flat_map(|other| ids(&other.cites)).collect();
        if too_early || (done && !missing.is_empty()) {
            return Some(Order::Broken { rules: missing });
        }
        let asked = missing.is_empty() && from.is_none_or(|from| from <= today);
        (done || asked).then_some(Order::Kept)
    }

    /// It was done, and should not have been yet: that is a breach at once.
    fn put_out_of_order(&self, owed: &mut Owed, rules: Vec<String>) {
        let now = self.context.received_at;
        owed.rules.extend(rules);
        owed.rules.sort();
        owed.rules.dedup();
        owed.out_of_order = true;
        owed.due_on = None;
        owed.breach_at = Some(now);
        owed.remind_at.clear();
        for step in &mut owed.ladder {
            step.at = now;
        }
    }

    fn duty_change(&self, duty: &str, what: DutyEvent, owed: &Owed) -> DutyChange {
        DutyChange {
            duty: duty.to_owned(),
            what,
            owed: owed.clone(),
            at: self.context.received_at,
        }
    }

    /// By when a duty is done in time; `None` while its day cannot be told.
    fn limit(&self, rule: &Duty, term: &Term, facts: &Facts) -> Option<Due> {
        let (plain, calendar) = (self.rules.pack.plain_days, self.rules.calendar);
        let due = term.due(&Anchors::new(), facts, calendar, plain)?;
        Some(match rule.plus {
            Some(plus) => {
                let later = calendar.due_after(Anchor::Date(due.on), plus.in_profile(plain));
                Due {
                    from: due.from,
                    skipped: [due.skipped, later.skipped].concat(),
                    ..later
                }
            }
            None => due,
        })
    }

    /// What a rule asks of this case; `None` while its day cannot be told.
    fn owed(&self, rule: &Duty, child: &Child, responsibility: &Responsibility) -> Option<Owed> {
        let (pack, calendar) = (self.rules.pack, self.rules.calendar);
        let owner = |party| owner_before_opening(party, responsibility);
        let mut owed = Owed {
            owner: owner(rule.by),
            rules: ids(&rule.cites),
            due_on: None,
            breach_at: None,
            remind_at: vec![],
            ladder: vec![],
            overdue: false,
            met: false,
            out_of_order: false,
        };
        let step = |rung: &Rung, at| Step {
            to: owner(rung.to),
            at,
            done: false,
        };
        let Some(term) = &rule.due else {
            // Nobody hears of it unless it is done out of order.
            let rungs = rule.escalate.iter();
            owed.ladder = rungs
                .map(|rung| step(rung, self.context.received_at))
                .collect();
            return Some(owed);
        };
        let due = self.limit(rule, term, &child.facts)?;
        let profile = |duration: Duration| duration.in_profile(pack.plain_days);
        let due_on = Anchor::Date(due.on);
        owed.due_on = Some(due.on);
        owed.breach_at = Some(due.breached_at);
        owed.remind_at = rule
            .remind
            .iter()
            .map(|before| calendar.start_of(calendar.due_before(due_on, profile(*before)).on))
            .filter(|at| *at > self.context.received_at)
            .collect();
        owed.remind_at.sort();
        owed.ladder = rule
            .escalate
            .iter()
            .map(|rung| {
                let after = |after| calendar.due_after(due_on, profile(after)).breached_at;
                step(rung, rung.after.map_or(due.breached_at, after))
            })
            .collect();
        Some(owed)
    }
}
