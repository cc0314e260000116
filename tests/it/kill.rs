//! Kills Baton at every point where something could be lost or done twice, and looks at what is left.
//!
//! A story is played through the public door against processes of its own. First undisturbed, to learn which points
//! there are. Then with the process killed at one point after the other, each proved reached, started again on what it
//! left behind, while the client sends the same bytes again. The story must hold as if nothing had happened, and
//! afterwards a checker that shares no code with the services finds nothing.
//!
//! `make test` tries every point once on SQLite, many in one run, and a sample on PostgreSQL. `make soak` gives each
//! point a run of its own, on both.

#[path = "kill/play.rs"]
mod play;
#[path = "kill/points.rs"]
mod points;
#[path = "kill/supervisor.rs"]
mod supervisor;

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use play::{Stage, play};
use points::Point;

/// Together they pass through every reaction of the route.
const STORIES: [&str; 7] = [
    "wirral/conference-audit-fails.yaml",
    "wirral/no-worker-named-child-in-need-moves.yaml",
    "wirral/no-worker-named-child-protection-stays.yaml",
    "wirral/from-contact-to-closure.yaml",
    "wirral/siblings-different-outcomes.yaml",
    "wirral/conference-postponed-and-cancelled.yaml",
    "shropshire/moves-at-the-conference.yaml",
];
/// A point may be past when the kill before it has been survived: it gets another run, and so on, this often.
const ROUNDS_MAX: usize = 8;
/// Processes at work at once.
const SIDE_BY_SIDE: usize = 3;

fn soaking() -> bool {
    std::env::var_os("BATON_SOAK").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_point_on_sqlite_nothing_is_lost_and_nothing_happens_twice() {
    let learned = learn(Stage::Sqlite).await;
    let work = if soaking() {
        every_point_everywhere(&learned)
    } else {
        every_point_once(&learned)
    };
    let points: usize = work.values().map(Vec::len).sum();
    println!("{points} points in {} stories", work.len());
    assert!(
        points >= 60,
        "the stories pass {points} points only: are the kill points compiled in?"
    );

    let mut unreached = Vec::new();
    for (story, left) in side_by_side(work, move |story, points| {
        kill_at_all(Stage::Sqlite, story, points)
    })
    .await
    {
        unreached.extend(left.into_iter().map(|point| format!("{story}: {point}")));
    }
    assert!(
        unreached.is_empty(),
        "never reached:\n{}",
        unreached.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_one_by_one_on_postgres_the_services_go_on_where_they_were() {
    let learned = learn(Stage::Postgres).await;
    let work = if soaking() {
        every_point_everywhere(&learned)
    } else {
        sample(&learned)
    };
    let mut unreached = Vec::new();
    for (story, left) in side_by_side(work, move |story, points| {
        kill_at_all(Stage::Postgres, story, points)
    })
    .await
    {
        unreached.extend(left.into_iter().map(|point| format!("{story}: {point}")));
    }
    assert!(
        unreached.is_empty(),
        "never reached:\n{}",
        unreached.join("\n")
    );
}

/// The points that each story passes when nothing goes wrong, in order.
async fn learn(stage: Stage) -> BTreeMap<&'static str, Vec<Point>> {
    // Six processes a story: one story tells enough for a sample.
    let few = stage == Stage::Postgres && !soaking();
    let stories = if few { &STORIES[..1] } else { &STORIES[..] };
    let work = stories.iter().map(|story| (*story, Vec::new())).collect();
    side_by_side(work, move |story, _| async move {
        play(stage, story, &[]).await.passed
    })
    .await
}

/// Every point in the first story that passes it.
fn every_point_once(
    learned: &BTreeMap<&'static str, Vec<Point>>,
) -> BTreeMap<&'static str, Vec<Point>> {
    let mut met = std::collections::BTreeSet::new();
    learned
        .iter()
        .map(|(story, passed)| {
            let new = points::in_order(passed)
                .into_iter()
                .filter(|point| met.insert(point.clone()))
                .collect();
            (*story, new)
        })
        .collect()
}

fn every_point_everywhere(
    learned: &BTreeMap<&'static str, Vec<Point>>,
) -> BTreeMap<&'static str, Vec<Point>> {
    learned
        .iter()
        .map(|(story, passed)| (*story, points::in_order(passed)))
        .collect()
}

/// Two points of each service, by a seed that is told, so that a failure can be met again.
fn sample(learned: &BTreeMap<&'static str, Vec<Point>>) -> BTreeMap<&'static str, Vec<Point>> {
    let seed = std::env::var("BATON_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| rand::rng().random());
    println!("BATON_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut sampled = BTreeMap::new();
    for (story, passed) in learned {
        let all = points::in_order(passed);
        let mut chosen: Vec<Point> = Vec::new();
        for service in points::services() {
            let of_service: Vec<&Point> = all
                .iter()
                .filter(|point| points::service_of(point) == service)
                .collect();
            chosen.extend(
                of_service
                    .choose_multiple(&mut random, 2)
                    .map(|point| (*point).clone()),
            );
        }
        sampled.insert(
            *story,
            all.into_iter()
                .filter(|point| chosen.contains(point))
                .collect(),
        );
    }
    sampled
}

/// Kills at every point, in as few runs as it takes; when soaking, one run each. Answers what was never reached.
async fn kill_at_all(stage: Stage, story: &'static str, mut left: Vec<Point>) -> Vec<Point> {
    if soaking() {
        for point in std::mem::take(&mut left) {
            if play(stage, story, std::slice::from_ref(&point))
                .await
                .killed_at
                .is_empty()
            {
                left.push(point);
            }
        }
        return left;
    }
    let mut unreached = Vec::new();
    for mut group in points::groups(left) {
        for _ in 0..ROUNDS_MAX {
            if group.is_empty() {
                break;
            }
            let killed_at = play(stage, story, &group).await.killed_at;
            group.retain(|point| !killed_at.contains(point));
        }
        unreached.extend(group);
    }
    unreached
}

async fn side_by_side<Play, Played>(
    work: BTreeMap<&'static str, Vec<Point>>,
    play: Play,
) -> BTreeMap<&'static str, Vec<Point>>
where
    Play: Fn(&'static str, Vec<Point>) -> Played + Clone + Send + 'static,
    Played: Future<Output = Vec<Point>> + Send,
{
    let turns = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut plays = JoinSet::new();
    for (story, points) in work {
        let (turns, play) = (Arc::clone(&turns), play.clone());
        plays.spawn(async move {
            let _turn = turns.acquire().await.expect("never closed");
            (story, play(story, points).await)
        });
    }
    plays.join_all().await.into_iter().collect()
}
