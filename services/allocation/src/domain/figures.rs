//! How cases and workers were allocated in a period, for the review of the policy (C-077).

/// The figures of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Cases that were placed with their first team.
    pub placed: i64,
    /// Cases that had no worker and were given one after they were placed.
    pub allocated: i64,
    /// How often a case changed from one worker to another within its team.
    pub changed_worker: i64,
    /// How often a case moved to another team.
    pub moved: i64,
    /// How often a case moved without a worker, for whom authority has to be given.
    pub unallocated: i64,
    /// Cases that ended.
    pub ended: i64,
}
