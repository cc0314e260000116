use baton_store::{Cursor, NewEvent, StoreError, with_db, with_tx};
use baton_testkit::each_database;
use uuid::Uuid;

use crate::support::{announce, event, open};

#[tokio::test(flavor = "multi_thread")]
async fn events_read_back_as_announced_with_their_digest() {
    each_database(|url| async move {
        let store = open(&url).await;
        let aggregate = Uuid::now_v7();
        // More than one statement takes.
        let events: Vec<_> = (1..=600).map(|n| event("wirral", aggregate, n)).collect();

        announce(&store, events.clone()).await;
        announce(&store, vec![]).await;
        seal(&store).await;
        let read = store
            .read_feed("wirral", &Cursor::default(), 1000)
            .await
            .unwrap();

        // By digest: a database may write a number in another way (`1e16` as digits), which is the same number.
        let digests =
            |events: Vec<NewEvent>| events.iter().map(NewEvent::digest).collect::<Vec<_>>();
        assert!(
            read.iter()
                .all(|sealed| sealed.digest == sealed.event.digest())
        );
        assert_eq!(
            digests(read.into_iter().map(|sealed| sealed.event).collect()),
            digests(events)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_can_neither_be_changed_nor_deleted() {
    each_database(|url| async move {
        let store = open(&url).await;
        announce(&store, vec![event("wirral", Uuid::now_v7(), 1)]).await;
        seal(&store).await;

        for sql in [
            "UPDATE events SET authority = 'camden'",
            "DELETE FROM events",
            "UPDATE sealed SET position = 7",
            "DELETE FROM sealed",
        ] {
            let refused: Result<(), StoreError> = store
                .transact("alter", move |tx| {
                    Box::pin(async move {
                        with_tx!(tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
                        Ok(())
                    })
                })
                .await;
            assert!(
                refused.unwrap_err().to_string().contains("append-only"),
                "{sql}"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_text_is_found_by_its_digest_within_its_authority() {
    each_database(|url| async move {
        let store = open(&url).await;
        let case = Uuid::now_v7();

        let [digest, twin] = store
            .transact("keep", move |tx| {
                Box::pin(async move {
                    let digest = tx.put_private("wirral", Some(case), "a reason").await?;
                    let twin = tx.put_private("wirral", None, "a reason").await?;
                    let read = tx.get_private("wirral", &digest).await?;
                    assert_eq!(read.as_deref(), Some("a reason"));
                    Ok::<_, StoreError>([digest, twin])
                })
            })
            .await
            .unwrap();

        assert_eq!(digest.len(), 64);
        assert_ne!(
            digest, twin,
            "equal texts cannot be told from their digests"
        );
        let own = store.get_private("wirral", &digest).await.unwrap();
        let other = store.get_private("camden", &digest).await.unwrap();
        assert_eq!((own.as_deref(), other), (Some("a reason"), None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sealing_leaves_nothing_behind() {
    each_database(|url| async move {
        let store = open(&url).await;
        announce(
            &store,
            (1..=300)
                .map(|n| event("wirral", Uuid::now_v7(), n))
                .collect(),
        )
        .await;
        seal(&store).await;

        let left: i64 = with_db!(store.db(), c =>
            sqlx::query_scalar("SELECT COUNT(*) FROM unsealed").fetch_one(c).await)
        .unwrap();

        assert_eq!(left, 0);
        assert_eq!(store.quiet().await.unwrap(), Vec::<&str>::new());
    })
    .await;
}

/// Runs the sealing task until nothing is left to seal.
pub async fn seal(store: &baton_store::Store) {
    let shutdown = tokio_util::sync::CancellationToken::new();
    let sealing = tokio::spawn({
        let (store, shutdown) = (store.clone(), shutdown.clone());
        async move { store.run_sealing(shutdown).await }
    });
    crate::support::eventually(async || !store.quiet().await.unwrap().contains(&"unsealed events"))
        .await;
    shutdown.cancel();
    crate::support::in_time(sealing).await.unwrap();
}
