//! A transfer under a suspended protocol: it is held for as long as that lasts (M-162).

use baton_protocol::Party;
use jiff::Timestamp;
use jiff::civil::Date;

use super::draft::Draft;
use super::event::{Change, Event};
use super::hold::{Hold, HoldAbout, HoldKind, Suspended};
use super::state::Transfer;

/// What the suspension that is in force, or the end of one, does to a transfer. Nothing to one that is with the ledger.
pub fn follow(
    transfer: &Transfer,
    suspended: Option<&Suspended>,
    now: Timestamp,
    today: Date,
) -> Vec<Event> {
    if !transfer.phase.is_workable() {
        return vec![];
    }
    let affects = suspended.filter(|suspended| suspended.routes.contains(&transfer.route));
    let event = |change: Change, rules: &[String]| Event {
        change,
        rules: rules.to_vec(),
        effective_at: now,
        notices: vec![],
    };
    match (affects, transfer.hold(HoldKind::Suspended)) {
        (Some(suspended), None) => {
            vec![event(
                Change::Held(held_by(suspended, now)),
                &suspended.rules,
            )]
        }
        (None, Some(hold)) => {
            let mut events = vec![];
            if hold.until.is_some_and(|until| until > today) {
                events.push(event(Change::PutOff { to: today }, &hold.rules));
            } else if let Some(until) = hold.until {
                events.push(event(Change::PutOff { to: until }, &hold.rules));
            }
            events.push(event(Change::HoldLifted(HoldKind::Suspended), &hold.rules));
            events
        }
        _ => vec![],
    }
}

fn held_by(suspended: &Suspended, since: Timestamp) -> Hold {
    let owner: Party = suspended.owner;
    Hold {
        kind: HoldKind::Suspended,
        owner,
        since,
        reason_digest: suspended.reason_digest.clone(),
        rules: suspended.rules.clone(),
        until: Some(suspended.until),
        // The suspension ends for all at once, by its own clock.
        lifts_at: None,
        about: HoldAbout::Suspension { id: suspended.id },
    }
}

impl Draft<'_> {
    /// Takes in what the suspension of the protocol means for this transfer.
    pub fn follow_suspension(&mut self) {
        let suspended = self.context.suspended.as_ref();
        let events = follow(&self.transfer, suspended, self.received_at(), self.today());
        for event in events {
            self.push(event.change, event.rules, event.effective_at);
        }
    }
}
