//! What no generated client would send.

use baton_contracts::r#type::v1::CallKind;
use baton_contracts::{CALLS, Call};
use baton_rpc::CONTEXT_KEY;
use bytes::Bytes;
use tonic::Code;
use tonic::metadata::MetadataValue;

use super::Desk;
use crate::wire::{self, Refused};

#[tokio::test]
async fn a_client_that_is_nobody_or_more_than_a_client_is_not_let_in() {
    let desk = Desk::new().await;
    let door = desk.ensemble.door();
    let (get, place) = (
        "/baton.allocation.v1.AllocationService/GetOrganisation",
        "/baton.allocation.v1.AllocationReactionService/PlaceCase",
    );
    let mut nobody = wire::from_client("wirral/nia", Bytes::new());
    nobody.metadata_mut().remove(baton_rpc::IDENTITY_KEY);
    let mut smuggled = wire::from_client("wirral/nia", Bytes::new());
    smuggled
        .metadata_mut()
        .insert_bin(CONTEXT_KEY, MetadataValue::from_bytes(b"trust me"));
    let mut reserved = wire::from_client("wirral/nia", Bytes::new());
    reserved
        .metadata_mut()
        .insert("baton-anything", "at all".parse().unwrap());
    for (what, path, request, code, reason) in [
        (
            "no identity",
            get,
            nobody,
            Code::Unauthenticated,
            "IDENTITY_MISSING",
        ),
        (
            "a stranger",
            get,
            wire::from_client("wirral/mallory", Bytes::new()),
            Code::Unauthenticated,
            "IDENTITY_UNKNOWN",
        ),
        (
            "no authority",
            get,
            wire::from_client("atlantis/nia", Bytes::new()),
            Code::Unauthenticated,
            "IDENTITY_UNKNOWN",
        ),
        (
            "no name",
            get,
            wire::from_client("wirral/", Bytes::new()),
            Code::Unauthenticated,
            "IDENTITY_UNKNOWN",
        ),
        (
            "a context",
            get,
            smuggled,
            Code::PermissionDenied,
            "CONTEXT_FORBIDDEN",
        ),
        (
            "reserved metadata",
            get,
            reserved,
            Code::PermissionDenied,
            "CONTEXT_FORBIDDEN",
        ),
        (
            "a reaction",
            place,
            wire::from_client("wirral/nia", Bytes::new()),
            Code::PermissionDenied,
            "METHOD_INTERNAL",
        ),
        (
            "no method",
            "/baton.x/Y",
            wire::from_client("wirral/nia", Bytes::new()),
            Code::Unimplemented,
            "METHOD_UNKNOWN",
        ),
    ] {
        let refused = Refused::from(&wire::send(&door, path, request).await.unwrap_err());
        assert_eq!(
            (refused.code, refused.reason.as_str()),
            (code, reason),
            "{what}"
        );
    }
}

#[tokio::test]
async fn every_method_of_every_service_answers_garbage_and_emptiness_and_a_missing_context() {
    let desk = Desk::new().await;
    let before = desk.events().await;
    let mut wrong = Vec::new();
    for call in CALLS
        .iter()
        .filter(|call| !call.streaming && !call.service().ends_with("SimulationService"))
    {
        let public = call.kind != CallKind::Reaction;
        let conn = if public {
            desk.ensemble.door()
        } else {
            desk.ensemble.behind(call)
        };
        let request = |body: Bytes| {
            if public {
                wire::from_client("wirral/system:liquidlogic", body)
            } else {
                from_gateway(&desk, body)
            }
        };
        let garbage = Bytes::from_static(&[0xff; 64]);
        let large = Bytes::from(vec![0x0a; baton_rpc::MESSAGE_BYTES_MAX + 1]);
        for (what, body) in [("garbage", garbage), ("too large", large)] {
            match wire::send(&conn, call.path, request(body))
                .await
                .map_err(|status| Refused::from(&status))
            {
                Err(refused)
                    if refused.code == Code::InvalidArgument
                        && refused.reason == "INVALID_FIELDS" => {}
                answer => wrong.push(format!("{}, {what}: {answer:?}", call.name())),
            }
        }
        if changes(call) {
            match wire::send(&conn, call.path, request(Bytes::new()))
                .await
                .map_err(|status| Refused::from(&status))
            {
                Err(refused)
                    if refused.code == Code::InvalidArgument && !refused.fields.is_empty() => {}
                answer => wrong.push(format!("{}, empty: {answer:?}", call.name())),
            }
        }
        if !call.service().starts_with("baton.gateway.") {
            let bare = tonic::Request::new(Bytes::new());
            let conn = desk.ensemble.behind(call);
            match wire::send(&conn, call.path, bare)
                .await
                .map_err(|status| Refused::from(&status))
            {
                Err(refused)
                    if refused.code == Code::Unauthenticated
                        && refused.reason == "CONTEXT_MISSING" => {}
                answer => wrong.push(format!("{}, without a context: {answer:?}", call.name())),
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(desk.events().await, before, "something changed");
}

fn changes(call: &Call) -> bool {
    let reads = [
        "Get",
        "List",
        "Find",
        "Locate",
        "ResolveChildren",
        "ResolveRecipients",
    ];
    let reads = reads.iter().any(|verb| call.method().starts_with(verb));
    call.kind != CallKind::Query && !reads
}

fn from_gateway(desk: &Desk, body: Bytes) -> tonic::Request<Bytes> {
    wire::from_gateway(
        &desk.kit.id,
        desk.ensemble.clock.now(),
        "no-such-pack",
        body,
    )
}
