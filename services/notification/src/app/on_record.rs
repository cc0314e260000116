//! What is on record about the duties that a batch of events speaks of: asked once for the batch, and kept up with what
//! the batch prepares.

use std::collections::BTreeSet;

use baton_ids::AuthorityId;
use baton_store::{StoreError, Tx};
use uuid::Uuid;

use super::duties::{Duty, Happening};
use crate::domain::decide::cause_of;
use crate::domain::notice::Notice;
use crate::storage;
use crate::storage::notices::Told;

/// How many new notices are written in one statement.
const TOGETHER_MAX: usize = 16;

/// What is on record.
#[derive(Debug, Default)]
pub(super) struct OnRecord {
    told: Vec<Told>,
    unsent: Vec<Notice>,
    /// How many new notices wait for the end of the transaction.
    waiting: usize,
}

impl OnRecord {
    /// Asks what is on record about the duties of a batch.
    pub async fn of(
        tx: &mut Tx,
        authority: &AuthorityId,
        happenings: &[Happening],
    ) -> Result<Self, StoreError> {
        let duties = happenings.iter().flat_map(|happening| &happening.duties);
        let causes: BTreeSet<&str> = duties.map(|duty| duty.cause_key.as_str()).collect();
        let processes: BTreeSet<Uuid> = happenings
            .iter()
            .filter(|happening| !happening.duties.is_empty())
            .map(|happening| happening.process)
            .collect();
        if causes.is_empty() {
            return Ok(Self::default());
        }
        tx.flush().await?;
        let causes: Vec<&str> = causes.into_iter().collect();
        let processes: Vec<Uuid> = processes.into_iter().collect();
        Ok(Self {
            told: storage::notices::of_causes(tx, authority, &causes).await?,
            unsent: storage::notices::unsent_of(tx, authority, &processes).await?,
            waiting: 0,
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

    /// Takes out what was not sent and what a duty to tell the same audience replaces: written, so that it can be changed.
    pub async fn take_replaced(
        &mut self,
        tx: &mut Tx,
        happening: &Happening,
        duty: &Duty,
        audience: &str,
    ) -> Result<Vec<Notice>, StoreError> {
        let is_replaced = |notice: &mut Notice| {
            notice.about.process == happening.process
                && notice.kind == duty.kind
                && notice.audience.key(notice.about.child) == audience
                && cause_of(&notice.cause_key) == cause_of(&duty.cause_key)
        };
        let replaced: Vec<Notice> = self.unsent.extract_if(.., is_replaced).collect();
        let is_full = self.waiting >= TOGETHER_MAX;
        if is_full || (self.waiting > 0 && !replaced.is_empty()) {
            tx.flush().await?;
            self.waiting = 0;
        }
        Ok(replaced)
    }

    /// Notes a notice that was prepared.
    pub fn add(&mut self, notice: Notice) {
        self.told.push(Told::by(&notice));
        self.waiting += 1;
        if notice.state.is_unsent() {
            self.unsent.push(notice);
        }
    }
}
