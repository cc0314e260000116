//! Recipients and texts, case by case.

use baton_ids::{AuthorityId, ChildId};
use baton_protocol::Audience;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::domain::notice::{About, Owner, apply};
use crate::domain::safety::Safety;
use crate::domain::text;
use crate::tests::pack::pack;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn notice() -> Notice {
    Notice {
        id: NoticeId::new(),
        authority: AuthorityId::new("wirral").unwrap(),
        cause_key: "t/new_team/1".into(),
        kind: "new_team".into(),
        audience: Addressee::Outside(Audience::Family),
        recipient: Recipient {
            kind: "family".into(),
            id: String::new(),
        },
        media: vec!["letter".into()],
        medium_asked: "letter".into(),
        medium: "letter".into(),
        state: State::Unresolved,
        rules: vec!["W-089".into()],
        due: None,
        content: json!({ "to_team": "north_side", "moved_at": "2026-07-01T09:05:00Z", "child_id": "secret" }),
        about: About {
            process: Uuid::now_v7(),
            event: "event".into(),
            case: None,
            child: Some(ChildId::new()),
            family: None,
            meets_item: String::new(),
        },
        sender: Owner::default(),
        pack: "test-pack".into(),
        facts_version: 0,
        known: None,
        withheld_by: None,
        told_at: None,
        version: 1,
    }
}

fn entry(id: &str) -> Entry {
    Entry {
        id: id.into(),
        medium: "letter".into(),
    }
}

#[test]
fn a_text_is_made_of_codes_and_dates_in_local_time_and_names_no_child() {
    let london = TimeZone::get("Europe/London").unwrap();

    let text = text::of(&notice(), &pack(), &london).body;

    assert!(text.starts_with("Who is responsible now.\n"), "{text}");
    assert!(text.contains("Team from then on: north side\n"), "{text}");
    assert!(text.contains("Since: 1 July 2026, 10:05\n"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn m_126_a_letter_says_who_the_worker_and_the_manager_are_and_the_number_of_the_team() {
    let told = Notice {
        content: json!({ "to_worker": "flo", "to_manager": "fay", "to_team_phone": "020 7946 0000" }),
        ..notice()
    };

    let text = text::of(&told, &pack(), &TimeZone::UTC).body;

    for line in [
        "Worker from then on: flo\n",
        "Manager of that team: fay\n",
        "Telephone of that team: 020 7946 0000\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn w_028_a_restricted_text_says_nothing_of_the_case() {
    let restricted = Notice {
        content: json!({ "restricted": true, "outcome": "assess" }),
        ..notice()
    };

    let text = text::of(&restricted, &pack(), &TimeZone::UTC).body;

    assert!(
        !text.contains("assess") && !text.contains("responsible"),
        "{text}"
    );
}

#[test]
fn the_rounds_of_a_cause_share_all_but_the_last_segment() {
    assert_eq!(cause_of("t/icpc/2"), "t/icpc");
    assert_eq!(cause_of("t"), "t");
}

#[test]
fn a_notice_reads_back_from_its_document() {
    let notice = notice();
    let read: Notice = serde_json::from_value(json!(notice)).unwrap();
    assert_eq!(read, notice);
}

#[test]
fn what_goes_on_after_waiting_was_not_decided_on_what_was_known_before() {
    let held = Notice {
        state: State::Held,
        known: Some(Safety::default()),
        ..notice()
    };

    let resumed = apply(Some(held), &Event::Resumed).unwrap();

    assert_eq!((resumed.state, resumed.known), (State::Ready, None));
}

proptest! {
    /// Whoever is found, in whatever order and however often: each gets one notice, and none who was told before.
    #[test]
    fn one_letter_a_recipient_and_cause(
        found in proptest::collection::vec("[a-d]", 0..8),
        told in proptest::collection::btree_set("[a-d]", 0..3),
    ) {
        let entries: Vec<Entry> = found.iter().map(|id| entry(id)).collect();
        let notice = notice();

        let (event, further) = address(&notice, &entries, &told, at("2026-03-02T09:30:00Z"));

        let first = apply(Some(notice), &event).unwrap();
        let mut reached: Vec<String> = further.iter().map(|notice| notice.recipient.id.clone()).collect();
        if first.state == State::Ready {
            reached.push(first.recipient.id);
        }
        reached.sort();
        let expected: BTreeSet<String> = found.iter().filter(|id| !told.contains(*id)).cloned().collect();
        prop_assert_eq!(reached, expected.into_iter().collect::<Vec<_>>());
    }
}
