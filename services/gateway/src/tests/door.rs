//! The public door: what goes through, with which context, and what does not.

use baton_contracts::event::v1::SubscribeRequest;
use baton_contracts::event::v1::feed_service_client::FeedServiceClient;
use baton_contracts::transfer::v1::transfer_reaction_service_client::TransferReactionServiceClient;
use baton_contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use baton_contracts::transfer::v1::{
    CompleteTransferRequest, ConfirmMoveRequest, GetTransferRequest, NameReceivingWorkerRequest,
};
use baton_contracts::type_v1::{Context, PrincipalKind};
use baton_rpc::{Reason, attach_context};
use baton_testkit::TestDb;
use bytes::Bytes;
use prost::Message as _;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use super::answers::{CASE, KIT, MIA, TRANSFER};
use super::world::{Act, Gateway, World, from};
use crate::services::Raw;

async fn world() -> (World, Gateway, TestDb) {
    let world = World::new();
    let db = TestDb::sqlite();
    let gateway = world.gateway(db.url()).await;
    (world, gateway, db)
}

fn complete() -> CompleteTransferRequest {
    CompleteTransferRequest {
        request_id: "r-1".to_owned(),
        transfer_id: TRANSFER.to_owned(),
        ..Default::default()
    }
}

fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}

/// Sends bytes to a path, as a client does that we did not generate.
async fn send(
    gateway: &Gateway,
    path: &'static str,
    request: Request<Bytes>,
) -> Result<Bytes, Status> {
    let mut client = tonic::client::Grpc::new(gateway.conn.clone());
    client.ready().await.expect("a connection is always ready");
    let path = http::uri::PathAndQuery::from_static(path);
    client
        .unary(request, path, Raw)
        .await
        .map(tonic::Response::into_inner)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_goes_through_unchanged_with_the_context_of_its_subject() {
    let (world, gateway, _db) = world().await;
    let mut client = TransferServiceClient::new(gateway.conn.clone());
    let mut request = from("wirral/nia", complete());
    request
        .metadata_mut()
        .insert("x-trace-note", "kept".parse().expect("text"));

    client
        .complete_transfer(request)
        .await
        .expect("it goes through");

    let call = &world.calls_of("CompleteTransfer")[0];
    assert_eq!(call.request, complete().encode_to_vec());
    let context = &call.context;
    assert_eq!(
        (context.authority.as_str(), context.pack.as_str()),
        ("wirral", "pack-1")
    );
    let actor = context.actor.as_ref().expect("an actor");
    assert_eq!(
        (actor.principal.as_str(), actor.kind()),
        ("nia", PrincipalKind::Person)
    );
    assert_eq!(actor.posts[0].team_id, "north");
    assert_eq!(
        context.child.as_ref().map(|child| child.child_id.as_str()),
        Some(KIT)
    );
    assert_eq!(context.siblings[0].child_id, MIA);
    assert_eq!(
        context
            .responsibility
            .as_ref()
            .map(|held| held.case_id.as_str()),
        Some(CASE)
    );
    assert_eq!(
        context.cause.as_ref().map(|cause| cause.id.as_str()),
        Some("r-1")
    );
    assert_eq!(
        context.received_at,
        Some(baton_contracts::timestamp(world.clock.now()))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_is_asked_about_every_worker_that_a_request_names() {
    let (world, gateway, _db) = world().await;
    let mut client = TransferServiceClient::new(gateway.conn.clone());
    let request = NameReceivingWorkerRequest {
        request_id: "r-1".to_owned(),
        transfer_id: TRANSFER.to_owned(),
        worker_id: "sam".to_owned(),
        ..Default::default()
    };

    client
        .name_receiving_worker(from("wirral/nia", request))
        .await
        .expect("it goes through");

    let asked: baton_contracts::allocation::v1::GetContextRequest =
        super::answers::decode(&world.calls_of("GetContext")[0].request);
    assert_eq!(
        (asked.principal.as_str(), asked.worker_ids.as_slice()),
        ("nia", ["sam".to_owned()].as_slice())
    );
    assert_eq!(asked.case_id, CASE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_gets_actor_and_authority_only() {
    let (world, gateway, _db) = world().await;
    let mut client = TransferServiceClient::new(gateway.conn.clone());
    let query = GetTransferRequest {
        transfer_id: TRANSFER.to_owned(),
    };

    let answer = client
        .get_transfer(from("wirral/nia", query))
        .await
        .expect("it goes through");

    assert_eq!(
        answer
            .into_inner()
            .transfer
            .map(|transfer| transfer.transfer_id),
        Some(TRANSFER.to_owned())
    );
    let context = &world.calls_of("GetTransfer")[0].context;
    assert!(context.child.is_none() && context.responsibility.is_none());
    assert_eq!(world.calls_of("LocateTransfer").len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facts_that_aged_on_the_way_are_fetched_again_unseen_by_the_client() {
    let (world, gateway, _db) = world().await;
    world.script(
        "CompleteTransfer",
        [
            Act::Refuse(Reason::StaleFacts),
            Act::Refuse(Reason::StaleFacts),
        ],
    );
    let mut client = TransferServiceClient::new(gateway.conn.clone());

    client
        .complete_transfer(from("wirral/nia", complete()))
        .await
        .expect("the third context is fresh");

    assert_eq!(world.calls_of("CompleteTransfer").len(), 3);
    assert_eq!(world.calls_of("GetFacts").len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_comes_back_with_its_reason() {
    let (world, gateway, _db) = world().await;
    world.script("CompleteTransfer", [Act::Refuse(Reason::GateNotMet)]);
    let mut client = TransferServiceClient::new(gateway.conn.clone());

    let refused = client
        .complete_transfer(from("wirral/nia", complete()))
        .await
        .expect_err("refused");

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "GATE_NOT_MET")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_context_that_a_client_brings_along_is_refused() {
    let (world, gateway, _db) = world().await;
    let mut client = TransferServiceClient::new(gateway.conn.clone());
    let mut request = from("wirral/nia", complete());
    attach_context(
        &mut request,
        &Context {
            authority: "wirral".to_owned(),
            ..Default::default()
        },
    );

    let refused = client
        .complete_transfer(request)
        .await
        .expect_err("refused");

    assert_eq!(reason(&refused), "CONTEXT_FORBIDDEN");
    assert_eq!(world.calls_of("CompleteTransfer").len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_or_is_nobody_stays_outside() {
    let (world, gateway, _db) = world().await;
    let mut client = TransferServiceClient::new(gateway.conn.clone());

    let silent = client
        .complete_transfer(Request::new(complete()))
        .await
        .expect_err("refused");
    assert_eq!(
        (silent.code(), reason(&silent).as_str()),
        (Code::Unauthenticated, "IDENTITY_MISSING")
    );

    let stranger = client
        .complete_transfer(from("wirral/eve", complete()))
        .await
        .expect_err("refused");
    assert_eq!(
        (stranger.code(), reason(&stranger).as_str()),
        (Code::Unauthenticated, "IDENTITY_UNKNOWN")
    );

    let elsewhere = client
        .complete_transfer(from("atlantis/nia", complete()))
        .await
        .expect_err("refused");
    assert_eq!(reason(&elsewhere), "IDENTITY_UNKNOWN");

    let query = GetTransferRequest {
        transfer_id: TRANSFER.to_owned(),
    };
    let asking = client
        .get_transfer(from("wirral/eve", query))
        .await
        .expect_err("refused");
    assert_eq!(reason(&asking), "IDENTITY_UNKNOWN");
    assert!(world.effects().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_may_set_up_an_organisation_that_is_empty() {
    let (world, gateway, _db) = world().await;
    world.state().answers.organisation_is_empty = true;
    let mut client = TransferServiceClient::new(gateway.conn.clone());

    client
        .complete_transfer(from("wirral/eve", complete()))
        .await
        .expect("nobody is known yet");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_between_the_gateway_and_a_service_is_not_for_clients() {
    let (world, gateway, _db) = world().await;
    let mut reactions = TransferReactionServiceClient::new(gateway.conn.clone());
    let moved = ConfirmMoveRequest::default();
    let refused = reactions
        .confirm_move(from("wirral/nia", moved))
        .await
        .expect_err("refused");
    assert_eq!(reason(&refused), "METHOD_INTERNAL");

    let mut feed = FeedServiceClient::new(gateway.conn.clone());
    let request = SubscribeRequest {
        authority: "wirral".to_owned(),
        cursor: None,
    };
    let refused = feed
        .subscribe(from("wirral/nia", request))
        .await
        .expect_err("refused");
    assert_eq!(reason(&refused), "METHOD_INTERNAL");
    assert!(
        world
            .state()
            .calls
            .iter()
            .all(|call| call.method() != "ConfirmMove")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_method_is_unimplemented() {
    let (_world, gateway, _db) = world().await;
    for path in [
        "/baton.transfer.v1.TransferService/Undo",
        "/nobody.v1.Knows/This",
    ] {
        let refused = send(&gateway, path, from("wirral/nia", Bytes::new()))
            .await
            .expect_err("refused");
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Unimplemented, "METHOD_UNKNOWN")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_message_are_an_invalid_argument() {
    let (world, gateway, _db) = world().await;
    for path in [
        "/baton.transfer.v1.TransferService/CompleteTransfer",
        "/baton.transfer.v1.TransferService/GetTransfer",
    ] {
        let request = from("wirral/nia", Bytes::from_static(b"\x0a\xff\xff\xff"));
        let refused = send(&gateway, path, request).await.expect_err("refused");
        assert_eq!(refused.code(), Code::InvalidArgument, "{path}");
    }
    assert!(world.effects().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subject_that_is_no_id_is_left_to_its_service_to_name_with_the_rest() {
    let (world, gateway, _db) = world().await;
    let mut client = TransferServiceClient::new(gateway.conn.clone());
    let request = CompleteTransferRequest {
        transfer_id: "not an id".to_owned(),
        ..complete()
    };

    client
        .complete_transfer(from("wirral/nia", request))
        .await
        .expect("the fake takes anything");

    assert_eq!(world.calls_of("LocateTransfer").len(), 0);
    assert_eq!(world.calls_of("CompleteTransfer").len(), 1);
}
