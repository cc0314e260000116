//! Facts changed: look again at what is under way, for the child otherwise than after a report that the gateway carried out,
//! and for the other children of the family where something rests on it (M-072, M-073).

use baton_contracts::event::v1::Event;

use super::spawn::caused_by_report;
use super::{Next, Progress, facts, park, platform, texts};

/// What comes next after `facts.changed`, `family.linked`, and a hold that moves what is due.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return park(refusal, platform());
    }
    let looked_at_already = event.r#type == "facts.changed" && caused_by_report(event);
    let own = (!looked_at_already).then(|| event.child_id.clone());
    let mut children = own.into_iter().chain(texts(event, "siblings"));
    let Some(child_id) = children.nth(progress.answers.len()) else {
        return Next::Finished(Vec::new());
    };
    Next::Send(facts::reassess(
        &child_id,
        "facts_changed",
        None,
        event.effective_at,
        progress,
    ))
}
