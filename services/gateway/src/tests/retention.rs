//! What the gateway takes away, and what stays.

use baton_store::{Store, StoreError, sqlx, with_db};
use baton_testkit::{clock_at, each_database};
use jiff::Timestamp;
use uuid::Uuid;

use super::world::open;
use crate::reactions::record::{Phase, Reaction};
use crate::storage::lanes::{self, Lane, Taking};
use crate::storage::reactions;
use crate::storage::retention::{prune_lanes, prune_reactions, prune_tracker};
use crate::storage::{tracked, tracker};
use crate::views::{Duty, Tracked};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn reaction(name: &str, phase: Phase, created_at: Timestamp) -> Reaction {
    Reaction {
        id: Uuid::now_v7(),
        authority: "wirral".to_owned(),
        kind: "report".to_owned(),
        cause_key: name.to_owned(),
        lane: name.to_owned(),
        parent_id: None,
        report_id: None,
        phase,
        steps_done: 0,
        attempts: 0,
        next_at: created_at,
        version: 1,
        cause: None,
        answers: vec![],
        frozen: None,
        parked_because: String::new(),
        parked_owner: baton_contracts::type_v1::Owner::default(),
        traceparent: String::new(),
        created_at,
    }
}

async fn keep(store: &Store, reaction: Reaction) {
    let lane = Lane {
        authority: reaction.authority.clone(),
        name: reaction.lane.clone(),
        holder: Uuid::now_v7(),
    };
    let until = reaction.created_at;
    let kept: Result<(), StoreError> = store
        .transact("keep", move |tx| {
            Box::pin(async move {
                assert_eq!(reactions::insert(tx, &[&reaction]).await?.len(), 1);
                let taking = Taking {
                    lane: &lane,
                    until,
                    now: until,
                    mine: reaction.id,
                };
                assert!(lanes::take(tx, &[taking]).await?.contains(&lane.holder));
                Ok(())
            })
        })
        .await;
    kept.unwrap();
}

async fn left(store: &Store, select: &'static str) -> Vec<String> {
    with_db!(store.db(), c => sqlx::query_scalar(select).fetch_all(c).await.unwrap())
}

#[tokio::test]
async fn reactions_that_are_done_go_with_time_and_all_others_stay() {
    each_database(async |url| {
        let store = open(&url, &clock_at("2026-03-02T09:30:00Z")).await;
        let (old, new) = (at("2026-01-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
        keep(&store, reaction("done-old", Phase::Done, old)).await;
        keep(&store, reaction("done-new", Phase::Done, new)).await;
        keep(&store, reaction("parked-old", Phase::Parked, old)).await;
        keep(&store, reaction("runs-old", Phase::Runnable, old)).await;

        assert_eq!(
            prune_reactions(&store, at("2026-02-01T00:00:00Z"))
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            prune_lanes(&store, at("2026-02-01T00:00:00Z"))
                .await
                .unwrap(),
            2
        );

        let reactions = left(&store, "SELECT cause_key FROM reactions ORDER BY cause_key").await;
        assert_eq!(reactions, ["done-new", "parked-old", "runs-old"]);
        // Of a parked reaction the lane comes back when somebody has it tried again.
        let lanes = left(&store, "SELECT lane FROM lanes ORDER BY lane").await;
        assert_eq!(lanes, ["done-new", "runs-old"]);
        store.close().await;
    })
    .await;
}

/// What the transfer service says when a transfer is opened with one clock, and ends, or not.
fn said(transfer: &str, ended_at: Option<&str>) -> Vec<baton_contracts::event::v1::Event> {
    use baton_contracts::{event::v1::Event, structure, timestamp};

    let event = |kind: &str, recorded_at: &str, data: serde_json::Value| Event {
        authority: "wirral".to_owned(),
        service: "transfer".to_owned(),
        r#type: kind.to_owned(),
        aggregate_id: transfer.to_owned(),
        recorded_at: Some(timestamp(at(recorded_at))),
        data: Some(structure(&data)),
        ..Event::default()
    };
    let opened = serde_json::json!({
        "transfer_id": transfer, "phase": "open", "from_team_id": "frt", "to_team_id": "north",
        "due": [{"name": "core_group", "due_on": "2026-01-09", "breach_at": "2026-01-10T00:00:00Z"}],
    });
    let ended = serde_json::json!({ "transfer_id": transfer, "phase": "completed" });
    let mut events = vec![event("transfer.opened", "2025-12-01T09:00:00Z", opened)];
    events.extend(ended_at.map(|at| event("transfer.completed", at, ended)));
    events
}

#[tokio::test]
async fn transfers_that_ended_leave_the_tracker_with_time_and_live_ones_stay() {
    each_database(async |url| {
        let store = open(&url, &clock_at("2026-03-02T09:30:00Z")).await;
        for (transfer, ended_at) in [
            ("ended-old", Some("2026-01-01T00:00:00Z")),
            ("ended-new", Some("2026-03-01T00:00:00Z")),
            ("live-old", None),
        ] {
            let events = said(transfer, ended_at);
            let tracked: Result<(), StoreError> = store
                .transact("track", move |tx| {
                    Box::pin(async move {
                        tracker::track(tx, "wirral", &Tracked::of_all(&events)).await?;
                        tracked::change(tx, "wirral", Duty::of_all(&events)).await
                    })
                })
                .await;
            tracked.unwrap();
        }

        // The row and its task.
        let pruned = prune_tracker(&store, at("2026-02-01T00:00:00Z")).await;
        assert_eq!(pruned.unwrap(), 2);
        let rows = "SELECT transfer_id FROM tracker ORDER BY transfer_id";
        assert_eq!(left(&store, rows).await, ["ended-new", "live-old"]);
        let tasks = "SELECT transfer_id FROM tracker_tasks ORDER BY transfer_id";
        assert_eq!(left(&store, tasks).await, ["ended-new", "live-old"]);
        store.close().await;
    })
    .await;
}
