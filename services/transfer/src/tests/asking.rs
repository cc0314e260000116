//! Questions, and evidence.

use baton_contracts::transfer::v1 as wire;
use baton_testkit::each_database;

use super::harness::{World, request_id};

#[tokio::test]
async fn lists_narrow_and_page_newest_first() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let mut ids = vec![];
        for _ in 0..3 {
            let id = world
                .schedule("2026-03-16T14:00:00Z")
                .await
                .transfer
                .unwrap()
                .transfer_id;
            ids.insert(0, id.clone());
            if ids.len() < 3 {
                let body = wire::WithdrawTransferRequest {
                    request_id: request_id(),
                    transfer_id: id,
                    reason: "booked by mistake".to_owned(),
                    ..Default::default()
                };
                world
                    .public()
                    .withdraw_transfer(world.by("tom", body))
                    .await
                    .unwrap();
            }
        }
        let list = async |body: wire::ListTransfersRequest| {
            let page = world
                .public()
                .list_transfers(world.by("nia", body))
                .await
                .unwrap()
                .into_inner();
            let found: Vec<String> = page
                .transfers
                .into_iter()
                .map(|transfer| transfer.transfer_id)
                .collect();
            (found, page.next_page_token)
        };

        let (all, _) = list(wire::ListTransfersRequest {
            case_id: world.case.clone(),
            ..Default::default()
        })
        .await;
        let (live, _) = list(wire::ListTransfersRequest {
            child_id: world.child.clone(),
            live_only: true,
            ..Default::default()
        })
        .await;
        let (first, next) = list(wire::ListTransfersRequest {
            page_size: 2,
            ..Default::default()
        })
        .await;
        let (second, end) = list(wire::ListTransfersRequest {
            page_size: 2,
            page_token: next,
            ..Default::default()
        })
        .await;

        assert_eq!(all, ids);
        assert_eq!(live, ids[..1]);
        assert_eq!(
            (first, second, end.as_str()),
            (ids[..2].to_vec(), ids[2..].to_vec(), "")
        );
    })
    .await;
}

#[tokio::test]
async fn locating_tells_the_child_and_the_case() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world
            .schedule("2026-03-16T14:00:00Z")
            .await
            .transfer
            .unwrap()
            .transfer_id;
        let body = wire::LocateTransferRequest { transfer_id: id };

        let found = world
            .reactions()
            .locate_transfer(world.by("baton", body))
            .await
            .unwrap()
            .into_inner();

        assert_eq!(
            (found.child_id.as_str(), found.case_id.as_str()),
            (world.child.as_str(), world.case.as_str())
        );
        assert_eq!(found.phase(), wire::Phase::Open);
    })
    .await;
}

#[tokio::test]
async fn s_037_evidence_reaches_the_transfer_of_the_child() {
    each_database(async |url| {
        let world = World::of("shropshire", url).await;
        world.schedule("2026-03-16T14:00:00Z").await;
        let body = wire::RecordEvidenceRequest {
            request_id: request_id(),
            child_id: world.child.clone(),
            item: "plan_draft".to_owned(),
            state: "complete".to_owned(),
            done_by: "ann".to_owned(),
            effective_at: Some(baton_contracts::timestamp(world.clock.now())),
            ..Default::default()
        };

        let answer = world
            .reactions()
            .record_evidence(world.by("baton", body))
            .await
            .unwrap()
            .into_inner();

        let transfer = answer.consequences[0].transfer.clone().unwrap();
        let item = transfer
            .gate
            .iter()
            .find(|item| item.item == "plan_draft")
            .unwrap();
        assert_eq!(
            (item.state(), item.completed_by.as_str()),
            (wire::ItemState::Met, "ann")
        );
    })
    .await;
}
