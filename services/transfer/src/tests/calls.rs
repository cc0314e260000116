//! The calls that most tests make.

use baton_contracts::timestamp;
use baton_contracts::transfer::v1 as wire;
use baton_contracts::type_v1::fact_value::Value as FactValueOf;
use tonic::Status;

use super::harness::{World, at, request_id};

impl World {
    #[expect(clippy::unused_self, reason = "reads as the other calls do")]
    pub fn conference(&self, when: &str, outcome: &str) -> wire::Conference {
        wire::Conference {
            conference_ref: "conf-1".to_owned(),
            kind: "initial".to_owned(),
            at: Some(timestamp(at(when))),
            outcome: outcome.to_owned(),
            ..wire::Conference::default()
        }
    }

    pub async fn schedule(&self, when: &str) -> wire::Consequence {
        self.try_schedule(when).await.unwrap()
    }

    pub async fn try_schedule(&self, when: &str) -> Result<wire::Consequence, Status> {
        let body = wire::ConsiderTriggerRequest {
            request_id: request_id(),
            child_id: self.child.clone(),
            trigger: "conference_scheduled".to_owned(),
            conference: Some(self.conference(when, "")),
            effective_at: Some(timestamp(self.clock.now())),
        };
        let answer = self
            .reactions()
            .consider_trigger(self.by("baton", body))
            .await?;
        Ok(answer.into_inner().consequence.unwrap())
    }

    pub async fn held(&self, when: &str, outcome: &str) -> wire::Consequence {
        let body = wire::RecordMeetingHeldRequest {
            request_id: request_id(),
            child_id: self.child.clone(),
            conference: Some(self.conference(when, outcome)),
        };
        let answer = self
            .reactions()
            .record_meeting_held(self.by("baton", body))
            .await
            .unwrap();
        answer.into_inner().consequence.unwrap()
    }

    pub async fn reassess(&self) -> Vec<wire::Consequence> {
        let body = wire::ReassessRequest {
            request_id: request_id(),
            child_id: self.child.clone(),
            trigger: "facts_changed".to_owned(),
            conference: None,
            meeting: None,
            effective_at: Some(timestamp(self.clock.now())),
        };
        self.reactions()
            .reassess(self.by("baton", body))
            .await
            .unwrap()
            .into_inner()
            .consequences
    }

    pub async fn name_worker(&self, id: &str) -> wire::Transfer {
        let body = wire::NameReceivingWorkerRequest {
            request_id: request_id(),
            transfer_id: id.to_owned(),
            worker_id: "sam".to_owned(),
            ..Default::default()
        };
        self.public()
            .name_receiving_worker(self.by("nia", body))
            .await
            .unwrap()
            .into_inner()
            .transfer
            .unwrap()
    }

    pub async fn complete_item(
        &self,
        who: &str,
        id: &str,
        item: &str,
    ) -> Result<wire::Transfer, Status> {
        let body = wire::CompleteItemRequest {
            request_id: request_id(),
            transfer_id: id.to_owned(),
            item: item.to_owned(),
            ..Default::default()
        };
        let answer = self.public().complete_item(self.by(who, body)).await?;
        Ok(answer.into_inner().transfer.unwrap())
    }

    #[expect(clippy::unused_self, reason = "reads as the other calls do")]
    pub fn signing(&self, id: &str, chronology: bool) -> wire::SignItemRequest {
        let asks = [
            "record_up_to_date",
            "chronology_complete",
            "case_notes_entered",
            "visits_entered",
        ];
        let answer = |ask: &str| (ask.to_owned(), chronology || ask != "chronology_complete");
        wire::SignItemRequest {
            request_id: request_id(),
            transfer_id: id.to_owned(),
            item: "first_response_audit".to_owned(),
            answers: asks.into_iter().map(answer).collect(),
            ..Default::default()
        }
    }

    pub async fn sign(
        &self,
        who: &str,
        id: &str,
        chronology: bool,
    ) -> Result<wire::Transfer, Status> {
        let body = self.signing(id, chronology);
        Ok(self
            .public()
            .sign_item(self.by(who, body))
            .await?
            .into_inner()
            .transfer
            .unwrap())
    }

    pub async fn review(&self, id: &str) -> wire::Transfer {
        let body = wire::ReviewAuditRequest {
            request_id: request_id(),
            transfer_id: id.to_owned(),
            item: "first_response_audit".to_owned(),
            accepted: true,
            ..Default::default()
        };
        self.public()
            .review_audit(self.by("nia", body))
            .await
            .unwrap()
            .into_inner()
            .transfer
            .unwrap()
    }

    #[expect(clippy::unused_self, reason = "reads as the other calls do")]
    pub fn completing(&self, id: &str) -> wire::CompleteTransferRequest {
        wire::CompleteTransferRequest {
            request_id: request_id(),
            transfer_id: id.to_owned(),
            ..Default::default()
        }
    }

    pub async fn complete(&self, id: &str) -> Result<wire::Transfer, Status> {
        let body = self.completing(id);
        Ok(self
            .public()
            .complete_transfer(self.by("nia", body))
            .await?
            .into_inner()
            .transfer
            .unwrap())
    }

    pub async fn confirm(&self, release: &wire::Release) -> Result<wire::Consequence, Status> {
        let body = wire::ConfirmMoveRequest {
            request_id: request_id(),
            transfer_id: release.transfer_id.clone(),
            release_id: release.release_id.clone(),
            epoch: release.expected_epoch + 1,
            moved_at: release.effective_at,
        };
        let answer = self
            .reactions()
            .confirm_move(self.by("baton", body))
            .await?;
        self.moved_to(&release.to_team_id);
        Ok(answer.into_inner().consequence.unwrap())
    }

    pub async fn get(&self, id: &str) -> wire::Transfer {
        let body = wire::GetTransferRequest {
            transfer_id: id.to_owned(),
        };
        self.public()
            .get_transfer(self.by("nia", body))
            .await
            .unwrap()
            .into_inner()
            .transfer
            .unwrap()
    }

    /// A transfer that is placed, audited, and has a worker.
    pub async fn ready(&self) -> String {
        let id = self
            .schedule("2026-03-16T14:00:00Z")
            .await
            .transfer
            .unwrap()
            .transfer_id;
        self.name_worker(&id).await;
        self.complete_item("ann", &id, "transfer_request")
            .await
            .unwrap();
        self.clock.set(at("2026-03-16T15:30:00Z")).unwrap();
        self.know("plan", FactValueOf::Code("child_protection".to_owned()));
        self.held("2026-03-16T14:00:00Z", "child_protection_plan")
            .await;
        self.sign("tom", &id, true).await.unwrap();
        self.review(&id).await;
        id
    }
}
