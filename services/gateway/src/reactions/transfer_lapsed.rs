//! A transfer lapsed because the conference made no plan: the responsible team considers closing (W-053).

use baton_contracts::closure::v1::ConsiderClosureRequest;
use baton_contracts::event::v1::Event;
use tonic::Code;

use super::step::{About, Step, path};
use super::{Next, Progress, park, team_manager, text};

/// What comes next after `transfer.lapsed` with a ground for closing.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return match refusal.code() {
            // The case is closed, or a closure is under way: nothing is left to consider.
            Code::FailedPrecondition => Next::Finished(Vec::new()),
            _ => park(refusal, team_manager(text(event, "from_team_id"))),
        };
    }
    if !progress.answers.is_empty() {
        return Next::Finished(Vec::new());
    }
    let request = ConsiderClosureRequest {
        request_id: progress.request_id(),
        case_id: event.case_id.clone(),
        ground: text(event, "closure_ground").to_owned(),
        effective_at: event.effective_at,
        rules: event.rules.iter().take(20).cloned().collect(),
    };
    let about = About::case(&event.child_id, &event.case_id);
    Next::Send(Step::new(path::CONSIDER_CLOSURE, &request, about))
}
