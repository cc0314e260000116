//! A piece of the record is complete, or was found wanting.

use baton_contracts::record::v1::{EvidenceRecorded, RecordEvent};
use baton_contracts::transfer::v1::RecordEvidenceRequest;

use super::cause::Report;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// What comes next after a report of evidence.
pub fn next(
    report: &Report,
    event: &RecordEvent,
    said: &EvidenceRecorded,
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
    let request = RecordEvidenceRequest {
        request_id: progress.request_id(),
        child_id: child.child_id.clone(),
        item: said.item.clone(),
        state: said.state.clone(),
        done_by: said.done_by.clone(),
        effective_at: event.effective_at,
        answers: said.answers.clone(),
    };
    let about = About::child(&child.child_id).with_workers([said.done_by.as_str()]);
    Next::Send(Step::new(path::RECORD_EVIDENCE, &request, about))
}
