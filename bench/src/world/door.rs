//! The public door, spoken to as a record system and as six people.

use anyhow::{Context as _, Result, ensure};
use baton_clock::BusinessClock;
use baton_contracts::allocation::v1::allocation_service_client::AllocationServiceClient;
use baton_contracts::frontdoor::v1::front_door_service_client::FrontDoorServiceClient;
use baton_contracts::gateway::v1::RecordEventsRequest;
use baton_contracts::gateway::v1::record_service_client::RecordServiceClient;
use baton_contracts::record::v1::record_event::Event;
use baton_contracts::record::v1::{Receipt, ReceiptState, RecordEvent};
use baton_contracts::timestamp;
use baton_contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use jiff::Timestamp;
use tonic::transport::Channel;
use tonic::{IntoRequest as _, Request};

use super::{AUTHORITY, SYSTEM, World};

impl World {
    pub(super) async fn report(&self, effective_at: Timestamp, event: Event) -> Result<Receipt> {
        let event = RecordEvent {
            event_id: id(),
            revision: 1,
            effective_at: Some(timestamp(effective_at)),
            event: Some(event),
        };
        let request = RecordEventsRequest {
            events: vec![event],
        };
        let receipts = self
            .records()
            .record_events(by(SYSTEM, request))
            .await?
            .into_inner()
            .receipts;
        let receipt = receipts.into_iter().next().context("a receipt")?;
        ensure!(
            receipt.state() != ReceiptState::Rejected,
            "rejected: {:?}",
            receipt.problems
        );
        Ok(receipt)
    }

    pub(super) fn allocation(&self) -> AllocationServiceClient<Channel> {
        AllocationServiceClient::new(self.channel.clone())
    }

    pub(super) fn front_door(&self) -> FrontDoorServiceClient<Channel> {
        FrontDoorServiceClient::new(self.channel.clone())
    }

    pub(super) fn transfers(&self) -> TransferServiceClient<Channel> {
        TransferServiceClient::new(self.channel.clone())
    }

    pub(super) fn records(&self) -> RecordServiceClient<Channel> {
        RecordServiceClient::new(self.channel.clone())
    }
}

/// A record system has a clock of its own.
pub(super) fn now() -> Timestamp {
    BusinessClock::system().now()
}

pub(super) fn id() -> String {
    uuid::Uuid::now_v7().to_string()
}

pub(super) fn by<T>(principal: &str, message: T) -> Request<T> {
    let mut request = message.into_request();
    if let Ok(identity) = format!("{AUTHORITY}/{principal}").parse() {
        request.metadata_mut().insert("baton-identity", identity);
    }
    request
}
