//! What follows from the events of feeds.

use baton_contracts::allocation::v1::{
    Case, EndResponsibilityResponse, MoveResponsibilityRequest, MoveResponsibilityResponse,
    PlaceCaseRequest, RecipientMatch, ResolveRecipientsRequest, ResolveRecipientsResponse,
};
use baton_contracts::closure::v1::{ConfirmEndRequest, ConsiderClosureRequest};
use baton_contracts::event::v1::{Event, EventActor};
use baton_contracts::notification::v1::AddressNoticeRequest;
use baton_contracts::structure;
use baton_contracts::transfer::v1::{
    ConfirmMoveRequest, Consequence, RecordNoticeSentRequest, Release, ResolveExpiryRequest,
    ResolveExpiryResponse, Transfer,
};
use baton_contracts::type_v1::{Cause as NamedCause, PrincipalKind};
use serde_json::{Value, json};

use super::*;
use crate::reactions::step::path;
use crate::reactions::{Spawned, of_event, spawned};

fn event(event_type: &str, data: &Value) -> Event {
    Event {
        event_id: "ev-1".to_owned(),
        service: event_type.split('.').next().unwrap_or_default().to_owned(),
        r#type: event_type.to_owned(),
        aggregate_id: "a-1".to_owned(),
        case_id: "c-1".to_owned(),
        child_id: KIT.to_owned(),
        family_id: FAMILY.to_owned(),
        effective_at: Some(timestamp(
            "2026-03-18T10:05:00Z".parse().expect("an instant"),
        )),
        rules: vec!["W-053".to_owned()],
        data: Some(structure(data)),
        ..Default::default()
    }
}

fn begun(event: &Event) -> Spawned {
    of_event(event).expect("a reaction")
}

fn steps_of(event: &Event, answering: Answering<'_>) -> Vec<Step> {
    carry_out(&begun(event).cause, answering).0
}

fn released() -> Event {
    event(
        "transfer.released",
        &json!({
            "release_id": "r-1", "expected_epoch": 3, "to_team_id": "north", "to_worker_id": "sam",
            "effective_at": "2026-03-18T10:00:00Z", "release_rules": ["W-053", "K-41"],
            "pending_authorisation": false,
        }),
    )
}

fn moved(step: &Step) -> Option<Vec<u8>> {
    (step.path == path::MOVE_RESPONSIBILITY).then(|| {
        let case = Some(Case {
            epoch: 4,
            ..Default::default()
        });
        MoveResponsibilityResponse {
            case,
            ..Default::default()
        }
        .encode_to_vec()
    })
}

#[test]
fn a_routed_referral_is_placed_and_a_refusal_is_its_teams() {
    let routed = event(
        "referral.routed",
        &json!({"team_id": "frt", "referral_id": "ref-1"}),
    );
    let steps = steps_of(&routed, &nothing);
    // What was known before there was a case may open a transfer.
    assert_eq!(methods(&steps), ["PlaceCase", "Reassess"]);
    let placed: PlaceCaseRequest = request(&steps[0]);
    assert_eq!(
        (placed.team_id.as_str(), placed.referral_id.as_str()),
        ("frt", "ref-1")
    );

    let end = after_refusal(
        &begun(&routed).cause,
        Vec::new(),
        Code::FailedPrecondition,
        "CASE_ALREADY_OPEN",
    );
    let Next::Park(parking) = end else {
        panic!("{end:?}")
    };
    assert_eq!(
        (parking.owner.role.as_str(), parking.owner.team_id.as_str()),
        ("team_manager", "frt")
    );
}

#[test]
fn a_released_transfer_is_moved_at_its_epoch_and_confirmed_with_the_next() {
    let steps = steps_of(&released(), &moved);
    assert_eq!(methods(&steps), ["MoveResponsibility", "ConfirmMove"]);
    let asked: MoveResponsibilityRequest = request(&steps[0]);
    assert_eq!(
        (asked.expected_epoch, asked.to_team_id.as_str()),
        (3, "north")
    );
    assert_eq!(asked.rules, ["W-053", "K-41"]);
    let confirmed: ConfirmMoveRequest = request(&steps[1]);
    assert_eq!((confirmed.epoch, confirmed.release_id.as_str()), (4, "r-1"));
    assert_eq!(confirmed.moved_at, asked.effective_at);
}

