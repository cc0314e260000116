//! Nobody is written to whom safety forbids, on what is known at the moment of sending.

use baton_contracts::event::v1::NoticeDue;
use baton_contracts::notification::v1::NoticeState;
use baton_contracts::type_v1::Owner;
use baton_store::{sqlx, with_db};
use baton_testkit::each_database;
use serde_json::json;

use super::{Desk, task, to_family};

#[tokio::test]
async fn w_025_a_recipient_who_is_flagged_is_not_written_to() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.barred(1, &["family"]).await;

        desk.duty_on(to_family("t/new_team/1"), 1).await;

        let notice = desk.notice().await;
        assert_eq!(
            (notice.state(), notice.withheld_because.as_str()),
            (NoticeState::Withheld, "serious_harm")
        );
        assert!(desk.spooled().is_empty());
        assert_eq!(desk.events_of("notice.withheld").await[0].rules, ["W-025"]);
    })
    .await;
}

#[tokio::test]
async fn a_flag_counts_also_where_the_protocol_is_silent_about_the_recipient() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("referrer", "school", "letter", "The School")
            .await;
        desk.barred(1, &["referrer"]).await;
        let audience = vec![Owner {
            role: "referrer".into(),
            ..Owner::default()
        }];

        desk.duty_on(
            NoticeDue {
                audience,
                ..to_family("t/new_team/1")
            },
            1,
        )
        .await;

        assert_eq!(desk.notice().await.withheld_because, "safety_flag");
    })
    .await;
}

#[tokio::test]
async fn w_025_while_nobody_has_said_the_familys_letter_waits_and_somebody_has_to_say() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.facts("child.registered", 1, &json!({})).await;
        desk.duty_on(to_family("t/new_team/1"), 1).await;
        let waiting = desk.notice().await;
        let held = desk.events_of("notice.held").await.remove(0);

        desk.barred(2, &[]).await;

        assert_eq!(waiting.state(), NoticeState::Prepared);
        assert!(task(&held, "report_safety_facts").open);
        assert_eq!(desk.notice().await.state(), NoticeState::Sent);
        assert!(
            !task(
                &desk.events_of("notice.resumed").await[0],
                "report_safety_facts"
            )
            .open
        );
    })
    .await;
}

#[tokio::test]
async fn a_letter_about_a_child_of_whom_nothing_is_known_leaves_a_row_for_the_facts_to_wait_at() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;

        desk.duty_on(to_family("t/new_team/1"), 1).await;

        assert_eq!(desk.notice().await.state(), NoticeState::Prepared);
        let select = "SELECT COUNT(*) FROM safety WHERE child_id = $1 AND facts_version = 0";
        let rows: i64 = with_db!(desk.store.db(), c =>
            sqlx::query_scalar(select).bind(desk.child).fetch_one(c).await.unwrap());
        assert_eq!(rows, 1);
        desk.barred(1, &[]).await;
        assert_eq!(desk.notice().await.state(), NoticeState::Sent);
    })
    .await;
}

#[tokio::test]
async fn a_letter_does_not_overtake_the_facts_on_which_it_was_decided() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.barred(1, &[]).await;
        desk.settle().await;

        // The transfer knew version 2, in which the family was flagged; the front door's feed is behind.
        desk.duty_on(to_family("t/new_team/1"), 2).await;
        let waiting = desk.notice().await;
        desk.barred(2, &["family"]).await;

        assert_eq!(waiting.state(), NoticeState::Prepared);
        assert_eq!(desk.notice().await.state(), NoticeState::Withheld);
        assert!(desk.spooled().is_empty());
    })
    .await;
}

#[tokio::test]
async fn facts_that_change_otherwise_let_a_waiting_letter_go() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.barred(1, &[]).await;
        desk.duty_on(to_family("t/new_team/1"), 2).await;
        desk.settle().await;

        desk.facts(
            "facts.changed",
            2,
            &json!({ "changed": ["plan"], "values": {} }),
        )
        .await;

        assert_eq!(desk.notice().await.state(), NoticeState::Sent);
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_a_crash_left_behind_is_taken_back_when_it_may_not_go_any_more() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.facts("child.registered", 1, &json!({})).await;
        desk.duty_on(to_family("t/new_team/1"), 1).await;
        let name = format!("{}.txt", desk.notice().await.notice_id);
        // As if the file had been written and the record had not.
        std::fs::write(desk.spool.path().join(&name), "left behind").unwrap();

        desk.barred(2, &["family"]).await;

        assert_eq!(desk.notice().await.state(), NoticeState::Withheld);
        assert!(desk.spooled().is_empty());
    })
    .await;
}
