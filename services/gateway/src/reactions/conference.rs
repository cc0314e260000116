//! A conference was booked, moved, cancelled or held: facts first, then what the transfer service makes of it,
//! child by child.

use baton_contracts::frontdoor::v1::RecordFactsResponse;
use baton_contracts::record::v1::{Outcome, RecordEvent, record_event::Event as Said};
use baton_contracts::transfer::v1::{Conference, ConsiderTriggerRequest, RecordMeetingHeldRequest};
use baton_contracts::type_v1::{Fact, fact_value::Value};

use super::answer::Answer;
use super::cause::Report;
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// A report about a conference, and the reaction to it so far.
#[derive(Clone, Copy)]
struct Reported<'a> {
    report: &'a Report,
    event: &'a RecordEvent,
    said: &'a Said,
    progress: Progress<'a>,
}

/// What comes next after a report about a conference.
pub fn next(report: &Report, event: &RecordEvent, said: &Said, progress: Progress<'_>) -> Next {
    if let Some(next) = facts::refused(progress) {
        return next;
    }
    let reported = Reported {
        report,
        event,
        said,
        progress,
    };
    let mut left = progress.answers;
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(report.children.len());
    for (index, child) in report.children.iter().enumerate() {
        let decided = reported.decided(index);
        match reported.about_child(&child.child_id, decided, left) {
            Err(step) => return Next::Send(step),
            Ok(taken) => {
                let (done, rest) = left.split_at(taken);
                outcomes.push(outcome::of(&child.child_id, done));
                left = rest;
            }
        }
    }
    Next::Finished(outcomes)
}

