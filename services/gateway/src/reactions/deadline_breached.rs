//! A deadline was breached and something may follow: its service decides on fresh facts.

use baton_contracts::closure::v1::ResolveClosureExpiryRequest;
use baton_contracts::event::v1::Event;
use baton_contracts::transfer::v1::ResolveExpiryRequest;

use super::step::{About, Step, path};
use super::{Next, Progress, park, platform, text};

/// What comes next after a breach that needs resolving.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return park(refusal, platform());
    }
    if !progress.answers.is_empty() {
        return Next::Finished(Vec::new());
    }
    let about = About::case(&event.child_id, &event.case_id);
    let name = text(event, "name").to_owned();
    Next::Send(if event.service == "closure" {
        let request = ResolveClosureExpiryRequest {
            request_id: progress.request_id(),
            closure_id: event.aggregate_id.clone(),
            name,
            breach_event_id: event.event_id.clone(),
        };
        Step::new(path::RESOLVE_CLOSURE_EXPIRY, &request, about)
    } else {
        let request = ResolveExpiryRequest {
            request_id: progress.request_id(),
            transfer_id: event.aggregate_id.clone(),
            name,
            breach_event_id: event.event_id.clone(),
        };
        Step::new(path::RESOLVE_EXPIRY, &request, about)
    })
}
