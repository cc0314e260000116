//! Putting a transfer off: with reasons, a time, and a day on which it is looked at again (M-158).

use baton_calendar::Anchor;
use baton_protocol::PostHeld;
use baton_protocol::transfer::{DeferralField, DeferralRule};
use jiff::Timestamp;
use jiff::civil::Date;

use super::authority::Right;
use super::clock::Clock;
use super::draft::{Draft, ids};
use super::due::Spec;
use super::event::{Change, Event};
use super::hold::{Deferral, Hold, HoldAbout, HoldKind};
use super::refusal::Refusal;
use super::state::Transfer;

impl<'a> Draft<'a> {
    /// Puts the transfer off.
    pub fn defer(
        &mut self,
        until: Option<Date>,
        review_on: Option<Date>,
    ) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let rule = self.deferral_rule("defer_transfer")?;
        let rules = ids(&rule.cites);
        let (post, party) = self.authorise(&right_of(rule))?;
        if self.transfer.hold(HoldKind::Deferred).is_some() {
            return Err(refused(
                "defer_transfer",
                &rules,
                "it is put off already: review that",
            ));
        }
        self.ensure_complete(rule, until, review_on)?;
        self.ensure_days("defer_transfer", until, review_on, &rules)?;
        let deferral = Deferral {
            review_on,
            reviews: 0,
            round: self.transfer.hold_round + 1,
        };
        let hold = Hold {
            kind: HoldKind::Deferred,
            owner: party,
            since: self.received_at(),
            reason_digest: self.context.reason_digest.clone(),
            rules: rules.clone(),
            until,
            lifts_at: until.map(|day| self.rules.calendar.start_of(day)),
            about: HoldAbout::Deferral(deferral),
        };
        self.push(Change::Held(hold), rules, self.received_at());
        Ok(post)
    }

    /// Looks at a deferral again: it goes on, with another day for the next look, or it ends.
    pub fn review_deferral(
        &mut self,
        continues: bool,
        until: Option<Date>,
        review_on: Option<Date>,
    ) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let rule = self.deferral_rule("review_deferral")?;
        let rules = ids(&rule.cites);
        let (post, party) = self.authorise(&right_of(rule))?;
        let Some(hold) = self.transfer.hold(HoldKind::Deferred).cloned() else {
            return Err(refused("review_deferral", &rules, "it is not put off"));
        };
        if !continues {
            if rule.asks_for(DeferralField::Reason) && self.context.reason_digest.is_none() {
                return Err(lacking("review_deferral", vec!["reason"], &rules));
            }
            self.end_hold(&hold, &rules);
            return Ok(post);
        }
        let until = until.or(hold.until);
        self.ensure_complete(rule, until, review_on)?;
        self.ensure_days("review_deferral", until, review_on, &rules)?;
        self.answer_clocks(&hold);
        let before = hold.deferral();
        let deferral = Deferral {
            review_on,
            reviews: before.map_or(1, |before| before.reviews + 1),
            round: before.map_or(1, |before| before.round),
        };
        let reviewed = Hold {
            owner: party,
            until,
            lifts_at: until.map(|day| self.rules.calendar.start_of(day)),
            about: HoldAbout::Deferral(deferral),
            ..hold
        };
        self.push(Change::Held(reviewed), rules, self.received_at());
        Ok(post)
    }

    /// Ends a hold by somebody's act: its clocks are answered, and what it put off is due from today.
    pub fn end_hold(&mut self, hold: &Hold, rules: &[String]) {
        self.answer_clocks(hold);
        let today = self.today();
        if hold.until.is_some_and(|until| until > today) {
            self.push(
                Change::PutOff { to: today },
                rules.to_vec(),
                self.received_at(),
            );
        }
        self.push(
            Change::HoldLifted(hold.kind),
            rules.to_vec(),
            self.received_at(),
        );
    }

    fn answer_clocks(&mut self, hold: &Hold) {
        let at = self.received_at();
        for event in answered(&self.transfer, hold, at) {
            self.push(event.change, event.rules, event.effective_at);
        }
    }

    /// The clock of the next review.
    pub fn deferral_spec(&self) -> Option<Spec> {
        let hold = self.transfer.hold(HoldKind::Deferred)?;
        let review_on = hold.deferral()?.review_on?;
        let rule = self.rules.pack.transfer.deferral.as_ref()?;
        let name = hold.clock()?;
        Some(Spec {
            met_by: format!("hold:{name}"),
            name,
            owner: hold.owner,
            rules: hold.rules.clone(),
            counted_from: "deferred".to_owned(),
            due: self.rules.calendar.due_at(Anchor::Date(review_on)),
            remind: vec![],
            escalate: rule.escalate.clone(),
            needs_resolution: false,
            reminds_only: false,
            reminder: None,
        })
    }

    fn deferral_rule(&self, act: &'static str) -> Result<&'a DeferralRule, Refusal> {
        let rule = self.rules.pack.transfer.deferral.as_ref();
        rule.ok_or_else(|| {
            let rules = self.transfer.point.rules.clone();
            refused(act, &rules, "this protocol puts no transfer off")
        })
    }

    /// What the protocol asks for has to be there: no reason stands in for it (M-158).
    fn ensure_complete(
        &self,
        rule: &DeferralRule,
        until: Option<Date>,
        review_on: Option<Date>,
    ) -> Result<(), Refusal> {
        let given = |field: &DeferralField| match field {
            DeferralField::Reason => self.context.reason_digest.is_some(),
            DeferralField::Until => until.is_some(),
            DeferralField::ReviewOn => review_on.is_some(),
        };
        let missing: Vec<&'static str> = rule
            .requires
            .iter()
            .filter(|field| !given(field))
            .map(|field| field.as_str())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(lacking("defer_transfer", missing, &ids(&rule.cites)))
    }

    fn ensure_days(
        &self,
        act: &'static str,
        until: Option<Date>,
        review_on: Option<Date>,
        rules: &[String],
    ) -> Result<(), Refusal> {
        let today = self.today();
        if let Some(date) = until.filter(|until| *until <= today) {
            return Err(Refusal::DateInPast { date });
        }
        if let Some(date) = review_on.filter(|review| *review < today) {
            return Err(Refusal::DateInPast { date });
        }
        match (until, review_on) {
            (Some(until), Some(review)) if review > until => Err(refused(
                act,
                rules,
                "review it no later than on the day on which it ends",
            )),
            _ => Ok(()),
        }
    }
}

