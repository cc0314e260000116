//! What a decision on a contact waits for, and what it has to say.

use baton_protocol::front_door::{Asked, ContactOutcome, RouteDecider};
use baton_protocol::{Facts, Pack, RuleId, Scope, Strength, Truth};

use jiff::civil::Date;

use super::Refusal;
use super::contact::{Contact, OpenDuty};
use super::decide::Decide;
use super::refusal::Waits;
use super::routing::Way;
use super::rules::cited;
use super::step::holds;

/// Refuses a decision that does not say what it has to, or that something has to come before.
///
/// What binds hard names all that is missing; what binds softly asks for a reason.
pub fn decision_waits(
    contact: &Contact,
    outcome: &ContactOutcome,
    command: &Decide,
    facts: &Facts,
    pack: &Pack,
) -> Result<(), Refusal> {
    let mut hard = Vec::new();
    let mut soft = Vec::new();
    let mut waits = |strength: Option<Strength>,
                     cites: &[RuleId],
                     subject: &str,
                     owner: String,
                     remedy: String| {
        let item = Waits {
            subject: subject.to_owned(),
            rules: cited(cites),
            owner,
            remedy,
        };
        let departed = item
            .rules
            .iter()
            .any(|rule| command.departures.iter().any(|(said, _)| said == rule));
        match strength {
            Some(Strength::Soft) if departed => {}
            Some(Strength::Soft) => soft.push(item),
            _ => hard.push(item),
        }
    };
    for step in &pack.front_door.steps {
        let is_asked = step
            .before
            .iter()
            .any(|before| before == "any" || *before == outcome.outcome);
        let is_done = contact.steps.iter().any(|done| done.step == step.step);
        if is_asked && !is_done && holds(step.when.as_ref(), facts) {
            let owner = step.by.first().map_or_else(
                || "anybody".to_owned(),
                |party| format!("{} of {}", party.role, contact.team),
            );
            waits(
                step.strength,
                &step.cites,
                &step.step,
                owner,
                step.title.clone(),
            );
        }
    }
    for ask in &pack.front_door.decision_asks {
        let is_asked = ask.outcomes.is_empty() || ask.outcomes.contains(&outcome.outcome);
        let (subject, is_said) = match ask.ask {
            Asked::NeedLevel => ("need_level", command.need_level.is_some()),
            Asked::Issues => ("issues", !command.issues.is_empty()),
            Asked::Rationale => ("rationale", command.rationale_digest.is_some()),
            Asked::Team => ("team_id", command.team.is_some()),
        };
        if is_asked && !is_said && holds(ask.when.as_ref(), facts) {
            waits(
                ask.strength,
                &ask.cites,
                subject,
                "whoever decides".to_owned(),
                "say it with the decision".to_owned(),
            );
        }
    }
    for limit in &outcome.limits {
        if limit.when.decide(&Scope::of(facts)).truth == Truth::False {
            waits(
                limit.strength,
                &limit.cites,
                &outcome.outcome,
                "whoever decides".to_owned(),
                limit.title.clone(),
            );
        }
    }
    if !hard.is_empty() {
        return Err(Refusal::Waits { items: hard });
    }
    if !soft.is_empty() {
        return Err(Refusal::DepartureUnexplained { items: soft });
    }
    Ok(())
}

/// Where a choice is one for a time that time is on record, and the decision lies in it (S-017).
pub fn period_said(decided_by: &RouteDecider, command: &Decide, on: Date) -> Result<(), Refusal> {
    let within = command
        .period
        .is_some_and(|period| period.from <= on && on <= period.until);
    if !decided_by.period || within {
        return Ok(());
    }
    let waits = Waits {
        subject: "period".to_owned(),
        rules: cited(&decided_by.cites),
        owner: "whoever decides".to_owned(),
        remedy: "say for which days, this one among them".to_owned(),
    };
    Err(Refusal::Waits { items: vec![waits] })
}

/// What has to be done before a contact is decided that goes this way: refused where rules bind hard, and not without
/// a reason where they bind softly.
pub fn duties_done(
    contact: &Contact,
    way: Option<&Way>,
    facts: &Facts,
    command: &Decide,
    pack: &Pack,
) -> Result<(), Refusal> {
    let asked = contact
        .duties
        .iter()
        .chain(way.iter().flat_map(|way| &way.duties));
    let has_reason = |duty: &&OpenDuty| {
        let departs = |rule: &String| command.departures.iter().any(|(from, _)| from == rule);
        pack.enforcement.default == Strength::Soft && duty.rules.iter().any(departs)
    };
    let mut open: Vec<OpenDuty> = asked
        .filter(|duty| duty.before_decision && !duty.is_met(facts))
        .filter(|duty| !has_reason(duty))
        .cloned()
        .collect();
    open.dedup_by(|one, other| one.name == other.name);
    if open.is_empty() {
        return Ok(());
    }
    Err(Refusal::DutiesOpen {
        soft: pack.enforcement.default == Strength::Soft,
        duties: open,
    })
}
