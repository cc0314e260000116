//! A notice waits for its recipients: the organisation tells who holds the role, notification then sends it.

use baton_contracts::allocation::v1::{ResolveRecipientsRequest, ResolveRecipientsResponse};
use baton_contracts::event::v1::Event;
use baton_contracts::notification::v1::AddressNoticeRequest;
use baton_contracts::type_v1::Owner;
use prost_types::value::Kind;

use super::step::{About, Step, path};
use super::{Next, Progress, park, platform};

/// What comes next after `notice.prepared`.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return park(refusal, platform());
    }
    match progress.answers {
        [] => {
            let request = ResolveRecipientsRequest {
                owners: vec![owner(event)],
            };
            Next::Send(Step::new(
                path::RESOLVE_RECIPIENTS,
                &request,
                About::nobody(),
            ))
        }
        [resolved] => {
            let mut worker_ids: Vec<String> = resolved
                .as_response::<ResolveRecipientsResponse>()
                .map(|resolved| {
                    resolved
                        .matches
                        .into_iter()
                        .map(|found| found.worker_id)
                        .collect()
                })
                .unwrap_or_default();
            // One letter per recipient and cause, also for somebody who holds a role and covers it elsewhere.
            worker_ids.sort_unstable();
            worker_ids.dedup();
            let request = AddressNoticeRequest {
                request_id: progress.request_id(),
                notice_id: event.aggregate_id.clone(),
                worker_ids,
            };
            // The notice knows what it is about: nothing more is looked up for whoever is told.
            Next::Send(Step::new(path::ADDRESS_NOTICE, &request, About::nobody()))
        }
        _ => Next::Finished(Vec::new()),
    }
}

/// Whom the notice is for, from `data.owner`.
fn owner(event: &Event) -> Owner {
    let owner = event
        .data
        .as_ref()
        .and_then(|data| data.fields.get("owner"));
    let Some(Kind::StructValue(owner)) = owner.and_then(|owner| owner.kind.as_ref()) else {
        return Owner::default();
    };
    let part = |key: &str| match owner.fields.get(key).and_then(|part| part.kind.as_ref()) {
        Some(Kind::StringValue(part)) => part.clone(),
        _ => String::new(),
    };
    Owner {
        role: part("role"),
        team_id: part("team_id"),
        worker_id: part("worker_id"),
        area: part("area"),
    }
}
