//! Reports and what follows from them.

use baton_contracts::gateway::v1::record_service_client::RecordServiceClient;
use baton_contracts::gateway::v1::{GetReceiptRequest, RecordEventsRequest};
use baton_contracts::record::v1::record_event::Event as Said;
use baton_contracts::record::v1::{
    ChildOutcome, ChildRef, ConferenceHeld, ConferenceScheduled, Receipt, ReceiptState, RecordEvent,
};
use baton_contracts::timestamp;
use baton_contracts::transfer::v1::{FailCompletionRequest, RecordMeetingHeldRequest};
use baton_contracts::type_v1::PrincipalKind;
use baton_rpc::Reason;
use baton_testkit::each_database;

use super::answers::{CASE, KIT, MIA, TRANSFER, decode};
use super::world::{Act, Gateway, World, from_system};

pub fn child(reference: &str) -> ChildRef {
    ChildRef {
        reference: reference.to_owned(),
        ..Default::default()
    }
}

pub fn held(event_id: &str, children: &[&str]) -> RecordEvent {
    RecordEvent {
        event_id: event_id.to_owned(),
        revision: 1,
        effective_at: Some(timestamp(
            "2026-03-16T14:00:00Z".parse().expect("an instant"),
        )),
        event: Some(Said::ConferenceHeld(ConferenceHeld {
            conference_ref: "conf-1".to_owned(),
            kind: "initial".to_owned(),
            outcomes: children
                .iter()
                .map(|reference| ChildOutcome {
                    child: Some(child(reference)),
                    outcome: "child_protection_plan".to_owned(),
                })
                .collect(),
            attended: vec!["ann".to_owned(), "nia".to_owned()],
            chaired_by: String::new(),
            attendance_known: true,
        })),
    }
}

