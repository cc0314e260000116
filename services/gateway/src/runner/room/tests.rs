//! What runs beside reports, and what waits.

use std::time::Duration;

use baton_contracts::type_v1::Owner;
use jiff::Timestamp;
use tokio::time::advance;
use uuid::Uuid;

use super::*;
use crate::reactions::cause::{Cause, Release, What};
use crate::reactions::record::Phase;

const MOMENT: Duration = Duration::from_millis(1);

fn reaction(lane: &str) -> Reaction {
    Reaction {
        id: Uuid::now_v7(),
        authority: "wirral".to_owned(),
        kind: "notice.prepared".to_owned(),
        cause_key: Uuid::now_v7().to_string(),
        lane: lane.to_owned(),
        parent_id: None,
        report_id: None,
        phase: Phase::Runnable,
        steps_done: 0,
        attempts: 0,
        next_at: Timestamp::UNIX_EPOCH,
        version: 1,
        cause: None,
        answers: Vec::new(),
        frozen: None,
        parked_because: String::new(),
        parked_owner: Owner::default(),
        traceparent: String::new(),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn room() -> (Arc<Room>, Arc<Notify>) {
    let work = Arc::new(Notify::new());
    (Room::new(&work), work)
}

/// Enters so many. Answers the places of those that run.
fn enter(room: &Arc<Room>, count: usize) -> Vec<Place> {
    let entered = (0..count).filter_map(|number| room.enter(reaction(&format!("family-{number}"))));
    entered.map(|(place, _)| place).collect()
}

/// Begins what was put off and has room now.
fn next(room: &Arc<Room>) -> Vec<(Place, Reaction)> {
    std::iter::from_fn(|| room.next()).collect()
}

async fn is_woken(work: &Notify) -> bool {
    tokio::time::timeout(MOMENT, work.notified()).await.is_ok()
}

#[tokio::test(start_paused = true)]
async fn beside_a_report_a_few_run_and_the_others_follow_when_it_is_answered() {
    let (room, work) = room();
    let report = room.report();

    let running = enter(&room, 10);
    assert_eq!(running.len(), BESIDE_REPORTS_MAX);
    assert!(next(&room).is_empty(), "there is no room");

    drop(report);
    assert!(is_woken(&work).await);
    assert_eq!(next(&room).len(), 10 - BESIDE_REPORTS_MAX, "none is lost");
}

#[tokio::test(start_paused = true)]
async fn what_was_put_off_goes_on_in_its_order_as_others_end() {
    let (room, work) = room();
    let _report = room.report();
    let mut running = enter(&room, BESIDE_REPORTS_MAX + 1);
    let late = reaction("late");
    assert!(room.enter(late).is_none(), "those before it come first");

    running.pop();
    assert!(is_woken(&work).await);
    let (_place, first) = room.next().expect("one has ended");
    assert_eq!(first.lane, format!("family-{BESIDE_REPORTS_MAX}"));
    assert!(room.next().is_none());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_put_off_for_long_however_many_reports_come() {
    let (room, _) = room();
    let _report = room.report();
    let _running = enter(&room, 10);

    advance(PUT_OFF_MAX.saturating_sub(MOMENT)).await;
    assert!(next(&room).is_empty());
    advance(MOMENT).await;
    assert_eq!(next(&room).len(), 10 - BESIDE_REPORTS_MAX);
}

#[tokio::test(start_paused = true)]
async fn what_moves_responsibility_is_never_put_off() {
    let (room, _) = room();
    let _report = room.report();
    let _running = enter(&room, 10);
    let release = What::Release(Release::default());
    let cause = Cause {
        what: Some(release),
        ..Cause::default()
    };
    let moves = Reaction {
        cause: Some(cause),
        ..reaction("kit")
    };

    let (_place, runs) = room.enter(moves.clone()).expect("it runs");
    assert_eq!(runs, moves);
    assert!(room.next().is_none(), "the others still wait");
}

#[tokio::test(start_paused = true)]
async fn without_reports_only_so_many_run_at_once() {
    let (room, _) = room();
    assert_eq!(room.free(), RUNS_MAX);
    let running = enter(&room, RUNS_MAX + 3);
    assert_eq!((running.len(), room.free()), (RUNS_MAX, 0));
    drop(running);
    assert_eq!(next(&room).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_to_keep_is_looked_for_in_the_database() {
    let (room, work) = room();
    let report = room.report();
    let running = enter(&room, BESIDE_REPORTS_MAX + KEPT_MAX + 1);
    drop((report, running));

    assert!(is_woken(&work).await);
    assert_eq!(room.free(), 0, "those kept come first");
    let kept = std::iter::from_fn(|| room.next().map(drop)).count();
    assert_eq!(kept, KEPT_MAX);
    assert!(is_woken(&work).await, "there is more");
    room.searched(false);
    drop(enter(&room, 1));
    assert!(!is_woken(&work).await, "there is nothing more");
}

#[tokio::test(start_paused = true)]
async fn the_family_of_a_report_that_waits_its_turn_is_put_off_no_longer() {
    let (room, work) = room();
    let report = room.report();
    let _running = enter(&room, BESIDE_REPORTS_MAX);
    assert!(room.enter(reaction("kit")).is_none());
    assert!(room.enter(reaction("sam")).is_none());

    let kit = ("wirral".to_owned(), "kit".to_owned());
    room.hurry(kit.clone());
    assert!(is_woken(&work).await);
    assert_eq!(room.hurried(), BTreeSet::from([kit.clone()]));
    assert!(room.hurried().is_empty(), "taken once");
    room.hurry_later(kit.clone());
    assert_eq!(room.hurried(), BTreeSet::from([kit]));

    drop(report);
    let left: Vec<String> = next(&room).into_iter().map(|(_, next)| next.lane).collect();
    assert_eq!(left, ["sam"], "what goes first is found by its lane");
}
