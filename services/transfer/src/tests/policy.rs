//! The review of a policy is there without anybody's command, and its figures are counted from the journal.

use std::path::Path;

use baton_calendar::Calendar;
use baton_clock::BusinessClock;
use baton_contracts::transfer::v1 as wire;
use baton_contracts::type_v1::{PostHeld, Worker};
use baton_contracts::{event, timestamp};
use baton_packs::Packs;
use baton_protocol_files::Library;
use baton_store::{NewEvent, Store, StoreConfig, StoreError};
use baton_testkit::each_database;
use serde_json::{Value, json};
use tonic::{Request, Status};
use uuid::Uuid;

use super::harness::{START, World, at, carrying, reason, request_id};
use crate::app::{App, Policies};
use crate::{NAME, migrations};

impl World {
    /// A call by a service manager, who names the head of service.
    fn as_sue<T>(&self, body: T) -> Request<T> {
        let mut context = self.context("sue");
        let actor = context.actor.as_mut().unwrap();
        actor.posts = vec![PostHeld {
            role: "service_manager".to_owned(),
            ..PostHeld::default()
        }];
        context.organisation.as_mut().unwrap().workers.push(Worker {
            worker_id: "hal".to_owned(),
            team_id: "management".to_owned(),
            grade: "head_of_service".to_owned(),
        });
        carrying(body, &context)
    }

    async fn record(
        &self,
        body: wire::RecordPolicyReviewRequest,
    ) -> Result<wire::PolicyReview, Status> {
        let answer = self
            .public()
            .record_policy_review(self.as_sue(body))
            .await?;
        Ok(answer.into_inner().policy_review.unwrap())
    }

    async fn policy_review(&self) -> Result<wire::PolicyReview, Status> {
        let asked = self.as_sue(wire::GetPolicyReviewRequest {});
        let answer = self.public().get_policy_review(asked).await?;
        Ok(answer.into_inner().policy_review.unwrap())
    }

