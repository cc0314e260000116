//! A receiving worker was named: the ledger records who is identified as next.

use baton_contracts::allocation::v1::RecordInvolvementRequest;
use baton_contracts::event::v1::Event;

use super::step::{About, Step, path};
use super::{Next, Progress, park, team_manager, text};

/// What comes next after `transfer.worker_named`.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return park(refusal, team_manager(text(event, "to_team_id")));
    }
    if !progress.answers.is_empty() {
        return Next::Finished(Vec::new());
    }
    let worker_id = text(event, "worker_id");
    let request = RecordInvolvementRequest {
        request_id: progress.request_id(),
        case_id: event.case_id.clone(),
        worker_id: worker_id.to_owned(),
        transfer_id: event.aggregate_id.clone(),
    };
    let about = About::case(&event.child_id, &event.case_id).with_workers([worker_id]);
    Next::Send(Step::new(path::RECORD_INVOLVEMENT, &request, about))
}
