//! A referral was routed to a team: the ledger opens the case there.

use baton_contracts::allocation::v1::PlaceCaseRequest;
use baton_contracts::event::v1::Event;

use super::step::{About, Step, path};
use super::{Next, Progress, park, team_manager, text};

/// What comes next after `referral.routed`.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    let team_id = text(event, "team_id");
    if let Some(refusal) = progress.refused() {
        // A child whose case is open already is somebody's; the team that was meant has to hear of the referral.
        return park(refusal, team_manager(team_id));
    }
    if !progress.answers.is_empty() {
        return Next::Finished(Vec::new());
    }
    let request = PlaceCaseRequest {
        request_id: progress.request_id(),
        child_id: event.child_id.clone(),
        team_id: team_id.to_owned(),
        worker_id: String::new(),
        effective_at: event.effective_at,
        referral_id: text(event, "referral_id").to_owned(),
        rules: event.rules.clone(),
    };
    Next::Send(Step::new(
        path::PLACE_CASE,
        &request,
        About::child(&event.child_id),
    ))
}
