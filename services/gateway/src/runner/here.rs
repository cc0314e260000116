//! The lanes that this process runs now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::storage::lanes::Lane;

type Key = (String, String);

/// Which lanes run here, and whether somebody found them busy.
pub(super) struct LanesHere {
    busy: Arc<Mutex<HashMap<Key, bool>>>,
    work: Arc<Notify>,
}

impl LanesHere {
    /// None yet. `work` wakes the search for reactions.
    pub fn new(work: &Arc<Notify>) -> Self {
        Self {
            busy: Arc::default(),
            work: Arc::clone(work),
        }
    }

    /// Notes that a lane runs here. `None` when it does already: what waits in it is looked for when it is left.
    pub fn enter(&self, lane: &Lane) -> Option<InLane> {
        let key = (lane.authority.clone(), lane.name.clone());
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waits) = busy.get_mut(&key) {
            *waits = true;
            return None;
        }
        busy.insert(key.clone(), false);
        Some(InLane {
            busy: Arc::clone(&self.busy),
            work: Arc::clone(&self.work),
            key,
        })
    }
}

/// Leaves the lane when dropped.
pub(super) struct InLane {
    busy: Arc<Mutex<HashMap<Key, bool>>>,
    work: Arc<Notify>,
    key: Key,
}

impl Drop for InLane {
    fn drop(&mut self) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.remove(&self.key) == Some(true) {
            self.work.notify_one();
        }
    }
}
