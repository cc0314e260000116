//! What a service's answer means for a reaction.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::reactions::step::path;

/// What a failed call means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is known to have happened, or something stood in the way: the same bytes again, later.
    Again,
    /// The service failed in a way that may not mend itself.
    Broken,
    /// The context was older than what the service has seen, and nothing happened: a fresh one.
    Stale,
    /// A definite no: the plan decides.
    Refused,
}

/// The meaning of a status other than OK.
pub fn of(path: &str, status: &Status) -> Verdict {
    let reason = status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default();
    match status.code() {
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::ResourceExhausted => {
            Verdict::Again
        }
        Code::Unknown | Code::Internal | Code::DataLoss | Code::Unimplemented => Verdict::Broken,
        Code::Aborted => match reason.as_str() {
            // The epoch of a release is part of the request: a fresh context would not change it.
            "STALE_EPOCH" if names_an_epoch(path) => Verdict::Refused,
            "STALE_FACTS" | "STALE_EPOCH" | "STALE_VERSION" => Verdict::Stale,
            _ => Verdict::Again,
        },
        _ => Verdict::Refused,
    }
}

fn names_an_epoch(path: &str) -> bool {
    path == path::MOVE_RESPONSIBILITY || path == path::END_RESPONSIBILITY
}

#[cfg(test)]
mod tests {
    use baton_rpc::{Problem, Reason};

    use super::*;

    fn verdict(path: &str, reason: Reason) -> Verdict {
        of(path, &Status::from(Problem::new(reason, "")))
    }

    #[test]
    fn stale_facts_ask_for_a_fresh_context() {
        assert_eq!(
            verdict(path::RECORD_MEETING_HELD, Reason::StaleFacts),
            Verdict::Stale
        );
    }

    #[test]
    fn a_release_at_an_old_epoch_is_refused_for_good() {
        assert_eq!(
            verdict(path::MOVE_RESPONSIBILITY, Reason::StaleEpoch),
            Verdict::Refused
        );
    }

    #[test]
    fn what_is_unreachable_or_in_the_way_is_tried_again() {
        assert_eq!(verdict(path::REASSESS, Reason::Contention), Verdict::Again);
        assert_eq!(verdict(path::REASSESS, Reason::Overloaded), Verdict::Again);
        assert_eq!(verdict(path::REASSESS, Reason::PackUnknown), Verdict::Again);
    }

    #[test]
    fn a_rule_that_says_no_is_an_answer() {
        assert_eq!(
            verdict(path::MOVE_RESPONSIBILITY, Reason::UnallocatedForbidden),
            Verdict::Refused
        );
        assert_eq!(
            verdict(path::CONFIRM_MOVE, Reason::NotFound),
            Verdict::Refused
        );
    }
}