/// A hold whose day has come ends by itself. What waited for it is looked at again on fresh facts.
pub fn lift(transfer: &Transfer, kind: HoldKind, now: Timestamp) -> Vec<Event> {
    let Some(hold) = transfer.hold(kind).filter(|_| transfer.phase.is_workable()) else {
        return vec![];
    };
    let (Some(until), Some(at)) = (hold.until, hold.lifts_at.filter(|at| *at <= now)) else {
        return vec![];
    };
    let mut events = no_longer_asked(transfer, hold, at);
    for change in [Change::PutOff { to: until }, Change::HoldLifted(kind)] {
        events.push(event(change, &hold.rules, at));
    }
    events
}

/// The clocks of a hold that ends by an act: answered by it.
pub fn answered(transfer: &Transfer, hold: &Hold, at: Timestamp) -> Vec<Event> {
    let of_hold = clocks_of(transfer, hold);
    let waiting = of_hold.filter(|clock| clock.is_open() || clock.is_overdue());
    waiting.map(|clock| met(clock, at)).collect()
}

/// The clocks of a hold that ends because its day came: one that still runs is asked for no longer.
fn no_longer_asked(transfer: &Transfer, hold: &Hold, at: Timestamp) -> Vec<Event> {
    let cancelled = |clock: &Clock| {
        let name = clock.name.clone();
        event(Change::ClockCancelled { name }, &clock.rules, at)
    };
    clocks_of(transfer, hold)
        .filter_map(|clock| {
            let ends = clock.is_open().then(|| cancelled(clock));
            ends.or_else(|| clock.is_overdue().then(|| met(clock, at)))
        })
        .collect()
}

fn clocks_of<'t>(transfer: &'t Transfer, hold: &Hold) -> impl Iterator<Item = &'t Clock> {
    let begins = hold.clocks();
    transfer.clocks.iter().filter(move |clock| {
        let begins = begins.as_ref();
        begins.is_some_and(|begins| clock.name.starts_with(begins))
    })
}

fn met(clock: &Clock, at: Timestamp) -> Event {
    let change = Change::ClockMet {
        name: clock.name.clone(),
        at,
        reported_at: at,
    };
    event(change, &clock.rules, at)
}

fn event(change: Change, rules: &[String], at: Timestamp) -> Event {
    Event {
        change,
        rules: rules.to_vec(),
        effective_at: at,
        notices: vec![],
    }
}

fn right_of(rule: &DeferralRule) -> Right {
    Right {
        parties: rule.by.clone(),
        only: false,
        reason: false,
        rules: ids(&rule.cites),
    }
}

/// A rule that nobody may override.
pub fn refused(act: &'static str, rules: &[String], remedy: &'static str) -> Refusal {
    Refusal::RuleRefuses {
        act,
        rules: rules.to_vec(),
        owner: None,
        remedy,
    }
}

/// What has to be given and was not.
pub fn lacking(act: &'static str, missing: Vec<&'static str>, rules: &[String]) -> Refusal {
    Refusal::Lacking {
        act,
        missing,
        rules: rules.to_vec(),
    }
}
