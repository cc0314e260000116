//! What an event makes of a contact.

use jiff::Timestamp;

use super::{Contact, DueState, Event, Rung, State, add_all};
use crate::domain::duty::Duty;

/// The contact after an event. A launch makes it; everything else needs it.
#[expect(clippy::too_many_lines, reason = "one short arm an event")]
pub fn apply(contact: Option<Contact>, event: &Event) -> Option<Contact> {
    let mut next = match event {
        Event::Launched { contact, .. } => return Some((**contact).clone()),
        _ => contact?,
    };
    next.version += 1;
    match event {
        Event::Launched { .. } | Event::Forwarded { .. } => {}
        Event::Decided {
            decision,
            rules,
            facts_used,
            family,
            facts_version,
            duties,
            owed,
            guidance,
            ..
        } => {
            for duty in duties {
                if !next.duties.iter().any(|known| known.name == duty.name) {
                    next.duties.push(duty.clone());
                }
            }
            meet(&mut next.owed, "decided", decision.at);
            next.owed.extend(owed.iter().cloned());
            next.guidance.clone_from(guidance);
            if let Some(due) = &mut next.due {
                due.met_at = Some(decision.at);
                due.state = if due.state == DueState::Open {
                    DueState::Met
                } else {
                    DueState::Answered
                };
            }
            next.family = *family;
            next.facts_version = *facts_version;
            next.facts_used.clone_from(facts_used);
            next.facts_unknown.clear();
            add_all(&mut next.rules, rules);
            next.state = State::Decided((**decision).clone());
        }
        Event::DecisionBreached { at } => {
            if let Some(due) = &mut next.due {
                due.state = DueState::Breached;
                due.told.extend(told_at(&due.rungs, *at));
            }
        }
        Event::Escalated { rung, .. } => {
            if let Some(due) = &mut next.due {
                due.told.insert(*rung);
            }
        }
        Event::DutiesMet { duties, .. } => {
            next.duties
                .retain(|duty| !duties.iter().any(|met| met.name == duty.name));
        }
        Event::StepRecorded { step, owed, rules } => {
            meet(&mut next.owed, &format!("step:{}", step.step), step.at);
            for duty in owed {
                next.owed
                    .retain(|known| known.name != duty.name || !known.is_open());
                next.owed.push(duty.clone());
            }
            add_all(&mut next.rules, rules);
            next.steps.push((**step).clone());
        }
        Event::PassedOn { passed, rules, .. } => {
            for duty in &mut next.owed {
                if duty.is_open() && duty.owner.team.as_ref() == Some(&passed.from) {
                    duty.owner.team = Some(passed.to.clone());
                }
            }
            if let Some(decider) = &mut next.decider
                && decider.team.as_ref() == Some(&passed.from)
            {
                decider.team = Some(passed.to.clone());
            }
            next.team = passed.to.clone();
            add_all(&mut next.rules, rules);
            next.passed.push(passed.clone());
        }
        Event::OwedMet { by, at } => meet(&mut next.owed, by, *at),
        Event::DutyRecounted { duty, .. } => {
            for owed in open_duty(&mut next.owed, &duty.name) {
                owed.clone_from(duty);
            }
        }
        Event::DutyBreached { duty, at } => {
            let mut missed = Vec::new();
            for owed in open_duty(&mut next.owed, duty) {
                owed.state = DueState::Breached;
                if let Some(due) = &mut owed.due {
                    due.state = DueState::Breached;
                    due.told.extend(told_at(&due.rungs, *at));
                }
                missed.append(&mut owed.missed);
            }
            next.owed.append(&mut missed);
        }
        Event::DutyEscalated { duty, rung, .. } => {
            for owed in open_duty(&mut next.owed, duty) {
                if let Some(due) = &mut owed.due {
                    due.told.insert(*rung);
                }
            }
        }
    }
    Some(next)
}

fn open_duty<'d>(duties: &'d mut [Duty], name: &'d str) -> impl Iterator<Item = &'d mut Duty> {
    duties
        .iter_mut()
        .filter(move |duty| duty.name == name && duty.is_open())
}

/// Everything open that this meets is done.
fn meet(duties: &mut [Duty], by: &str, at: Timestamp) {
    let met = duties
        .iter_mut()
        .filter(|duty| duty.is_open() && duty.met_by.iter().any(|met_by| met_by == by));
    met.for_each(|duty| duty.meet(at));
}

/// The rungs that are told at that instant.
fn told_at(rungs: &[Rung], at: Timestamp) -> impl Iterator<Item = usize> {
    rungs
        .iter()
        .enumerate()
        .filter(move |(_, rung)| rung.at <= at)
        .map(|(index, _)| index)
}
