use baton_contracts::allocation::v1 as wire;
use baton_contracts::timestamp;
use baton_testkit::each_database;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{START, World, at, moving, placement, reason, request_id};

#[tokio::test]
async fn a_case_is_placed_allocated_moved_and_ended() {
    each_database(async |url| {
        let world = World::council(url).await;
        world.clock.set(at("2026-03-18T10:05:00Z")).unwrap();

        let placed = world.place(at(START)).await;
        let allocated = world
            .allocate(&placed, "ann", Some(at("2026-03-02T10:00:00Z")))
            .await
            .unwrap();
        let moved = world
            .move_to(&allocated, "north", "sam", at("2026-03-18T10:05:00Z"))
            .await
            .unwrap();
        let ended = world.end(&moved, at("2026-03-18T10:05:00Z")).await.unwrap();

        assert_eq!((placed.epoch, placed.worker_id.as_str()), (1, ""));
        assert_eq!((allocated.epoch, allocated.worker_id.as_str()), (2, "ann"));
        assert_eq!(
            (
                moved.epoch,
                moved.team_id.as_str(),
                moved.worker_id.as_str()
            ),
            (3, "north", "sam")
        );
        assert_eq!(
            (ended.epoch, ended.open, ended.team_id.as_str()),
            (4, false, "")
        );
        assert_eq!(
            world.journey(&placed.case_id).await,
            [
                "case.placed",
                "case.allocated",
                "responsibility.moved",
                "case.ended"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn every_change_is_on_record_with_actor_post_rules_cause_and_trace() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        world.allocate(&placed, "ann", None).await.unwrap();

        let events = world.events().await;
        let allocated = events
            .iter()
            .find(|event| event.r#type == "case.allocated")
            .unwrap();
        let actor = allocated.actor.as_ref().unwrap();

        assert_eq!(
            (actor.principal.as_str(), actor.role.as_str()),
            ("tom", "team_manager")
        );
        assert_eq!(actor.team_id, "frt");
        assert_eq!(allocated.rules, ["W-147", "X-20"]);
        assert_eq!(allocated.cause.as_ref().unwrap().id, "c1");
        assert_eq!(allocated.pack, "wirral-pack");
        assert_eq!(allocated.facts_version, 1);
        assert_eq!(allocated.traceparent.len(), 55);
        assert_eq!(allocated.aggregate_version, 2);
    })
    .await;
}

#[tokio::test]
async fn w_147_a_case_without_a_worker_lies_in_the_managers_tray_until_one_is_allocated() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        world.allocate(&placed, "ann", None).await.unwrap();

        let events = world.events().await;
        let tasks: Vec<_> = events.iter().flat_map(|event| &event.tasks).collect();

        assert_eq!(tasks.len(), 2);
        assert!(
            tasks
                .iter()
                .all(|task| task.key == format!("{}/allocate_worker", placed.case_id))
        );
        assert_eq!(
            (tasks[0].open, tasks[0].tray, tasks[1].open),
            (true, true, false)
        );
        let owner = tasks[0].owner.as_ref().unwrap();
        assert_eq!(
            (owner.role.as_str(), owner.team_id.as_str()),
            ("team_manager", "frt")
        );
    })
    .await;
}

#[tokio::test]
async fn a_request_sent_again_takes_effect_once_and_gets_the_same_answer() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        let body = moving(&placed, "north", "sam", at(START));

        let first = world
            .reactions()
            .move_responsibility(world.reaction(body.clone()))
            .await
            .unwrap();
        // Newer facts came meanwhile: what took effect is answered all the same.
        let again = world
            .reactions()
            .move_responsibility(world.reaction(body.clone()))
            .await
            .unwrap();
        let other = wire::MoveResponsibilityRequest {
            rules: vec![],
            ..body
        };
        let reused = world
            .reactions()
            .move_responsibility(world.reaction(other))
            .await
            .unwrap_err();

        assert_eq!(first.into_inner(), again.into_inner());
        assert_eq!(
            (reused.code(), reason(&reused).as_str()),
            (Code::AlreadyExists, "REQUEST_ID_REUSED")
        );
        assert_eq!(
            world.journey(&placed.case_id).await,
            ["case.placed", "responsibility.moved"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_move_at_another_epoch_is_aborted_and_changes_nothing() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        world.allocate(&placed, "ann", None).await.unwrap();

        let refused = world
            .move_to(&placed, "north", "sam", at(START))
            .await
            .unwrap_err();

        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Aborted, "STALE_EPOCH")
        );
        assert_eq!(world.spans(&placed.case_id).await.teams.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn another_authority_finds_nothing() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        let mut context = world.context(
            "tom",
            baton_contracts::type_v1::PrincipalKind::Person,
            vec![],
        );
        context.authority = "camden".to_owned();
        context.pack = "camden-pack".to_owned();

        let get = wire::GetCaseRequest {
            case_id: placed.case_id.clone(),
        };
        let case = world
            .public()
            .get_case(world.carrying(get, &context))
            .await
            .unwrap_err();
        let spans = wire::ListSpansRequest {
            case_id: placed.case_id.clone(),
        };
        let spans = world
            .public()
            .list_spans(world.carrying(spans, &context))
            .await
            .unwrap_err();
        let body = moving(&placed, "north", "sam", at(START));
        let moved = world
            .reactions()
            .move_responsibility(world.carrying(body, &context))
            .await
            .unwrap_err();

        for status in [case, spans, moved] {
            assert_eq!(
                (status.code(), reason(&status).as_str()),
                (Code::NotFound, "NOT_FOUND")
            );
        }
    })
    .await;
}

