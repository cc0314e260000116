//! Answers: repeats, refusals, lists.

use baton_contracts::transfer::v1 as wire;
use baton_contracts::type_v1;
use baton_testkit::{TestDb, each_database};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{World, carrying, reason, request_id};

#[tokio::test]
async fn a_repeated_request_takes_effect_once_and_another_body_is_refused() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world
            .schedule("2026-03-16T14:00:00Z")
            .await
            .transfer
            .unwrap()
            .transfer_id;
        let body = world.signing(&id, true);

        let first = world
            .public()
            .sign_item(world.by("tom", body.clone()))
            .await
            .unwrap()
            .into_inner();
        let events = world.events().await.len();
        let again = world
            .public()
            .sign_item(world.by("tom", body.clone()))
            .await
            .unwrap()
            .into_inner();
        let other = wire::SignItemRequest {
            item: "transfer_request".to_owned(),
            ..body
        };
        let refused = world
            .public()
            .sign_item(world.by("tom", other))
            .await
            .unwrap_err();

        assert_eq!(first, again);
        assert_eq!(world.events().await.len(), events);
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::AlreadyExists, "REQUEST_ID_REUSED")
        );
    })
    .await;
}

#[tokio::test]
async fn a_stale_version_is_aborted_and_nothing_changes() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let transfer = world
            .schedule("2026-03-16T14:00:00Z")
            .await
            .transfer
            .unwrap();
        world.name_worker(&transfer.transfer_id).await;
        let body = wire::SignItemRequest {
            expected_version: transfer.version,
            ..world.signing(&transfer.transfer_id, true)
        };
        let before = world.get(&transfer.transfer_id).await;

        let refused = world
            .public()
            .sign_item(world.by("tom", body))
            .await
            .unwrap_err();

        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Aborted, "STALE_VERSION")
        );
        assert_eq!(world.get(&transfer.transfer_id).await, before);
    })
    .await;
}

#[tokio::test]
async fn facts_older_than_those_seen_are_aborted() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world.ready().await;
        let mut context = world.context("nia");
        context.child.as_mut().unwrap().version = 1;

        let refused = world
            .public()
            .complete_transfer(carrying(world.completing(&id), &context))
            .await
            .unwrap_err();

        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Aborted, "STALE_FACTS")
        );
    })
    .await;
}

#[tokio::test]
async fn another_authority_finds_nothing() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world
            .schedule("2026-03-16T14:00:00Z")
            .await
            .transfer
            .unwrap()
            .transfer_id;
        let mut context = world.context("nia");
        context.authority = "merton".to_owned();

        let get = wire::GetTransferRequest {
            transfer_id: id.clone(),
        };
        let get = world
            .public()
            .get_transfer(carrying(get, &context))
            .await
            .unwrap_err();
        let complete = world
            .public()
            .complete_transfer(carrying(world.completing(&id), &context))
            .await
            .unwrap_err();

        for refused in [get, complete] {
            assert_eq!(
                (refused.code(), reason(&refused).as_str()),
                (Code::NotFound, "NOT_FOUND")
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_pack_is_unavailable_with_a_time_to_try_again() {
    let db = TestDb::sqlite();
    let world = World::of("wirral", db.url().to_owned()).await;
    let mut context = world.context("baton");
    context.pack = "not-here-yet".to_owned();
    let body = wire::ConsiderTriggerRequest {
        request_id: request_id(),
        child_id: world.child.clone(),
        trigger: "conference_scheduled".to_owned(),
        conference: Some(world.conference("2026-03-16T14:00:00Z", "")),
        effective_at: context.received_at,
    };

    let refused = world
        .reactions()
        .consider_trigger(carrying(body, &context))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Unavailable, "PACK_UNKNOWN")
    );
    assert!(refused.get_details_retry_info().is_some());
}

#[tokio::test]
async fn a_wrong_person_is_told_who_may() {
    let db = TestDb::sqlite();
    let world = World::of("wirral", db.url().to_owned()).await;
    let id = world
        .schedule("2026-03-16T14:00:00Z")
        .await
        .transfer
        .unwrap()
        .transfer_id;

    let refused = world.sign("sam", &id, true).await.unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::PermissionDenied, "ROLE_NOT_ALLOWED")
    );
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.metadata["allowed"], "team_manager of frt");
}

#[tokio::test]
async fn every_bad_field_is_named_at_once() {
    let db = TestDb::sqlite();
    let world = World::of("wirral", db.url().to_owned()).await;
    let body = wire::SignItemRequest {
        request_id: "  ".to_owned(),
        transfer_id: "transfer".to_owned(),
        expected_version: -1,
        item: "First Audit".to_owned(),
        ..Default::default()
    };

    let refused = world
        .public()
        .sign_item(world.by("tom", body))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "INVALID_FIELDS")
    );
    let fields: Vec<String> = refused
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .into_iter()
        .map(|field| field.field)
        .collect();
    for field in ["request_id", "transfer_id", "expected_version", "item"] {
        assert!(fields.contains(&field.to_owned()), "{field} in {fields:?}");
    }
}

#[tokio::test]
async fn a_departure_without_a_reason_or_a_rule_is_a_bad_field() {
    let db = TestDb::sqlite();
    let world = World::of("wirral", db.url().to_owned()).await;
    let id = world
        .schedule("2026-03-16T14:00:00Z")
        .await
        .transfer
        .unwrap()
        .transfer_id;
    let departure = type_v1::Departure {
        rule_id: "rule".to_owned(),
        reason: " ".to_owned(),
    };
    let body = wire::CompleteTransferRequest {
        departures: vec![departure],
        ..world.completing(&id)
    };

    let refused = world
        .public()
        .complete_transfer(world.by("nia", body))
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::InvalidArgument);
    let fields = refused.get_details_bad_request().unwrap().field_violations;
    assert_eq!(fields.len(), 2, "{fields:?}");
}

#[tokio::test]
async fn an_item_that_the_transfer_does_not_have_is_a_bad_field() {
    let db = TestDb::sqlite();
    let world = World::of("wirral", db.url().to_owned()).await;
    let id = world
        .schedule("2026-03-16T14:00:00Z")
        .await
        .transfer
        .unwrap()
        .transfer_id;

    let refused = world
        .complete_item("ann", &id, "horoscope")
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "INVALID_FIELDS")
    );
}

#[tokio::test]
async fn a_call_without_context_is_unauthenticated() {
    let db = TestDb::sqlite();
    let world = World::of("wirral", db.url().to_owned()).await;
    let body = wire::GetTransferRequest {
        transfer_id: request_id(),
    };

    let refused = world
        .public()
        .get_transfer(tonic::Request::new(body))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Unauthenticated, "CONTEXT_MISSING")
    );
}
