//! Deadlines: they ring by themselves, go up the ladder, and what follows is decided on fresh facts.

use baton_contracts::json;
use baton_contracts::transfer::v1 as wire;
use baton_contracts::type_v1::DueState;
use baton_contracts::type_v1::fact_value::Value as FactValueOf;
use baton_testkit::each_database;

use super::harness::{World, at, request_id};

#[tokio::test]
async fn k_57_two_weeks_in_the_tray_without_a_worker_breach_escalate_and_ask_for_a_decision() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world
            .schedule("2026-03-16T14:00:00Z")
            .await
            .transfer
            .unwrap()
            .transfer_id;
        world
            .complete_item("ann", &id, "transfer_request")
            .await
            .unwrap();
        world.sign("tom", &id, true).await.unwrap();
        world.clock.set(at("2026-03-16T15:30:00Z")).unwrap();
        for (key, value) in [
            ("plan", FactValueOf::Code("child_in_need".to_owned())),
            ("in_proceedings", FactValueOf::Flag(false)),
            ("section_47_open", FactValueOf::Flag(false)),
        ] {
            world.know(key, value);
        }
        world
            .held("2026-03-16T14:00:00Z", "child_in_need_plan")
            .await;
        world.review(&id).await;

        // British Summer Time began on 29 March: midnight is 23:00 UTC.
        world.clock.set(at("2026-03-30T23:00:00Z")).unwrap();
        let breached = world.announced("transfer.deadline_breached", 1).await;

        let data = json(&breached.data.unwrap());
        assert_eq!(data["name"], "receiving_worker_named");
        assert_eq!(data["needs_resolution"], true);
        let escalated = world.announced("transfer.deadline_escalated", 1).await;
        assert_eq!(escalated.notices_due[0].kind, "escalation_notice");
        assert!(
            escalated
                .tasks
                .iter()
                .any(|task| task.code == "resolve_breach" && task.overdue)
        );

        let body = wire::ResolveExpiryRequest {
            request_id: request_id(),
            transfer_id: id,
            name: "receiving_worker_named".to_owned(),
            breach_event_id: breached.event_id,
        };
        let resolved = world
            .reactions()
            .resolve_expiry(world.by("baton", body))
            .await
            .unwrap()
            .into_inner();
        let release = resolved.consequence.unwrap().release.unwrap();
        assert!(release.to_worker_id.is_empty() && release.pending_authorisation);
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_was_met_rings_no_more() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let id = world.ready().await;

        // The first core group is the next to ring, and the only one.
        world.clock.set(at("2026-04-15T09:00:00Z")).unwrap();
        let breached = world.announced("transfer.deadline_breached", 1).await;

        assert_eq!(json(&breached.data.unwrap())["name"], "core_group");
        let transfer = world.get(&id).await;
        let states: Vec<(&str, DueState)> = transfer
            .due
            .iter()
            .map(|due| (due.name.as_str(), due.state()))
            .collect();
        assert!(
            states.contains(&("receiving_worker_named", DueState::Met)),
            "{states:?}"
        );
        assert!(
            states.contains(&("first_response_audit", DueState::Met)),
            "{states:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn x_23_a_postponed_conference_moves_the_deadlines_in_the_store_too() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        world.schedule("2026-03-16T14:00:00Z").await;
        world.schedule("2026-03-23T14:00:00Z").await;

        world.clock.set(at("2026-03-20T09:00:00Z")).unwrap();
        world.clock.set(at("2026-03-24T00:00:00Z")).unwrap();
        let breached = world.announced("transfer.deadline_breached", 1).await;

        assert_eq!(json(&breached.data.unwrap())["due_on"], "2026-03-23");
    })
    .await;
}
