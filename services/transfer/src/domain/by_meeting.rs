//! A meeting other than a conference, for which no transfer was waiting: it may open one, and belongs to it then.

use super::consider::{Considered, Deciding};
use super::context::Child;
use super::draft::Draft;
use super::refusal::Refusal;

impl Deciding<'_> {
    /// A meeting other than a conference was held, for which no transfer was waiting.
    pub fn meeting_held(&self, child: &Child) -> Result<Considered, Refusal> {
        let opened = self.opened_by_meeting(child)?;
        match opened {
            Some(opened) if !opened.changes.is_empty() => Ok(opened),
            undecided => {
                let mut again = self.reassessed(child)?;
                if let Some(undecided) = undecided {
                    again.consideration = undecided.consideration.or(again.consideration);
                    again.explanation = undecided.explanation;
                }
                Ok(again)
            }
        }
    }

    /// What a meeting opens, or why that cannot be decided; `None` when it opens nothing.
    pub fn opened_by_meeting(&self, child: &Child) -> Result<Option<Considered>, Refusal> {
        let mut considered = self.scheduled(child)?;
        let opened = considered
            .changes
            .last_mut()
            .filter(|change| change.before.is_none());
        let Some(change) = opened else {
            let undecided = considered.explanation.decision == "undecided";
            return Ok(undecided.then_some(considered));
        };
        if let (Some(opened), Some(held)) = (
            super::apply::apply_all(None, &change.events),
            &self.trigger.meeting,
        ) {
            let mut draft = Draft::new(opened, self.context, self.rules);
            draft.events = std::mem::take(&mut change.events);
            draft.record_meeting(held)?;
            draft.refresh();
            draft.advance();
            change.events = draft.events;
        }
        Ok(Some(considered))
    }
}
