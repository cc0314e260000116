//! Checking that nobody has altered the log.

use crate::sealing::{GENESIS, chain};
use crate::{Cursor, NewEvent, Store, StoreError};

/// How many events are read at a time.
const PAGE: i64 = 500;

/// What a check of a chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// How many events were checked.
    pub events: i64,
    /// The feed's end as it was found. Kept outside the database it shows later that nothing was cut off or
    /// written anew.
    pub head: Cursor,
    /// The first thing that is wrong, if any.
    pub fault: Option<ChainFault>,
}

/// What is wrong with a chain, and at which position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainFault {
    /// The event is not what was announced.
    EventAltered(i64),
    /// The hash does not follow from the one before.
    HashAltered(i64),
    /// The position is missing, or the feed's head is not its last.
    Gap(i64),
}

impl Store {
    /// Computes every digest and every hash of an authority's feed again, up to where the feed ended when it began.
    pub async fn verify_chain(&self, authority: &str) -> Result<ChainReport, StoreError> {
        let head = self.head(authority).await?;
        let mut before = GENESIS.to_vec();
        let mut events = 0;
        let fault = 'check: loop {
            let left = head.position - events;
            let rows = self
                .sealed_rows(authority, events + 1, left.min(PAGE))
                .await?;
            if rows.is_empty() {
                let complete = left == 0 && (head.is_start() || before == head.hash);
                break (!complete).then_some(ChainFault::Gap(events + 1));
            }
            for row in rows {
                let position = events + 1;
                if row.position != position {
                    break 'check Some(ChainFault::Gap(position));
                }
                let event = NewEvent::from(row.event);
                if event.digest() != row.digest || event.authority != authority {
                    break 'check Some(ChainFault::EventAltered(position));
                }
                before = chain(&before, &row.digest);
                if before != row.hash {
                    break 'check Some(ChainFault::HashAltered(position));
                }
                events = position;
            }
        };
        Ok(ChainReport {
            events,
            head,
            fault,
        })
    }
}
