//! From the domain's own types to messages.

use baton_answers::skipped_days;
use baton_contracts::notification::v1 as wire;
use baton_contracts::{structure, timestamp, type_v1};
use baton_ids::EventId;
use jiff::civil::Date;

use crate::app::{NAME, Outcome};
use crate::domain::notice::{Addressee, Due, Notice, Owner, State};

/// A notice. The address stays where it is kept.
pub fn notice(notice: &Notice) -> wire::Notice {
    let withheld_because = match &notice.state {
        State::Withheld { because } => because.clone(),
        _ => String::new(),
    };
    wire::Notice {
        notice_id: notice.id.to_string(),
        case_id: notice
            .about
            .case
            .map(|id| id.to_string())
            .unwrap_or_default(),
        child_id: notice
            .about
            .child
            .map(|id| id.to_string())
            .unwrap_or_default(),
        kind: notice.kind.clone(),
        recipient: Some(recipient(notice)),
        medium: notice.medium.clone(),
        state: state(&notice.state).into(),
        rules: notice.rules.clone(),
        due: notice.due.as_ref().map(|due| due_date(due, notice)),
        withheld_because,
        cause_event_id: notice.about.event.clone(),
        sent_at: notice.told_at.map(timestamp),
        content: Some(structure(&notice.content)),
        version: notice.version,
        process_id: notice.about.process.to_string(),
        media: notice.media.clone(),
    }
}

fn recipient(notice: &Notice) -> wire::Recipient {
    let role = match &notice.audience {
        Addressee::Role(owner) => owner.clone(),
        Addressee::Outside(_) => Owner::default(),
    };
    wire::Recipient {
        kind: notice.recipient.kind.clone(),
        id: notice.recipient.id.clone(),
        role: role.role,
        team_id: role.team,
    }
}

const fn state(state: &State) -> wire::NoticeState {
    match state {
        State::Unresolved | State::Ready | State::AwaitingFacts | State::Held => {
            wire::NoticeState::Prepared
        }
        State::Unaddressed => wire::NoticeState::Unaddressed,
        State::Sent => wire::NoticeState::Sent,
        State::Withheld { .. } => wire::NoticeState::Withheld,
        State::Given { .. } => wire::NoticeState::Given,
        State::Delivered => wire::NoticeState::Delivered,
        State::Returned => wire::NoticeState::Returned,
    }
}

/// By when a notice has to be sent.
pub fn due_date(due: &Due, notice: &Notice) -> type_v1::DueDate {
    let state = match (due.breached, notice.told_at, &notice.state) {
        (_, None, State::Withheld { .. }) if !due.breached => type_v1::DueState::Cancelled,
        (true, None, _) => type_v1::DueState::Breached,
        (true, Some(_), _) => type_v1::DueState::Answered,
        (false, Some(_), _) => type_v1::DueState::Met,
        (false, None, _) => type_v1::DueState::Open,
    };
    type_v1::DueDate {
        name: notice.kind.clone(),
        due_on: due.on.to_string(),
        breached_at: Some(timestamp(due.at)),
        state: state.into(),
        rules: notice.rules.clone(),
        owner: Some(owner(&notice.sender)),
        skipped_days: skipped_days(skipped(due)),
        met_at: notice.told_at.map(timestamp),
        ..type_v1::DueDate::default()
    }
}

/// Whose something is.
pub fn owner(owner: &Owner) -> type_v1::Owner {
    type_v1::Owner {
        role: owner.role.clone(),
        team_id: owner.team.clone(),
        worker_id: owner.worker.clone(),
        area: owner.area.clone(),
    }
}

/// The days that the count of a limit skipped, and why.
pub fn skipped(due: &Due) -> impl Iterator<Item = (Date, &str)> {
    due.skipped.iter().map(|(date, why)| (*date, why.as_str()))
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

/// A notice has its recipients.
pub fn addressed(outcome: &Outcome<Vec<Notice>>) -> wire::AddressNoticeResponse {
    wire::AddressNoticeResponse {
        notices: outcome.value.iter().map(notice).collect(),
        as_of: Some(as_of(outcome.last_event)),
    }
}

/// A contact is set.
pub fn contact_set(outcome: &Outcome<()>) -> wire::SetContactResponse {
    wire::SetContactResponse {
        as_of: Some(as_of(outcome.last_event)),
    }
}

/// A notice is withheld.
pub fn withheld(outcome: &Outcome<Notice>) -> wire::WithholdNoticeResponse {
    wire::WithholdNoticeResponse {
        notice: Some(notice(&outcome.value)),
        as_of: Some(as_of(outcome.last_event)),
    }
}

/// A notice is given.
pub fn given(outcome: &Outcome<Notice>) -> wire::MarkNoticeGivenResponse {
    wire::MarkNoticeGivenResponse {
        notice: Some(notice(&outcome.value)),
        as_of: Some(as_of(outcome.last_event)),
    }
}

/// A delivery is reported.
pub fn delivered(outcome: &Outcome<Notice>) -> wire::ReportDeliveryResponse {
    wire::ReportDeliveryResponse {
        notice: Some(notice(&outcome.value)),
        as_of: Some(as_of(outcome.last_event)),
    }
}
