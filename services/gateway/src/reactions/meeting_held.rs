//! A meeting other than a conference was held: a fact where one is asked about, and the transfer that asks for it.

use baton_contracts::frontdoor::v1::{GetFactsRequest, GetFactsResponse};
use baton_contracts::record::v1::{MeetingHeld, RecordEvent};
use baton_contracts::transfer::v1::{
    HeldMeeting, ListTransfersRequest, ListTransfersResponse, Phase, ReassessRequest,
    RecordEvidenceRequest, RecordMeetingRequest,
};

use super::answer::Answer;
use super::cause::Report;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// The fact that the second review of a looked-after child makes true. It is told by its number alone.
const SECOND_REVIEW: &str = "second_looked_after_review_held_on";
/// The transfer service takes no more names.
const ATTENDED_MAX: usize = 50;

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
    if let Some(step) = state_the_first(report, event, said, child_id, progress) {
        return Next::Send(step);
    }
    let Some(listed) = progress.to(path::LIST_TRANSFERS).next() else {
        return Next::Send(list_transfers(child_id));
    };
    let told = [path::RECORD_MEETING, path::RECORD_EVIDENCE];
    if !told.iter().any(|path| progress.to(path).next().is_some()) {
        return Next::Send(match transfer_with(said, listed) {
            Some(transfer_id) => meeting(event, said, child_id, &transfer_id, progress),
            None => evidence(event, said, child_id, progress),
        });
    }
    if progress.to(path::REASSESS).next().is_none() {
        // A meeting that belongs to no transfer may open one.
        if progress.to(path::RECORD_EVIDENCE).next().is_some() {
            return Next::Send(opening(event, said, child_id, progress));
        }
        if progress.to(path::RECORD_FACTS).any(facts::changed) {
            let step = facts::reassess(
                child_id,
                "facts_changed",
                None,
                event.effective_at,
                progress,
            );
            return Next::Send(step);
        }
    }
    Next::Finished(vec![outcome::of(child_id, progress.answers)])
}

/// The step that is still missing before the fact that the first such meeting makes true is stated.
fn state_the_first(
    report: &Report,
    event: &RecordEvent,
    said: &MeetingHeld,
    child_id: &str,
    progress: Progress<'_>,
) -> Option<Step> {
    let key = fact_of_the_first(said)?;
    // Without an ordinal only the facts tell whether it was the first.
    let asked = progress.to(path::GET_FACTS).next();
    let is_first = match (said.ordinal, asked) {
        (0, None) => return Some(get_facts(child_id)),
        (0, Some(answer)) => answer
            .as_response::<GetFactsResponse>()
            .and_then(|response| response.child)
            .is_none_or(|child| !child.facts.iter().any(|fact| fact.key == key)),
        (ordinal, _) => ordinal == 1 || key == SECOND_REVIEW,
    };
    if !is_first || progress.to(path::RECORD_FACTS).next().is_some() {
        return None;
    }
    let day = facts::day_of(event.effective_at.as_ref());
    Some(facts::record(
        report,
        event,
        child_id,
        vec![facts::date(key, &day)],
        progress,
    ))
}

/// The fact that the first meeting of its kind makes true.
fn fact_of_the_first(said: &MeetingHeld) -> Option<&'static str> {
    match (said.kind.as_str(), said.ordinal) {
        ("core_group", _) => Some("first_core_group_held_on"),
        ("child_looked_after_review", 0 | 1) => Some("first_looked_after_review_held_on"),
        ("child_looked_after_review", 2) => Some(SECOND_REVIEW),
        ("initial_cin", 0 | 1) => Some("initial_cin_meeting_held_on"),
        _ => None,
    }
}

fn get_facts(child_id: &str) -> Step {
    let request = GetFactsRequest {
        child_id: child_id.to_owned(),
    };
    Step::new(path::GET_FACTS, &request, About::nobody())
}

fn list_transfers(child_id: &str) -> Step {
    let request = ListTransfersRequest {
        child_id: child_id.to_owned(),
        ..ListTransfersRequest::default()
    };
    Step::new(path::LIST_TRANSFERS, &request, About::nobody())
}

/// The newest transfer of the child that asks for such a meeting: also a completed one, whose core group is
/// still due.
fn transfer_with(said: &MeetingHeld, listed: &Answer) -> Option<String> {
    listed
        .as_response::<ListTransfersResponse>()?
        .transfers
        .into_iter()
        .filter(|transfer| may_still_meet(transfer.phase()))
        .find(|transfer| {
            transfer
                .meetings
                .iter()
                .any(|meeting| meeting.kind == said.kind)
        })
        .map(|transfer| transfer.transfer_id)
}

fn may_still_meet(phase: Phase) -> bool {
    matches!(
        phase,
        Phase::Open | Phase::Placed | Phase::Completing | Phase::Completed
    )
}

fn meeting(
    event: &RecordEvent,
    said: &MeetingHeld,
    child_id: &str,
    transfer_id: &str,
    progress: Progress<'_>,
) -> Step {
    let request = RecordMeetingRequest {
        request_id: progress.request_id(),
        transfer_id: transfer_id.to_owned(),
        kind: said.kind.clone(),
        held_at: event.effective_at,
        attended: said.attended.iter().take(ATTENDED_MAX).cloned().collect(),
        chaired_by: said.chaired_by.clone(),
        ..RecordMeetingRequest::default()
    };
    Step::new(path::RECORD_MEETING, &request, present(child_id, said))
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
    Step::new(path::RECORD_EVIDENCE, &request, present(child_id, said))
}

/// What a meeting for which no transfer waits may open: by its kind, and by its number where that is known.
fn opening(
    event: &RecordEvent,
    said: &MeetingHeld,
    child_id: &str,
    progress: Progress<'_>,
) -> Step {
    let was_first = progress.to(path::RECORD_FACTS).next().is_some();
    let number = match said.ordinal {
        0 if was_first => ":1".to_owned(),
        0 => String::new(),
        number => format!(":{number}"),
    };
    let request = ReassessRequest {
        request_id: progress.request_id(),
        child_id: child_id.to_owned(),
        trigger: format!("meeting:{}{number}", said.kind),
        conference: None,
        effective_at: event.effective_at,
        meeting: Some(HeldMeeting {
            kind: said.kind.clone(),
            attended: said.attended.clone(),
            chaired_by: said.chaired_by.clone(),
        }),
    };
    Step::new(path::REASSESS, &request, present(child_id, said))
}

/// About the child, with the teams of everybody who was there.
fn present(child_id: &str, said: &MeetingHeld) -> About {
    let people = said.attended.iter().map(String::as_str);
    About::child(child_id).with_workers(people.chain([said.chaired_by.as_str()]))
}