#[test]
fn what_the_ledger_refuses_goes_back_and_what_the_transfer_then_refuses_is_for_the_platform() {
    let cause = begun(&released()).cause;
    let end = after_refusal(
        &cause,
        Vec::new(),
        Code::FailedPrecondition,
        "UNALLOCATED_FORBIDDEN",
    );
    let Next::Send(step) = end else {
        panic!("{end:?}")
    };
    assert_eq!(methods(&[step]), ["FailCompletion"]);

    let answer = Answer::took_effect(path::MOVE_RESPONSIBILITY, moved_bytes());
    let end = after_refusal(
        &cause,
        vec![answer],
        Code::FailedPrecondition,
        "WRONG_PHASE",
    );
    let Next::Park(parking) = end else {
        panic!("{end:?}")
    };
    assert_eq!(parking.owner.role, "administrator");
}

fn moved_bytes() -> Vec<u8> {
    let case = Some(Case {
        epoch: 4,
        ..Default::default()
    });
    MoveResponsibilityResponse {
        case,
        ..Default::default()
    }
    .encode_to_vec()
}

#[test]
fn a_release_has_one_key_whether_the_feed_or_an_answer_brings_it() {
    let of_feed = begun(&released());
    let consequence = Consequence {
        transfer: Some(Transfer {
            child_id: KIT.to_owned(),
            ..Default::default()
        }),
        release: Some(Release {
            release_id: "r-1".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let answer = Answer::took_effect(
        path::RESOLVE_EXPIRY,
        ResolveExpiryResponse {
            consequence: Some(consequence),
        }
        .encode_to_vec(),
    );
    let of_answer = spawned(&of_feed.cause, FAMILY, &answer);
    assert_eq!(of_answer.len(), 1);
    assert_eq!(of_answer[0].cause_key, of_feed.cause_key);
    assert_eq!(of_answer[0].lane, of_feed.lane);
}

#[test]
fn a_released_closure_ends_responsibility() {
    let released = event(
        "closure.released",
        &json!({"release_id": "r-2", "expected_epoch": 4}),
    );
    let ended = |step: &Step| {
        (step.path == path::END_RESPONSIBILITY).then(|| {
            let case = Some(Case {
                epoch: 5,
                ..Default::default()
            });
            EndResponsibilityResponse {
                case,
                ..Default::default()
            }
            .encode_to_vec()
        })
    };
    let steps = steps_of(&released, &ended);
    // What was watched for the case, and owed on it, ends with it.
    assert_eq!(
        methods(&steps),
        ["EndResponsibility", "ConfirmEnd", "Reassess"]
    );
    assert_eq!(request::<ConfirmEndRequest>(&steps[1]).epoch, 5);

    let end = after_refusal(
        &begun(&released).cause,
        Vec::new(),
        Code::Aborted,
        "STALE_EPOCH",
    );
    let Next::Send(step) = end else {
        panic!("{end:?}")
    };
    assert_eq!(methods(&[step]), ["FailEnd"]);
}

#[test]
fn a_named_worker_becomes_the_next_one_in_the_ledger() {
    let named = event("transfer.worker_named", &json!({"worker_id": "sam"}));
    let steps = steps_of(&named, &nothing);
    assert_eq!(methods(&steps), ["RecordInvolvement"]);
    assert_eq!(steps[0].about.workers, ["sam"]);
}

#[test]
fn w_053_a_conference_without_a_plan_has_closing_considered() {
    let lapsed = event(
        "transfer.lapsed",
        &json!({"closure_ground": "no_plan_at_conference"}),
    );
    let steps = steps_of(&lapsed, &nothing);
    assert_eq!(methods(&steps), ["ConsiderClosure"]);
    assert_eq!(
        request::<ConsiderClosureRequest>(&steps[0]).ground,
        "no_plan_at_conference"
    );
    assert!(
        of_event(&event(
            "transfer.lapsed",
            &json!({"reason": "conference_cancelled"})
        ))
        .is_none()
    );
}

#[test]
fn a_notice_goes_once_to_somebody_who_holds_a_role_twice() {
    let prepared = event(
        "notice.prepared",
        &json!({"owner": {"role": "team_manager", "area": "north"}}),
    );
    let twice = |step: &Step| {
        (step.path == path::RESOLVE_RECIPIENTS).then(|| {
            let nia = RecipientMatch {
                owner_index: 0,
                worker_id: "nia".to_owned(),
            };
            ResolveRecipientsResponse {
                matches: vec![nia.clone(), nia],
            }
            .encode_to_vec()
        })
    };
    let steps = steps_of(&prepared, &twice);
    let asked: ResolveRecipientsRequest = request(&steps[0]);
    assert_eq!(
        (asked.owners[0].role.as_str(), asked.owners[0].area.as_str()),
        ("team_manager", "north")
    );
    assert_eq!(
        request::<AddressNoticeRequest>(&steps[1]).worker_ids,
        ["nia"]
    );
}

#[test]
fn l_035_a_notice_that_a_gate_waits_for_is_brought_back() {
    let sent = event(
        "notice.sent",
        &json!({"process_id": "t-1", "meets_item": "notice_given"}),
    );
    let steps = steps_of(&sent, &nothing);
    let told: RecordNoticeSentRequest = request(&steps[0]);
    assert_eq!(
        (told.transfer_id.as_str(), told.item.as_str()),
        ("t-1", "notice_given")
    );
    assert!(of_event(&event("notice.sent", &json!({"process_id": "t-1"}))).is_none());
    let end = after_refusal(
        &begun(&sent).cause,
        Vec::new(),
        Code::FailedPrecondition,
        "WRONG_PHASE",
    );
    assert_eq!(
        end,
        Next::Finished(Vec::new()),
        "the transfer ended meanwhile"
    );
}

#[test]
fn only_a_breach_with_a_consequence_is_resolved() {
    let breach = |needs: bool| {
        event(
            "transfer.deadline_breached",
            &json!({"name": "worker_named", "needs_resolution": needs}),
        )
    };
    let steps = steps_of(&breach(true), &nothing);
    assert_eq!(methods(&steps), ["ResolveExpiry"]);
    let asked: ResolveExpiryRequest = request(&steps[0]);
    assert_eq!(
        (asked.name.as_str(), asked.breach_event_id.as_str()),
        ("worker_named", "ev-1")
    );
    assert!(of_event(&breach(false)).is_none());

    let closure = event(
        "closure.deadline_breached",
        &json!({"name": "decided", "needs_resolution": true}),
    );
    assert_eq!(
        methods(&steps_of(&closure, &nothing)),
        ["ResolveClosureExpiry"]
    );
}

#[test]
fn facts_of_a_report_were_looked_at_with_the_report() {
    let by = |kind: &str| Event {
        cause: Some(NamedCause {
            id: "x".to_owned(),
            kind: kind.to_owned(),
        }),
        ..event("facts.changed", &json!({}))
    };
    assert!(of_event(&by("report")).is_none());
    assert_eq!(methods(&steps_of(&by("request"), &nothing)), ["Reassess"]);
}

#[test]
fn baton_acts_on_behalf_of_whoever_caused_it_however_long_the_chain() {
    let by = |principal: &str, kind: PrincipalKind, on_behalf_of: &str| Event {
        actor: Some(EventActor {
            principal: principal.to_owned(),
            kind: kind.into(),
            on_behalf_of: on_behalf_of.to_owned(),
            ..Default::default()
        }),
        ..released()
    };
    assert_eq!(
        begun(&by("nia", PrincipalKind::Person, ""))
            .cause
            .on_behalf_of,
        "nia"
    );
    assert_eq!(
        begun(&by("baton", PrincipalKind::Baton, "nia"))
            .cause
            .on_behalf_of,
        "nia"
    );
}
