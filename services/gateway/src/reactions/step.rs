//! One command of a reaction.

use prost::Message;

/// A command, or a question, to one service.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The method: `/baton.transfer.v1.TransferReactionService/ConfirmMove`.
    pub path: &'static str,
    /// The request message.
    pub request: Vec<u8>,
    /// What the context has to be about.
    pub about: About,
}

/// What the context of a command is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The child. Empty for none.
    pub child_id: String,
    /// The case. Empty to take the child's open one.
    pub case_id: String,
    /// Workers whose team the service has to know.
    pub workers: Vec<String>,
    /// How fresh the context has to be.
    pub freshness: Freshness,
}

/// How fresh a context has to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Freshness {
    /// Facts and responsibility as they are now.
    #[default]
    Fresh,
    /// What this run of the reaction has seen will do: the service that is asked owns what decides.
    AsSeen,
    /// Actor and authority only.
    Bare,
}

impl About {
    /// About a child, on fresh facts.
    pub fn child(child_id: &str) -> Self {
        Self {
            child_id: child_id.to_owned(),
            ..Self::default()
        }
    }

    /// About a child and a case.
    pub fn case(child_id: &str, case_id: &str) -> Self {
        Self {
            child_id: child_id.to_owned(),
            case_id: case_id.to_owned(),
            ..Self::default()
        }
    }

    /// About nobody: actor and authority are enough.
    pub fn nobody() -> Self {
        Self {
            freshness: Freshness::Bare,
            ..Self::default()
        }
    }

    /// With workers whose team the service has to know.
    #[must_use]
    pub fn with_workers<'a>(mut self, workers: impl IntoIterator<Item = &'a str>) -> Self {
        self.workers = workers
            .into_iter()
            .filter(|worker| !worker.is_empty())
            .map(str::to_owned)
            .collect();
        self
    }

    /// With what this run has seen already.
    #[must_use]
    pub fn seen(mut self) -> Self {
        self.freshness = Freshness::AsSeen;
        self
    }
}

impl Step {
    /// A command.
    pub fn new(path: &'static str, request: &impl Message, about: About) -> Self {
        Self {
            path,
            request: request.encode_to_vec(),
            about,
        }
    }
}

/// The methods that reactions call. A test checks that the contracts have each.
pub mod path {
    pub const REGISTER_CHILD: &str = "/baton.frontdoor.v1.FrontDoorService/RegisterChild";
    pub const LINK_FAMILY: &str = "/baton.frontdoor.v1.FrontDoorService/LinkFamily";
    pub const LAUNCH_CONTACT: &str = "/baton.frontdoor.v1.FrontDoorService/LaunchContact";
    pub const REPORT_CONTACT_STEP: &str =
        "/baton.frontdoor.v1.FrontDoorReactionService/ReportContactStep";
    pub const RECORD_CONTACT_NOTICE: &str =
        "/baton.frontdoor.v1.FrontDoorReactionService/RecordContactNotice";
    pub const RECORD_FACTS: &str = "/baton.frontdoor.v1.FrontDoorReactionService/RecordFacts";
    pub const GET_FACTS: &str = "/baton.frontdoor.v1.FrontDoorReactionService/GetFacts";
    pub const PLACE_CASE: &str = "/baton.allocation.v1.AllocationReactionService/PlaceCase";
    pub const MOVE_RESPONSIBILITY: &str =
        "/baton.allocation.v1.AllocationReactionService/MoveResponsibility";
    pub const END_RESPONSIBILITY: &str =
        "/baton.allocation.v1.AllocationReactionService/EndResponsibility";
    pub const RECORD_INVOLVEMENT: &str =
        "/baton.allocation.v1.AllocationReactionService/RecordInvolvement";
    pub const REPORT_HOLDER: &str = "/baton.allocation.v1.AllocationReactionService/ReportHolder";
    pub const COUNT_EARLIER_INVOLVEMENTS: &str =
        "/baton.allocation.v1.AllocationReactionService/CountEarlierInvolvements";
    pub const GET_CONTEXT: &str = "/baton.allocation.v1.AllocationReactionService/GetContext";
    pub const RESOLVE_RECIPIENTS: &str =
        "/baton.allocation.v1.AllocationReactionService/ResolveRecipients";
    pub const CONSIDER_TRIGGER: &str = "/baton.transfer.v1.TransferReactionService/ConsiderTrigger";
    pub const RECORD_MEETING_HELD: &str =
        "/baton.transfer.v1.TransferReactionService/RecordMeetingHeld";
    pub const REASSESS: &str = "/baton.transfer.v1.TransferReactionService/Reassess";
    pub const RECORD_EVIDENCE: &str = "/baton.transfer.v1.TransferReactionService/RecordEvidence";
    pub const RECORD_MEETING: &str = "/baton.transfer.v1.TransferService/RecordMeeting";
    pub const LIST_TRANSFERS: &str = "/baton.transfer.v1.TransferService/ListTransfers";
    pub const CONFIRM_MOVE: &str = "/baton.transfer.v1.TransferReactionService/ConfirmMove";
    pub const FAIL_COMPLETION: &str = "/baton.transfer.v1.TransferReactionService/FailCompletion";
    pub const RECORD_NOTICE_SENT: &str =
        "/baton.transfer.v1.TransferReactionService/RecordNoticeSent";
    pub const RESOLVE_EXPIRY: &str = "/baton.transfer.v1.TransferReactionService/ResolveExpiry";
    pub const CONSIDER_CLOSURE: &str = "/baton.closure.v1.ClosureReactionService/ConsiderClosure";
    pub const CONFIRM_END: &str = "/baton.closure.v1.ClosureReactionService/ConfirmEnd";
    pub const FAIL_END: &str = "/baton.closure.v1.ClosureReactionService/FailEnd";
    pub const RESOLVE_CLOSURE_EXPIRY: &str =
        "/baton.closure.v1.ClosureReactionService/ResolveClosureExpiry";
    pub const ADDRESS_NOTICE: &str =
        "/baton.notification.v1.NotificationReactionService/AddressNotice";

    /// All of them.
    #[cfg(test)]
    pub const ALL: &[&str] = &[
        REGISTER_CHILD,
        LINK_FAMILY,
        LAUNCH_CONTACT,
        RECORD_FACTS,
        GET_FACTS,
        PLACE_CASE,
        MOVE_RESPONSIBILITY,
        END_RESPONSIBILITY,
        RECORD_INVOLVEMENT,
        REPORT_HOLDER,
        COUNT_EARLIER_INVOLVEMENTS,
        GET_CONTEXT,
        RESOLVE_RECIPIENTS,
        CONSIDER_TRIGGER,
        RECORD_MEETING_HELD,
        REASSESS,
        RECORD_EVIDENCE,
        RECORD_MEETING,
        LIST_TRANSFERS,
        CONFIRM_MOVE,
        FAIL_COMPLETION,
        RECORD_NOTICE_SENT,
        RESOLVE_EXPIRY,
        CONSIDER_CLOSURE,
        CONFIRM_END,
        FAIL_END,
        RESOLVE_CLOSURE_EXPIRY,
        ADDRESS_NOTICE,
    ];
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn every_method_of_a_reaction_is_in_the_contracts() {
        for path in path::ALL {
            assert!(baton_contracts::call_of(path).is_some(), "{path}");
        }
    }
}
