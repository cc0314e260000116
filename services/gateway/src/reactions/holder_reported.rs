//! The record system names who holds the case: compared with the ledger, which it never changes.

use baton_contracts::allocation::v1::{GetContextRequest, GetContextResponse, ReportHolderRequest};
use baton_contracts::record::v1::{HolderReported, Outcome, RecordEvent};

use super::cause::Report;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// What comes next after a report of a holder.
pub fn next(
    report: &Report,
    event: &RecordEvent,
    said: &HolderReported,
    progress: Progress<'_>,
) -> Next {
    if let Some(next) = facts::refused(progress) {
        return next;
    }
    let Some(child) = report.children.first() else {
        return Next::Finished(Vec::new());
    };
    match progress.answers {
        [] => {
            let request = GetContextRequest {
                child_id: child.child_id.clone(),
                ..GetContextRequest::default()
            };
            Next::Send(Step::new(path::GET_CONTEXT, &request, About::nobody()))
        }
        [found] => {
            let responsibility = found
                .as_response::<GetContextResponse>()
                .and_then(|found| found.responsibility);
            let Some(responsibility) = responsibility else {
                // Nothing to compare with: no case is open.
                return Next::Finished(vec![Outcome {
                    child_id: child.child_id.clone(),
                    ..Outcome::default()
                }]);
            };
            let request = ReportHolderRequest {
                request_id: progress.request_id(),
                case_id: responsibility.case_id.clone(),
                team_id: said.team_id.clone(),
                worker_id: said.worker_id.clone(),
                effective_at: event.effective_at,
            };
            let about = About::case(&child.child_id, &responsibility.case_id)
                .with_workers([said.worker_id.as_str()]);
            Next::Send(Step::new(path::REPORT_HOLDER, &request, about))
        }
        answers => Next::Finished(vec![outcome::of(&child.child_id, answers)]),
    }
}
