//! What a batch of events does to the views.

use super::*;

fn event(at: i64, tasks: Vec<TaskChange>) -> Event {
    Event {
        effective_at: Some(timestamp(Timestamp::from_second(at).unwrap())),
        tasks,
        ..Event::default()
    }
}

fn task(key: &str, code: &str, open: bool) -> TaskChange {
    TaskChange {
        key: key.to_owned(),
        code: code.to_owned(),
        open,
        ..TaskChange::default()
    }
}

/// What becomes of a task: whether it is closed, and what is open afterwards, since when.
fn after(events: &[Event], key: &str) -> Option<(bool, Option<(String, i64)>)> {
    let changes = Changes::of(events);
    let (_, change) = changes.iter().find(|(changed, _)| *changed == key)?;
    let opened = change.opened.as_ref();
    let opened = opened.map(|task| (task.code.clone(), task.since.as_second()));
    Some((change.closed, opened))
}

#[test]
fn a_task_that_changes_in_one_batch_goes_on_waiting_since_it_first_did() {
    let events = [
        event(1, vec![task("a", "old", true)]),
        event(2, vec![task("a", "new", true)]),
    ];

    assert_eq!(
        after(&events, "a"),
        Some((false, Some(("new".to_owned(), 1))))
    );
}

#[test]
fn a_task_that_was_closed_in_between_waits_anew() {
    let events = [
        event(1, vec![task("a", "old", true), task("b", "old", true)]),
        event(2, vec![task("a", "", false), task("b", "", false)]),
        event(3, vec![task("a", "new", true)]),
    ];

    assert_eq!(
        after(&events, "a"),
        Some((true, Some(("new".to_owned(), 3))))
    );
    assert_eq!(after(&events, "b"), Some((true, None)));
}
