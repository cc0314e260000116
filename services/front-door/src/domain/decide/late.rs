//! What was not done in time: the breach, and further rungs that are told of it.

use jiff::Timestamp;

use crate::domain::contact::{Contact, Due, DueState, Event};

/// The breach of the decision's clock, when it has come and is not on record.
pub fn breach(contact: &Contact, now: Timestamp) -> Option<Event> {
    let due = contact
        .due
        .as_ref()
        .filter(|due| due.state == DueState::Open)?;
    (contact.decision().is_none() && now >= due.breached_at).then_some(Event::DecisionBreached {
        at: due.breached_at,
    })
}

/// Tells a further rung of a breach that is still not answered.
pub fn escalate(contact: &Contact, rung: usize, at: Timestamp) -> Option<Event> {
    let due = contact
        .due
        .as_ref()
        .filter(|due| due.state == DueState::Breached)?;
    (rung < due.rungs.len() && !due.told.contains(&rung)).then_some(Event::Escalated { rung, at })
}

/// The breaches of what else is owed, when they have come and are not on record.
pub fn duty_breach(contact: &Contact, duty: &str, now: Timestamp) -> Option<Event> {
    let due = owed(contact, duty, DueState::Open)?;
    (now >= due.breached_at).then(|| Event::DutyBreached {
        duty: duty.to_owned(),
        at: due.breached_at,
    })
}

/// Tells a further rung that something owed is still missing.
pub fn escalate_duty(contact: &Contact, duty: &str, rung: usize, at: Timestamp) -> Option<Event> {
    let due = owed(contact, duty, DueState::Breached)?;
    (rung < due.rungs.len() && !due.told.contains(&rung)).then(|| Event::DutyEscalated {
        duty: duty.to_owned(),
        rung,
        at,
    })
}

fn owed<'c>(contact: &'c Contact, name: &str, state: DueState) -> Option<&'c Due> {
    let duty = contact
        .owed
        .iter()
        .find(|duty| duty.name == name && duty.state == state)?;
    duty.due.as_ref()
}
