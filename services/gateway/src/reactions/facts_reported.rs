//! Facts about a child became known: record them, and look again at what is under way.

use baton_contracts::record::v1::{FactsReported, RecordEvent};

use super::cause::Report;
use super::{Next, Progress, facts, outcome};

/// What comes next after a report of facts.
pub fn next(
    report: &Report,
    event: &RecordEvent,
    said: &FactsReported,
    progress: Progress<'_>,
) -> Next {
    if let Some(next) = facts::refused(progress) {
        return next;
    }
    let Some(child) = report.children.first() else {
        return Next::Finished(Vec::new());
    };
    match progress.answers {
        [] => {
            let stated = said.facts.clone();
            Next::Send(facts::record(
                report,
                event,
                &child.child_id,
                stated,
                progress,
            ))
        }
        [recorded] if facts::changed(recorded) => Next::Send(facts::reassess(
            &child.child_id,
            "facts_changed",
            None,
            event.effective_at,
            progress,
        )),
        answers => Next::Finished(vec![outcome::of(&child.child_id, answers)]),
    }
}
