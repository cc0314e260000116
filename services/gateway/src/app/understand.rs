//! What can be said against a report: that it cannot be understood. Never that a rule forbids it.

use baton_contracts::frontdoor::v1::{ChildReference, ResolvedChild};
use baton_contracts::record::v1::{ChildRef, RecordEvent, record_event::Event as Said};
use baton_contracts::{Validate as _, instant};
use jiff::Timestamp;

use crate::reactions::cause::Named;

/// Where a report names a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The field, as `proto/` names it.
    pub field: String,
    /// The reference.
    pub child: ChildRef,
    /// Whether a child that nobody has recorded is understood all the same: the report makes it known.
    pub may_be_new: bool,
}

/// What cannot be understood about a report by itself, one line a problem.
pub fn problems(event: &RecordEvent, now: Timestamp) -> Vec<String> {
    let mut problems: Vec<String> = event
        .violations()
        .into_iter()
        .map(|violation| format!("{}: {}", violation.field, violation.description))
        .collect();
    if event.event.is_none() {
        problems.push("event: must say what happened".to_owned());
    }
    if let Some(Ok(effective_at)) = event.effective_at.as_ref().map(instant)
        && effective_at > now
    {
        problems.push("effective_at: EFFECTIVE_IN_FUTURE".to_owned());
    }
    for mention in mentions(event) {
        if mention.child.child_id.is_empty() == mention.child.reference.is_empty() {
            problems.push(format!(
                "{}: must have either an id or a reference",
                mention.field
            ));
        }
    }
    problems
}

/// Every child that a report names: the children it is about in its order, then siblings.
pub fn mentions(event: &RecordEvent) -> Vec<Mention> {
    let one =
        |field: &str, child: &Option<ChildRef>| mention(field.to_owned(), child.as_ref(), false);
    let many = |field: &str, children: &[ChildRef]| {
        children
            .iter()
            .enumerate()
            .map(|(index, child)| mention(format!("{field}[{index}]"), Some(child), false))
            .collect()
    };
    match &event.event {
        Some(Said::ChildRecorded(said)) => {
            let mut all = vec![mention(
                "child_recorded.child".to_owned(),
                said.child.as_ref(),
                true,
            )];
            all.extend(said.siblings.iter().enumerate().map(|(index, child)| {
                mention(
                    format!("child_recorded.siblings[{index}]"),
                    Some(child),
                    true,
                )
            }));
            all
        }
        Some(Said::ContactReceived(said)) => vec![one("contact_received.child", &said.child)],
        Some(Said::ConferenceScheduled(said)) => {
            many("conference_scheduled.children", &said.children)
        }
        Some(Said::ConferencePostponed(said)) => {
            many("conference_postponed.children", &said.children)
        }
        Some(Said::ConferenceCancelled(said)) => {
            many("conference_cancelled.children", &said.children)
        }
        Some(Said::ConferenceHeld(said)) => said
            .outcomes
            .iter()
            .enumerate()
            .map(|(index, outcome)| {
                mention(
                    format!("conference_held.outcomes[{index}].child"),
                    outcome.child.as_ref(),
                    false,
                )
            })
            .collect(),
        Some(Said::MeetingHeld(said)) => vec![one("meeting_held.child", &said.child)],
        Some(Said::EvidenceRecorded(said)) => vec![one("evidence_recorded.child", &said.child)],
        Some(Said::FactsReported(said)) => vec![one("facts_reported.child", &said.child)],
        Some(Said::HolderReported(said)) => vec![one("holder_reported.child", &said.child)],
        Some(Said::ContactStepReported(said)) => {
            vec![one("contact_step_reported.child", &said.child)]
        }
        None => Vec::new(),
    }
}

fn mention(field: String, child: Option<&ChildRef>, may_be_new: bool) -> Mention {
    Mention {
        field,
        child: child.cloned().unwrap_or_default(),
        may_be_new,
    }
}

/// The question to the front door, one entry a mention.
pub fn references(mentions: &[Mention], system: &str) -> Vec<ChildReference> {
    mentions
        .iter()
        .map(|mention| ChildReference {
            child_id: mention.child.child_id.clone(),
            system: if mention.child.reference.is_empty() {
                String::new()
            } else {
                system.to_owned()
            },
            reference: mention.child.reference.clone(),
        })
        .collect()
}

