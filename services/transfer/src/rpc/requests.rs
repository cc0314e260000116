//! What each mutating request of `TransferService` says: which transfer, which reasons, which command.

use baton_contracts::transfer::v1 as proto;
use baton_contracts::type_v1;
use baton_ids::{TeamId, WorkerId};
use baton_rpc::Problem;

use super::transfers::Mutating;
use super::{Envelope, parse};
use crate::domain::Command;

impl Mutating for proto::NameReceivingWorkerRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            "",
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        let worker = WorkerId::new(&self.worker_id)
            .map_err(|error| Problem::invalid("worker_id", error.to_string()))?;
        Ok(Command::NameReceivingWorker { worker })
    }
}

impl Mutating for proto::NameReceivingTeamRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(&self.request_id, self.expected_version, &[], "")
    }

    fn command(&self) -> Result<Command, Problem> {
        let team = TeamId::new(&self.team_id)
            .map_err(|error| Problem::invalid("team_id", error.to_string()))?;
        Ok(Command::NameReceivingTeam { team })
    }
}

impl Mutating for proto::CompleteItemRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            "",
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        let act = parse::item_act(&self.item, &self.answers, self.effective_at.as_ref());
        Ok(Command::CompleteItem(act))
    }
}

impl Mutating for proto::SignItemRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            "",
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        let act = parse::item_act(&self.item, &self.answers, self.effective_at.as_ref());
        Ok(Command::SignItem(act))
    }
}

impl Mutating for proto::ReviewAuditRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            &self.reason,
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::ReviewAudit {
            item: self.item.clone(),
            accepted: self.accepted,
        })
    }
}

impl Mutating for proto::WaiveItemRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            &self.reason,
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::WaiveItem {
            item: self.item.clone(),
        })
    }
}

impl Mutating for proto::RecordMeetingRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            "",
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::RecordMeeting(parse::meeting(self)?))
    }
}

impl Mutating for proto::AgreeDateRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            &self.reason,
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        let date = self.date.parse();
        let date = date.map_err(|_| Problem::invalid("date", "not a date of the calendar"))?;
        Ok(Command::AgreeDate { date })
    }
}

impl Mutating for proto::CompleteTransferRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            "",
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::CompleteTransfer)
    }
}

impl Mutating for proto::ReturnTransferRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            &self.reason,
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::ReturnTransfer)
    }
}

impl Mutating for proto::WithdrawTransferRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(
            &self.request_id,
            self.expected_version,
            &self.departures,
            &self.reason,
        )
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::WithdrawTransfer)
    }
}

impl Mutating for proto::ExplainDepartureRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(&self.request_id, self.expected_version, &[], &self.reason)
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::ExplainDeparture {
            rule: self.rule_id.clone(),
        })
    }
}

pub(super) fn envelope<'r>(
    request_id: &'r str,
    expected_version: i64,
    departures: &'r [type_v1::Departure],
    reason: &'r str,
) -> Envelope<'r> {
    Envelope {
        request_id,
        expected_version,
        reason,
        departures,
    }
}
