//! When time passes: reminders and breaches, which are local and need no facts; and what follows from a breach, which is
//! decided on fresh ones.

use baton_protocol::transfer::GateUnmet;
use baton_protocol::{Effect, Resolved, Role};
use jiff::Timestamp;

use super::clock::{Clock, ClockState, Ring};
use super::deferral;
use super::draft::{Draft, ids};
use super::event::{Change, Event};
use super::hold::HoldKind;
use super::item::MetBy;
use super::notices;
use super::owner::{outgoing, receiving};
use super::progress::MOVE_HELD;
use super::refusal::Refusal;
use super::state::{Phase, Transfer};

/// What happens when a clock rings at `now`. Nothing when it was met, moved or cancelled in the meantime.
pub fn ring(transfer: &Transfer, name: &str, ring: Ring, now: Timestamp) -> Vec<Event> {
    if ring == Ring::Lift {
        return HoldKind::of(name)
            .map_or_else(Vec::new, |kind| deferral::lift(transfer, kind, now));
    }
    let Some(clock) = transfer.clock(name) else {
        return vec![];
    };
    if !clock
        .rings()
        .iter()
        .any(|(waiting, at)| *waiting == ring && *at <= now)
    {
        return vec![];
    }
    let event = |change: Change, at: Timestamp| Event {
        change,
        rules: clock.rules.clone(),
        effective_at: at,
        notices: vec![],
    };
    match ring {
        Ring::Lift => vec![],
        Ring::Remind => {
            let mut reminded = event(
                Change::Reminded {
                    name: name.to_owned(),
                },
                now,
            );
            reminded.notices.push(notices::of_reminder(transfer, clock));
            vec![reminded]
        }
        Ring::Breach => {
            let mut events = vec![event(
                Change::Breached {
                    name: name.to_owned(),
                    born_breached: false,
                },
                clock.breach_at,
            )];
            for (number, rung) in clock
                .ladder
                .iter()
                .enumerate()
                .filter(|(_, rung)| rung.at <= now)
            {
                let mut escalated = event(
                    Change::Escalated {
                        name: name.to_owned(),
                        rung: number,
                    },
                    rung.at,
                );
                escalated
                    .notices
                    .push(notices::of_breach(transfer, clock, number, rung));
                events.push(escalated);
            }
            events
        }
        Ring::Escalate(number) => {
            let Some(step) = clock.ladder.get(number) else {
                return vec![];
            };
            let mut escalated = event(
                Change::Escalated {
                    name: name.to_owned(),
                    rung: number,
                },
                step.at,
            );
            escalated
                .notices
                .push(notices::of_breach(transfer, clock, number, step));
            vec![escalated]
        }
    }
}

/// What happens when the day of the point comes at `now`. Nothing when it moved or came in the meantime.
pub fn point_came(transfer: &Transfer, now: Timestamp) -> Vec<Event> {
    let Some(at) = transfer.point_comes_at().filter(|at| *at <= now) else {
        return vec![];
    };
    vec![Event {
        change: Change::PointCame,
        rules: transfer.point.rules.clone(),
        effective_at: at,
        notices: vec![],
    }]
}

