//! Whole transfers, message by message.

use baton_contracts::transfer::v1 as wire;
use baton_contracts::type_v1::fact_value::Value as FactValueOf;
use baton_contracts::{instant, json};
use baton_testkit::each_database;
use tonic_types::StatusExt as _;

use super::harness::{World, at, reason, request_id};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, message by message")]
async fn w_053_to_w_089_the_audit_fails_on_the_day_and_the_case_moves_when_it_is_put_right() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let opened = world.schedule("2026-03-16T14:00:00Z").await;
        let transfer = opened.transfer.unwrap();
        assert_eq!(
            (transfer.phase(), transfer.to_team_id.as_str()),
            (wire::Phase::Open, "north")
        );
        assert!(!opened.as_of.unwrap().event_id.is_empty());
        let id = transfer.transfer_id;
        world.name_worker(&id).await;
        world
            .complete_item("ann", &id, "transfer_request")
            .await
            .unwrap();
        world.clock.set(at("2026-03-16T11:00:00Z")).unwrap();
        let failed = world.sign("tom", &id, false).await.unwrap();
        let audit = failed
            .gate
            .iter()
            .find(|item| item.item == "first_response_audit")
            .unwrap();
        assert_eq!(
            (audit.state(), audit.missing.as_slice()),
            (
                wire::ItemState::Failed,
                &["chronology_complete".to_owned()][..]
            )
        );

        world.clock.set(at("2026-03-16T15:30:00Z")).unwrap();
        world.know("plan", FactValueOf::Code("child_protection".to_owned()));
        let placed = world
            .held("2026-03-16T14:00:00Z", "child_protection_plan")
            .await;
        assert_eq!(placed.transfer.unwrap().phase(), wire::Phase::Placed);
        assert!(placed.release.is_none());

        let refused = world.complete(&id).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (tonic::Code::FailedPrecondition, "GATE_NOT_MET")
        );
        let open = refused
            .get_details_precondition_failure()
            .unwrap()
            .violations;
        assert_eq!(open[0].subject, "first_response_audit");
        assert!(
            open[0].description.contains("W-069"),
            "{}",
            open[0].description
        );
        assert!(
            open[0].description.contains("team_manager of frt"),
            "{}",
            open[0].description
        );

        let back = wire::ReturnTransferRequest {
            request_id: request_id(),
            transfer_id: id.clone(),
            reason: "the chronology stops in January".to_owned(),
            ..Default::default()
        };
        let returned = world
            .public()
            .return_transfer(world.by("nia", back))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(returned.transfer.unwrap().holds[0].kind, "returned");

        world.clock.set(at("2026-03-18T09:00:00Z")).unwrap();
        world.announced("transfer.deadline_breached", 1).await;
        world.sign("tom", &id, true).await.unwrap();
        assert!(world.review(&id).await.ready);
        world.clock.set(at("2026-03-18T10:05:00Z")).unwrap();
        let completing = world.complete(&id).await.unwrap();
        assert_eq!(completing.phase(), wire::Phase::Completing);

        let released = json(&world.last("transfer.released").await.data.unwrap());
        assert_eq!(
            (
                released["to_team_id"].as_str(),
                released["to_worker_id"].as_str()
            ),
            (Some("north"), Some("sam"))
        );
        let release = wire::Release {
            release_id: released["release_id"].as_str().unwrap().to_owned(),
            transfer_id: id.clone(),
            expected_epoch: 3,
            to_team_id: "north".to_owned(),
            effective_at: Some(baton_contracts::timestamp(at("2026-03-18T10:05:00Z"))),
            ..Default::default()
        };
        let completed = world.confirm(&release).await.unwrap().transfer.unwrap();
        assert_eq!(
            (completed.phase(), completed.to_epoch),
            (wire::Phase::Completed, 4)
        );
        assert_eq!(
            instant(&completed.moved_at.unwrap()).unwrap(),
            at("2026-03-18T10:05:00Z")
        );
    })
    .await;
}

#[tokio::test]
async fn w_086_what_people_wrote_is_nowhere_in_the_events() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world.ready().await;
        let secret = "the mother's new partner";
        let back = wire::ReturnTransferRequest {
            request_id: request_id(),
            transfer_id: id.clone(),
            reason: secret.to_owned(),
            ..Default::default()
        };
        world
            .public()
            .return_transfer(world.by("nia", back))
            .await
            .unwrap();

        let returned = world.last("transfer.returned").await;

        let kept = world
            .store
            .get_private("wirral", &returned.reason_digest)
            .await
            .unwrap();
        assert_eq!(kept.as_deref(), Some(secret));
        assert!(
            world
                .events()
                .await
                .iter()
                .all(|event| !format!("{event:?}").contains(secret))
        );
        assert!(!format!("{:?}", world.get(&id).await).contains(secret));
    })
    .await;
}

