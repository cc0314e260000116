//! A contact arrived: the front door launches it.

use baton_contracts::frontdoor::v1::LaunchContactRequest;
use baton_contracts::record::v1::{ContactReceived, RecordEvent};

use super::cause::Report;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// What comes next after a report of a contact.
pub fn next(
    report: &Report,
    event: &RecordEvent,
    said: &ContactReceived,
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
    let request = LaunchContactRequest {
        request_id: progress.request_id(),
        child_id: child.child_id.clone(),
        source_kind: said.source_kind.clone(),
        form: said.form.clone(),
        received_at: event.effective_at,
        team_id: String::new(),
        kind: said.kind.clone(),
    };
    Next::Send(Step::new(
        path::LAUNCH_CONTACT,
        &request,
        About::child(&child.child_id),
    ))
}
