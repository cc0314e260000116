//! What happened to contacts.

use baton_contracts::event::v1::Event as Announced;
use baton_contracts::{structure, timestamp};
use baton_ids::TeamId;
use baton_protocol::PostHeld;
use baton_store::NewEvent;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::Source;
use super::tasks::{notices, tasks};
use crate::app::AppError;
use crate::domain::contact::{Contact, Event, add_all};

/// An event with the contact after it.
pub(in crate::app) struct ContactRecord {
    pub event: Event,
    pub after: Contact,
}

/// The rows for what was recorded, in order. A decision that refers is two events: the contact is decided, and the
/// referral is routed.
pub(in crate::app) fn announce_contact(
    records: &[ContactRecord],
    source: &Source,
    recorded_at: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let mut rows = Vec::with_capacity(records.len() + 1);
    for ContactRecord { event, after } in records {
        let row = base(event, after, source, recorded_at);
        let routed = routed(event, after, &row);
        rows.push(baton_rpc::announcement(row)?);
        if let Some(routed) = routed {
            rows.push(baton_rpc::announcement(routed)?);
        }
    }
    Ok(rows)
}

fn base(event: &Event, after: &Contact, source: &Source, recorded_at: Timestamp) -> Announced {
    let (event_type, effective_at, data) = described(event, after);
    let rules = match event {
        Event::Launched { contact, .. } => contact.rules.clone(),
        Event::Decided { rules, .. }
        | Event::StepRecorded { rules, .. }
        | Event::PassedOn { rules, .. } => rules.clone(),
        Event::OwedMet { by, .. } => owed_met(after, by),
        Event::DutyRecounted { duty, .. } => duty.rules.clone(),
        Event::Forwarded { .. } => after.rules.clone(),
        Event::DutiesMet { duties, .. } => {
            duties.iter().flat_map(|duty| duty.rules.clone()).collect()
        }
        Event::DutyBreached { duty, .. } | Event::DutyEscalated { duty, .. } => after
            .owed
            .iter()
            .find(|known| known.name == *duty)
            .map(|known| known.rules.clone())
            .unwrap_or_default(),
        Event::DecisionBreached { .. } | Event::Escalated { .. } => after
            .due
            .as_ref()
            .map(|due| due.rules.clone())
            .unwrap_or_default(),
    };
    let digest = match event {
        Event::Decided { decision, .. } => decision.rationale_digest.clone(),
        Event::StepRecorded { step, .. } => step.reason_digest.clone(),
        Event::PassedOn { passed, .. } => passed.reason_digest.clone(),
        _ => None,
    };
    Announced {
        authority: after.authority.to_string(),
        r#type: event_type.to_owned(),
        aggregate_id: after.id.to_string(),
        aggregate_version: after.version,
        case_id: after.case.map(|case| case.to_string()).unwrap_or_default(),
        child_id: after.child.to_string(),
        family_id: after.family.to_string(),
        effective_at: Some(timestamp(effective_at)),
        rules,
        reason_digest: digest.unwrap_or_default(),
        facts_version: after.facts_version,
        data: Some(structure(&data)),
        notices_due: notices(event, after),
        tasks: tasks(event, after),
        ..source.event(acted_in(event), recorded_at)
    }
}

fn acted_in(event: &Event) -> Option<&PostHeld> {
    match event {
        Event::Decided { decision, .. } => Some(&decision.post),
        Event::StepRecorded { step, .. } => step.post.as_ref(),
        Event::PassedOn { post, .. } => post.as_ref(),
        Event::Launched { .. }
        | Event::DecisionBreached { .. }
        | Event::Escalated { .. }
        | Event::Forwarded { .. }
        | Event::DutiesMet { .. }
        | Event::OwedMet { .. }
        | Event::DutyRecounted { .. }
        | Event::DutyBreached { .. }
        | Event::DutyEscalated { .. } => None,
    }
}

/// The rules of the duties that this met.
fn owed_met(after: &Contact, by: &str) -> Vec<String> {
    let mut rules = Vec::new();
    for duty in &after.owed {
        if duty.met_by.iter().any(|met_by| met_by == by) {
            add_all(&mut rules, &duty.rules);
        }
    }
    rules
}

