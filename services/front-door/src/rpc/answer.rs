//! From the domain's own types to messages.

use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::{timestamp, type_v1};
use baton_ids::EventId;
use jiff::civil::Date;

use super::{desk, facts};
use crate::app::{KnownChild, NAME, Outcome, Registered, Reported};
use crate::domain::contact::{Contact, Due, DueState, Period, Reminder, StepDone};
use crate::domain::duty::{Duty, Owes};
use crate::domain::family::{Child, Family};

/// A child.
pub fn child(known: &KnownChild) -> wire::Child {
    wire::Child {
        child_id: known.child.id.to_string(),
        references: known
            .references
            .iter()
            .map(|reference| wire::SourceReference {
                system: reference.system.clone(),
                reference: reference.reference.clone(),
            })
            .collect(),
        family_id: known.family.to_string(),
        household_id: known.child.household.clone().unwrap_or_default(),
        facts_version: known.facts_version,
        facts: facts::current(&known.child.facts),
    }
}

/// What is known about a child of a group.
pub fn child_facts(family: &Family, child: &Child) -> type_v1::ChildFacts {
    type_v1::ChildFacts {
        child_id: child.id.to_string(),
        family_id: family.id.to_string(),
        version: family.version,
        household_id: child.household.clone().unwrap_or_default(),
        facts: facts::current(&child.facts),
    }
}

/// Where a change stands in the record.
pub fn as_of(last_event: Option<EventId>) -> type_v1::AsOf {
    type_v1::AsOf {
        service: NAME.to_owned(),
        event_id: last_event
            .map(|event| event.to_string())
            .unwrap_or_default(),
    }
}

/// A child is registered.
pub fn registered(outcome: &Outcome<Registered>) -> wire::RegisterChildResponse {
    wire::RegisterChildResponse {
        child: Some(child(&outcome.value.child)),
        created: outcome.value.created,
        as_of: Some(as_of(outcome.last_event)),
    }
}

/// A family is linked.
pub fn linked(outcome: &Outcome<Family>) -> wire::LinkFamilyResponse {
    wire::LinkFamilyResponse {
        family_id: outcome.value.id.to_string(),
        facts_version: outcome.value.version,
        as_of: Some(as_of(outcome.last_event)),
    }
}

/// Facts are reported by somebody outside.
pub fn reported(outcome: &Outcome<Reported>) -> wire::ReportFactsResponse {
    wire::ReportFactsResponse {
        facts_version: outcome.value.family.version,
        changed: outcome
            .value
            .changed
            .iter()
            .map(ToString::to_string)
            .collect(),
        as_of: Some(as_of(outcome.last_event)),
    }
}

/// Facts are recorded by a reaction, which goes on with all that is known now.
pub fn recorded(outcome: &Outcome<Reported>) -> wire::RecordFactsResponse {
    let Reported {
        child,
        family,
        changed,
    } = &outcome.value;
    wire::RecordFactsResponse {
        child: family.child(*child).map(|child| child_facts(family, child)),
        siblings: family
            .siblings_of(*child)
            .map(|child| child_facts(family, child))
            .collect(),
        changed: changed.iter().map(ToString::to_string).collect(),
        as_of: Some(as_of(outcome.last_event)),
    }
}

