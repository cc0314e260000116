//! A notice about a contact was sent, for instance its acknowledgement (W-029): the front door is told.

use baton_contracts::event::v1::Event;
use baton_contracts::frontdoor::v1::RecordContactNoticeRequest;
use tonic::Code;

use super::step::{About, Step, path};
use super::{Next, Progress, instant, park, platform, text};

/// The contact whose decision or launch asked for the notice. `None` when it was something else.
pub fn contact_of(event: &Event) -> Option<&str> {
    let (contact, cause) = text(event, "cause_key").split_once('/')?;
    ["decided", "launched"].contains(&cause).then_some(contact)
}

/// What comes next after `notice.sent` about a contact.
pub fn next(event: &Event, contact_id: &str, progress: Progress<'_>) -> Next {
    if let Some(refusal) = progress.refused() {
        return match refusal.code() {
            // The cause was no contact after all.
            Code::NotFound => Next::Finished(Vec::new()),
            _ => park(refusal, platform()),
        };
    }
    if !progress.answers.is_empty() {
        return Next::Finished(Vec::new());
    }
    let request = RecordContactNoticeRequest {
        request_id: progress.request_id(),
        child_id: event.child_id.clone(),
        contact_id: contact_id.to_owned(),
        kind: text(event, "kind").to_owned(),
        sent_at: instant(event, "sent_at").or(event.effective_at),
    };
    let about = About::child(&event.child_id);
    Next::Send(Step::new(path::RECORD_CONTACT_NOTICE, &request, about))
}
