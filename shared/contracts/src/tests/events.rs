use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::event::v1::{Event, EventActor, NoticeDue, TaskChange};
use crate::r#type::v1::{Cause, Owner};
use crate::{event_from_json, event_to_json, structure};

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 _äß\"\\\\-]{0,12}"
}

fn time() -> impl Strategy<Value = Option<prost_types::Timestamp>> {
    prop::option::of((-60_000_000_000_i64..200_000_000_000, 0..1_000_000_i32)).prop_map(|time| {
        time.map(|(seconds, micros)| prost_types::Timestamp {
            seconds,
            nanos: micros * 1000,
        })
    })
}

fn data() -> impl Strategy<Value = Option<prost_types::Struct>> {
    let value = prop_oneof![
        any::<i32>().prop_map(
            |n| serde_json::json!({"number": n, "list": [n, {"half": f64::from(n) / 2.0}]})
        ),
        text().prop_map(|t| serde_json::json!({"text": t, "none": null, "flag": true})),
    ];
    prop::option::of(value.prop_map(|value| structure(&value)))
}

fn notice() -> impl Strategy<Value = NoticeDue> {
    (text(), time(), data()).prop_map(|(kind, due_at, content)| NoticeDue {
        audience: vec![
            Owner {
                role: kind.clone(),
                ..Owner::default()
            },
            Owner::default(),
        ],
        kind,
        due_at,
        content,
        ..NoticeDue::default()
    })
}

fn task() -> impl Strategy<Value = TaskChange> {
    (
        text(),
        any::<bool>(),
        prop::collection::btree_map(text(), text(), 0..3),
    )
        .prop_map(|(key, open, references)| TaskChange {
            key,
            open,
            references,
            rules: vec!["W-069".to_owned()],
            ..TaskChange::default()
        })
}

prop_compose! {
    fn event()(
        id in text(), version in any::<i64>(), facts_version in any::<i64>(), kind in -1..4_i32,
        effective_at in time(), recorded_at in time(), data in data(), rules in prop::collection::vec(text(), 0..3),
        notices_due in prop::collection::vec(notice(), 0..3), tasks in prop::collection::vec(task(), 0..3),
    ) -> Event {
        Event {
            event_id: id.clone(),
            r#type: "transfer.opened".to_owned(),
            aggregate_version: version,
            facts_version,
            effective_at,
            recorded_at,
            actor: (kind >= 0).then(|| EventActor { principal: id, kind, ..EventActor::default() }),
            rules,
            cause: Some(Cause::default()),
            data,
            notices_due,
            tasks,
            ..Event::default()
        }
    }
}

proptest! {
    #[test]
    fn an_event_comes_back_from_its_json(event in event()) {
        let json = event_to_json(event.clone()).unwrap();
        // As a database hands it back.
        let read = serde_json::from_str(&json.to_string()).unwrap();

        prop_assert_eq!(event_from_json(&read).unwrap(), event);
    }
}

#[test]
fn the_json_of_an_event_has_the_names_of_the_contract() {
    let event = Event {
        event_id: "e".to_owned(),
        aggregate_version: 3,
        tasks: vec![TaskChange {
            references: BTreeMap::from([("transfer_id".to_owned(), "t".to_owned())]),
            ..TaskChange::default()
        }],
        ..Event::default()
    };

    assert_eq!(
        event_to_json(event).unwrap(),
        serde_json::json!({"event_id": "e", "aggregate_version": 3, "tasks": [{"references": {"transfer_id": "t"}}]})
    );
}

#[test]
fn fields_of_a_newer_release_are_passed_over() {
    let event =
        event_from_json(&serde_json::json!({"event_id": "e", "of_tomorrow": {"x": 1}})).unwrap();

    assert_eq!(event.event_id, "e");
}

#[test]
fn what_is_no_event_is_refused() {
    assert!(event_from_json(&serde_json::json!({"event_id": 3})).is_err());
    assert!(event_from_json(&serde_json::json!([])).is_err());
    assert!(event_from_json(&serde_json::json!({"event_id": "e", "data": [1]})).is_err());
}
