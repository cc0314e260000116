//! What follows from each cause, without any service: which commands, in which order, and what a refusal means.

mod events;
mod reports;

use baton_contracts::record::v1::{ChildRef, RecordEvent, record_event::Event as Said};
use baton_contracts::timestamp;
use prost::Message;
use tonic::Code;
use uuid::Uuid;

use super::answer::{Answer, Refusal};
use super::cause::{Cause, Named, Report, What};
use super::step::Step;
use super::{Next, Progress, next};

const KIT: &str = "0198f000-0000-7000-8000-000000000001";
const MIA: &str = "0198f000-0000-7000-8000-000000000002";
const FAMILY: &str = "0198f000-0000-7000-8000-00000000fa01";
/// No reaction takes more commands than this.
const STEPS_MAX: usize = 80;

/// Answers a command; `None` for an answer without content.
type Answering<'a> = &'a dyn Fn(&Step) -> Option<Vec<u8>>;

fn id() -> Uuid {
    Uuid::from_u128(7)
}

/// Carries a reaction out and tells which methods were called, in order, and how it ended.
fn carry_out(cause: &Cause, answering: Answering<'_>) -> (Vec<Step>, Next) {
    let mut answers = Vec::new();
    let mut steps = Vec::new();
    loop {
        let progress = Progress {
            id: id(),
            answers: &answers,
        };
        match next(cause, progress) {
            Next::Send(step) => {
                assert!(steps.len() < STEPS_MAX, "a reaction is a short list");
                answers.push(Answer::took_effect(
                    step.path,
                    answering(&step).unwrap_or_default(),
                ));
                steps.push(step);
            }
            end => return (steps, end),
        }
    }
}

fn methods(steps: &[Step]) -> Vec<&'static str> {
    steps
        .iter()
        .map(|step| step.path.rsplit('/').next().unwrap_or_default())
        .collect()
}

fn nothing(_: &Step) -> Option<Vec<u8>> {
    None
}

/// How a reaction goes on when the step after these answers is refused.
fn after_refusal(cause: &Cause, answers: Vec<Answer>, code: Code, reason: &str) -> Next {
    let progress = Progress {
        id: id(),
        answers: &answers,
    };
    let Next::Send(step) = next(cause, progress) else {
        panic!("nothing is left to refuse");
    };
    let refusal = Refusal {
        code: code.into(),
        reason: reason.to_owned(),
        ..Refusal::default()
    };
    let refused = Answer {
        path: step.path.to_owned(),
        refusal: Some(refusal),
        ..Answer::default()
    };
    let answers: Vec<Answer> = answers.into_iter().chain([refused]).collect();
    next(
        cause,
        Progress {
            id: id(),
            answers: &answers,
        },
    )
}

fn named(child_id: &str) -> Named {
    Named {
        child_id: child_id.to_owned(),
        family_id: FAMILY.to_owned(),
        reference: String::new(),
    }
}

fn stranger(reference: &str) -> Named {
    Named {
        reference: reference.to_owned(),
        ..Named::default()
    }
}

fn reported(said: Said, children: Vec<Named>) -> Cause {
    Cause {
        what: Some(What::Report(Report {
            id: id().to_string(),
            system: "liquidlogic".to_owned(),
            event: Some(RecordEvent {
                event_id: "e-1".to_owned(),
                revision: 1,
                effective_at: Some(timestamp(
                    "2026-03-28T23:30:00Z".parse().expect("an instant"),
                )),
                event: Some(said),
            }),
            children,
        })),
        ..Cause::default()
    }
}

fn by_id(child_id: &str) -> ChildRef {
    ChildRef {
        child_id: child_id.to_owned(),
        ..ChildRef::default()
    }
}

fn request<M: Message + Default>(step: &Step) -> M {
    M::decode(step.request.as_slice()).expect("the message of the method")
}
