//! What follows from reports.

use std::collections::BTreeSet;

use baton_contracts::allocation::v1::{GetContextResponse, ReportHolderRequest};
use baton_contracts::call_of;
use baton_contracts::frontdoor::v1::{
    Child, GetFactsResponse, LinkFamilyRequest, RecordFactsRequest, RecordFactsResponse,
    RegisterChildRequest, RegisterChildResponse,
};
use baton_contracts::record::v1::{
    ChildOutcome, ChildRecorded, ConferenceCancelled, ConferenceHeld, ConferencePostponed,
    ConferenceScheduled, ContactReceived, EvidenceRecorded, FactsReported, HolderReported,
    MeetingHeld,
};
use baton_contracts::transfer::v1::{
    ListTransfersResponse, Meeting, Phase, ReassessRequest, RecordMeetingRequest, Transfer,
};
use baton_contracts::type_v1::{ChildFacts, Fact, Responsibility, fact_value::Value};
use proptest::prelude::*;
use prost_reflect::DynamicMessage;

use super::*;
use crate::reactions::facts;
use crate::reactions::step::path;

fn changed(step: &Step) -> Option<Vec<u8>> {
    (step.path == path::RECORD_FACTS).then(|| {
        let conference = Fact {
            ..facts::code("conference.kind", "initial")
        };
        RecordFactsResponse {
            child: Some(ChildFacts {
                facts: vec![conference],
                ..Default::default()
            }),
            changed: vec!["plan".to_owned()],
            ..Default::default()
        }
        .encode_to_vec()
    })
}

fn held(outcomes: &[(&str, &str)]) -> Cause {
    let said = ConferenceHeld {
        conference_ref: "c-1".to_owned(),
        kind: "initial".to_owned(),
        outcomes: outcomes
            .iter()
            .map(|(child, outcome)| ChildOutcome {
                child: Some(by_id(child)),
                outcome: (*outcome).to_owned(),
            })
            .collect(),
        ..Default::default()
    };
    let children = outcomes.iter().map(|(child, _)| named(child)).collect();
    reported(Said::ConferenceHeld(said), children)
}

