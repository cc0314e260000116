//! A meeting other than a conference was held: a fact where one is asked about, evidence for whoever waits for it.

use baton_contracts::frontdoor::v1::{GetFactsRequest, GetFactsResponse};
use baton_contracts::record::v1::{MeetingHeld, RecordEvent};
use baton_contracts::transfer::v1::RecordEvidenceRequest;

use super::cause::Report;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// What comes next after a report of a meeting.
pub fn next(
    report: &Report,
    event: &RecordEvent,
    said: &MeetingHeld,
    progress: Progress<'_>,
) -> Next {
    if let Some(next) = facts::refused(progress) {
        return next;
    }
    let Some(child) = report.children.first() else {
        return Next::Finished(Vec::new());
    };
    let child_id = child.child_id.as_str();
    if let Some(key) = fact_of_the_first(said) {
        // Without an ordinal only the facts tell whether it was the first.
        let asked = progress.to(path::GET_FACTS).next();
        let is_first = match (said.ordinal, asked) {
            (0, None) => return Next::Send(get_facts(child_id)),
            (0, Some(answer)) => answer
                .as_response::<GetFactsResponse>()
                .and_then(|response| response.child)
                .is_none_or(|child| !child.facts.iter().any(|fact| fact.key == key)),
            (ordinal, _) => ordinal == 1,
        };
        if is_first && progress.to(path::RECORD_FACTS).next().is_none() {
            let day = facts::day_of(event.effective_at.as_ref());
            let stated = vec![facts::date(key, &day)];
            return Next::Send(facts::record(report, event, child_id, stated, progress));
        }
    }
    if progress.to(path::RECORD_EVIDENCE).next().is_none() {
        return Next::Send(evidence(event, said, child_id, progress));
    }
    let facts_changed = progress.to(path::RECORD_FACTS).any(facts::changed);
    if facts_changed && progress.to(path::REASSESS).next().is_none() {
        let step = facts::reassess(
            child_id,
            "facts_changed",
            None,
            event.effective_at,
            progress,
        );
        return Next::Send(step);
    }
    Next::Finished(vec![outcome::of(child_id, progress.answers)])
}

/// The fact that the first meeting of its kind makes true.
fn fact_of_the_first(said: &MeetingHeld) -> Option<&'static str> {
    match said.kind.as_str() {
        "core_group" => Some("first_core_group_held_on"),
        "child_looked_after_review" => Some("first_looked_after_review_held_on"),
        _ => None,
    }
}

fn get_facts(child_id: &str) -> Step {
    let request = GetFactsRequest {
        child_id: child_id.to_owned(),
    };
    Step::new(path::GET_FACTS, &request, About::nobody())
}

fn evidence(
    event: &RecordEvent,
    said: &MeetingHeld,
    child_id: &str,
    progress: Progress<'_>,
) -> Step {
    let request = RecordEvidenceRequest {
        request_id: progress.request_id(),
        child_id: child_id.to_owned(),
        item: said.kind.clone(),
        state: "complete".to_owned(),
        done_by: said.chaired_by.clone(),
        effective_at: event.effective_at,
        ..RecordEvidenceRequest::default()
    };
    let people = said.attended.iter().map(String::as_str);
    let about = About::child(child_id).with_workers(people.chain([said.chaired_by.as_str()]));
    Step::new(path::RECORD_EVIDENCE, &request, about)
}
