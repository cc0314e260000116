//! What happens when something fails: the same bytes again, once, by whoever is there.

use std::collections::BTreeSet;
use std::sync::Arc;

use baton_contracts::gateway::v1::flow_service_client::FlowServiceClient;
use baton_contracts::gateway::v1::record_service_client::RecordServiceClient;
use baton_contracts::gateway::v1::{ListFlowsRequest, RecordEventsRequest, RetryFlowRequest};
use baton_contracts::record::v1::{Receipt, ReceiptState, RecordEvent};
use baton_protocol_files::Library;
use baton_rpc::{Conn, Health, Reason};
use baton_testkit::{TestDb, each_database};
use tokio_util::sync::CancellationToken;

use super::record::{held, report};
use super::world::{Act, Call, Gateway, World, eventually, from, from_system, open};
use crate::storage::{lanes, reactions};

/// Every way a call was sent: one entry when always the same bytes.
fn distinct(calls: &[Call]) -> BTreeSet<(Vec<u8>, Vec<u8>)> {
    calls
        .iter()
        .map(|call| (call.request.to_vec(), call.context_bytes.clone()))
        .collect()
}

/// What a replica that takes over need not wait for in a test: the lease of a process that is gone.
pub async fn end_leases(gateway_store: &baton_store::Store) {
    gateway_store
        .transact("end_leases", |tx| {
            Box::pin(async move { lanes::clear(tx).await })
        })
        .await
        .expect("leases can be ended");
}

/// Reports, and hears nothing when the gateway goes.
pub async fn report_over(conn: Conn, event: RecordEvent) {
    let request = RecordEventsRequest {
        events: vec![event],
    };
    let mut door = RecordServiceClient::new(conn);
    let _ = door.record_events(from_system(request)).await;
}

