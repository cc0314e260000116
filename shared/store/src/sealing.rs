//! Sealing: numbering what was committed, and chaining it.

use tokio_util::sync::CancellationToken;

use crate::{Store, StoreError, Tx};

/// What a check of a chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// How many events were checked.
    pub events: i64,
    /// The first thing that is wrong, if any.
    pub fault: Option<ChainFault>,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainFault {
    /// The event at this position is not what was announced.
    EventAltered(i64),
    /// The hash at this position does not follow from the one before.
    HashAltered(i64),
    /// This position is missing, or the feed's head is not its last.
    Gap(i64),
}

impl Store {
    /// Seals events until told to stop. Every replica runs it.
    pub async fn run_sealing(&self, shutdown: CancellationToken) {
        let _ = shutdown;
        todo!()
    }

    /// Computes every digest and every hash of an authority's feed again.
    pub async fn verify_chain(&self, authority: &str) -> Result<ChainReport, StoreError> {
        let _ = authority;
        todo!()
    }

    pub(crate) async fn seal_at_commit(&self, tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
        let _ = tx;
        todo!()
    }

    pub(crate) fn note_heads(&self, heads: Vec<(String, i64)>) {
        let _ = heads;
    }
}