#[tokio::test]
async fn s_046_the_held_conference_itself_releases_the_case_with_what_is_missing_as_actions() {
    each_database(async |url| {
        let world = World::of("shropshire", url).await;
        world.schedule("2026-03-16T14:00:00Z").await;
        world.clock.set(at("2026-03-16T16:00:00Z")).unwrap();

        let held = world
            .held("2026-03-16T14:00:00Z", "child_protection_plan")
            .await;

        let release = held.release.unwrap();
        assert_eq!(
            instant(&release.effective_at.unwrap()).unwrap(),
            at("2026-03-16T14:00:00Z")
        );
        let completed = world.confirm(&release).await.unwrap().transfer.unwrap();
        assert_eq!(completed.phase(), wire::Phase::Completed);
        assert_eq!(completed.actions.len(), 4);
        assert!(
            completed
                .actions
                .iter()
                .all(|action| action.due_on == "2026-03-23")
        );
        assert!(
            completed
                .due
                .iter()
                .any(|due| due.name == "core_group" && due.due_on == "2026-03-26")
        );
    })
    .await;
}

#[tokio::test]
async fn c_018_a_conference_in_camden_opens_nothing_and_says_why() {
    each_database(async |url| {
        let world = World::of("camden", url).await;
        world.moved_to("north");

        let answer = world.schedule("2026-03-16T14:00:00Z").await;

        assert!(answer.transfer.is_none());
        let explanation = answer.explanation.unwrap();
        assert_eq!(
            (explanation.decision.as_str(), explanation.rules.as_slice()),
            ("stays_in_team", &["C-018".to_owned()][..])
        );
        assert!(world.events_of_calls().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn w_053_an_unknown_district_is_a_task_with_a_deadline_until_the_fact_is_reported() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        world.forget("district");

        let answer = world.schedule("2026-03-16T14:00:00Z").await;
        assert_eq!(answer.explanation.unwrap().unknown_facts, ["district"]);
        let undecided = world.last("transfer.trigger_undecided").await;
        assert_eq!(
            (undecided.tasks[0].code.as_str(), undecided.tasks[0].open),
            ("report_facts", true)
        );

        world.clock.set(at("2026-03-05T09:00:00Z")).unwrap();
        let overdue = world.announced("transfer.trigger_overdue", 1).await;
        assert!(overdue.tasks[0].overdue);

        world.know("district", FactValueOf::Code("north".to_owned()));
        let opened = world.reassess().await;
        assert_eq!(
            opened[0].transfer.as_ref().unwrap().phase(),
            wire::Phase::Open
        );
        let decided = world.last("transfer.trigger_decided").await;
        assert_eq!(
            (decided.tasks[0].key.clone(), decided.tasks[0].open),
            (undecided.tasks[0].key.clone(), false)
        );
    })
    .await;
}

#[tokio::test]
async fn w_053_a_refused_move_returns_to_the_tray_with_a_task_and_can_be_released_again() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world.ready().await;
        world.complete(&id).await.unwrap();
        let released = json(&world.last("transfer.released").await.data.unwrap());
        let body = wire::FailCompletionRequest {
            request_id: request_id(),
            transfer_id: id.clone(),
            release_id: released["release_id"].as_str().unwrap().to_owned(),
            reason: "UNALLOCATED_FORBIDDEN".to_owned(),
            rules: vec!["W-152".to_owned()],
        };

        let failed = world
            .reactions()
            .fail_completion(world.by("baton", body))
            .await
            .unwrap()
            .into_inner();

        assert_eq!(
            failed.consequence.unwrap().transfer.unwrap().phase(),
            wire::Phase::Placed
        );
        let tasks = world
            .events()
            .await
            .into_iter()
            .flat_map(|event| event.tasks);
        assert!(
            tasks
                .into_iter()
                .any(|task| task.code == "completion_failed" && task.open)
        );
        world.complete(&id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn tasks_and_trays_close_when_the_case_has_moved() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world.ready().await;
        world.complete(&id).await.unwrap();
        let released = json(&world.last("transfer.released").await.data.unwrap());
        let release = wire::Release {
            release_id: released["release_id"].as_str().unwrap().to_owned(),
            transfer_id: id,
            expected_epoch: 3,
            to_team_id: "north".to_owned(),
            effective_at: Some(baton_contracts::timestamp(world.clock.now())),
            ..Default::default()
        };
        world.confirm(&release).await.unwrap();

        let mut open = std::collections::BTreeSet::new();
        for task in world
            .events_of_calls()
            .await
            .into_iter()
            .flat_map(|event| event.tasks)
        {
            if task.open {
                open.insert(task.key);
            } else {
                open.remove(&task.key);
            }
        }
        // The first core group is still to be held.
        assert_eq!(open.len(), 1, "{open:?}");
        assert!(
            open.first().unwrap().ends_with("/meeting/core_group"),
            "{open:?}"
        );
    })
    .await;
}