impl Reported<'_> {
    /// What the conference decided for the child at a place in the report. Empty before it was held.
    fn decided(&self, index: usize) -> &str {
        match self.said {
            Said::ConferenceHeld(held) => held
                .outcomes
                .get(index)
                .map_or("", |outcome| outcome.outcome.as_str()),
            _ => "",
        }
    }

    /// How many answers belong to the child, or the step that is still missing.
    fn about_child(
        &self,
        child_id: &str,
        decided: &str,
        answers: &[Answer],
    ) -> Result<usize, Step> {
        match answers {
            [] => {
                let stated = self.stated(decided);
                Err(facts::record(
                    self.report,
                    self.event,
                    child_id,
                    stated,
                    self.progress,
                ))
            }
            [recorded] => Err(self.consider(child_id, self.conference(decided, recorded))),
            [_, _, ..] => Ok(2),
        }
    }

    /// What the report says about a child, as facts.
    fn stated(&self, decided: &str) -> Vec<Fact> {
        match self.said {
            Said::ConferenceScheduled(booked) => {
                let mut stated = vec![
                    facts::code("conference.ref", &booked.conference_ref),
                    facts::code("conference.kind", &booked.kind),
                    facts::code("conference.state", "scheduled"),
                    // What an earlier conference left behind is not true of this one.
                    facts::none("conference.held_at"),
                    facts::none("conference.outcome"),
                ];
                stated.extend(booked.at.map(|at| facts::at("conference.scheduled_at", at)));
                stated
            }
            Said::ConferencePostponed(moved) => {
                let mut stated = vec![
                    facts::code("conference.ref", &moved.conference_ref),
                    facts::code("conference.state", "postponed"),
                ];
                stated.extend(moved.at.map(|at| facts::at("conference.scheduled_at", at)));
                stated
            }
            Said::ConferenceCancelled(cancelled) => vec![
                facts::code("conference.ref", &cancelled.conference_ref),
                facts::code("conference.state", "cancelled"),
                facts::none("conference.scheduled_at"),
            ],
            Said::ConferenceHeld(held) => {
                let mut stated = vec![
                    facts::code("conference.ref", &held.conference_ref),
                    facts::code("conference.kind", &held.kind),
                    facts::code("conference.state", "held"),
                    facts::code("conference.outcome", decided),
                ];
                stated.extend(
                    self.event
                        .effective_at
                        .map(|at| facts::at("conference.held_at", at)),
                );
                stated.extend(plan(
                    decided,
                    &facts::day_of(self.event.effective_at.as_ref()),
                ));
                stated
            }
            _ => Vec::new(),
        }
    }

    /// The conference as the transfer service is told of it.
    fn conference(&self, decided: &str, recorded: &Answer) -> Conference {
        match self.said {
            Said::ConferenceScheduled(booked) => Conference {
                conference_ref: booked.conference_ref.clone(),
                kind: booked.kind.clone(),
                at: booked.at,
                ..Conference::default()
            },
            Said::ConferencePostponed(moved) => Conference {
                conference_ref: moved.conference_ref.clone(),
                kind: known_kind(recorded),
                at: moved.at,
                ..Conference::default()
            },
            Said::ConferenceCancelled(cancelled) => Conference {
                conference_ref: cancelled.conference_ref.clone(),
                kind: known_kind(recorded),
                ..Conference::default()
            },
            Said::ConferenceHeld(held) => Conference {
                conference_ref: held.conference_ref.clone(),
                kind: held.kind.clone(),
                at: self.event.effective_at,
                outcome: decided.to_owned(),
                attended: held.attended.clone(),
                chaired_by: held.chaired_by.clone(),
                attendance_known: held.attendance_known,
            },
            _ => Conference::default(),
        }
    }

    /// What the transfer service is asked first.
    fn consider(&self, child_id: &str, conference: Conference) -> Step {
        let effective_at = self.event.effective_at;
        let (progress, conference) = (self.progress, conference);
        match self.said {
            Said::ConferenceHeld(_) => self.meeting_held(child_id, conference),
            Said::ConferencePostponed(_) => facts::reassess(
                child_id,
                "conference_postponed",
                Some(conference),
                effective_at,
                progress,
            ),
            Said::ConferenceCancelled(_) => facts::reassess(
                child_id,
                "conference_cancelled",
                Some(conference),
                effective_at,
                progress,
            ),
            _ => self.booked(child_id, conference),
        }
    }

    fn booked(&self, child_id: &str, conference: Conference) -> Step {
        let request = ConsiderTriggerRequest {
            request_id: self.progress.request_id(),
            child_id: child_id.to_owned(),
            trigger: "conference_scheduled".to_owned(),
            conference: Some(conference),
            effective_at: self.event.effective_at,
        };
        Step::new(path::CONSIDER_TRIGGER, &request, About::child(child_id))
    }

    fn meeting_held(&self, child_id: &str, conference: Conference) -> Step {
        let about = present(child_id, &conference);
        let request = RecordMeetingHeldRequest {
            request_id: self.progress.request_id(),
            child_id: child_id.to_owned(),
            conference: Some(conference),
        };
        Step::new(path::RECORD_MEETING_HELD, &request, about)
    }
}

/// About the child, with the teams of everybody who was there.
fn present(child_id: &str, conference: &Conference) -> About {
    let people = conference.attended.iter().map(String::as_str);
    About::child(child_id).with_workers(people.chain([conference.chaired_by.as_str()]))
}

/// The kind of the conference, from the facts: a report that moves or cancels one does not repeat it.
fn known_kind(recorded: &Answer) -> String {
    recorded
        .as_response::<RecordFactsResponse>()
        .and_then(|response| response.child)
        .and_then(|child| {
            child
                .facts
                .into_iter()
                .find(|fact| fact.key == "conference.kind")
        })
        .and_then(|fact| fact.value)
        .and_then(|value| match value.value {
            Some(Value::Code(kind)) => Some(kind),
            _ => None,
        })
        .unwrap_or_else(|| "unknown".to_owned())
}

/// The plan that an outcome makes, with its first day. Nothing for an outcome that decides nothing.
fn plan(decided: &str, day: &str) -> Vec<Fact> {
    let since = facts::date("plan_since", day);
    match decided {
        "child_protection_plan" => vec![facts::code("plan", "child_protection"), since],
        "child_in_need_plan" => vec![facts::code("plan", "child_in_need"), since],
        "early_help_plan" => vec![facts::code("plan", "early_help_plan"), since],
        "no_plan" => vec![facts::code("plan", "none"), facts::none("plan_since")],
        _ => Vec::new(),
    }
}
