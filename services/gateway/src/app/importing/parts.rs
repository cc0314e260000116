//! What the parts of a line are: the case it opens, and what it reports besides.

use baton_contracts::allocation::v1::EarlierInvolvement;
use baton_contracts::record::v1::{
    ChildOutcome, ChildRef, ConferenceHeld, ConferenceScheduled, ContactReceived, EvidenceRecorded,
    RecordEvent, record_event::Event as Said,
};
use baton_contracts::timestamp;
use jiff::Timestamp;
use uuid::Uuid;

use super::Taking;
use crate::import::{Kind, Line, source};
use crate::reactions::cause::{Named, Opening};

/// The same name gives the same id, so that a line that comes again stands for the same referral and closure.
fn stand_in(taking: &Taking, what: &str, line: &Line) -> String {
    let given = line
        .given("cine_referral_id")
        .unwrap_or_else(|| line.text("cine_referral_date"));
    let Taking { reporter, .. } = taking;
    let person = line.person();
    let name = format!(
        "{what}/{}/{}/{person}/{given}",
        reporter.authority, reporter.system
    );
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

/// The case that a line opens, or closed; or the child alone.
pub(super) fn opening(taking: &Taking, line: &Line) -> Opening {
    let text = |name: &str| line.text(name).to_owned();
    let person = line.person();
    let closed = line.kind == Kind::Closures;
    let (event_id, team_id, since) = if closed {
        let of = line
            .given("cine_referral_id")
            .unwrap_or_else(|| line.text("cine_referral_date"));
        (
            format!("opening/closure/{of}/{person}"),
            text("cine_referral_team"),
            line.at("cine_referral_date"),
        )
    } else {
        let since = line
            .at("invo_involvement_start_date")
            .or_else(|| line.at("cont_contact_date"));
        (
            format!("opening/case/{person}"),
            text("invo_professional_team"),
            since,
        )
    };
    Opening {
        id: String::new(),
        system: taking.reporter.system.clone(),
        event_id,
        revision: 0,
        child: Some(Named {
            reference: person.to_owned(),
            ..Named::default()
        }),
        date_of_birth: text("pers_dob"),
        expected_delivery_date: text("pers_expected_dob"),
        facts: line.facts.clone(),
        team_id,
        worker_id: text("invo_professional_id"),
        since: since.map(timestamp),
        closed_at: line.at("cine_close_date").filter(|_| closed).map(timestamp),
        referral_id: stand_in(taking, "referral", line),
        closure_id: if closed {
            stand_in(taking, "closure", line)
        } else {
            String::new()
        },
        involvements: Vec::new(),
    }
}

/// Who had a child before, by its lines in order.
pub(super) fn involvements(taking: &Taking, person: &str, lines: &[(usize, Line)]) -> Opening {
    let involvements = lines.iter().map(|(_, line)| EarlierInvolvement {
        team_id: line.text("invo_professional_team").to_owned(),
        worker_id: line.text("invo_professional_id").to_owned(),
        from: line.at("invo_involvement_start_date").map(timestamp),
    });
    Opening {
        system: taking.reporter.system.clone(),
        event_id: format!("opening/involvements/{person}"),
        child: Some(Named {
            reference: person.to_owned(),
            ..Named::default()
        }),
        involvements: involvements.collect(),
        ..Opening::default()
    }
}

/// What a line reports besides: a contact that is not decided, a conference that is booked or was held, evidence.
pub(super) fn events(line: &Line) -> Vec<RecordEvent> {
    let person = line.person().to_owned();
    let text = |name: &str| line.text(name).to_owned();
    let child = || {
        Some(ChildRef {
            child_id: String::new(),
            reference: person.clone(),
        })
    };
    let event = |name: &str, at: Option<Timestamp>, said: Said| RecordEvent {
        event_id: format!("opening/{name}/{person}"),
        revision: 0,
        effective_at: at.map(timestamp),
        event: Some(said),
    };
    let mut events = Vec::new();
    if line.kind == Kind::Evidence {
        let said = Said::EvidenceRecorded(EvidenceRecorded {
            child: child(),
            item: text("item"),
            state: text("state"),
            done_by: text("prof_professional_id"),
            ..EvidenceRecorded::default()
        });
        let name = format!("evidence/{}", line.text("item"));
        events.push(event(&name, line.at("done_on"), said));
    }
    if let Some(at) = line.at("cont_contact_date") {
        let form = line.given("contact_form").unwrap_or("written").to_owned();
        let said = Said::ContactReceived(ContactReceived {
            child: child(),
            source_kind: source(line.text("cont_contact_source_code")).to_owned(),
            form,
            kind: String::new(),
        });
        let name = format!("contact/{}", line.text("cont_contact_id"));
        events.push(event(&name, Some(at), said));
    }
    let Some(conference) = line.given("conference_ref") else {
        return events;
    };
    let held_at = line.at("conference_held_at");
    let booked = Said::ConferenceScheduled(ConferenceScheduled {
        conference_ref: conference.to_owned(),
        kind: text("conference_kind"),
        at: line.at("conference_at").or(held_at).map(timestamp),
        children: child().into_iter().collect(),
    });
    let booked_at = line
        .at("conference_booked_on")
        .max(line.at("invo_involvement_start_date"));
    events.push(event(&format!("booked/{conference}"), booked_at, booked));
    if held_at.is_some() {
        let held = Said::ConferenceHeld(ConferenceHeld {
            conference_ref: conference.to_owned(),
            kind: text("conference_kind"),
            outcomes: vec![ChildOutcome {
                child: child(),
                outcome: text("conference_outcome"),
            }],
            attended: Vec::new(),
            chaired_by: String::new(),
            attendance_known: false,
        });
        events.push(event(&format!("held/{conference}"), held_at, held));
    }
    events
}
