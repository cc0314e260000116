//! A conference that was held: who came, what was decided, and what follows for the transfer.

use baton_protocol::transfer::{Occasion, OutcomeEffect};
use jiff::Timestamp;

use super::command::ConferenceReport;
use super::consider::{Change, Considered, Deciding, Explanation};
use super::context::Child;
use super::draft::{Draft, ids};
use super::event::Change as Changed;
use super::refusal::Refusal;
use super::state::{Conference, Transfer};

impl<'a> Deciding<'a> {
    /// A conference was held, whether it had been booked or not.
    pub fn held(&self, child: &Child) -> Result<Considered, Refusal> {
        let Some(report) = self.trigger.conference.as_ref() else {
            return Ok(self.nothing(Explanation::of("no_conference")));
        };
        if let Some(live) = &self.series.live {
            let mut draft = self.draft(live);
            self.hold_conference(&mut draft, report);
            let decision = if draft.transfer.undecided.contains_key("outcome") {
                "undecided"
            } else {
                ""
            };
            return Ok(self.one(live, draft, decision));
        }
        let reported_before = self.series.completed.iter().find(|done| {
            done.conference
                .as_ref()
                .is_some_and(|conference| conference.reference == report.reference)
        });
        if let Some(done) = reported_before {
            let Some(correction) = self.correct_outcome(done, report) else {
                return self.reassessed(child);
            };
            let mut considered = self.nothing(Explanation::of("outcome_corrected_after_the_move"));
            considered.changes.push(correction);
            return Ok(considered);
        }
        let mut considered = self.scheduled(child)?;
        if let Some(change) = considered
            .changes
            .last_mut()
            .filter(|change| change.before.is_none())
        {
            let Some(opened) = super::apply::apply_all(None, &change.events) else {
                return Ok(considered);
            };
            let mut draft = Draft::new(opened, self.context, self.rules);
            draft.events = std::mem::take(&mut change.events);
            self.hold_conference(&mut draft, report);
            change.events = draft.events;
        }
        Ok(considered)
    }

    fn hold_conference(&self, draft: &mut Draft<'a>, report: &ConferenceReport) {
        let held_at = report.at.unwrap_or(self.trigger.effective_at);
        let Some(route) = draft.route().filter(|_| draft.transfer.phase.is_workable()) else {
            return;
        };
        let cites = ids(&route.cites);
        let held_before = draft.transfer.conference_held_at().is_some();
        let known = draft
            .transfer
            .conference
            .as_ref()
            .and_then(|conference| conference.outcome.clone());
        let Some(outcome) = report
            .outcome
            .clone()
            .or_else(|| known.clone().filter(|_| held_before))
        else {
            // Held, but nobody said what was decided: nothing follows until somebody does.
            draft.set_undecided("outcome", vec!["conference.outcome".to_owned()], &cites);
            return;
        };
        if !held_before || known.as_ref() != Some(&outcome) {
            let conference = Conference {
                reference: report.reference.clone(),
                kind: report.kind.clone(),
                at: Some(draft.transfer.conference_held_at().unwrap_or(held_at)),
                outcome: Some(outcome.clone()),
            };
            draft.push(Changed::ConferenceSet(conference), cites.clone(), held_at);
        }
        draft.set_undecided("outcome", vec![], &cites);
        match route.effect_of(&outcome) {
            // an adjourned conference is no trigger.
            OutcomeEffect::Wait => {}
            OutcomeEffect::Proceed => {
                take_attendance(draft, report, held_at);
                let reached_before = draft.transfer.point.reached_at.is_some();
                draft.refresh();
                draft.tell_of_the_point(reached_before);
                draft.depart_when_too_early();
                draft.advance();
            }
            effect @ (OutcomeEffect::Lapse | OutcomeEffect::LapseForClosure) => {
                take_attendance(draft, report, held_at);
                let closes = *effect == OutcomeEffect::LapseForClosure;
                let closure_ground = closes.then(|| "no_plan_at_conference".to_owned());
                let change = Changed::Lapsed {
                    reason: outcome,
                    closure_ground,
                };
                draft.end(change, cites, held_at);
            }
        }
    }

    /// A case that moved stays moved: an outcome corrected afterwards is put on record, and a further act answers it.
    fn correct_outcome(&self, done: &Transfer, report: &ConferenceReport) -> Option<Change> {
        let conference = done.conference.clone()?;
        let corrected = report
            .outcome
            .clone()
            .filter(|outcome| conference.outcome.as_ref() != Some(outcome))?;
        let mut draft = self.draft(done);
        let rules = draft
            .route()
            .map(|route| ids(&route.cites))
            .unwrap_or_default();
        draft.depart(
            &rules,
            format!("outcome_corrected_after_the_move:{corrected}"),
            self.trigger.effective_at,
        );
        Some(Change {
            before: Some(done.clone()),
            events: draft.events,
        })
        .filter(|change| !change.events.is_empty())
    }
}

impl Draft<'_> {
    /// Tells whoever has to hear that the point came.
    pub fn tell_of_the_point(&mut self, reached_before: bool) {
        if reached_before || self.transfer.point.reached_at.is_none() {
            return;
        }
        let Some(index) = self
            .events
            .iter()
            .rposition(|event| matches!(event.change, Changed::PointSet(_)))
        else {
            return;
        };
        let rest = self.events.split_off(index + 1);
        self.tell(Occasion::PointReached);
        self.events.extend(rest);
    }

    /// A conference that lies before the days it should not lie before is a departure of whoever booked it (L-013).
    pub fn depart_when_too_early(&mut self) {
        let at = self.received_at();
        for early in self.transfer.point.too_early.clone() {
            self.depart(
                &early.rules,
                format!("conference_before:{}", early.moment),
                at,
            );
        }
    }
}

/// Takes in who came, when that was reported. Nobody is absent from a meeting whose attendance nobody reported.
fn take_attendance(draft: &mut Draft<'_>, report: &ConferenceReport, held_at: Timestamp) {
    let mut meeting = draft.planned("conference");
    let before = meeting.clone();
    meeting.held_at = meeting.held_at.or(Some(held_at));
    let absent = match &report.attended {
        Some(attended) => draft.absent(&meeting, attended),
        None => draft.not_identified(&meeting, held_at),
    };
    meeting.absent.clone_from(&absent);
    if meeting != before {
        let rules = meeting.rules.clone();
        draft.push(Changed::MeetingSet(meeting), rules, held_at);
    }
    draft.depart_for_absence("conference", &absent, held_at);
    draft.depart_for_what_was_not_brought("conference", held_at);
}
