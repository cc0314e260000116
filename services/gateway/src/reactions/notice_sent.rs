//! A notice was sent that a gate item waits for (L-035, C-057): the transfer is told.

use baton_contracts::event::v1::Event;
use baton_contracts::transfer::v1::RecordNoticeSentRequest;
use tonic::Code;

use super::step::{About, Step, path};
use super::{Next, Progress, instant, park, platform, text};

/// What comes next after `notice.sent`.
pub fn next(event: &Event, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return match refusal.code() {
            // The transfer has ended meanwhile: nothing waits for the notice any more.
            Code::FailedPrecondition | Code::NotFound => Next::Finished(Vec::new()),
            _ => park(refusal, platform()),
        };
    }
    if !progress.answers.is_empty() {
        return Next::Finished(Vec::new());
    }
    let request = RecordNoticeSentRequest {
        request_id: progress.request_id(),
        transfer_id: text(event, "process_id").to_owned(),
        item: text(event, "meets_item").to_owned(),
        notice_id: event.aggregate_id.clone(),
        sent_at: instant(event, "sent_at").or(event.effective_at),
    };
    let about = About::case(&event.child_id, &event.case_id);
    Next::Send(Step::new(path::RECORD_NOTICE_SENT, &request, about))
}
