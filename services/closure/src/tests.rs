//! The service as its callers meet it: through the generated clients, on both databases.

mod explaining;
mod harness;

use std::sync::Arc;

use baton_contracts::closure::v1 as wire;
use baton_contracts::timestamp;
use baton_ids::CaseId;
use baton_testkit::each_database;
use tonic::Code;
use uuid::Uuid;

use self::harness::{World, reason, release_id, request_id};

#[tokio::test]
async fn w_053_a_case_without_a_plan_is_considered_approved_and_closed_by_the_ledger() {
    each_database(async |url| {
        let world = World::open(url).await;
        let considered = world.consider().await;
        assert_eq!(considered.phase(), wire::ClosurePhase::Considered);
        assert_eq!(considered.due[0].due_on, "2026-03-23");
        assert_eq!(world.consider().await, considered);

        let closing = world.decide(&considered, "tom", true).await.unwrap();
        assert_eq!(closing.phase(), wire::ClosurePhase::Closing);
        let body = wire::ConfirmEndRequest {
            request_id: request_id(),
            closure_id: closing.closure_id.clone(),
            release_id: release_id(&world).await,
            epoch: 4,
            closed_at: Some(timestamp(world.clock.now())),
        };
        let answer = world
            .reactions()
            .confirm_end(world.call("baton", "", body))
            .await
            .unwrap();
        let closed = answer.into_inner().closure.unwrap();

        assert_eq!(
            (closed.phase(), closed.to_epoch),
            (wire::ClosurePhase::Closed, 4)
        );
        assert_eq!(
            world.journey().await,
            ["closure.considered", "closure.released", "closure.closed"]
        );
        let events = world.events().await;
        let open: Vec<bool> = events
            .iter()
            .flat_map(|event| &event.tasks)
            .map(|task| task.open)
            .collect();
        assert_eq!(open, [true, false]);
        let text = format!("{events:?}");
        assert!(!text.contains("no further role"));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_of_the_ledger_makes_it_the_managers_task_again() {
    each_database(async |url| {
        let world = World::open(url).await;
        let considered = world.consider().await;
        world.decide(&considered, "tom", true).await.unwrap();
        let body = wire::FailEndRequest {
            request_id: request_id(),
            closure_id: considered.closure_id.clone(),
            release_id: release_id(&world).await,
            reason: "STALE_EPOCH".to_owned(),
        };

        let answer = world
            .reactions()
            .fail_end(world.call("baton", "", body))
            .await
            .unwrap();

        assert_eq!(
            answer.into_inner().closure.unwrap().phase(),
            wire::ClosurePhase::Considered
        );
        let last = world.events().await.pop().unwrap();
        assert_eq!(
            (last.r#type.as_str(), last.reason_code.as_str()),
            ("closure.end_failed", "STALE_EPOCH")
        );
        assert!(last.tasks[0].open);
        assert!(world.decide(&considered, "tom", true).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn x_17_a_proposal_is_decided_by_somebody_else_and_may_be_declined() {
    each_database(async |url| {
        let world = World::open(url).await;
        let proposed = world.propose("tom", "team_manager").await.unwrap();
        // A second person joins the closure that is there.
        assert_eq!(
            world.propose("tom", "team_manager").await.unwrap(),
            proposed
        );

        let own = world.decide(&proposed, "tom", true).await.unwrap_err();
        let declined = world.decide(&proposed, "eva", false).await.unwrap();

        assert_eq!(
            (own.code(), reason(&own).as_str()),
            (Code::PermissionDenied, "FOUR_EYES")
        );
        assert_eq!(declined.phase(), wire::ClosurePhase::Declined);
        assert_eq!(
            world.journey().await,
            ["closure.considered", "closure.proposed", "closure.declined"]
        );
        // Declined is over: the case may be proposed anew.
        assert_ne!(
            world
                .propose("tom", "team_manager")
                .await
                .unwrap()
                .closure_id,
            proposed.closure_id
        );
    })
    .await;
}

#[tokio::test]
async fn a_limit_that_passes_is_on_record_and_escalated_by_the_clock() {
    each_database(async |url| {
        let world = World::open(url).await;
        let considered = world.consider().await;

        world
            .clock
            .set("2026-03-24T00:00:00Z".parse().unwrap())
            .unwrap();
        while world.journey().await.len() < 2 {
            tokio::task::yield_now().await;
        }

        let last = world.events().await.pop().unwrap();
        assert_eq!(last.r#type, "closure.deadline_breached");
        assert!(last.tasks[0].overdue);
        assert_eq!(last.notices_due[0].audience[0].role, "group_manager");
        let body = wire::GetClosureRequest {
            closure_id: considered.closure_id,
        };
        let answer = world
            .public()
            .get_closure(world.call("tom", "team_manager", body))
            .await;
        let due = answer.unwrap().into_inner().closure.unwrap().due;
        assert_eq!(due[0].state(), baton_contracts::type_v1::DueState::Breached);
    })
    .await;
}

#[tokio::test]
async fn a_closure_is_found_listed_and_located() {
    each_database(async |url| {
        let world = World::open(url).await;
        let considered = world.consider().await;
        let list = async |body: wire::ListClosuresRequest| {
            let answer = world
                .public()
                .list_closures(world.call("tom", "team_manager", body))
                .await;
            answer.unwrap().into_inner().closures
        };

        let of_case = wire::ListClosuresRequest {
            case_id: world.case_id.clone(),
            ..Default::default()
        };
        assert_eq!(list(of_case).await, std::slice::from_ref(&considered));
        let of_other = wire::ListClosuresRequest {
            case_id: CaseId::new().to_string(),
            ..Default::default()
        };
        assert_eq!(list(of_other).await, []);
        world.decide(&considered, "tom", false).await.unwrap();
        assert_eq!(
            list(wire::ListClosuresRequest {
                live_only: true,
                ..Default::default()
            })
            .await,
            []
        );

        let body = wire::LocateClosureRequest {
            closure_id: considered.closure_id.clone(),
        };
        let located = world
            .reactions()
            .locate_closure(world.call("baton", "", body))
            .await
            .unwrap();
        assert_eq!(located.into_inner().case_id, world.case_id);
        let body = wire::ResolveClosureExpiryRequest {
            request_id: request_id(),
            closure_id: considered.closure_id,
            name: "closure_decided".to_owned(),
            breach_event_id: Uuid::now_v7().to_string(),
        };
        let resolved = world
            .reactions()
            .resolve_closure_expiry(world.call("baton", "", body))
            .await;
        assert_eq!(
            resolved.unwrap().into_inner().explanation.unwrap().decision,
            "unchanged"
        );
        let body = wire::GetClosureRequest {
            closure_id: Uuid::now_v7().to_string(),
        };
        let unknown = world
            .public()
            .get_closure(world.call("tom", "team_manager", body))
            .await;
        assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_decisions_at_once_exactly_one_counts() {
    each_database(async |url| {
        let world = Arc::new(World::open(url).await);
        let considered = world.consider().await;
        let decide = |by: &'static str, approved| {
            let (world, considered) = (Arc::clone(&world), considered.clone());
            tokio::spawn(async move { world.decide(&considered, by, approved).await })
        };

        let (yes, no) = tokio::join!(decide("tom", true), decide("eva", false));
        let answers = [yes.unwrap(), no.unwrap()];

        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        assert_eq!(world.journey().await.len(), 2);
    })
    .await;
}
