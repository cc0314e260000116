//! What is on record about the duties that a batch of events speaks of: asked once for the batch, and kept up with what
//! the batch prepares.

use std::collections::BTreeSet;

use baton_ids::AuthorityId;
use baton_store::{StoreError, Tx};

use super::duties::{Duty, Happening};
use crate::domain::decide::cause_of;
use crate::domain::notice::Notice;
use crate::storage;
use crate::storage::notices::Told;

/// What is on record.
#[derive(Debug, Default)]
pub(super) struct OnRecord {
    told: Vec<Told>,
    unsent: Vec<Notice>,
}

impl OnRecord {
    /// Asks what is on record about the duties of a batch.
    pub async fn of(
        tx: &mut Tx,
        authority: &AuthorityId,
        happenings: &[Happening],
    ) -> Result<Self, StoreError> {
        let with_duties = || happenings.iter().filter(|one| !one.duties.is_empty());
        if with_duties().next().is_none() {
            return Ok(Self::default());
        }
        let causes = with_duties()
            .flat_map(|happening| &happening.duties)
            .map(|duty| duty.cause_key.as_str())
            .collect();
        let processes = with_duties().map(|happening| happening.process).collect();
        tx.flush().await?;
        Ok(Self {
            told: storage::notices::of_causes(tx, authority, &causes).await?,
            unsent: storage::notices::unsent_of(tx, authority, &processes).await?,
        })
    }

    /// Whether the duty to tell an audience is on record.
    pub fn has(&self, duty: &Duty, audience: &str) -> bool {
        self.told.iter().any(|told| {
            told.cause_key == duty.cause_key && told.kind == duty.kind && told.audience == audience
        })
    }

    /// Who has a notice of this cause and kind, by id.
    pub fn told(&self, notice: &Notice) -> BTreeSet<String> {
        let kind = notice.audience.recipient_kind();
        let same = |told: &&Told| {
            told.cause_key == notice.cause_key
                && told.kind == notice.kind
                && told.recipient_kind == kind
                && !told.recipient_id.is_empty()
        };
        let told = self.told.iter().filter(same);
        told.map(|told| told.recipient_id.clone()).collect()
    }

    /// Takes out what was not sent and what a duty to tell the same audience replaces.
    pub fn take_replaced(
        &mut self,
        happening: &Happening,
        duty: &Duty,
        audience: &str,
    ) -> Vec<Notice> {
        let is_replaced = |notice: &mut Notice| {
            notice.about.process == happening.process
                && notice.kind == duty.kind
                && notice.audience.key(notice.about.child) == audience
                && cause_of(&notice.cause_key) == cause_of(&duty.cause_key)
        };
        self.unsent.extract_if(.., is_replaced).collect()
    }

    /// Notes a notice that was prepared.
    pub fn add(&mut self, notice: Notice) {
        self.told.push(Told::by(&notice));
        if notice.state.is_unsent() {
            self.unsent.push(notice);
        }
    }
}