async fn at_rest(gateway: &Gateway) {
    eventually("no reaction is under way", async || {
        reactions::count_runnable(&gateway.store)
            .await
            .expect("a count")
            == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_away_gets_the_same_bytes_again() {
    each_database(|url| async move {
        let world = World::new();
        world.script(
            "RecordMeetingHeld",
            [
                Act::Refuse(Reason::ServiceUnreachable),
                Act::Refuse(Reason::Contention),
                Act::Refuse(Reason::Overloaded),
                Act::Refuse(Reason::Overloaded),
            ],
        );
        let gateway = world.gateway(&url).await;

        report(&gateway, held("e-1", &["kit"])).await;
        at_rest(&gateway).await;

        let calls = world.calls_of("RecordMeetingHeld");
        assert_eq!(calls.len(), 5);
        assert_eq!(
            distinct(&calls).len(),
            1,
            "a command is frozen before it is first sent"
        );
        let again = report(&gateway, held("e-1", &["kit"])).await;
        assert_eq!(again.state(), ReceiptState::Applied);
        assert_eq!(world.effects(), ["RecordFacts", "RecordMeetingHeld"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_asked_for_again_and_nothing_happens_twice() {
    each_database(|url| async move {
        let world = World::new();
        world.state().answers.releases_at_conference = true;
        for method in [
            "RecordFacts",
            "RecordMeetingHeld",
            "MoveResponsibility",
            "ConfirmMove",
        ] {
            world.script(method, [Act::LoseAnswer]);
        }
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
        for method in [
            "RecordFacts",
            "RecordMeetingHeld",
            "MoveResponsibility",
            "ConfirmMove",
        ] {
            let calls = world.calls_of(method);
            assert_eq!((calls.len(), distinct(&calls).len()), (2, 1), "{method}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facts_that_have_aged_are_fetched_again_for_the_same_command() {
    each_database(|url| async move {
        let world = World::new();
        world.script("RecordMeetingHeld", [Act::Refuse(Reason::StaleFacts)]);
        let gateway = world.gateway(&url).await;

        let receipt = report(&gateway, held("e-1", &["kit"])).await;

        assert_eq!(receipt.state(), ReceiptState::Applied);
        let calls = world.calls_of("RecordMeetingHeld");
        assert_eq!(calls.len(), 2);
        assert_eq!(
            calls[0].request, calls[1].request,
            "the command is the same"
        );
        assert_eq!(
            world.calls_of("GetFacts").len(),
            1,
            "its context is a fresh one"
        );
    })
    .await;
}

/// Stops the gateway while a step is under way, starts another one, and compares what both sent.
async fn killed_at(url: &str, method: &'static str) {
    let world = World::new();
    world.state().answers.releases_at_conference = true;
    world.script(method, [Act::Hang]);
    let gateway = world.gateway(url).await;
    let conn = gateway.conn.clone();
    let caller = tokio::spawn(async move { report_over(conn, held("e-1", &["kit"])).await });
    eventually("the step is under way", async || {
        world.calls_of(method).len() == 1
    })
    .await;
    caller.abort();
    let store = gateway.abandon();
    end_leases(&store).await;

    let successor = world.gateway_on(store);
    at_rest(&successor).await;

    let calls = world.calls_of(method);
    assert_eq!((calls.len(), distinct(&calls).len()), (2, 1), "{method}");
    assert_eq!(
        world.effects(),
        [
            "RecordFacts",
            "RecordMeetingHeld",
            "MoveResponsibility",
            "ConfirmMove"
        ],
        "after a stop at {method}"
    );
    let receipt: Receipt = report(&successor, held("e-1", &["kit"])).await;
    assert_eq!(receipt.state(), ReceiptState::Applied);
    assert!(
        receipt.outcomes[0]
            .changes
            .contains(&"responsibility_moved".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_over_sends_what_was_under_way_byte_for_byte() {
    for method in [
        "RecordFacts",
        "RecordMeetingHeld",
        "MoveResponsibility",
        "ConfirmMove",
    ] {
        each_database(|url| async move { killed_at(&url, method).await }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_gateways_work_is_carried_on_two_and_a_half_steps_later() {
    let db = TestDb::postgres().await;
    let mut world = World::new();
    world.config.step_wait_ms = 200;
    world.script("RecordMeetingHeld", [Act::Hang]);
    let gateway = world.gateway(db.url()).await;
    let conn = gateway.conn.clone();
    let caller = tokio::spawn(async move { report_over(conn, held("e-1", &["kit"])).await });
    eventually("the step is under way", async || {
        world.calls_of("RecordMeetingHeld").len() == 1
    })
    .await;
    caller.abort();

    let successor = world.gateway_on(gateway.abandon());
    at_rest(&successor).await;

    assert_eq!(world.effects(), ["RecordFacts", "RecordMeetingHeld"]);
}

#[tokio::test]
async fn a_gateway_whose_steps_have_no_time_or_no_end_does_not_start() {
    let db = TestDb::sqlite();
    let world = World::new();
    let store = open(db.url(), &world.clock).await;
    for step_wait_ms in [0, 99, 600_001, u64::MAX] {
        let parts = crate::Parts {
            store: store.clone(),
            library: Arc::new(Library::of([])),
            clock: world.clock.clone(),
            services: world.services.clone(),
            health: Health::default(),
            shutdown: CancellationToken::new(),
        };
        let config = crate::Config {
            step_wait_ms,
            ..crate::Config::default()
        };

        let refused = crate::build(&config, parts).await;

        let told = refused.err().expect("an error").to_string();
        let wanted = "it has to lie between 100 and 600000";
        assert_eq!(told, format!("step_wait_ms is {step_wait_ms}: {wanted}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_gateways_on_one_database_do_everything_once() {
    const REPORTS: usize = 40;
    let db = TestDb::postgres().await;
    let world = World::new();
    let first = world.gateway(db.url()).await;
    let second = world.gateway_on(open(db.url(), &world.clock).await);
    for _ in 0..3 {
        world.script("RecordMeetingHeld", [Act::LoseAnswer]);
        world.script("RecordFacts", [Act::Refuse(Reason::Overloaded)]);
    }

    let sent = (0..REPORTS * 2).map(|index| {
        // Each report goes to both, as a caller does who lost the first answer.
        let gateway = if index % 2 == 0 { &first } else { &second };
        let child = if index % 4 < 2 { "kit" } else { "lone" };
        report(gateway, held(&format!("e-{}", index / 2), &[child]))
    });
    futures::future::join_all(sent).await;
    at_rest(&first).await;

    let effects = world.effects();
    for method in ["RecordFacts", "RecordMeetingHeld"] {
        assert_eq!(
            effects.iter().filter(|effect| *effect == method).count(),
            REPORTS,
            "{method}"
        );
    }
    for call in world.calls_of("RecordMeetingHeld") {
        let same: Vec<Call> = world
            .calls_of("RecordMeetingHeld")
            .into_iter()
            .filter(|other| other.request == call.request)
            .collect();
        assert_eq!(distinct(&same).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_about_one_family_are_carried_out_in_their_order() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;
        let reports = (0..12).map(|index| {
            let child = if index % 2 == 0 { "kit" } else { "mia" };
            report(&gateway, held(&format!("e-{index}"), &[child]))
        });

        let receipts = futures::future::join_all(reports).await;

        assert!(
            receipts
                .iter()
                .all(|receipt| receipt.state() == ReceiptState::Applied),
            "{receipts:?}"
        );
        let effects = world.effects();
        assert_eq!(effects.len(), 24);
        for pair in effects.chunks(2) {
            assert_eq!(
                pair,
                ["RecordFacts", "RecordMeetingHeld"],
                "one family, one reaction at a time"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_nobody_expected_parks_the_reaction_until_an_administrator_has_looked() {
    each_database(|url| async move {
        let world = World::new();
        world.script("RecordMeetingHeld", [Act::Refuse(Reason::CaseNotOpen)]);
        let gateway = world.gateway(&url).await;

        let receipt = report(&gateway, held("e-1", &["kit"])).await;
        assert_eq!(receipt.state(), ReceiptState::InProgress);
        let mut flows = FlowServiceClient::new(gateway.conn.clone());
        let list = ListFlowsRequest {
            parked_only: true,
            ..Default::default()
        };
        let parked = flows
            .list_flows(from("wirral/nia", list))
            .await
            .expect("a list")
            .into_inner()
            .flows;
        assert_eq!(parked.len(), 1);
        assert_eq!(parked[0].parked_because, "CASE_NOT_OPEN");
        assert_eq!(
            parked[0].owner.as_ref().map(|owner| owner.role.as_str()),
            Some("administrator")
        );

        let retry = RetryFlowRequest {
            request_id: "r-1".to_owned(),
            flow_id: parked[0].flow_id.clone(),
            reason: "the case is open now".to_owned(),
        };
        let refused = flows.retry_flow(from("wirral/nia", retry.clone())).await;
        assert_eq!(
            refused.expect_err("nia is no administrator").code(),
            tonic::Code::PermissionDenied
        );

        world.state().answers.nia_administers = true;
        flows
            .retry_flow(from("wirral/nia", retry))
            .await
            .expect("an administrator may");
        at_rest(&gateway).await;
        let receipt = report(&gateway, held("e-1", &["kit"])).await;
        assert_eq!(receipt.state(), ReceiptState::Applied);
        assert_eq!(world.effects(), ["RecordFacts", "RecordMeetingHeld"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_reaction_keeps_no_facts() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;
        report(&gateway, held("e-1", &["kit"])).await;

        let done = reactions::page(&gateway.store, "wirral", uuid::Uuid::nil(), false, 10).await;

        let done = done.expect("a page");
        assert_eq!(done.len(), 1);
        assert!(done[0].cause.is_none() && done[0].answers.is_empty() && done[0].frozen.is_none());
        assert_eq!(done[0].steps_done, 2);
    })
    .await;
}