pub async fn report(gateway: &Gateway, event: RecordEvent) -> Receipt {
    let mut client = RecordServiceClient::new(gateway.conn.clone());
    let request = from_system(RecordEventsRequest {
        events: vec![event],
    });
    let mut response = client
        .record_events(request)
        .await
        .expect("reports are taken")
        .into_inner();
    response.receipts.pop().expect("one receipt an event")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conference_is_recorded_as_facts_and_then_told_to_the_transfer() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;

        let receipt = report(&gateway, held("e-1", &["kit"])).await;

        assert_eq!(receipt.state(), ReceiptState::Applied, "{receipt:?}");
        assert_eq!(world.effects(), ["RecordFacts", "RecordMeetingHeld"]);
        let outcome = &receipt.outcomes[0];
        assert_eq!(
            (outcome.child_id.as_str(), outcome.case_id.as_str()),
            (KIT, CASE)
        );
        assert_eq!(outcome.transfer_id, TRANSFER);
        assert_eq!(outcome.changes, ["facts_recorded", "placed"]);
        assert_eq!(outcome.as_of.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_carries_the_facts_that_the_report_just_made_and_baton_on_behalf_of_the_reporter()
{
    let world = World::new();
    let db = baton_testkit::TestDb::sqlite();
    let gateway = world.gateway(db.url()).await;

    report(&gateway, held("e-1", &["kit"])).await;

    let told = &world.calls_of("RecordMeetingHeld")[0];
    let context = &told.context;
    assert_eq!(context.child.as_ref().map(|child| child.version), Some(8));
    assert_eq!(
        context
            .responsibility
            .as_ref()
            .map(|responsibility| responsibility.epoch),
        Some(3)
    );
    assert_eq!(context.pack, "pack-1");
    let actor = context.actor.as_ref().expect("an actor");
    assert_eq!(actor.kind(), PrincipalKind::Baton);
    assert_eq!(
        (actor.principal.as_str(), actor.on_behalf_of.as_str()),
        ("baton", "liquidlogic")
    );
    let cause = context.cause.as_ref().expect("a cause");
    assert_eq!(cause.kind, "report");
    let request: RecordMeetingHeldRequest = decode(&told.request);
    assert_eq!(
        request.conference.expect("a conference").attended,
        ["ann", "nia"]
    );
    // Neither facts nor responsibility are asked for twice.
    assert_eq!(world.calls_of("GetFacts").len(), 0);
    assert_eq!(world.calls_of("GetContext").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s_036_a_case_released_at_the_conference_is_moved_before_the_receipt_is_given() {
    each_database(|url| async move {
        let world = World::new();
        world.state().answers.releases_at_conference = true;
        let gateway = world.gateway(&url).await;

        let receipt = report(&gateway, held("e-1", &["kit"])).await;

        assert_eq!(receipt.state(), ReceiptState::Applied);
        assert_eq!(
            world.effects(),
            [
                "RecordFacts",
                "RecordMeetingHeld",
                "MoveResponsibility",
                "ConfirmMove"
            ]
        );
        let outcome = &receipt.outcomes[0];
        assert!(
            outcome.changes.contains(&"responsibility_moved".to_owned()),
            "{outcome:?}"
        );
        assert_eq!(outcome.as_of.len(), 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_ledger_refuses_is_given_back_to_the_transfer_with_the_reason() {
    for reason in [Reason::UnallocatedForbidden, Reason::StaleEpoch] {
        let world = World::new();
        world.state().answers.releases_at_conference = true;
        world.script("MoveResponsibility", [Act::Refuse(reason)]);
        let db = baton_testkit::TestDb::sqlite();
        let gateway = world.gateway(db.url()).await;

        let receipt = report(&gateway, held("e-1", &["kit"])).await;

        assert_eq!(
            world.effects(),
            ["RecordFacts", "RecordMeetingHeld", "FailCompletion"]
        );
        let failed: FailCompletionRequest = decode(&world.calls_of("FailCompletion")[0].request);
        assert_eq!(failed.reason, reason.as_str());
        assert!(
            !receipt.outcomes[0]
                .changes
                .contains(&"responsibility_moved".to_owned())
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn siblings_at_one_conference_are_dealt_with_one_after_another() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;

        let receipt = report(&gateway, held("e-1", &["kit", "mia"])).await;

        let effects = [
            "RecordFacts",
            "RecordMeetingHeld",
            "RecordFacts",
            "RecordMeetingHeld",
        ];
        assert_eq!(world.effects(), effects);
        let children: Vec<_> = receipt
            .outcomes
            .iter()
            .map(|outcome| outcome.child_id.as_str())
            .collect();
        assert_eq!(children, [KIT, MIA]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_revision_again_has_the_same_receipt_and_no_second_effect() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;
        let first = report(&gateway, held("e-1", &["kit"])).await;

        let again = report(&gateway, held("e-1", &["kit"])).await;

        assert_eq!(again, first);
        assert_eq!(world.effects().len(), 2);
        let mut client = RecordServiceClient::new(gateway.conn.clone());
        let asked = from_system(GetReceiptRequest {
            report_id: first.report_id.clone(),
        });
        let kept = client
            .get_receipt(asked)
            .await
            .expect("the receipt is kept")
            .into_inner();
        assert_eq!(kept.receipt, Some(first));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_revision_with_another_content_is_rejected() {
    let world = World::new();
    let db = baton_testkit::TestDb::sqlite();
    let gateway = world.gateway(db.url()).await;
    report(&gateway, held("e-1", &["kit"])).await;

    let other = report(&gateway, held("e-1", &["mia"])).await;

    assert_eq!(other.state(), ReceiptState::Rejected);
    assert!(
        other.problems[0].starts_with("revision:"),
        "{:?}",
        other.problems
    );
    assert_eq!(world.effects().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_higher_revision_is_a_correction_and_an_older_one_that_comes_late_changes_nothing() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;
        let revision = |revision| RecordEvent {
            revision,
            ..held("e-1", &["kit"])
        };
        report(&gateway, revision(1)).await;

        let correction = report(&gateway, revision(3)).await;
        assert_eq!(correction.state(), ReceiptState::Applied);
        assert_eq!(world.effects().len(), 4);

        let late = report(&gateway, revision(2)).await;
        assert_eq!(late.state(), ReceiptState::NothingToDo);
        assert_eq!(world.effects().len(), 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_understood_is_rejected_with_every_problem_and_the_rest_goes_on() {
    let world = World::new();
    let db = baton_testkit::TestDb::sqlite();
    let gateway = world.gateway(db.url()).await;
    let mut future = held("e-2", &["kit"]);
    future.effective_at = Some(timestamp(
        "2026-03-17T00:00:00Z".parse().expect("an instant"),
    ));
    let events = vec![held("e-1", &["nobody"]), future, held("e-3", &["kit"])];

    let mut client = RecordServiceClient::new(gateway.conn.clone());
    let receipts = client
        .record_events(from_system(RecordEventsRequest { events }))
        .await
        .expect("reports are taken")
        .into_inner()
        .receipts;

    assert_eq!(
        receipts[0].problems,
        ["conference_held.outcomes[0].child: NOT_FOUND"]
    );
    assert_eq!(receipts[1].problems, ["effective_at: EFFECTIVE_IN_FUTURE"]);
    assert_eq!(receipts[2].state(), ReceiptState::Applied);
    assert_eq!(world.effects().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facts_that_the_front_door_cannot_read_make_the_report_rejected() {
    let world = World::new();
    world.script("RecordFacts", [Act::Refuse(Reason::InvalidFields)]);
    let db = baton_testkit::TestDb::sqlite();
    let gateway = world.gateway(db.url()).await;

    let receipt = report(&gateway, held("e-1", &["kit"])).await;

    assert_eq!(receipt.state(), ReceiptState::Rejected);
    assert_eq!(receipt.problems, ["event: INVALID_FIELDS"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conference_that_is_booked_is_considered_as_a_trigger() {
    let world = World::new();
    let db = baton_testkit::TestDb::sqlite();
    let gateway = world.gateway(db.url()).await;
    let event = RecordEvent {
        event: Some(Said::ConferenceScheduled(ConferenceScheduled {
            conference_ref: "conf-1".to_owned(),
            kind: "initial".to_owned(),
            at: Some(timestamp(
                "2026-03-30T14:00:00Z".parse().expect("an instant"),
            )),
            children: vec![child("kit")],
        })),
        ..held("e-1", &[])
    };

    let receipt = report(&gateway, event).await;

    assert_eq!(world.effects(), ["RecordFacts", "ConsiderTrigger"]);
    assert_eq!(receipt.outcomes[0].transfer_id, TRANSFER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_record_system_reports() {
    let world = World::new();
    let db = baton_testkit::TestDb::sqlite();
    let gateway = world.gateway(db.url()).await;
    let mut client = RecordServiceClient::new(gateway.conn.clone());
    let request = super::world::from(
        "wirral/nia",
        RecordEventsRequest {
            events: vec![held("e-1", &["kit"])],
        },
    );

    let refused = client
        .record_events(request)
        .await
        .expect_err("a person does not report");

    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
}
