//! A closure was released: the ledger decides, and the closure records what it decided.

use baton_contracts::allocation::v1::{EndResponsibilityRequest, EndResponsibilityResponse};
use baton_contracts::closure::v1::{ConfirmEndRequest, FailEndRequest};

use super::answer::Answer;
use super::cause::ClosureRelease;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, park, park_unreadable, platform};

/// What comes next after a release for closing.
pub fn next(released: &ClosureRelease, progress: Progress<'_>) -> Next {
    let Some(release) = &released.release else {
        return park_unreadable();
    };
    let about = About::case(&released.child_id, &release.case_id).seen();
    match progress.answers {
        [] => {
            let request = EndResponsibilityRequest {
                request_id: progress.request_id(),
                case_id: release.case_id.clone(),
                expected_epoch: release.expected_epoch,
                effective_at: release.effective_at,
                closure_id: release.closure_id.clone(),
                rules: release.rules.clone(),
            };
            Next::Send(Step::new(path::END_RESPONSIBILITY, &request, about))
        }
        [
            Answer {
                refusal: Some(refusal),
                ..
            },
        ] => {
            let request = FailEndRequest {
                request_id: progress.request_id(),
                closure_id: release.closure_id.clone(),
                release_id: release.release_id.clone(),
                reason: refusal.reason(),
            };
            Next::Send(Step::new(path::FAIL_END, &request, about))
        }
        [ended] => {
            let case = ended
                .as_response::<EndResponsibilityResponse>()
                .and_then(|ended| ended.case);
            let Some(case) = case else {
                return park_unreadable();
            };
            let request = ConfirmEndRequest {
                request_id: progress.request_id(),
                closure_id: release.closure_id.clone(),
                release_id: release.release_id.clone(),
                epoch: case.epoch,
                closed_at: release.effective_at,
            };
            Next::Send(Step::new(path::CONFIRM_END, &request, about))
        }
        [
            ..,
            Answer {
                refusal: Some(refusal),
                ..
            },
        ] => park(refusal, platform()),
        // What was watched for the case, and owed on it, ends with it.
        [
            _,
            Answer {
                path: confirmed, ..
            },
        ] if confirmed == path::CONFIRM_END => Next::Send(facts::reassess(
            &released.child_id,
            "facts_changed",
            None,
            release.effective_at,
            progress,
        )),
        _ => Next::Finished(Vec::new()),
    }
}