/// A contact.
pub fn contact(contact: &Contact) -> wire::Contact {
    let decision = contact.decision();
    let period = |day: fn(Period) -> Date| {
        let period = decision.and_then(|decision| decision.period);
        period.map_or_else(String::new, |period| day(period).to_string())
    };
    let state = match decision {
        None => wire::ContactState::Launched,
        Some(_) => wire::ContactState::Decided,
    };
    wire::Contact {
        contact_id: contact.id.to_string(),
        child_id: contact.child.to_string(),
        state: state.into(),
        source_kind: contact.source_kind.clone(),
        form: contact.form.clone(),
        received_at: Some(timestamp(contact.received_at)),
        team_id: contact.team.to_string(),
        decision_due: contact.due.as_ref().map(|due| due_date(due, contact)),
        outcome: decision
            .map(|decision| decision.outcome.clone())
            .unwrap_or_default(),
        referral_id: decision
            .and_then(|decision| decision.referral)
            .map(|id| id.to_string())
            .unwrap_or_default(),
        routed_to_team_id: decision
            .and_then(|decision| decision.routed_to.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        decided_by: decision
            .map(|decision| decision.by.clone())
            .unwrap_or_default(),
        decided_at: decision.map(|decision| timestamp(decision.at)),
        version: contact.version,
        rules: contact.rules.clone(),
        kind: contact.kind.clone(),
        need_level: decision
            .and_then(|decision| decision.need_level.clone())
            .unwrap_or_default(),
        ground: decision
            .and_then(|decision| decision.ground.clone())
            .unwrap_or_default(),
        issue_count: decision.map_or(0, |decision| {
            i32::try_from(decision.issues.len()).unwrap_or(i32::MAX)
        }),
        period_from: period(|period| period.from),
        period_until: period(|period| period.until),
        steps: contact.steps.iter().map(step).collect(),
        duties: contact.owed.iter().map(duty).collect(),
        guidance: contact.guidance.iter().map(guidance).collect(),
        record_as: decision
            .map(|decision| decision.record_as.clone())
            .unwrap_or_default(),
        passed_on_by_team_ids: contact
            .passed
            .iter()
            .map(|passed| passed.from.to_string())
            .collect(),
        launched_by: contact.launched_by.clone().unwrap_or_default(),
        from_elsewhere: contact.from_elsewhere,
        steps_before: contact
            .steps_before
            .iter()
            .filter(|step| contact.steps.iter().all(|done| done.step != **step))
            .cloned()
            .collect(),
    }
}

fn step(done: &StepDone) -> wire::ContactStepDone {
    let post = done.post.as_ref();
    wire::ContactStepDone {
        step: done.step.clone(),
        done_by: done.by.clone(),
        role: post.map(|post| post.role.to_string()).unwrap_or_default(),
        covering_for: post
            .and_then(|post| post.covering_for.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        done_at: Some(timestamp(done.at)),
        basis: done.basis.clone(),
    }
}

fn duty(duty: &Duty) -> wire::ContactDuty {
    wire::ContactDuty {
        duty: duty.name.clone(),
        state: due_state(duty.state).into(),
        due: duty.due.as_ref().map(|due| due_of(due, &duty.owner)),
        owner: Some(desk::owner(&duty.owner)),
        rules: duty.rules.clone(),
    }
}

fn guidance(reminder: &Reminder) -> wire::Guidance {
    wire::Guidance {
        guidance: reminder.guidance.clone(),
        says: reminder.says.clone(),
        reference: reminder.reference.clone(),
        rules: reminder.rules.clone(),
    }
}

const fn due_state(state: DueState) -> type_v1::DueState {
    match state {
        DueState::Open => type_v1::DueState::Open,
        DueState::Met => type_v1::DueState::Met,
        DueState::Breached => type_v1::DueState::Breached,
        DueState::Answered => type_v1::DueState::Answered,
    }
}

pub fn due_date(due: &Due, contact: &Contact) -> type_v1::DueDate {
    let owes = Owes {
        role: due.role.clone(),
        team: Some(contact.team.clone()),
        ..Owes::default()
    };
    due_of(due, &owes)
}

/// A due date and whose it is.
pub fn due_of(due: &Due, owes: &Owes) -> type_v1::DueDate {
    let state = due_state(due.state);
    type_v1::DueDate {
        name: due.name.clone(),
        due_on: due.on.to_string(),
        breached_at: Some(timestamp(due.breached_at)),
        state: state.into(),
        rules: due.rules.clone(),
        owner: Some(desk::owner(owes)),
        counted_from: due.counted_from.clone(),
        skipped_days: due
            .skipped
            .iter()
            .map(|(date, reason)| type_v1::SkippedDay {
                date: date.to_string(),
                reason: reason.clone(),
            })
            .collect(),
        met_at: due.met_at.map(timestamp),
        reported_at: due.met_at.map(timestamp),
    }
}

/// A contact is launched.
pub fn launched(outcome: &Outcome<Contact>) -> wire::LaunchContactResponse {
    wire::LaunchContactResponse {
        contact: Some(contact(&outcome.value)),
        as_of: Some(as_of(outcome.last_event)),
        explanation: Some(explanation(&outcome.value, "launched")),
    }
}

/// A contact is decided.
pub fn decided(outcome: &Outcome<Contact>) -> wire::DecideContactResponse {
    let decision = outcome
        .value
        .decision()
        .map(|decision| decision.outcome.clone())
        .unwrap_or_default();
    wire::DecideContactResponse {
        contact: Some(contact(&outcome.value)),
        as_of: Some(as_of(outcome.last_event)),
        explanation: Some(explanation(&outcome.value, &decision)),
    }
}

fn explanation(contact: &Contact, decision: &str) -> type_v1::Explanation {
    type_v1::Explanation {
        rules: contact.rules.clone(),
        facts: contact.facts_used.clone(),
        unknown_facts: contact.facts_unknown.clone(),
        decision: decision.to_owned(),
    }
}
