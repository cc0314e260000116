//! What a runner writes, as values: so that the writes of several reactions can share one commit.

use baton_store::{NewEvent, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

use super::lanes::{self, Lane};
use super::reactions;
use super::reports::{self, Report};
use crate::reactions::record::Reaction;

/// One write.
#[derive(Debug, Clone)]
pub enum Write {
    /// Keeps a report. Misses when this revision was reported before.
    Report(Box<Report>),
    /// Keeps a new reaction. Misses when its cause has one.
    Begin(Box<Reaction>),
    /// Writes a reaction over the version before it. Misses when somebody else has.
    Save(Box<Reaction>),
    /// Takes a lane for the one reaction that was just begun. Misses when another has to go first.
    TakeIfFirst {
        /// The lane.
        lane: Lane,
        /// Until when.
        until: Timestamp,
        /// Real time now.
        now: Timestamp,
        /// The reaction.
        mine: Uuid,
    },
    /// Takes a lane. Misses when somebody holds it.
    Take {
        /// The lane.
        lane: Lane,
        /// Until when.
        until: Timestamp,
        /// Real time now.
        now: Timestamp,
    },
    /// Holds a lane for longer, or gives it back. Misses when somebody else has it.
    Hold {
        /// The lane.
        lane: Lane,
        /// Until when.
        until: Timestamp,
    },
    /// Keeps what became of a report.
    Receipt {
        /// The report.
        report_id: Uuid,
        /// The encoded receipt.
        receipt: Vec<u8>,
    },
    /// Announces an event of the gateway itself.
    Announce(Box<NewEvent>),
}

impl Write {
    /// Whether what follows it makes no sense when it misses.
    pub const fn is_guard(&self) -> bool {
        matches!(self, Self::Report(_) | Self::Save(_) | Self::Take { .. })
    }

    /// Writes. False when it misses.
    pub async fn apply(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        match self {
            Self::Report(report) => reports::insert(tx, report).await,
            Self::Begin(reaction) => reactions::insert(tx, reaction).await,
            Self::Save(reaction) => reactions::save(tx, reaction).await,
            Self::TakeIfFirst {
                lane,
                until,
                now,
                mine,
            } => lanes::take_if_first(tx, lane, *until, *now, *mine).await,
            Self::Take { lane, until, now } => lanes::take(tx, lane, *until, *now).await,
            Self::Hold { lane, until } => lanes::hold(tx, lane, *until).await,
            Self::Receipt { report_id, receipt } => {
                reports::set_receipt(tx, *report_id, receipt).await
            }
            Self::Announce(event) => tx
                .announce(std::slice::from_ref(event))
                .await
                .map(|()| true),
        }
    }
}

/// Writes in order and stops after a guard that misses. Tells for each write that was tried whether it hit.
pub async fn apply(tx: &mut Tx, writes: &[Write]) -> Result<Vec<bool>, StoreError> {
    let mut hits = Vec::with_capacity(writes.len());
    for write in writes {
        if let Write::Begin(reaction) | Write::Save(reaction) = write {
            tx.mark(|| reaction.mark());
        }
        let hit = write.apply(tx).await?;
        hits.push(hit);
        if !hit && write.is_guard() {
            break;
        }
    }
    Ok(hits)
}
