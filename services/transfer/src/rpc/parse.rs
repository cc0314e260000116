//! From requests to commands. What the annotations cannot say is checked here, every field at once.

use std::collections::BTreeMap;

use baton_contracts::transfer::v1 as proto;
use baton_ids::{CaseId, ChildId, TeamId, TransferId};
use baton_rpc::{Problem, Violations};
use jiff::civil::Date;
use uuid::Uuid;

use super::time;
use crate::app::{After, Agenda, Page};
use crate::domain::{ConferenceReport, Evidence, ItemAct, MeetingHeld, Trigger};

/// How many transfers a page has when the caller does not say.
const PAGE_SIZE: i64 = 50;
/// How many it has at most.
const PAGE_SIZE_MAX: i64 = 200;

pub fn item_act(
    item: &str,
    answers: &BTreeMap<String, bool>,
    effective_at: Option<&prost_types::Timestamp>,
) -> ItemAct {
    ItemAct {
        item: item.to_owned(),
        answers: answers.clone(),
        effective_at: time(effective_at),
    }
}

pub fn meeting(body: &proto::RecordMeetingRequest) -> Result<MeetingHeld, Problem> {
    let held_at =
        time(body.held_at.as_ref()).ok_or_else(|| Problem::invalid("held_at", "required"))?;
    let agreed_date = some(&body.agreed_date).map(|date| date.parse()).transpose();
    let agreed_date =
        agreed_date.map_err(|_| Problem::invalid("agreed_date", "not a date of the calendar"))?;
    Ok(MeetingHeld {
        kind: body.kind.clone(),
        held_at,
        attended: body.attended.clone(),
        chaired_by: some(&body.chaired_by),
        agreed: body.agreed.clone(),
        agreed_date,
    })
}

pub fn conference(given: &proto::Conference) -> ConferenceReport {
    ConferenceReport {
        reference: given.conference_ref.clone(),
        kind: given.kind.clone(),
        at: time(given.at.as_ref()),
        outcome: some(&given.outcome),
        attended: given.attendance_known.then(|| given.attended.clone()),
        chaired_by: some(&given.chaired_by),
    }
}

pub fn trigger(
    event: &str,
    given: Option<&proto::Conference>,
    meeting: Option<&proto::HeldMeeting>,
    effective_at: Option<&prost_types::Timestamp>,
) -> Result<Trigger, Problem> {
    let effective_at =
        time(effective_at).ok_or_else(|| Problem::invalid("effective_at", "required"))?;
    Ok(Trigger {
        event: event.to_owned(),
        conference: given.map(conference),
        meeting: meeting.map(|meeting| MeetingHeld {
            kind: meeting.kind.clone(),
            held_at: effective_at,
            attended: meeting.attended.clone(),
            chaired_by: some(&meeting.chaired_by),
            agreed: BTreeMap::new(),
            agreed_date: None,
        }),
        effective_at,
    })
}

pub fn evidence(body: &proto::RecordEvidenceRequest) -> Result<Evidence, Problem> {
    let effective_at = time(body.effective_at.as_ref())
        .ok_or_else(|| Problem::invalid("effective_at", "required"))?;
    Ok(Evidence {
        item: body.item.clone(),
        state: body.state.clone(),
        done_by: some(&body.done_by),
        effective_at,
        answers: body.answers.clone(),
    })
}

pub fn request(
    body: &proto::RequestTransferRequest,
) -> Result<(CaseId, crate::domain::Request), Problem> {
    let mut violations = Violations::default();
    let case = violations.parse("case_id", body.case_id.parse::<CaseId>());
    let to_team = optional(&body.to_team_id)
        .and_then(|text| violations.parse("to_team_id", TeamId::new(text)));
    violations.into_result()?;
    let case = case.ok_or_else(|| Problem::invalid("case_id", "required"))?;
    let route = body.route.clone();
    Ok((case, crate::domain::Request { route, to_team }))
}

pub fn child_id(text: &str) -> Result<ChildId, Problem> {
    text.parse()
        .map_err(|error: baton_ids::InvalidId| Problem::invalid("child_id", error.to_string()))
}

pub fn uuid(field: &str, text: &str) -> Result<Uuid, Problem> {
    Uuid::try_parse(text).map_err(|_| Problem::invalid(field, "not a UUID"))
}

pub fn page(body: &proto::ListTransfersRequest) -> Result<Page, Problem> {
    let mut violations = Violations::default();
    let case = optional(&body.case_id)
        .and_then(|text| violations.parse("case_id", text.parse::<CaseId>()));
    let child = optional(&body.child_id)
        .and_then(|text| violations.parse("child_id", text.parse::<ChildId>()));
    let before = optional(&body.page_token)
        .and_then(|text| violations.parse("page_token", text.parse::<TransferId>()));
    violations.into_result()?;
    Ok(Page {
        case,
        child,
        live_only: body.live_only,
        before,
        limit: limit(body.page_size),
    })
}

pub fn agenda(body: &proto::ListMeetingsRequest, today: Date) -> Result<Agenda, Problem> {
    let mut violations = Violations::default();
    let from = optional(&body.from).and_then(|text| violations.parse("from", text.parse::<Date>()));
    let until =
        optional(&body.until).and_then(|text| violations.parse("until", text.parse::<Date>()));
    let from = from.unwrap_or(today);
    if until.is_some_and(|until| until < from) {
        violations.add("until", "must not be before the first day");
    }
    let after = match optional(&body.page_token).map(place) {
        None => After::default(),
        Some(Some(after)) => after,
        Some(None) => {
            violations.add("page_token", "is not one of ours");
            After::default()
        }
    };
    violations.into_result()?;
    Ok(Agenda {
        kind: body.kind.clone(),
        area: body.area.clone(),
        team: body.team_id.clone(),
        from: from.to_string(),
        until: until.as_ref().map(ToString::to_string).unwrap_or_default(),
        after,
        limit: limit(body.page_size),
    })
}

/// Where a page of an agenda ended.
fn place(token: &str) -> Option<After> {
    let mut parts = token.splitn(4, '~');
    let (day, kind) = (parts.next()?, parts.next()?);
    let (area, transfer) = (parts.next()?, parts.next()?);
    let is_name = |text: &str| {
        let mut bytes = text.bytes();
        bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    if !is_name(kind) || !is_name(area) {
        return None;
    }
    Some(After {
        day: day.parse::<Date>().ok()?.to_string(),
        kind: kind.to_owned(),
        area: area.to_owned(),
        transfer: Uuid::try_parse(transfer).ok()?,
    })
}

/// The token of the page after a place.
pub fn page_after(last: &After) -> String {
    let After {
        day,
        kind,
        area,
        transfer,
    } = last;
    format!("{day}~{kind}~{area}~{transfer}")
}

fn limit(page_size: i32) -> i64 {
    match i64::from(page_size) {
        0 => PAGE_SIZE,
        asked => asked.min(PAGE_SIZE_MAX),
    }
}

fn optional(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn some(text: &str) -> Option<String> {
    optional(text).map(str::to_owned)
}
