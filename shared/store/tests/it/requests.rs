use baton_store::{RequestKey, Store, StoreError};
use baton_testkit::each_database;

use crate::support::{add, count, in_time, open, two_replicas};

fn key(request_id: &str, body: &str) -> RequestKey {
    RequestKey {
        authority: "wirral".to_owned(),
        principal: "anna".to_owned(),
        method: "/baton.transfer.v1.TransferService/AcceptTransfer".to_owned(),
        request_id: request_id.to_owned(),
        body_hash: body.as_bytes().to_vec(),
    }
}

/// An effect and an answer (`()` and `String` are protobuf messages of their own).
async fn act(store: &Store, key: RequestKey, answer: &str) -> Result<String, StoreError> {
    let answer = answer.to_owned();
    store
        .once(key, "act", move |tx| {
            Box::pin(async move {
                add(tx, "effects", 1).await?;
                Ok(answer)
            })
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_the_stored_answer_and_has_no_effect() {
    each_database(|url| async move {
        let store = open(&url).await;

        let first = act(&store, key("r1", "body"), "first").await.unwrap();
        let again = act(&store, key("r1", "body"), "second").await.unwrap();
        let other = act(&store, key("r2", "body"), "other").await.unwrap();

        assert_eq!([first, again, other], ["first", "first", "other"]);
        assert_eq!(count(&store, "effects").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_with_another_body_is_refused() {
    each_database(|url| async move {
        let store = open(&url).await;
        act(&store, key("r1", "body"), "first").await.unwrap();

        let refused = act(&store, key("r1", "other body"), "second").await;

        assert!(matches!(refused, Err(StoreError::RequestIdReused)));
        assert_eq!(count(&store, "effects").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_scoped_to_authority_principal_and_method() {
    each_database(|url| async move {
        let store = open(&url).await;
        let own = key("r1", "body");
        let others = [
            RequestKey {
                authority: "camden".to_owned(),
                ..own.clone()
            },
            RequestKey {
                principal: "sam".to_owned(),
                ..own.clone()
            },
            RequestKey {
                method: "/other".to_owned(),
                ..own.clone()
            },
        ];

        for key in others.into_iter().chain([own]) {
            act(&store, key, "done").await.unwrap();
        }

        assert_eq!(count(&store, "effects").await, 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_stored_and_the_key_may_succeed_later() {
    each_database(|url| async move {
        let store = open(&url).await;

        let refused: Result<String, StoreError> = store
            .once(key("r1", "body"), "act", |tx| {
                Box::pin(async move {
                    add(tx, "effects", 1).await?;
                    Err(StoreError::Corrupt("not yet"))
                })
            })
            .await;
        let later = act(&store, key("r1", "body"), "now").await.unwrap();

        assert!(matches!(refused, Err(StoreError::Corrupt("not yet"))));
        assert_eq!((later.as_str(), count(&store, "effects").await), ("now", 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_that_the_rules_would_now_refuse_gets_the_stored_answer() {
    each_database(|url| async move {
        let store = open(&url).await;
        act(&store, key("r1", "body"), "accepted").await.unwrap();

        let again: Result<String, StoreError> = store
            .once(key("r1", "body"), "act", |_| {
                Box::pin(async { Err(StoreError::Corrupt("already accepted")) })
            })
            .await;

        assert_eq!(again.unwrap(), "accepted");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_at_once_on_two_replicas_have_one_effect_and_one_answer() {
    each_database(|url| async move {
        let stores = two_replicas(&url, baton_testkit::clock_at(crate::support::START)).await;

        for round in 0..10 {
            let calls = (0..16).map(|n| {
                let store = stores[n % 2].clone();
                let key = key(&format!("r{round}"), "body");
                tokio::spawn(async move { act(&store, key, &format!("answer {n}")).await.unwrap() })
            });
            let answers = in_time(futures::future::try_join_all(calls)).await.unwrap();
            assert!(
                answers.iter().all(|answer| *answer == answers[0]),
                "{answers:?}"
            );
        }

        assert_eq!(count(&stores[0], "effects").await, 10);
    })
    .await;
}
