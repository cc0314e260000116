//! Never lost, never twice: through restarts, and with two replicas at once.

use std::collections::BTreeSet;

use baton_contracts::notification::v1::NoticeState;
use baton_testkit::each_database;
use serde_json::json;

use super::{Desk, to_family};

const LETTERS: usize = 24;

#[tokio::test]
async fn a_file_that_a_crash_left_unrecorded_is_not_written_again() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.facts("child.registered", 1, &json!({})).await;
        desk.duty_on(to_family("t/new_team/1"), 1).await;
        let name = format!("{}.txt", desk.notice().await.notice_id);
        // As if the file had been written and carried away, and the record had not been made.
        std::fs::create_dir(desk.spool.path().join("taken")).unwrap();
        std::fs::write(desk.spool.path().join("taken").join(&name), "sent before").unwrap();

        desk.barred(2, &[]).await;

        assert_eq!(desk.notice().await.state(), NoticeState::Sent);
        assert!(desk.spooled().is_empty(), "{:?}", desk.spooled());
    })
    .await;
}

#[tokio::test]
async fn every_letter_goes_out_once_through_restarts_and_with_two_replicas() {
    each_database(|url| async move {
        let mut desk = Desk::open(url).await;
        desk.barred(1, &[]).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;

        for letter in 0..LETTERS {
            desk.duty_on(to_family(&format!("t/{letter}/1")), 1).await;
            match letter % 6 {
                // A second replica joins, or the last one to join goes at whatever it is doing.
                1 | 3 => desk.start().await,
                5 => {
                    desk.stop();
                    desk.start().await;
                }
                _ => {}
            }
        }

        let notices = desk.notices().await;
        assert_eq!(notices.len(), LETTERS);
        assert!(
            notices
                .iter()
                .all(|notice| notice.state() == NoticeState::Sent)
        );
        assert_eq!(desk.spooled().len(), LETTERS);
        let sent = desk.events_of("notice.sent").await;
        let ids: BTreeSet<String> = sent
            .iter()
            .map(|event| event.aggregate_id.clone())
            .collect();
        assert_eq!((sent.len(), ids.len()), (LETTERS, LETTERS));
    })
    .await;
}