impl Draft<'_> {
    /// Decides what follows from a breach. Nothing when it was answered meanwhile, or the transfer has moved on.
    pub fn resolve_expiry(&mut self, name: &str) -> Result<(), Refusal> {
        let clock = self
            .transfer
            .clock(name)
            .ok_or_else(|| Refusal::ClockUnknown {
                clock: name.to_owned(),
            })?
            .clone();
        if clock.state != ClockState::Breached || !self.transfer.phase.is_workable() {
            return Ok(());
        }
        if self.dispute_not_settled(name) {
            return Ok(());
        }
        let Some(rule) = self.rules.pack.transfer.clock(name) else {
            return Ok(());
        };
        let scope = self.scope();
        let Some(consequence) = rule.consequence(&scope) else {
            return Ok(());
        };
        let rules = ids(&consequence.rules);
        let unknown = match &consequence.resolved {
            Resolved::Known => vec![],
            Resolved::Safe(facts) => facts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        };
        let effects = consequence.effects.to_vec();
        self.set_undecided(&format!("expiry:{name}"), unknown, &rules);
        for effect in effects {
            match effect {
                Effect::HoldMove => self.trouble(MOVE_HELD, receiving(Role::TEAM_MANAGER), &rules),
                Effect::Escalate(rungs) => self.escalate_to(&clock, &rungs, &rules),
                Effect::MoveWithoutWorker { .. } => self.move_without_worker(&rules),
                Effect::MoveWithActions => self.move_with_actions(&rules),
            }
        }
        Ok(())
    }

    /// A move that a missed limit would have made, and that something held, is decided anew: once what held it is put
    /// right the case moves after all (W-087, K-44).
    pub fn resolve_held(&mut self) -> Result<(), Refusal> {
        let held = self.transfer.troubles.iter();
        if !held
            .map(|trouble| &trouble.code)
            .any(|code| code == MOVE_HELD)
        {
            return Ok(());
        }
        let overdue = self.transfer.clocks.iter();
        let overdue = overdue.filter(|clock| clock.is_overdue() && clock.needs_resolution);
        for clock in overdue.map(|clock| clock.name.clone()).collect::<Vec<_>>() {
            self.resolve_expiry(&clock)?;
        }
        Ok(())
    }

    /// The rungs of the consequence come after those of the breach itself.
    fn escalate_to(&mut self, clock: &Clock, rungs: &[baton_protocol::Rung], rules: &[String]) {
        let Some(stored) = self.transfer.clock(&clock.name).cloned() else {
            return;
        };
        let mut longer = stored;
        let first_new = longer.ladder.len();
        for rung in rungs {
            if longer.ladder.iter().any(|known| known.to == rung.to) {
                continue;
            }
            let at = match rung.after {
                Some(after) => {
                    let after = after.in_profile(self.rules.pack.plain_days);
                    let due_on = baton_calendar::Anchor::Date(longer.due_on);
                    self.rules.calendar.due_after(due_on, after).breached_at
                }
                None => self.received_at(),
            };
            longer.ladder.push(super::clock::Rung {
                to: rung.to,
                at,
                done: false,
            });
        }
        if longer.ladder.len() == first_new {
            return;
        }
        self.push(
            Change::ClockSet(longer.clone()),
            rules.to_vec(),
            self.received_at(),
        );
        for (number, rung) in longer.ladder.iter().enumerate().skip(first_new) {
            if rung.at <= self.received_at() {
                self.escalate(&longer, number, rung);
            }
        }
    }

    /// The case moves though nobody was named (W-087). Not while a hard item is open or was found wanting (K-44).
    fn move_without_worker(&mut self, rules: &[String]) {
        let barred = self
            .transfer
            .gate
            .iter()
            .any(|item| item.bars() && item.hard && item.met_by != MetBy::ReceivingWorker);
        if barred || !self.transfer.holds.is_empty() || self.transfer.phase != Phase::Placed {
            self.trouble(
                MOVE_HELD,
                outgoing(Role::TEAM_MANAGER),
                &super::draft::joined(rules, &["K-44".to_owned()]),
            );
            return;
        }
        self.release_or_hold(rules);
    }

    /// The case moves and what is open becomes the outgoing team's dated actions (K-58, K-60).
    fn move_with_actions(&mut self, rules: &[String]) {
        let allowed = self
            .route()
            .is_some_and(|route| route.gate_unmet_at_point == GateUnmet::MoveWithActions);
        if !allowed || self.transfer.point.reached_at.is_none() || !self.transfer.holds.is_empty() {
            self.trouble(MOVE_HELD, receiving(Role::TEAM_MANAGER), rules);
            return;
        }
        self.release_or_hold(rules);
    }

    fn release_or_hold(&mut self, rules: &[String]) {
        if let Err(refusal) = self.release(self.received_at(), rules) {
            self.hold_move(&refusal);
        }
    }
}
