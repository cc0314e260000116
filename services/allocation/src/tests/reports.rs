use baton_contracts::allocation::v1 as wire;
use baton_contracts::timestamp;
use baton_testkit::each_database;

use super::harness::{START, World, at, request_id};

fn report(case: &wire::Case, team: &str, worker: &str) -> wire::ReportHolderRequest {
    wire::ReportHolderRequest {
        request_id: request_id(),
        case_id: case.case_id.clone(),
        team_id: team.to_owned(),
        worker_id: worker.to_owned(),
        effective_at: Some(timestamp(at(START))),
    }
}

async fn listed(world: &World, open_only: bool) -> Vec<wire::Discrepancy> {
    let body = wire::ListDiscrepanciesRequest {
        open_only,
        ..Default::default()
    };
    let response = world
        .public()
        .list_discrepancies(world.system(body))
        .await
        .unwrap();
    response.into_inner().discrepancies
}

#[tokio::test]
async fn another_holder_in_the_record_system_is_somebodys_task_until_both_agree() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;

        let differs = world
            .reactions()
            .report_holder(world.reaction(report(&case, "north", "sam")))
            .await
            .unwrap()
            .into_inner();
        let discrepancy = differs.discrepancy.unwrap();
        assert!(!differs.agrees);
        assert_eq!(discrepancy.due_on, "2026-03-04");
        assert_eq!(discrepancy.owner.as_ref().unwrap().team_id, "frt");
        assert_eq!(listed(&world, true).await, [discrepancy]);

        let agrees = world
            .reactions()
            .report_holder(world.reaction(report(&case, "frt", "")))
            .await
            .unwrap()
            .into_inner();
        assert!(agrees.agrees);
        assert_eq!(listed(&world, true).await, []);
        assert_eq!(listed(&world, false).await.len(), 1);
        assert_eq!(
            world.journey(&case.case_id).await,
            ["case.placed", "discrepancy.opened", "discrepancy.settled"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_difference_that_nobody_settles_is_overdue_and_escalated_by_the_clock() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = world.place(at(START)).await;
        let body = report(&case, "north", "sam");
        world
            .reactions()
            .report_holder(world.reaction(body))
            .await
            .unwrap();

        world.clock.set(at("2026-03-05T00:00:00Z")).unwrap();
        while world.journey(&case.case_id).await.len() < 3 {
            tokio::task::yield_now().await;
        }

        let events = world.events().await;
        let overdue = events.last().unwrap();
        assert_eq!(overdue.r#type, "discrepancy.overdue");
        assert_eq!(
            overdue.effective_at,
            Some(timestamp(at("2026-03-05T00:00:00Z")))
        );
        assert!(overdue.tasks[0].overdue);
        let told = &overdue.notices_due[0].audience[0];
        assert_eq!(
            (told.role.as_str(), told.team_id.as_str()),
            ("group_manager", "frt")
        );
    })
    .await;
}
