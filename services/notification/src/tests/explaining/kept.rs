//! What a notice was decided on is kept with it, and nothing else is told.

use baton_contracts::notification::v1 as wire;
use baton_contracts::type_v1::Weight;
use baton_ids::NoticeId;
use baton_store::{Json, StoreError, sqlx, with_db, with_tx};
use baton_testkit::each_database;
use serde_json::Value;

use super::super::{Desk, to_family, to_roles};
use super::{SAFETY, barring, explain, letter, weight, weights, why};

#[tokio::test]
async fn a_letter_that_was_sent_says_what_was_known_then_whatever_becomes_known_later() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        desk.settle().await;
        desk.barred(2, &[]).await;
        desk.settle().await;
        desk.barred(3, &["family"]).await;
        // Known to the service by now: a second letter is kept back.
        desk.duty_on(to_family("t/another/1"), 3).await;

        let notices = desk.notices().await;
        let first = explain(&desk, &notices[0]).await.reasons.unwrap();
        let second = explain(&desk, &notices[1]).await.reasons.unwrap();

        assert_eq!(first.decision, "sent");
        assert_eq!(weight(&first, "serious_harm"), Weight::DoesNotHold);
        assert_eq!(weight(&first, "new_team"), Weight::Won);
        assert_eq!(first.facts[0].value, barring(SAFETY, &[]).value);
        assert_eq!(second.decision, "serious_harm");
        assert_eq!(second.facts[0].value, barring(SAFETY, &["family"]).value);
    })
    .await;
}

#[tokio::test]
async fn a_worker_is_told_without_a_look_at_any_fact() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.barred(1, &["family"]).await;
        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;
        let notice = desk.notice().await;
        let asked = explain(&desk, &notice).await.reasons.unwrap();
        desk.address(&notice.notice_id, &["nia", "bo"]).await;
        desk.settle().await;

        let explained = explain(&desk, &notice).await;

        assert_eq!(asked.decision, "unresolved");
        assert_eq!(weight(&asked, "nobody_found"), Weight::Undecided);
        assert_eq!(weight(&asked, "professional"), Weight::Outranked);
        let why = explained.reasons.unwrap();
        assert_eq!(why.decision, "sent");
        assert_eq!(weight(&why, "professional"), Weight::Won);
        assert_eq!(weight(&why, "serious_harm"), Weight::OtherTrigger);
        assert!(why.facts.is_empty() && why.entitled.is_empty());
        assert!(document(&desk, &notice).await.get("known").is_none());
        let named = explained.named.unwrap();
        assert_eq!(
            (named.role.as_str(), named.team_id.as_str()),
            ("team_manager", "north")
        );
        let told: Vec<&str> = explained
            .notices
            .iter()
            .filter_map(|notice| Some(notice.recipient.as_ref()?.id.as_str()))
            .collect();
        assert_eq!(told, ["nia", "bo"]);
    })
    .await;
}

#[tokio::test]
async fn a_notice_of_before_the_facts_were_kept_tells_what_its_state_says_and_no_more() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        desk.settle().await;
        desk.barred(2, &["family"]).await;
        let notice = desk.notice().await;
        forget(&desk, &notice).await;

        let why = why(&desk).await;

        assert_eq!(why.decision, "serious_harm");
        assert!(why.facts.is_empty());
        assert_eq!(weight(&why, "serious_harm"), Weight::Won);
        assert_eq!(weight(&why, "withheld_by_a_person"), Weight::DoesNotHold);
        assert_eq!(weight(&why, "new_team"), Weight::Outranked);
        let names: Vec<&str> = weights(&why).into_iter().map(|(name, _)| name).collect();
        assert!(!names.contains(&"safety_flag"), "{names:?}");
    })
    .await;
}

#[tokio::test]
async fn of_a_letter_that_went_before_a_crash_nobody_knows_on_what() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        let notice = desk.notice().await;
        // As if the file had been written and carried away, and the record had not been made.
        let taken = desk.spool.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        std::fs::write(
            taken.join(format!("{}.txt", notice.notice_id)),
            "sent before",
        )
        .unwrap();
        desk.barred(2, &["family"]).await;

        let why = why(&desk).await;

        assert_eq!(why.decision, "sent");
        assert_eq!(weight(&why, "new_team"), Weight::Won);
        assert!(why.facts.is_empty());
        assert_eq!(why.weighed.len(), 6);
    })
    .await;
}

async fn document(desk: &Desk, notice: &wire::Notice) -> Value {
    let id: NoticeId = notice.notice_id.parse().unwrap();
    let select = "SELECT document FROM notices WHERE id = $1";
    let Json(document): Json<Value> = with_db!(desk.store.db(), c =>
        sqlx::query_scalar(select).bind(id.uuid()).fetch_one(c).await.unwrap());
    document
}

/// Makes the document one of before the facts were kept.
async fn forget(desk: &Desk, notice: &wire::Notice) {
    let id: NoticeId = notice.notice_id.parse().unwrap();
    let mut old = document(desk, notice).await;
    let known = old.as_object_mut().unwrap().remove("known");
    assert!(known.is_some());
    let forgotten: Result<(), StoreError> = desk
        .store
        .transact("forget", move |tx| {
            Box::pin(async move {
                let update = "UPDATE notices SET document = $2 WHERE id = $1";
                Ok(with_tx!(tx, c => sqlx::query(update)
                    .bind(id.uuid())
                    .bind(Json(&old))
                    .execute(c)
                    .await
                    .map(drop))?)
            })
        })
        .await;
    forgotten.unwrap();
}