/// The children as the front door knows them, or what cannot be understood about them.
pub fn named(mentions: &[Mention], found: &[ResolvedChild]) -> Result<Vec<Named>, Vec<String>> {
    let mut problems = Vec::new();
    let mut named = Vec::with_capacity(mentions.len());
    for (index, mention) in mentions.iter().enumerate() {
        let child = found.get(index).cloned().unwrap_or_default();
        let may_be_new = mention.may_be_new && !mention.child.reference.is_empty();
        if child.child_id.is_empty() && !may_be_new {
            problems.push(format!("{}: NOT_FOUND", mention.field));
        }
        named.push(Named {
            child_id: child.child_id,
            family_id: child.family_id,
            reference: mention.child.reference.clone(),
        });
    }
    if problems.is_empty() {
        Ok(named)
    } else {
        Err(problems)
    }
}

/// The kind of a report: what it says happened.
pub fn kind(event: &RecordEvent) -> &'static str {
    match &event.event {
        Some(Said::ChildRecorded(_)) => "child_recorded",
        Some(Said::ContactReceived(_)) => "contact_received",
        Some(Said::ConferenceScheduled(_)) => "conference_scheduled",
        Some(Said::ConferencePostponed(_)) => "conference_postponed",
        Some(Said::ConferenceCancelled(_)) => "conference_cancelled",
        Some(Said::ConferenceHeld(_)) => "conference_held",
        Some(Said::MeetingHeld(_)) => "meeting_held",
        Some(Said::EvidenceRecorded(_)) => "evidence_recorded",
        Some(Said::FactsReported(_)) => "facts_reported",
        Some(Said::HolderReported(_)) => "holder_reported",
        Some(Said::ContactStepReported(_)) => "contact_step_reported",
        None => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use baton_contracts::record::v1::{ContactReceived, EvidenceRecorded};
    use baton_contracts::timestamp;

    use super::*;

    fn now() -> Timestamp {
        "2026-03-02T09:30:00Z".parse().expect("an instant")
    }

    fn contact(child: ChildRef) -> RecordEvent {
        RecordEvent {
            event_id: "e-1".to_owned(),
            revision: 1,
            effective_at: Some(timestamp(now())),
            event: Some(Said::ContactReceived(ContactReceived {
                child: Some(child),
                source_kind: "police".to_owned(),
                form: "written".to_owned(),
                ..ContactReceived::default()
            })),
        }
    }

    fn by_reference() -> ChildRef {
        ChildRef {
            reference: "ll-77".to_owned(),
            ..ChildRef::default()
        }
    }

    #[test]
    fn a_sound_report_has_no_problems() {
        assert!(problems(&contact(by_reference()), now()).is_empty());
    }

    #[test]
    fn x_24_a_report_of_the_future_is_not_understood() {
        let mut event = contact(by_reference());
        event.effective_at = Some(timestamp(
            "2026-03-02T09:30:01Z".parse().expect("an instant"),
        ));
        assert_eq!(
            problems(&event, now()),
            ["effective_at: EFFECTIVE_IN_FUTURE"]
        );
    }

    #[test]
    fn every_field_that_cannot_be_understood_is_named_at_once() {
        let event = RecordEvent {
            event: Some(Said::EvidenceRecorded(EvidenceRecorded::default())),
            ..RecordEvent::default()
        };
        let problems = problems(&event, now());
        for field in [
            "event_id",
            "revision",
            "effective_at",
            "evidence_recorded.child",
            "evidence_recorded.item",
        ] {
            assert!(
                problems.iter().any(|problem| problem.starts_with(field)),
                "{field} in {problems:?}"
            );
        }
    }

    #[test]
    fn a_report_that_says_nothing_is_not_understood() {
        let event = RecordEvent {
            event: None,
            ..contact(by_reference())
        };
        assert_eq!(problems(&event, now()), ["event: must say what happened"]);
    }

    #[test]
    fn a_child_has_either_an_id_or_a_reference() {
        let event = contact(ChildRef::default());
        assert_eq!(
            problems(&event, now()),
            ["contact_received.child: must have either an id or a reference"]
        );
    }

    #[test]
    fn an_unknown_child_is_not_understood_unless_the_report_makes_it_known() {
        let mention = |may_be_new| Mention {
            field: "child".to_owned(),
            child: by_reference(),
            may_be_new,
        };
        let nobody = [ResolvedChild::default()];
        assert_eq!(
            named(&[mention(false)], &nobody),
            Err(vec!["child: NOT_FOUND".to_owned()])
        );
        assert!(named(&[mention(true)], &nobody).is_ok());
    }
}
