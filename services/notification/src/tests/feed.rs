//! Duties begin with the events of the services that decide.

use baton_contracts::event::v1::NoticeDue;
use baton_contracts::notification::v1::NoticeState;
use baton_testkit::{TestDb, each_database};

use super::{Desk, said, task, to_family, to_roles};

#[tokio::test]
async fn w_167_each_role_of_the_audience_is_asked_for_by_itself() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;

        desk.duty(to_roles("t/icpc/1", &["team_manager", "support_officer"]))
            .await;

        let prepared = desk.events_of("notice.prepared").await;
        let roles: Vec<String> = prepared
            .iter()
            .map(|event| {
                baton_contracts::json(event.data.as_ref().unwrap())["owner"]["role"].to_string()
            })
            .collect();
        assert_eq!(roles, ["\"team_manager\"", "\"support_officer\""]);
        assert!(prepared.iter().all(|event| event.rules == ["W-167"]));
        assert!(desk.spooled().is_empty());
    })
    .await;
}

#[tokio::test]
async fn w_167_w_089_a_notice_names_the_media_by_which_the_protocol_lets_its_kind_go() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;

        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;
        desk.duty(to_family("t/new_team/1")).await;

        let notices = desk.notices().await;
        let media: Vec<(&str, &[String])> = notices
            .iter()
            .map(|notice| (notice.kind.as_str(), notice.media.as_slice()))
            .collect();
        assert_eq!(
            media,
            [
                ("icpc_details", &["email".to_owned()][..]),
                ("new_team", &["letter".to_owned()][..])
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn one_cause_is_one_duty_however_often_it_is_announced() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;

        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;
        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;

        assert_eq!(desk.notices().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn every_holder_of_a_role_is_told_and_nobody_twice_for_one_cause() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.duty(to_roles("t/icpc/1", &["team_manager", "support_officer"]))
            .await;
        let ids: Vec<String> = desk
            .notices()
            .await
            .into_iter()
            .map(|notice| notice.notice_id)
            .collect();

        let managers = desk.address(&ids[0], &["nia", "bo"]).await;
        desk.address(&ids[1], &["nia"]).await;

        let told: Vec<&str> = managers
            .iter()
            .filter_map(|notice| Some(notice.recipient.as_ref()?.id.as_str()))
            .collect();
        assert_eq!(told, ["nia", "bo"]);
        let notices = desk.notices().await;
        let second = notices
            .iter()
            .find(|notice| notice.notice_id == ids[1])
            .unwrap();
        assert_eq!(
            (second.state(), second.withheld_because.as_str()),
            (NoticeState::Withheld, "told_already")
        );
        assert_eq!(desk.events_of("notice.sent").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_nobody_holds_is_somebodys_task() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;
        let id = desk.notice().await.notice_id;

        let notices = desk.address(&id, &[]).await;

        assert_eq!(notices[0].state(), NoticeState::Unaddressed);
        let event = desk.events_of("notice.unaddressed").await.remove(0);
        let owner = task(&event, "find_recipient").owner.clone().unwrap();
        assert_eq!(
            (owner.role.as_str(), owner.team_id.as_str()),
            ("team_manager", "frt")
        );
    })
    .await;
}

#[tokio::test]
async fn x_23_a_later_round_takes_the_place_of_one_that_was_not_sent() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;

        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;
        desk.duty(to_roles("t/icpc/2", &["team_manager"])).await;
        desk.duty(to_roles("t/other/1", &["team_manager"])).await;

        let notices = desk.notices().await;
        let states: Vec<NoticeState> = notices.iter().map(super::wire::Notice::state).collect();
        assert_eq!(
            states,
            [
                NoticeState::Withheld,
                NoticeState::Prepared,
                NoticeState::Prepared
            ]
        );
        assert_eq!(notices[0].withheld_because, "superseded");
    })
    .await;
}

#[tokio::test]
async fn x_23_what_has_gathered_leads_to_the_same_notices_as_what_comes_one_by_one() {
    each_database(|url| async move {
        let mut desk = Desk::open(url).await;
        desk.stop();
        for duty in rounds() {
            desk.duty(duty).await;
        }
        desk.start().await;
        let gathered = told(&desk).await;

        let other = TestDb::sqlite();
        let desk = Desk::open(other.url().to_owned()).await;
        for duty in rounds() {
            desk.duty(duty).await;
            desk.settle().await;
        }

        assert_eq!(gathered.len(), 44);
        assert_eq!(gathered, told(&desk).await);
    })
    .await;
}

/// More rounds than are written at once, with some that come twice and one for several roles.
fn rounds() -> Vec<NoticeDue> {
    let mut rounds: Vec<NoticeDue> = (1..=40)
        .map(|round| to_roles(&format!("t/icpc/{round}"), &["team_manager"]))
        .collect();
    rounds.push(to_roles("t/icpc/40", &["team_manager", "support_officer"]));
    rounds.push(to_roles("t/other/1", &["team_manager", "support_officer"]));
    rounds.push(to_family("t/new_team/1"));
    rounds.push(to_family("t/new_team/1"));
    rounds
}

async fn told(desk: &Desk) -> Vec<(NoticeState, String, String)> {
    desk.settle().await;
    let notices = desk.notices().await.into_iter();
    notices
        .map(|notice| (notice.state(), notice.kind, notice.withheld_because))
        .collect()
}

#[tokio::test]
async fn x_23_a_round_that_was_sent_stands_and_the_next_is_sent_too() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.barred(1, &[]).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;

        desk.duty(to_family("t/new_team/1")).await;
        desk.settle().await;
        desk.duty(to_family("t/new_team/2")).await;

        let states: Vec<NoticeState> = desk
            .notices()
            .await
            .iter()
            .map(super::wire::Notice::state)
            .collect();
        assert_eq!(states, [NoticeState::Sent, NoticeState::Sent]);
        assert_eq!(desk.spooled().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn each_entry_of_the_family_gets_its_own_letter() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.barred(1, &[]).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.contact("family", "father", "email", "father@example.org")
            .await;

        desk.duty(to_family("t/new_team/1")).await;

        assert_eq!(desk.notices().await.len(), 2);
        assert_eq!(desk.spooled().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn events_name_no_address_and_no_entry_of_the_contact_book() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.barred(1, &[]).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.duty(to_family("t/new_team/1")).await;

        let sent = desk.events_of("notice.sent").await.remove(0);
        let entry = desk.events_of("contact_book.entry_set").await.remove(0);

        for event in [&sent, &entry] {
            let text = format!("{event:?}");
            assert!(
                !text.contains("Street") && !text.contains("mother"),
                "{text}"
            );
        }
        assert_eq!(said(&sent, "recipient_kind"), "family");
    })
    .await;
}