/// The type of an event, when it was true, and what it says.
#[expect(clippy::too_many_lines, reason = "one short arm an event")]
fn described(event: &Event, after: &Contact) -> (&'static str, Timestamp, Json) {
    match event {
        Event::Launched { contact, .. } => {
            let due = contact.due.as_ref();
            let data = json!({
                "team_id": contact.team.as_str(),
                "source_kind": contact.source_kind,
                "form": contact.form,
                "decision_due_on": due.map(|due| due.on.to_string()).unwrap_or_default(),
                "decision_breached_at": due.map(|due| due.breached_at.to_string()).unwrap_or_default(),
                "unknown_facts": contact.facts_unknown,
                "kind": contact.kind,
                "from_elsewhere": contact.from_elsewhere,
            });
            ("contact.launched", contact.received_at, data)
        }
        Event::Decided {
            decision,
            departures,
            ..
        } => {
            let departures: Vec<Json> = departures
                .iter()
                .map(|(rule, digest)| json!({ "rule_id": rule, "reason_digest": digest }))
                .collect();
            let data = json!({
                "team_id": after.team.as_str(),
                "source_kind": after.source_kind,
                "form": after.form,
                "outcome": decision.outcome,
                "referral_id": decision.referral.map(|id| id.to_string()).unwrap_or_default(),
                "routed_to_team_id": decision.routed_to.as_ref().map(TeamId::to_string).unwrap_or_default(),
                "in_time": after.due.as_ref().is_none_or(|due| decision.at < due.breached_at),
                "departures": departures,
                "kind": after.kind,
                "need_level": decision.need_level,
                "ground": decision.ground,
                "issues": decision.issues.len(),
                "record_as": decision.record_as,
                "period_from": decision.period.map(|period| period.from.to_string()),
                "period_until": decision.period.map(|period| period.until.to_string()),
            });
            ("contact.decided", decision.at, data)
        }
        Event::Forwarded { .. } => {
            let data = json!({ "team_id": after.team.as_str() });
            ("contact.forwarded", after.received_at, data)
        }
        Event::DutiesMet { duties, at } => {
            let names: Vec<&str> = duties.iter().map(|duty| duty.name.as_str()).collect();
            let data = json!({ "team_id": after.team.as_str(), "duties": names });
            ("contact.duties_met", *at, data)
        }
        Event::DecisionBreached { at } => {
            let due = after.due.as_ref();
            let data = json!({
                "team_id": after.team.as_str(),
                "clock": due.map(|due| due.name.clone()).unwrap_or_default(),
                "due_on": due.map(|due| due.on.to_string()).unwrap_or_default(),
                "needs_resolution": false,
                "inherited": due.is_some_and(|due| due.inherited),
            });
            ("contact.deadline_breached", *at, data)
        }
        Event::Escalated { rung, at } => {
            let told = after.due.as_ref().and_then(|due| due.rungs.get(*rung));
            let data = json!({
                "team_id": after.team.as_str(),
                "rung": rung,
                "role": told.map(|told| told.role.clone()).unwrap_or_default(),
            });
            ("contact.escalated", *at, data)
        }
        Event::StepRecorded { step, .. } => {
            let data = json!({
                "team_id": after.team.as_str(),
                "step": step.step,
                "by": step.by,
                "basis": step.basis,
            });
            ("contact.step_recorded", step.at, data)
        }
        Event::PassedOn { passed, .. } => {
            let data = json!({
                "from_team_id": passed.from.as_str(),
                "team_id": passed.to.as_str(),
                "by": passed.by,
            });
            ("contact.passed_on", passed.at, data)
        }
        Event::OwedMet { by, at } => {
            let data = json!({ "team_id": after.team.as_str(), "met_by": by });
            ("contact.owed_met", *at, data)
        }
        Event::DutyRecounted { duty, at } => {
            let due = duty.due.as_ref();
            let data = json!({
                "team_id": after.team.as_str(),
                "clock": duty.name,
                "due_on": due.map(|due| due.on.to_string()).unwrap_or_default(),
            });
            ("contact.duty_recounted", *at, data)
        }
        Event::DutyBreached { duty, at } => {
            let due = after.owed.iter().find(|known| known.name == *duty);
            let due = due.and_then(|known| known.due.as_ref());
            let data = json!({
                "team_id": after.team.as_str(),
                "clock": duty,
                "due_on": due.map(|due| due.on.to_string()).unwrap_or_default(),
                "needs_resolution": false,
            });
            ("contact.duty_breached", *at, data)
        }
        Event::DutyEscalated { duty, rung, at } => {
            let data = json!({ "team_id": after.team.as_str(), "clock": duty, "rung": rung });
            ("contact.duty_escalated", *at, data)
        }
    }
}

/// The referral that a decision made, as an event of its own: the ledger opens a case because of it.
fn routed(event: &Event, after: &Contact, decided: &Announced) -> Option<Announced> {
    let Event::Decided { decision, .. } = event else {
        return None;
    };
    let (referral, team) = (decision.referral?, decision.routed_to.as_ref()?);
    let data = json!({
        "referral_id": referral.to_string(),
        "contact_id": after.id.to_string(),
        "team_id": team.as_str(),
        "worker_id": decision.worker.as_ref().map(ToString::to_string).unwrap_or_default(),
        "outcome": decision.outcome,
    });
    Some(Announced {
        event_id: baton_ids::EventId::new().to_string(),
        r#type: "referral.routed".to_owned(),
        effective_at: Some(timestamp(decision.effective_at.unwrap_or(decision.at))),
        data: Some(structure(&data)),
        notices_due: Vec::new(),
        tasks: Vec::new(),
        ..decided.clone()
    })
}
