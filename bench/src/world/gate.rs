//! Meeting the gate of a transfer, each item by whoever owes it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use baton_contracts::transfer::v1::{
    CompleteItemRequest, GateItem, GetTransferRequest, ItemState, SignItemRequest, Transfer,
};
use baton_contracts::type_v1::Owner;

use super::door::{by, id};
use super::{PEOPLE, SYSTEM, World};

impl World {
    pub(super) async fn meet_gate(&self, transfer_id: &str) -> Result<()> {
        for item in self.transfer(transfer_id).await?.gate {
            self.meet(transfer_id, &item).await?;
        }
        let left: Vec<String> = self
            .transfer(transfer_id)
            .await?
            .gate
            .into_iter()
            .filter(|item| !matches!(item.state(), ItemState::Met | ItemState::Waived))
            .map(|item| item.item)
            .collect();
        ensure!(left.is_empty(), "the gate is open: {left:?}");
        Ok(())
    }

    async fn meet(&self, transfer_id: &str, item: &GateItem) -> Result<()> {
        let answers: BTreeMap<String, bool> =
            item.asks.iter().map(|ask| (ask.clone(), true)).collect();
        if matches!(item.state(), ItemState::Met | ItemState::Waived) {
            return Ok(());
        }
        let owner = item.owner.as_ref().map(person).transpose()?;
        let signer = item.signer.as_ref().map(person).transpose()?;
        if let Some(owner) = owner.filter(|owner| Some(*owner) != signer) {
            let complete = CompleteItemRequest {
                request_id: id(),
                transfer_id: transfer_id.into(),
                item: item.item.clone(),
                answers: answers.clone(),
                ..CompleteItemRequest::default()
            };
            self.transfers()
                .complete_item(by(owner, complete))
                .await
                .context(item.item.clone())?;
        }
        if let Some(signer) = signer {
            let sign = SignItemRequest {
                request_id: id(),
                transfer_id: transfer_id.into(),
                item: item.item.clone(),
                answers,
                ..SignItemRequest::default()
            };
            self.transfers()
                .sign_item(by(signer, sign))
                .await
                .context(item.item.clone())?;
        }
        Ok(())
    }

    pub(super) async fn transfer(&self, transfer_id: &str) -> Result<Transfer> {
        let get = GetTransferRequest {
            transfer_id: transfer_id.into(),
        };
        let answer = self
            .transfers()
            .get_transfer(by(SYSTEM, get))
            .await?
            .into_inner();
        answer.transfer.context("a transfer")
    }
}

/// Who of the six owes what an owner owes.
fn person(owner: &Owner) -> Result<&'static str> {
    PEOPLE
        .iter()
        .find(|(_, role, team)| *role == owner.role && *team == owner.team_id)
        .map(|(id, ..)| *id)
        .with_context(|| format!("nobody is {} of {}", owner.role, owner.team_id))
}
