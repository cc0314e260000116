//! A transfer was released: the ledger decides, and the transfer records what it decided.

use baton_contracts::allocation::v1::MoveResponsibilityRequest;
use baton_contracts::transfer::v1::{ConfirmMoveRequest, FailCompletionRequest};

use super::answer::Answer;
use super::cause::Release;
use super::step::{About, Step, path};
use super::{Next, Progress, outcome, park, park_unreadable, platform};

/// The change that the receipt names once the ledger has moved the case.
const MOVED: &str = "responsibility_moved";

/// What comes next after a release.
pub fn next(cause: &Release, progress: Progress<'_>) -> Next {
    let Some(release) = &cause.release else {
        return park_unreadable();
    };
    let about = About::case(&cause.child_id, &release.case_id)
        .with_workers([release.to_worker_id.as_str()])
        .seen();
    match progress.answers {
        [] => {
            let request = MoveResponsibilityRequest {
                request_id: progress.request_id(),
                case_id: release.case_id.clone(),
                expected_epoch: release.expected_epoch,
                to_team_id: release.to_team_id.clone(),
                to_worker_id: release.to_worker_id.clone(),
                effective_at: release.effective_at,
                transfer_id: release.transfer_id.clone(),
                rules: release.rules.clone(),
                pending_authorisation: release.pending_authorisation,
                release_id: release.release_id.clone(),
            };
            Next::Send(Step::new(path::MOVE_RESPONSIBILITY, &request, about))
        }
        [
            Answer {
                refusal: Some(refusal),
                ..
            },
        ] => {
            let request = FailCompletionRequest {
                request_id: progress.request_id(),
                transfer_id: release.transfer_id.clone(),
                release_id: release.release_id.clone(),
                reason: refusal.reason(),
                rules: refusal.rules.iter().take(20).cloned().collect(),
            };
            Next::Send(Step::new(path::FAIL_COMPLETION, &request, about))
        }
        [moved] => {
            let Some(epoch) = epoch_after(moved) else {
                return park_unreadable();
            };
            let request = ConfirmMoveRequest {
                request_id: progress.request_id(),
                transfer_id: release.transfer_id.clone(),
                release_id: release.release_id.clone(),
                epoch,
                moved_at: release.effective_at,
            };
            Next::Send(Step::new(path::CONFIRM_MOVE, &request, about))
        }
        // The ledger has decided and the transfer does not take it: nobody in a team can put that right.
        [
            ..,
            Answer {
                refusal: Some(refusal),
                ..
            },
        ] => park(refusal, platform()),
        [first, ..] => {
            let mut outcome = outcome::of(&cause.child_id, progress.answers);
            outcome.transfer_id.clone_from(&release.transfer_id);
            outcome.case_id.clone_from(&release.case_id);
            if first.refusal.is_none() {
                outcome.changes.push(MOVED.to_owned());
            }
            Next::Finished(vec![outcome])
        }
    }
}

fn epoch_after(moved: &Answer) -> Option<i64> {
    use baton_contracts::allocation::v1::MoveResponsibilityResponse;

    moved
        .as_response::<MoveResponsibilityResponse>()
        .and_then(|moved| moved.case)
        .map(|case| case.epoch)
}
