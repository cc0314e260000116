use baton_contracts::allocation::v1 as wire;
use baton_contracts::timestamp;
use baton_testkit::each_database;
use tonic::Code;

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
