//! Questions, and calls that cannot be understood.

use baton_contracts::allocation::v1 as wire;
use baton_testkit::each_database;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{START, World, at, moving, reason};

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
async fn another_authority_finds_nothing_of_a_team() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        let of_team = async |authority: &str| {
            let mut context = world.context(
                "liquid",
                baton_contracts::type_v1::PrincipalKind::RecordSystem,
                vec![],
            );
            context.authority = authority.to_owned();
            context.pack = format!("{authority}-pack");
            context.child.as_mut().unwrap().child_id = placed.child_id.clone();
            let listing = wire::ListCasesRequest {
                team_id: "frt".to_owned(),
                ..Default::default()
            };
            let counting = wire::CountFamilyRequest {
                child_id: placed.child_id.clone(),
                team_id: "frt".to_owned(),
            };
            let mut client = world.public();
            let listed = client.list_cases(world.carrying(listing, &context)).await;
            let counted = client
                .count_family(world.carrying(counting, &context))
                .await;
            let listed = listed.unwrap().into_inner().cases.len();
            (listed, counted.unwrap().into_inner().files.len())
        };

        assert_eq!(of_team("camden").await, (0, 0));
        assert_eq!(of_team("wirral").await, (1, 1));
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
