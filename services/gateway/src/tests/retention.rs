//! What the gateway takes away, and what stays.

use baton_store::{Store, StoreError, sqlx, with_db};
use baton_testkit::{clock_at, each_database};
use jiff::Timestamp;
use uuid::Uuid;

use super::world::open;
use crate::reactions::record::{Phase, Reaction};
use crate::storage::lanes::{self, Lane};
use crate::storage::reactions;
use crate::storage::retention::{prune_lanes, prune_reactions};

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
                assert!(lanes::take(tx, &lane, until, until).await?);
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