/// The facts that the first command states, by key, as text.
fn stated(cause: &Cause) -> Vec<(String, String)> {
    let (steps, _) = carry_out(cause, &changed);
    let recorded = steps
        .iter()
        .find(|step| step.path == path::RECORD_FACTS)
        .expect("facts are stated");
    request::<RecordFactsRequest>(recorded)
        .facts
        .into_iter()
        .map(|fact| {
            let value = match fact.value.and_then(|value| value.value) {
                Some(Value::Code(text) | Value::Date(text)) => text,
                Some(Value::None(_)) => "none at all".to_owned(),
                Some(Value::Instant(_)) => "an instant".to_owned(),
                _ => String::new(),
            };
            (fact.key, value)
        })
        .collect()
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[test]
fn a_plan_made_at_a_conference_becomes_a_fact_from_its_day_in_england() {
    // 23:30 in universal time is the next day once the clocks have gone forward.
    let facts = stated(&held(&[(KIT, "child_protection_plan")]));
    assert!(facts.contains(&pair("plan", "child_protection")));
    assert!(
        facts.contains(&pair("plan_since", "2026-03-28")),
        "{facts:?}"
    );
    assert!(facts.contains(&pair("conference.state", "held")));
}

#[test]
fn a_conference_without_a_plan_says_so() {
    let facts = stated(&held(&[(KIT, "no_plan")]));
    assert!(facts.contains(&pair("plan", "none")));
    assert!(facts.contains(&pair("plan_since", "none at all")));
}

#[test]
fn x_14_an_adjourned_conference_leaves_the_plan_as_it_was() {
    let facts = stated(&held(&[(KIT, "adjourned")]));
    assert!(
        facts
            .iter()
            .all(|(key, _)| key != "plan" && key != "plan_since")
    );
}

#[test]
fn each_child_of_a_conference_has_an_outcome_of_its_own() {
    let cause = held(&[(KIT, "child_protection_plan"), (MIA, "no_plan")]);
    let (steps, end) = carry_out(&cause, &changed);
    assert_eq!(
        methods(&steps),
        [
            "RecordFacts",
            "RecordMeetingHeld",
            "RecordFacts",
            "RecordMeetingHeld"
        ]
    );
    let Next::Finished(outcomes) = end else {
        panic!("{end:?}")
    };
    assert_eq!(
        outcomes
            .iter()
            .map(|outcome| outcome.child_id.as_str())
            .collect::<Vec<_>>(),
        [KIT, MIA]
    );
}

#[test]
fn a_new_booking_forgets_what_the_conference_before_it_decided() {
    let said = ConferenceScheduled {
        conference_ref: "c-2".to_owned(),
        kind: "review".to_owned(),
        ..Default::default()
    };
    let cause = reported(Said::ConferenceScheduled(said), vec![named(KIT)]);
    let facts = stated(&cause);
    assert!(facts.contains(&pair("conference.outcome", "none at all")));
    assert!(facts.contains(&pair("conference.held_at", "none at all")));
    assert_eq!(
        methods(&carry_out(&cause, &changed).0),
        ["RecordFacts", "ConsiderTrigger"]
    );
}

#[test]
fn x_23_a_conference_that_is_moved_or_called_off_has_the_transfer_look_again() {
    let moved = ConferencePostponed {
        conference_ref: "c-1".to_owned(),
        ..Default::default()
    };
    let off = ConferenceCancelled {
        conference_ref: "c-1".to_owned(),
        ..Default::default()
    };
    for (said, trigger) in [
        (Said::ConferencePostponed(moved), "conference_postponed"),
        (Said::ConferenceCancelled(off), "conference_cancelled"),
    ] {
        let (steps, _) = carry_out(&reported(said, vec![named(KIT)]), &changed);
        assert_eq!(methods(&steps), ["RecordFacts", "Reassess"]);
        let asked: ReassessRequest = request(&steps[1]);
        assert_eq!(asked.trigger, trigger);
        assert_eq!(
            asked.conference.map(|conference| conference.kind),
            Some("initial".to_owned())
        );
    }
}

#[test]
fn a_contact_is_launched() {
    let said = ContactReceived {
        source_kind: "police".to_owned(),
        ..Default::default()
    };
    let (steps, _) = carry_out(
        &reported(Said::ContactReceived(said), vec![named(KIT)]),
        &nothing,
    );
    assert_eq!(methods(&steps), ["LaunchContact"]);
}

#[test]
fn a_child_nobody_knew_is_registered_and_so_are_siblings_who_come_with_it() {
    let said = ChildRecorded {
        date_of_birth: "2014-05-01".to_owned(),
        ..Default::default()
    };
    let cause = reported(
        Said::ChildRecorded(said),
        vec![stranger("kit"), stranger("mia")],
    );
    let registering = |step: &Step| {
        (step.path == path::REGISTER_CHILD).then(|| {
            let asked: RegisterChildRequest = request(step);
            let child_id = if asked.reference == "kit" { KIT } else { MIA }.to_owned();
            let child = Some(Child {
                child_id,
                ..Default::default()
            });
            RegisterChildResponse {
                child,
                created: true,
                ..Default::default()
            }
            .encode_to_vec()
        })
    };
    let (steps, end) = carry_out(&cause, &registering);
    assert_eq!(
        methods(&steps),
        ["RegisterChild", "RegisterChild", "LinkFamily"]
    );
    assert_eq!(
        request::<RegisterChildRequest>(&steps[1]).date_of_birth,
        "",
        "the date is the first child's"
    );
    let linked: LinkFamilyRequest = request(&steps[2]);
    assert_eq!(
        (linked.child_id.as_str(), linked.with_child_ids.as_slice()),
        (KIT, [MIA.to_owned()].as_slice())
    );
    let Next::Finished(outcomes) = end else {
        panic!("{end:?}")
    };
    assert_eq!(outcomes[0].child_id, KIT);
}

#[test]
fn a_birth_is_a_fact_about_a_child_who_was_known_and_moves_what_is_under_way() {
    let said = ChildRecorded {
        date_of_birth: "2026-03-28".to_owned(),
        ..Default::default()
    };
    let (steps, _) = carry_out(
        &reported(Said::ChildRecorded(said), vec![named(KIT)]),
        &changed,
    );
    assert_eq!(methods(&steps), ["RecordFacts", "Reassess"]);
}

fn meeting(kind: &str, ordinal: i32) -> Cause {
    let said = MeetingHeld {
        kind: kind.to_owned(),
        ordinal,
        ..Default::default()
    };
    reported(Said::MeetingHeld(said), vec![named(KIT)])
}

/// A transfer that asks for a core group, and a child with or without an earlier one.
fn with_core_group(earlier: bool) -> impl Fn(&Step) -> Option<Vec<u8>> {
    move |step| match step.path {
        path::LIST_TRANSFERS => {
            let meetings = vec![Meeting {
                kind: "core_group".to_owned(),
                ..Default::default()
            }];
            let transfer = Transfer {
                transfer_id: "t-1".to_owned(),
                phase: Phase::Completed.into(),
                meetings,
                ..Default::default()
            };
            Some(
                ListTransfersResponse {
                    transfers: vec![transfer],
                    ..Default::default()
                }
                .encode_to_vec(),
            )
        }
        path::GET_FACTS => {
            let known = earlier.then(|| facts::date("first_core_group_held_on", "2026-03-20"));
            let child = Some(ChildFacts {
                facts: known.into_iter().collect(),
                ..Default::default()
            });
            Some(
                GetFactsResponse {
                    child,
                    ..Default::default()
                }
                .encode_to_vec(),
            )
        }
        _ => changed(step),
    }
}

#[test]
fn s_047_a_core_group_goes_to_the_transfer_that_waits_for_it_though_it_is_completed() {
    let (steps, _) = carry_out(&meeting("core_group", 0), &with_core_group(false));
    assert_eq!(
        methods(&steps),
        [
            "GetFacts",
            "RecordFacts",
            "ListTransfers",
            "RecordMeeting",
            "Reassess"
        ]
    );
    assert_eq!(
        request::<RecordMeetingRequest>(&steps[3]).transfer_id,
        "t-1"
    );
}

#[test]
fn a_later_core_group_does_not_become_the_first() {
    let (steps, _) = carry_out(&meeting("core_group", 0), &with_core_group(true));
    assert_eq!(
        methods(&steps),
        ["GetFacts", "ListTransfers", "RecordMeeting"]
    );
}

#[test]
fn l_012_the_first_review_of_a_looked_after_child_is_a_fact() {
    let facts = stated(&meeting("child_looked_after_review", 1));
    assert_eq!(
        facts,
        [pair("first_looked_after_review_held_on", "2026-03-28")]
    );
    let facts = stated(&meeting("child_looked_after_review", 2));
    assert_eq!(
        facts,
        [pair("second_looked_after_review_held_on", "2026-03-28")]
    );
    let (steps, _) = carry_out(&meeting("child_looked_after_review", 3), &changed);
    assert!(
        !methods(&steps).contains(&"RecordFacts"),
        "the third is none"
    );
}

#[test]
fn a_meeting_no_transfer_asks_for_is_evidence_and_may_open_one() {
    let (steps, _) = carry_out(&meeting("joint_visit", 0), &nothing);
    assert_eq!(
        methods(&steps),
        ["ListTransfers", "RecordEvidence", "Reassess"]
    );
    let asked: ReassessRequest = request(&steps[2]);
    assert_eq!(asked.trigger, "meeting:joint_visit");
    assert_eq!(asked.meeting.unwrap().kind, "joint_visit");

    let (steps, _) = carry_out(&meeting("child_looked_after_review", 3), &nothing);
    let asked: ReassessRequest = request(steps.last().unwrap());
    assert_eq!(asked.trigger, "meeting:child_looked_after_review:3");
}

#[test]
fn facts_that_change_nothing_are_not_looked_at_again() {
    let said = FactsReported {
        facts: vec![facts::code("district", "north")],
        ..Default::default()
    };
    let cause = reported(Said::FactsReported(said), vec![named(KIT)]);
    assert_eq!(methods(&carry_out(&cause, &nothing).0), ["RecordFacts"]);
    assert_eq!(
        methods(&carry_out(&cause, &changed).0),
        ["RecordFacts", "Reassess"]
    );
}

#[test]
fn another_holder_is_compared_with_the_ledger_and_with_nothing_when_no_case_is_open() {
    let said = HolderReported {
        team_id: "south".to_owned(),
        ..Default::default()
    };
    let cause = reported(Said::HolderReported(said), vec![named(KIT)]);
    assert_eq!(methods(&carry_out(&cause, &nothing).0), ["GetContext"]);

    let open = |step: &Step| {
        (step.path == path::GET_CONTEXT).then(|| {
            let responsibility = Some(Responsibility {
                case_id: "c-1".to_owned(),
                ..Default::default()
            });
            GetContextResponse {
                responsibility,
                ..Default::default()
            }
            .encode_to_vec()
        })
    };
    let (steps, _) = carry_out(&cause, &open);
    assert_eq!(methods(&steps), ["GetContext", "ReportHolder"]);
    assert_eq!(request::<ReportHolderRequest>(&steps[1]).case_id, "c-1");
}

#[test]
fn evidence_goes_to_the_transfer() {
    let said = EvidenceRecorded {
        item: "chronology".to_owned(),
        ..Default::default()
    };
    let (steps, _) = carry_out(
        &reported(Said::EvidenceRecorded(said), vec![named(KIT)]),
        &nothing,
    );
    assert_eq!(methods(&steps), ["RecordEvidence"]);
}

#[test]
fn a_first_step_that_is_not_understood_rejects_the_report() {
    let end = after_refusal(
        &held(&[(KIT, "no_plan")]),
        Vec::new(),
        Code::InvalidArgument,
        "INVALID_FIELDS",
    );
    assert_eq!(end, Next::Reject(vec!["event: INVALID_FIELDS".to_owned()]));
}

#[test]
fn x_24_a_report_from_before_the_current_span_is_rejected() {
    let done = vec![Answer::took_effect(path::RECORD_FACTS, Vec::new())];
    let end = after_refusal(
        &held(&[(KIT, "no_plan")]),
        done,
        Code::FailedPrecondition,
        "EFFECTIVE_BEFORE_SPAN",
    );
    assert_eq!(
        end,
        Next::Reject(vec!["event: EFFECTIVE_BEFORE_SPAN".to_owned()])
    );
}

#[test]
fn any_other_refusal_of_a_report_is_for_somebody_to_look_at() {
    let end = after_refusal(
        &held(&[(KIT, "no_plan")]),
        Vec::new(),
        Code::NotFound,
        "NOT_FOUND",
    );
    let Next::Park(parking) = end else {
        panic!("{end:?}")
    };
    assert_eq!(
        (parking.owner.role.as_str(), parking.reason.as_str()),
        ("administrator", "NOT_FOUND")
    );
}

fn any_report() -> impl Strategy<Value = Cause> {
    let kinds = prop::sample::select(vec![
        "child_protection_plan",
        "child_in_need_plan",
        "no_plan",
        "adjourned",
    ]);
    prop_oneof![
        prop::collection::vec((prop::sample::select(vec![KIT, MIA]), kinds), 1..6)
            .prop_map(|outcomes| held(&outcomes)),
        (
            prop::sample::select(vec!["core_group", "child_looked_after_review", "handover"]),
            0..3
        )
            .prop_map(|(kind, ordinal)| meeting(kind, ordinal)),
        Just(reported(
            Said::ChildRecorded(ChildRecorded::default()),
            vec![stranger("kit"), named(MIA)]
        )),
    ]
}

proptest! {
    /// Whatever is reported and however services answer: the same answers give the same command, each command has
    /// a key of its own, and its context is about the child that the contract says it is about.
    #[test]
    fn carrying_on_and_resuming_are_the_same_call(cause in any_report(), with_change: bool, earlier: bool) {
        let answering = |step: &Step| {
            with_core_group(earlier)(step).filter(|_| with_change || step.path != path::RECORD_FACTS)
        };
        let (steps, _) = carry_out(&cause, &answering);
        let (again, _) = carry_out(&cause, &answering);
        prop_assert_eq!(&steps, &again);

        let mut keys = BTreeSet::new();
        for step in &steps {
            let call = call_of(step.path).expect("a method of the contracts");
            let input = baton_contracts::pool().get_message_by_name(call.input).expect("its request");
            let message = DynamicMessage::decode(input, step.request.as_slice()).expect("its bytes");
            if let Some(key) = message.get_field_by_name("request_id") {
                prop_assert!(keys.insert(key.as_str().unwrap_or_default().to_owned()));
            }
            if call.field == "child_id" {
                let child = message.get_field_by_name("child_id").expect("the field of the contract");
                prop_assert_eq!(child.as_str(), Some(step.about.child_id.as_str()));
            }
        }
    }
}
