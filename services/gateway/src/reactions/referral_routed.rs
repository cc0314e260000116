//! A referral was routed to a team: the ledger opens the case there.

use baton_contracts::allocation::v1::PlaceCaseRequest;
use baton_contracts::event::v1::Event;

use super::step::{About, Step, path};
use super::{Next, Progress, facts, park, platform, team_manager, text};

/// What comes next after `referral.routed`.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    let team_id = text(event, "team_id");
    if let Some(refusal) = progress.refused() {
        if progress.to(path::REASSESS).next().is_some() {
            return park(refusal, platform());
        }
        // A child whose case is open already is somebody's; the team that was meant has to hear of the referral.
        return park(refusal, team_manager(team_id));
    }
    if progress.to(path::REASSESS).next().is_some() {
        return Next::Finished(Vec::new());
    }
    if !progress.answers.is_empty() {
        // What was known before there was a case may open a transfer, or set a day that is watched for.
        return Next::Send(facts::reassess(
            &event.child_id,
            "facts_changed",
            None,
            event.effective_at,
            progress,
        ));
    }
    let request = PlaceCaseRequest {
        request_id: progress.request_id(),
        child_id: event.child_id.clone(),
        team_id: team_id.to_owned(),
        worker_id: text(event, "worker_id").to_owned(),
        effective_at: event.effective_at,
        referral_id: text(event, "referral_id").to_owned(),
        rules: event.rules.clone(),
    };
    let about = About::child(&event.child_id).with_workers([text(event, "worker_id")]);
    Next::Send(Step::new(path::PLACE_CASE, &request, about))
}
