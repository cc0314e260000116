//! What a runner writes, as values: so that the writes of several reactions can share one commit.

use std::collections::BTreeSet;
use std::sync::Arc;

use baton_store::{NewEvent, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

use super::lanes::{self, Lane, Taking};
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
    /// Takes a lane for a reaction. Misses when somebody holds it, or an older reaction waits in it.
    Take {
        /// The lane.
        lane: Lane,
        /// Until when.
        until: Timestamp,
        /// Real time now.
        now: Timestamp,
        /// The reaction.
        mine: Uuid,
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

    /// The reaction that is begun or saved.
    const fn reaction(&self) -> Option<&Reaction> {
        match self {
            Self::Begin(reaction) | Self::Save(reaction) => Some(reaction),
            _ => None,
        }
    }

    /// What tells this write from others that are made together with it: the reaction, or the holder of the lane. `None`
    /// for one that is made alone.
    const fn key(&self) -> Option<Uuid> {
        match self {
            Self::Begin(reaction) | Self::Save(reaction) => Some(reaction.id),
            Self::Take { lane, .. } | Self::Hold { lane, .. } => Some(lane.holder),
            _ => None,
        }
    }
}

/// Makes the writes of several batches, each batch in order; one stops after a guard that misses. What stands at the
/// same place in its batch is written together. Tells for each write that was tried whether it hit.
pub async fn apply(tx: &mut Tx, batches: &[Arc<[Write]>]) -> Result<Vec<Vec<bool>>, StoreError> {
    let mut hits: Vec<Vec<bool>> = batches.iter().map(|_| Vec::new()).collect();
    for place in 0.. {
        let due: Vec<(usize, &Write)> = batches
            .iter()
            .enumerate()
            // A batch that was stopped has fewer hits than it has writes behind it.
            .filter(|(batch, _)| hits[*batch].len() == place)
            .filter_map(|(batch, writes)| Some((batch, writes.get(place)?)))
            .filter(|(batch, _)| goes_on(&batches[*batch], &hits[*batch]))
            .collect();
        if due.is_empty() {
            break;
        }
        let mut together = together(tx, &due).await?;
        for (batch, write) in due {
            let hit = match write.key() {
                Some(key) => together.remove(&key),
                None => alone(tx, write).await?,
            };
            hits[batch].push(hit);
        }
    }
    Ok(hits)
}

/// Whether the last write of a batch lets the next one follow.
fn goes_on(writes: &[Write], hits: &[bool]) -> bool {
    let last = hits.len().checked_sub(1).and_then(|last| writes.get(last));
    !matches!((last, hits.last()), (Some(last), Some(false)) if last.is_guard())
}

/// Begins and saves reactions, takes and holds lanes. Answers the keys of those that hit.
async fn together(tx: &mut Tx, due: &[(usize, &Write)]) -> Result<BTreeSet<Uuid>, StoreError> {
    let (mut begun, mut saved): (Vec<&Reaction>, Vec<&Reaction>) = (vec![], vec![]);
    let (mut taken, mut held): (Vec<Taking<'_>>, Vec<(&Lane, Timestamp)>) = (vec![], vec![]);
    for (_, write) in due {
        match write {
            Write::Begin(reaction) => begun.push(reaction),
            Write::Save(reaction) => saved.push(reaction),
            Write::Hold { lane, until } => held.push((lane, *until)),
            Write::Take {
                lane,
                until,
                now,
                mine,
            } => taken.push(Taking {
                lane,
                until: *until,
                now: *now,
                mine: *mine,
            }),
            _ => {}
        }
        if let Some(reaction) = write.reaction() {
            tx.mark(|| reaction.mark());
        }
    }
    let mut hits = reactions::save(tx, &saved).await?;
    hits.append(&mut reactions::insert(tx, &begun).await?);
    // What one reaction gives back another may take.
    hits.append(&mut lanes::hold(tx, &held).await?);
    hits.append(&mut lanes::take(tx, &taken).await?);
    Ok(hits)
}

/// Makes a write that has no company. False when it misses.
async fn alone(tx: &mut Tx, write: &Write) -> Result<bool, StoreError> {
    match write {
        // Made together with others.
        Write::Begin(_) | Write::Save(_) | Write::Take { .. } | Write::Hold { .. } => Ok(false),
        Write::Report(report) => reports::insert(tx, report).await,
        Write::Receipt { report_id, receipt } => {
            reports::set_receipt(tx, *report_id, receipt).await
        }
        Write::Announce(event) => {
            tx.announce(std::slice::from_ref(event));
            Ok(true)
        }
    }
}