#[tokio::test]
async fn lists_narrow_and_page() {
    each_database(async |url| {
        let world = World::council(url).await;
        let mut cases = Vec::new();
        for _ in 0..3 {
            cases.push(world.place(at(START)).await);
        }
        world.allocate(&cases[1], "ann", None).await.unwrap();
        world.end(&cases[2], at(START)).await.unwrap();
        let list = async |body: wire::ListCasesRequest| {
            world
                .public()
                .list_cases(world.system(body))
                .await
                .unwrap()
                .into_inner()
        };
        let ids = |page: &wire::ListCasesResponse| {
            page.cases
                .iter()
                .map(|case| case.case_id.clone())
                .collect::<Vec<_>>()
        };

        let of_ann = list(wire::ListCasesRequest {
            worker_id: "ann".to_owned(),
            ..Default::default()
        })
        .await;
        let of_team = list(wire::ListCasesRequest {
            team_id: "frt".to_owned(),
            open_only: true,
            ..Default::default()
        })
        .await;
        let of_child = list(wire::ListCasesRequest {
            child_id: cases[2].child_id.clone(),
            ..Default::default()
        })
        .await;
        let first = list(wire::ListCasesRequest {
            page_size: 2,
            ..Default::default()
        })
        .await;
        let second = list(wire::ListCasesRequest {
            page_size: 2,
            page_token: first.next_page_token.clone(),
            ..Default::default()
        })
        .await;

        assert_eq!(ids(&of_ann), [cases[1].case_id.clone()]);
        assert_eq!(
            ids(&of_team),
            [cases[0].case_id.clone(), cases[1].case_id.clone()]
        );
        assert_eq!(ids(&of_child), [cases[2].case_id.clone()]);
        assert_eq!((ids(&first).len(), ids(&second).len()), (2, 1));
        assert_eq!(second.next_page_token, "");
    })
    .await;
}

#[tokio::test]
async fn a_re_referral_names_the_former_case() {
    each_database(async |url| {
        let world = World::council(url).await;
        let first = world.place(at(START)).await;
        let body = wire::PlaceCaseRequest {
            child_id: first.child_id.clone(),
            ..placement(at(START))
        };

        let open = world
            .reactions()
            .place_case(world.reaction(body.clone()))
            .await
            .unwrap_err();
        world.end(&first, at(START)).await.unwrap();
        // A refusal was not stored: the same request may now succeed.
        let second = world
            .reactions()
            .place_case(world.reaction(body))
            .await
            .unwrap();

        assert_eq!(reason(&open), "CASE_ALREADY_OPEN");
        assert_eq!(
            second.into_inner().case.unwrap().previous_case_id,
            first.case_id
        );
    })
    .await;
}

#[tokio::test]
async fn every_bad_field_is_named_at_once() {
    let db = baton_testkit::TestDb::sqlite();
    let world = World::empty(db.url().to_owned()).await;
    let body = wire::MoveResponsibilityRequest {
        request_id: "  ".to_owned(),
        case_id: "case".to_owned(),
        expected_epoch: -1,
        to_team_id: "North!".to_owned(),
        effective_at: Some(prost_types::Timestamp {
            seconds: i64::MAX,
            nanos: -1,
        }),
        ..moving(&wire::Case::default(), "north", "", at(START))
    };

    let refused = world
        .reactions()
        .move_responsibility(world.reaction(body))
        .await
        .unwrap_err();
    let fields: Vec<String> = refused
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .into_iter()
        .map(|violation| violation.field)
        .collect();

    assert_eq!(refused.code(), Code::InvalidArgument);
    for field in [
        "request_id",
        "case_id",
        "expected_epoch",
        "to_team_id",
        "effective_at",
    ] {
        assert!(
            fields.iter().any(|named| named == field),
            "{field} is missing in {fields:?}"
        );
    }
}

#[tokio::test]
async fn a_call_without_a_context_is_refused() {
    let db = baton_testkit::TestDb::sqlite();
    let world = World::empty(db.url().to_owned()).await;
    let body = wire::ListCasesRequest::default();

    let refused = world.public().list_cases(body).await.unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Unauthenticated, "CONTEXT_MISSING")
    );
}

#[tokio::test]
async fn the_worker_identified_as_next_is_an_involvement_only() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        let body = wire::RecordInvolvementRequest {
            request_id: request_id(),
            case_id: placed.case_id.clone(),
            worker_id: "sam".to_owned(),
            transfer_id: baton_ids::TransferId::new().to_string(),
        };

        let involved = world
            .reactions()
            .record_involvement(world.reaction(body))
            .await
            .unwrap();
        let case = involved.into_inner().case.unwrap();

        assert_eq!(
            (case.next_worker_id.as_str(), case.team_id.as_str()),
            ("sam", "frt")
        );
        assert_eq!(case.epoch, placed.epoch);
        assert_eq!(case.opened_at, Some(timestamp(at(START))));
    })
    .await;
}
