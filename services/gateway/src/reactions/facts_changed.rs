//! Facts changed otherwise than by a report that the gateway carried out: look again at what is under way.

use baton_contracts::event::v1::Event;

use super::{Next, Progress, facts, park, platform};

/// What comes next after `facts.changed`.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return park(refusal, platform());
    }
    if !progress.answers.is_empty() {
        return Next::Finished(Vec::new());
    }
    Next::Send(facts::reassess(
        &event.child_id,
        "facts_changed",
        None,
        event.effective_at,
        progress,
    ))
}
