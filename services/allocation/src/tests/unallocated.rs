use baton_contracts::allocation::v1 as wire;
use baton_contracts::timestamp;
use baton_testkit::each_database;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{START, World, at, moving, post, reason, request_id};

#[tokio::test]
async fn w_155_a_refused_move_without_a_worker_names_rule_owner_and_remedy() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;

        let refused = world
            .move_to(&placed, "north", "", at(START))
            .await
            .unwrap_err();

        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(reason(&refused), "UNALLOCATED_FORBIDDEN");
        let open = refused
            .get_details_precondition_failure()
            .unwrap()
            .violations;
        assert_eq!(
            open[0].description,
            "W-155; owner team_manager of north; name a worker"
        );
    })
    .await;
}

#[tokio::test]
async fn w_087_a_move_pending_authority_asks_the_deputy_director_and_w_158_the_decision_is_told() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        let body = wire::MoveResponsibilityRequest {
            pending_authorisation: true,
            ..moving(&placed, "north", "", at(START))
        };

        let moved = world
            .reactions()
            .move_responsibility(world.reaction(body))
            .await
            .unwrap();
        let moved = moved.into_inner().case.unwrap();
        assert_eq!(moved.unallocated_state, "pending_authorisation");

        let authorise = wire::AuthoriseUnallocatedRequest {
            request_id: request_id(),
            case_id: placed.case_id.clone(),
            authorised: true,
            reason: "a plan for the week".to_owned(),
        };
        let manager = world.person("sue", vec![post("senior_manager", "")], authorise.clone());
        let refused = world
            .public()
            .authorise_unallocated(manager)
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::PermissionDenied, "ROLE_NOT_ALLOWED")
        );

        let director = world.person("dee", vec![post("deputy_director", "")], authorise);
        let authorised = world
            .public()
            .authorise_unallocated(director)
            .await
            .unwrap();
        assert_eq!(
            authorised.into_inner().case.unwrap().unallocated_state,
            "authorised"
        );

        let events = world.events().await;
        let open = |code: &str| {
            let tasks = events.iter().flat_map(|event| &event.tasks);
            tasks
                .filter(|task| task.code == code)
                .map(|task| task.open)
                .collect::<Vec<_>>()
        };
        assert_eq!(open("authorise_unallocated"), [true, false]);
        assert_eq!(open("report_on_allocation"), [true]);
        let last = events.last().unwrap();
        assert_eq!(last.reason_digest.len(), 64);
        assert_eq!(last.notices_due[0].kind, "case_unallocated");
        assert_eq!(last.notices_due[0].medium, "letter");
        // On the same day: by its end, which is counted from it.
        let told_by = Some(timestamp(at("2026-03-03T00:00:00Z")));
        assert_eq!(last.notices_due[0].due_at, told_by);
        assert_eq!(last.notices_due[0].due_from, "2026-03-02");
        let body =
            serde_json::to_string(&baton_contracts::event_to_json(last.clone()).unwrap()).unwrap();
        assert!(!body.contains("a plan for the week"));
    })
    .await;
}

#[tokio::test]
async fn a_report_is_due_each_week_by_the_clock_while_a_case_is_without_a_worker() {
    each_database(async |url| {
        let world = World::council(url).await;
        let placed = world.place(at(START)).await;
        let body = wire::AuthoriseUnallocatedRequest {
            request_id: request_id(),
            case_id: placed.case_id.clone(),
            authorised: true,
            reason: "nobody is free".to_owned(),
        };
        let director = world.person("dee", vec![post("deputy_director", "")], body);
        world
            .public()
            .authorise_unallocated(director)
            .await
            .unwrap();

        world.clock.set(at("2026-03-18T00:00:00Z")).unwrap();
        let due = "case.unallocated_report_due";
        let mut journey = Vec::new();
        while journey.iter().filter(|event| *event == due).count() < 2 {
            tokio::task::yield_now().await;
            journey = world.journey(&placed.case_id).await;
        }

        assert_eq!(
            journey,
            ["case.placed", "case.unallocated_authorised", due, due]
        );
    })
    .await;
}
