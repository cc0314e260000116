//! What each act on a transfer answers.

use baton_contracts::transfer::v1 as proto;

use super::Answer;
use crate::app::Outcome;

macro_rules! answers {
    ($($name:ident: $response:ident),* $(,)?) => { $(
        /// What the call answers.
        pub(super) fn $name(outcome: Outcome) -> proto::$response {
            let Answer { transfer, as_of, explanation } = outcome.into();
            proto::$response { transfer, as_of, explanation }
        }
    )* };
}

answers! {
    name_receiving_worker: NameReceivingWorkerResponse,
    name_receiving_team: NameReceivingTeamResponse,
    complete_item: CompleteItemResponse,
    sign_item: SignItemResponse,
    review_audit: ReviewAuditResponse,
    waive_item: WaiveItemResponse,
    record_meeting: RecordMeetingResponse,
    agree_date: AgreeDateResponse,
    complete_transfer: CompleteTransferResponse,
    return_transfer: ReturnTransferResponse,
    withdraw_transfer: WithdrawTransferResponse,
    explain_departure: ExplainDepartureResponse,
    defer_transfer: DeferTransferResponse,
    review_deferral: ReviewDeferralResponse,
    raise_dispute: RaiseDisputeResponse,
    escalate_dispute: EscalateDisputeResponse,
    resolve_dispute: ResolveDisputeResponse,
}
