//! What goes first when much is to be done.

use baton_contracts::event::v1::Event;
use baton_contracts::record::v1::ReceiptState;
use baton_testkit::each_database;
use serde_json::json;
use uuid::Uuid;

use super::answers::FAMILY;
use super::feeds::{Upstream, event};
use super::record::{held, report};
use super::recovery::report_over;
use super::world::{Act, World, eventually};
use crate::storage::reactions;

fn notice(family_id: &str) -> Event {
    Event {
        family_id: family_id.to_owned(),
        aggregate_id: Uuid::now_v7().to_string(),
        ..event(
            "notice.prepared",
            &json!({"owner": {"role": "team_manager"}}),
        )
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_a_family_whose_notice_is_put_off_does_not_wait_for_the_other_notices() {
    each_database(|url| async move {
        let clock = World::new().clock;
        let upstream = Upstream::of("notification", &clock).await;
        let mut world = World::with_feeds(&[("notification", upstream.store())]);
        // Nothing is put off for longer than five seconds.
        world.config.record_wait_ms = 4_000;
        world.script("RecordFacts", [Act::Hang]);
        world.script("ResolveRecipients", [Act::Hang, Act::Hang]);
        let gateway = world.gateway(&url).await;

        tokio::spawn(report_over(gateway.conn.clone(), held("e-1", &["lone"])));
        eventually("a report is under way", async || {
            world.calls_of("RecordFacts").len() == 1
        })
        .await;
        let others = std::array::from_fn::<_, 3, _>(|_| Uuid::now_v7().to_string());
        for family in others.iter().map(String::as_str).chain([FAMILY]) {
            upstream.announce(notice(family)).await;
        }
        eventually("all have begun, and two of them stand", async || {
            let begun = reactions::count_runnable(&gateway.store).await;
            begun.expect("a count") == 5 && world.calls_of("ResolveRecipients").len() == 2
        })
        .await;

        let receipt = report(&gateway, held("e-2", &["kit"])).await;

        assert_eq!(receipt.state(), ReceiptState::Applied, "{receipt:?}");
        assert_eq!(
            world.effects(),
            ["AddressNotice", "RecordFacts", "RecordMeetingHeld"],
            "one after another in the family, and nothing of the others"
        );
    })
    .await;
}
