//! What is shown with a transfer: what the child has had so far, and what binds beside the protocol.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::draft::{Rules, ids};
use super::state::Transfer;

/// A procedure that binds beside the protocol (W-171).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referred {
    /// Its name.
    pub reference: String,
    /// What it is.
    pub title: String,
    /// The items that are judged by it.
    pub items: Vec<String>,
    /// The rules.
    pub rules: Vec<String>,
}

/// The moves between teams and the changes of worker that a child has had (C-003).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoFar {
    /// How often another team took the case.
    pub moves: u32,
    /// How often another worker did.
    pub worker_changes: u32,
    /// Whether that is a warning.
    pub warns: bool,
    /// The rules.
    pub rules: Vec<String>,
}

/// What the child has had before this move (C-003).
pub fn so_far(context: &Context, rules: Rules<'_>) -> Option<SoFar> {
    let rule = rules.pack.transfer.fewest_moves.as_ref()?;
    let responsibility = context.responsibility.as_ref()?;
    let (moves, worker_changes) = (responsibility.moves, responsibility.worker_changes);
    Some(SoFar {
        moves,
        worker_changes,
        warns: moves.max(worker_changes) >= rule.warn_from,
        rules: ids(&rule.cites),
    })
}

/// The procedures that bind beside the protocol and are about this transfer (W-171).
pub fn references(transfer: &Transfer, rules: Rules<'_>) -> Vec<Referred> {
    let Some(route) = rules.pack.transfer.route(&transfer.route) else {
        return vec![];
    };
    let about = rules.pack.transfer.references.iter();
    about
        .filter(|reference| reference.is_about(route))
        .map(|reference| Referred {
            reference: reference.reference.clone(),
            title: reference.title.clone(),
            items: reference
                .items
                .iter()
                .filter(|item| route.needs.contains(item))
                .cloned()
                .collect(),
            rules: ids(&reference.cites),
        })
        .collect()
}