    async fn of_policy(&self) -> Vec<event::v1::Event> {
        let events = self.events().await.into_iter();
        events
            .filter(|event| event.r#type.starts_with("policy_review."))
            .collect()
    }

    /// Puts something in the journal, now.
    async fn note(&self, kind: &str, aggregate: Uuid, data: Value) {
        let event = NewEvent {
            event_id: Uuid::now_v7(),
            authority: self.authority.to_owned(),
            event_type: kind.to_owned(),
            aggregate_id: aggregate,
            aggregate_version: 1,
            case_id: None,
            child_id: None,
            family_id: None,
            effective_at: self.clock.now(),
            recorded_at: self.clock.now(),
            body: json!({ "type": kind, "data": data }),
            traceparent: None,
        };
        let noted: Result<(), StoreError> = self
            .store
            .transact("note", move |tx| {
                Box::pin(async move {
                    tx.announce(&[event]);
                    Ok(())
                })
            })
            .await;
        noted.unwrap();
    }
}

fn held() -> wire::RecordPolicyReviewRequest {
    let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    wire::RecordPolicyReviewRequest {
        request_id: request_id(),
        held_at: None,
        attended: texts(&["hal"]),
        looked_at: texts(&["transfers", "meetings", "allocations"]),
        findings: "Handovers help.".to_owned(),
    }
}

/// A process with these protocols.
async fn process(url: &str, clock: &BusinessClock, library: &Library) -> (Store, Packs, App) {
    let store = Store::open(StoreConfig::new(url), NAME, migrations(), clock.clone())
        .await
        .unwrap();
    let packs = Packs::open(&store, library).await.unwrap();
    let calendar = Calendar::embedded().unwrap();
    let app = App::new(store.clone(), packs.clone(), calendar, clock.clone());
    (store, packs, app)
}

#[tokio::test]
async fn c_077_the_review_is_owed_from_the_start_and_begun_once_by_however_many_processes() {
    each_database(|url| async move {
        let clock = BusinessClock::simulated(at(START));
        let library = camden(true, "2020-01-01");
        let (one, _, app) = process(&url, &clock, &library).await;
        let mut policies = Policies::of(app);
        // A file of SQLite belongs to one process.
        if url.starts_with("postgres") {
            let (other, _, app) = process(&url, &clock, &library).await;
            let mut others = Policies::of(app);
            tokio::join!(policies.follow(), others.follow());
            other.close().await;
        } else {
            policies.follow().await;
        }
        one.close().await;
        drop((policies, one));

        let world = World::under(library, "camden", url).await;
        assert_eq!(world.policy_review().await.unwrap().due_on, "2026-04-05");
        let begun = world.of_policy().await;
        assert_eq!(begun.len(), 1);
        let tasks: Vec<_> = begun[0]
            .tasks
            .iter()
            .map(|task| {
                let role = task.owner.as_ref().unwrap().role.as_str();
                (role, task.open, task.due_on.as_str())
            })
            .collect();
        assert_eq!(
            tasks,
            [
                ("head_of_service", true, "2026-04-05"),
                ("service_manager", true, "2026-04-05")
            ]
        );
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn c_077_a_missed_review_is_on_record_and_both_who_owe_it_are_told() {
    each_database(|url| async move {
        let world = World::of("camden", url).await;
        world.clock.set(at("2026-04-05T22:59:59Z")).unwrap();
        assert!(!world.policy_review().await.unwrap().overdue);

        world.clock.set(at("2026-04-05T23:00:00Z")).unwrap();
        let overdue = world.announced("policy_review.overdue", 1).await;
        let told: Vec<_> = overdue.notices_due[0]
            .audience
            .iter()
            .map(|owner| owner.role.as_str())
            .collect();
        assert_eq!(told, ["head_of_service", "service_manager"]);
        assert!(overdue.tasks.iter().all(|task| task.overdue && task.open));
        assert_eq!(
            world.policy_review().await.unwrap().missed_on,
            ["2026-04-05"]
        );

        world.clock.set(at("2026-05-31T10:00:00Z")).unwrap();
        let body = held();
        let recorded = world.record(body.clone()).await.unwrap();
        assert_eq!(
            (recorded.due_on.as_str(), recorded.overdue),
            ("2026-08-31", false)
        );
        assert_eq!(
            world.record(body).await.unwrap(),
            recorded,
            "said twice is done once"
        );
        assert_eq!(world.of_policy().await.len(), 3);

        let event = world.last("policy_review.held").await;
        assert_eq!(event.reason_digest, recorded.held[0].findings_digest);
        assert!(!format!("{event:?}").contains("Handovers"));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn c_077_a_period_counts_what_was_recorded_in_it() {
    each_database(|url| async move {
        let world = World::of("camden", url).await;
        let (met, unmet) = (Uuid::now_v7(), Uuid::now_v7());
        let moved = |day: &str| json!({ "moved_at": format!("{day}T09:00:00Z"), "point_due_on": "2026-03-04" });
        for (kind, aggregate, data) in [
            ("transfer.opened", met, json!({})),
            ("transfer.opened", unmet, json!({})),
            ("transfer.meeting_recorded", met, json!({ "kind": "handover" })),
            ("transfer.meeting_recorded", unmet, json!({ "kind": "joint_visit" })),
            ("transfer.completed", met, moved("2026-03-04")),
            ("transfer.completed", unmet, moved("2026-03-05")),
            ("transfer.returned", met, json!({ "hold": "returned" })),
            ("transfer.held", met, json!({ "hold": "disputed", "rung": 1.0 })),
            ("transfer.held", met, json!({ "hold": "disputed", "rung": 2.0 })),
            ("transfer.held", met, json!({ "hold": "deferred" })),
            ("transfer.withdrawn", unmet, json!({})),
            ("transfer.deadline_breached", unmet, json!({ "name": "any" })),
            ("transfer.deadline_breached", unmet, json!({ "name": "any", "inherited": true })),
            ("transfer.placed", unmet, json!({})),
        ] {
            world.note(kind, aggregate, data).await;
        }
        world.clock.set(at("2026-03-09T10:00:00Z")).unwrap();
        let expected = wire::PolicyFigures {
            from: Some(timestamp(at("2026-01-05T00:00:00Z"))),
            until: Some(timestamp(at("2026-03-09T10:00:00Z"))),
            opened: 2,
            completed: 2,
            completed_in_time: 1,
            completed_late: 1,
            sent_back: 1,
            withdrawn: 1,
            disputed: 1,
            deadlines_breached: 1,
            meetings: Some(wire::MeetingFigures {
                kind: "handover".to_owned(),
                held: 1,
                completed_with: 1,
                completed_with_in_time: 1,
                completed_without: 1,
                completed_without_in_time: 0,
            }),
        };
        let so_far = world.policy_review().await.unwrap().so_far.unwrap();
        assert_eq!(so_far, expected);

        // What is recorded at the instant of the review belongs to the next period.
        world.note("transfer.opened", Uuid::now_v7(), json!({})).await;
        let recorded = world.record(held()).await.unwrap();
        assert_eq!(recorded.held[0].figures, Some(expected));
        world.clock.set(at("2026-03-09T10:00:01Z")).unwrap();
        let so_far = world.policy_review().await.unwrap().so_far.unwrap();
        assert_eq!((so_far.opened, so_far.completed), (1, 0));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn c_077_where_no_protocol_asks_for_a_review_there_is_none() {
    each_database(|url| async move {
        let world = World::of("wirral", url).await;
        for refused in [
            world.policy_review().await.unwrap_err(),
            world.record(held()).await.unwrap_err(),
        ] {
            assert_eq!(refused.code(), tonic::Code::NotFound);
            assert_eq!(reason(&refused), "NOT_FOUND");
        }
        world.end().await;
    })
    .await;
}

/// Camden as it ships, or without a review of the policy, from a day on.
fn camden(reviews: bool, from: &str) -> Library {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/protocol-files/authorities/camden");
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("camden");
    std::fs::create_dir(&own).unwrap();
    for file in std::fs::read_dir(shipped).unwrap() {
        let file = file.unwrap();
        let mut text = std::fs::read_to_string(file.path()).unwrap();
        text = text.replace(
            "effective_from: 2020-01-01",
            &format!("effective_from: {from}"),
        );
        if !reviews {
            let lines = text.lines();
            let kept = lines.filter(|line| !line.contains("policy_review."));
            text = kept.collect::<Vec<_>>().join("\n");
            if let Some(start) = text.find("policy_review:\n") {
                let end = start + text[start..].find("\n\n").unwrap();
                text.replace_range(start..end, "");
            }
        }
        std::fs::write(own.join(file.file_name()), text).unwrap();
    }
    Library::load_folder(&own).unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn c_077_a_pack_that_comes_into_force_later_begins_it_and_one_that_does_not_ask_ends_it() {
    each_database(|url| async move {
        let clock = BusinessClock::simulated(at(START));
        let (store, packs, app) = process(&url, &clock, &camden(false, "2020-01-01")).await;
        let authority = baton_ids::AuthorityId::new("camden").unwrap();
        let mut policies = Policies::of(app.clone());
        policies.follow().await;
        assert!(app.policy_review(&authority).await.is_err());

        // Another process brings it, for the first of April.
        Packs::open(&store, &camden(true, "2026-04-01"))
            .await
            .unwrap();
        packs.look().await.unwrap();
        policies.follow().await;
        assert!(app.policy_review(&authority).await.is_err(), "not yet");

        clock.set(at("2026-04-01T09:00:00Z")).unwrap();
        policies.follow().await;
        let (review, ..) = app.policy_review(&authority).await.unwrap();
        assert_eq!(review.due_on.to_string(), "2026-04-05");

        Packs::open(&store, &camden(false, "2026-04-02"))
            .await
            .unwrap();
        packs.look().await.unwrap();
        clock.set(at("2026-04-02T09:00:00Z")).unwrap();
        policies.follow().await;
        let (review, ..) = app.policy_review(&authority).await.unwrap();
        assert!(!review.asked_for);
        assert_eq!(store.next_due().await.unwrap(), None);
        store.close().await;
    })
    .await;
}
