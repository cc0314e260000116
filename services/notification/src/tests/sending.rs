//! Handing notices to their media, by when, and what comes back.

use baton_contracts::event::v1::NoticeDue;
use baton_contracts::notification::v1::{self as wire, NoticeState};
use baton_contracts::type_v1::DueState;
use baton_store::{Db, sqlx};
use baton_testkit::{TestDb, each_database};

use super::{Desk, instant, reason, request_id, said, task, to_family, to_roles};

#[tokio::test]
async fn w_167_an_email_is_written_for_the_carrier_under_the_id_of_its_notice() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("worker", "nia", "email", "nia@council.example")
            .await;
        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;
        let id = desk.notice().await.notice_id;

        desk.address(&id, &["nia"]).await;

        let notice = desk.notice().await;
        assert_eq!(
            (notice.state(), notice.medium.as_str()),
            (NoticeState::Sent, "email")
        );
        let name = format!("{id}.eml");
        assert_eq!(desk.spooled(), std::slice::from_ref(&name));
        let email = desk.read(&name);
        assert!(email.contains("To: nia@council.example\r\n"), "{email}");
        assert!(email.contains(&format!("Message-ID: <{id}@")), "{email}");
        assert!(email.contains("Details of the conference."), "{email}");
        assert!(
            email.contains("The conference is on: 16 March 2026, 14:00"),
            "{email}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_worker_without_an_address_is_told_in_the_product() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;
        let id = desk.notice().await.notice_id;

        desk.address(&id, &["nia"]).await;

        let notice = desk.notice().await;
        assert_eq!(
            (notice.state(), notice.medium.as_str()),
            (NoticeState::Sent, "task")
        );
        let event = desk.events_of("notice.sent").await.remove(0);
        assert_eq!(
            task(&event, "read_notice").owner.clone().unwrap().worker_id,
            "nia"
        );
        let read = wire::MarkNoticeGivenRequest {
            request_id: request_id(),
            notice_id: id,
            given_at: Some(instant(super::NOW)),
            how: "in_person".into(),
        };
        desk.notification()
            .mark_notice_given(desk.by("nia", "team_manager", read))
            .await
            .unwrap();
        let event = desk.events_of("notice.delivered").await.remove(0);
        assert!(!task(&event, "read_notice").open);
    })
    .await;
}

#[tokio::test]
async fn l_035_a_sent_notice_tells_the_process_which_gate_item_it_meets() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.barred(1, &[]).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;

        desk.duty(NoticeDue {
            meets_item: "family_told".into(),
            ..to_family("t/new_team/1")
        })
        .await;

        let sent = desk.events_of("notice.sent").await.remove(0);
        assert_eq!(said(&sent, "process_id"), desk.process.to_string());
        assert_eq!(said(&sent, "meets_item"), "family_told");
        assert_eq!(said(&sent, "sent_at"), super::NOW);
    })
    .await;
}

#[tokio::test]
async fn a_family_that_is_not_in_the_contact_book_is_somebodys_task_until_it_is() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.barred(1, &[]).await;
        desk.duty(to_family("t/new_team/1")).await;
        let waiting = desk.notice().await;

        desk.contact("family", "mother", "letter", "1 The Street")
            .await;

        assert_eq!(waiting.state(), NoticeState::Unaddressed);
        assert_eq!(desk.notice().await.state(), NoticeState::Sent);
        let letter = desk.read(&desk.spooled()[0]);
        assert!(letter.starts_with("1 The Street\n"), "{letter}");
        assert!(!letter.contains(&desk.child.to_string()), "{letter}");
        let addressed = desk.events_of("notice.addressed").await.remove(0);
        assert!(!task(&addressed, "find_recipient").open);
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_handed_over_once_the_duty_behind_it_is_on_disk() {
    // A feed is applied without waiting for the disk; what settles it writes to this row.
    async fn settled(desk: &Desk) -> i64 {
        let Db::Postgres(pool) = desk.store.db() else {
            panic!("not PostgreSQL");
        };
        let written_by = "SELECT xmin::TEXT::BIGINT FROM store_meta WHERE key = 'incarnation'";
        sqlx::query_scalar(written_by)
            .fetch_one(pool)
            .await
            .unwrap()
    }
    let db = TestDb::postgres().await;
    let desk = Desk::open(db.url().to_owned()).await;
    desk.barred(1, &[]).await;
    desk.contact("family", "mother", "letter", "1 The Street")
        .await;
    desk.settle().await;
    let before = settled(&desk).await;

    desk.duty(to_family("t/new_team/1")).await;
    desk.settle().await;

    assert_eq!(desk.spooled().len(), 1);
    assert!(settled(&desk).await > before);
}

#[tokio::test]
async fn w_167_late_is_a_breach_and_never_a_bar() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let due_at = Some(instant("2026-03-03T00:00:00Z"));
        desk.duty(NoticeDue {
            due_at,
            ..to_roles("t/icpc/1", &["team_manager"])
        })
        .await;
        let open = desk.notice().await.due.unwrap();

        desk.clock
            .set("2026-03-03T08:00:00Z".parse().unwrap())
            .unwrap();
        let breached = desk.events_of("notice.deadline_breached").await.remove(0);
        let id = desk.notice().await.notice_id;
        desk.address(&id, &["nia"]).await;

        assert_eq!(
            (open.state(), open.due_on.as_str()),
            (DueState::Open, "2026-03-02")
        );
        assert!(task(&breached, "notice_overdue").overdue);
        let notice = desk.notice().await;
        assert_eq!(
            (notice.state(), notice.due.unwrap().state()),
            (NoticeState::Sent, DueState::Answered)
        );
        let sent = desk.events_of("notice.sent").await.remove(0);
        assert!(!task(&sent, "notice_overdue").open);
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_comes_back_is_somebodys_task() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.barred(1, &[]).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.duty(to_family("t/new_team/1")).await;
        let id = desk.notice().await.notice_id;
        let report = |delivered: bool, at: &str| wire::ReportDeliveryRequest {
            request_id: request_id(),
            notice_id: id.clone(),
            delivered,
            at: Some(instant(at)),
        };

        let early = report(true, "2026-03-09T10:00:00Z");
        let early = desk
            .notification()
            .report_delivery(desk.by("post", "", early))
            .await
            .unwrap_err();
        let back = report(false, "2026-03-02T09:30:00Z");
        let back = desk
            .notification()
            .report_delivery(desk.by("post", "", back))
            .await
            .unwrap()
            .into_inner();
        let again = report(false, "2026-03-02T09:30:00Z");
        let again = desk
            .notification()
            .report_delivery(desk.by("post", "", again))
            .await
            .unwrap()
            .into_inner();

        assert_eq!(reason(&early), "EFFECTIVE_IN_FUTURE");
        assert_eq!(back.notice.unwrap().state(), NoticeState::Returned);
        assert_eq!(again.as_of.unwrap().event_id, "");
        let event = desk.events_of("notice.returned").await.remove(0);
        assert!(task(&event, "notice_returned").open);
    })
    .await;
}
