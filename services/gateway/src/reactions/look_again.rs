//! Something happened to a case that nobody reports as a fact: a day came, or another team took it. What is watched for
//! it, and what is under way, is looked at on fresh facts.

use baton_contracts::event::v1::Event;

use super::{Next, Progress, facts, park, platform};

/// What comes next after `transfer.date_came`, `transfer.point_came`, and a `transfer.completed` that asks for it.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return park(refusal, platform());
    }
    if !progress.answers.is_empty() {
        return Next::Finished(Vec::new());
    }
    let trigger = "facts_changed";
    let effective_at = event.effective_at;
    Next::Send(facts::reassess(
        &event.child_id,
        trigger,
        None,
        effective_at,
        progress,
    ))
}
