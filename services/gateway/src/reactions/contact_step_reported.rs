//! Something was done about a child's latest contact: the front door records it.

use baton_contracts::frontdoor::v1::ReportContactStepRequest;
use baton_contracts::record::v1::{ContactStepReported, RecordEvent};

use super::cause::Report;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// What comes next after a report of a step.
pub fn next(
    report: &Report,
    event: &RecordEvent,
    said: &ContactStepReported,
    progress: Progress<'_>,
) -> Next {
    if let Some(next) = facts::refused(progress) {
        return next;
    }
    let Some(child) = report.children.first() else {
        return Next::Finished(Vec::new());
    };
    if !progress.answers.is_empty() {
        return Next::Finished(vec![outcome::of(&child.child_id, progress.answers)]);
    }
    let request = ReportContactStepRequest {
        request_id: progress.request_id(),
        child_id: child.child_id.clone(),
        step: said.step.clone(),
        done_by: said.done_by.clone(),
        basis: said.basis.clone(),
        done_at: event.effective_at,
    };
    Next::Send(Step::new(
        path::REPORT_CONTACT_STEP,
        &request,
        About::child(&child.child_id),
    ))
}
