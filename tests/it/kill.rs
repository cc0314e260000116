//! Kills Baton at every point where something could be lost or done twice, and looks at what is left.
//!
//! A story is played through the public door against processes of its own. First undisturbed, to learn which points
//! there are. Then with the process killed at one point after the other, each proved reached, started again on what it
//! left behind, while the client sends the same bytes again. The story must hold as if nothing had happened, and
//! afterwards a checker that shares no code with the services finds nothing.
//!
//! `make test` tries every point once on SQLite, many in one run, and a sample on PostgreSQL. `make kill` tries every point
//! once on PostgreSQL too. `make soak` tries every point of every story on both, and gives each point a run of its own
//! besides. To meet a failure again, `BATON_SEED`, `BATON_STORY` and `BATON_POINTS` (with commas) narrow it down to what
//! it told.

#[path = "kill/play.rs"]
mod play;
#[path = "kill/points.rs"]
mod points;
#[path = "kill/supervisor.rs"]
mod supervisor;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, IteratorRandom as _};
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use play::{Stage, play};
use points::Point;

/// Together they pass through every reaction of the route.
const STORIES: [&str; 7] = [
    "tests/stories/every-other-reaction.yaml",
    "examples/stories/wirral/siblings-different-outcomes.yaml",
    "examples/stories/wirral/conference-audit-fails.yaml",
    "examples/stories/wirral/from-contact-to-closure.yaml",
    "examples/stories/wirral/no-worker-named-child-in-need-moves.yaml",
    "examples/stories/lancashire/reason-is-given.yaml",
    "examples/stories/shropshire/moves-at-the-conference.yaml",
];
/// Commands of reactions that no story can bring about one step after the other: no deadline of a closure has a
/// consequence, and the ledger refuses to end a case only to who lost a race.
const NEVER_SENT: [&str; 2] = ["ResolveClosureExpiry", "FailEnd"];
/// A point may be past when the kill before it has been survived: it gets another run, and so on, this often.
const ROUNDS_MAX: usize = 5;
/// Runs at once.
const SIDE_BY_SIDE: usize = 3;
/// Kills in one run. More would only make the longest longer.
const KILLS_MAX: usize = 100;
/// Fewer than this, and the kill points are not compiled in, or a story no longer plays what it says.
const POINTS_MIN: usize = 150;
/// Points of each service in the sample.
const SAMPLED: usize = 2;

/// The points that each story passes.
type Learned = BTreeMap<&'static str, BTreeSet<Point>>;
/// A story, and the points of it to be killed at in one run, or in as few as it takes.
type Job = (&'static str, Vec<Point>);

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_point_on_sqlite_nothing_is_lost_and_nothing_happens_twice() {
    let learned = learn(Stage::Sqlite, stories()).await;
    let mut jobs = together(once(&learned));
    let points: usize = jobs.iter().map(|(_, points)| points.len()).sum();
    println!("{points} points in {} stories", learned.len());
    assert!(
        points >= POINTS_MIN || narrowed("BATON_STORY") || narrowed("BATON_POINTS"),
        "the stories pass {points} points only: are the kill points compiled in?"
    );
    if !narrowed("BATON_STORY") && !narrowed("BATON_POINTS") {
        let points: BTreeSet<&Point> = learned.values().flatten().collect();
        let missing = points::commands_without(&points, &NEVER_SENT);
        assert!(missing.is_empty(), "no story sends {missing:?}");
    }
    if soaking() {
        jobs = together(learned.clone());
        jobs.extend(alone(once(&learned)));
    }
    kill_at_all(Stage::Sqlite, jobs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_one_by_one_on_postgres_the_services_go_on_where_they_were() {
    let mut random = seeded();
    let stage = Stage::Postgres;
    let jobs = if soaking() {
        let learned = learn(stage, stories()).await;
        let mut jobs = together(learned.clone());
        jobs.extend(alone(once(&learned)));
        jobs
    } else if std::env::var_os("BATON_EVERY_POINT").is_some() {
        together(once(&learn(stage, stories()).await))
    } else {
        // Six processes a story: one story tells enough for a sample.
        let story = stories().into_iter().choose(&mut random);
        let learned = learn(stage, story.into_iter().collect()).await;
        together(sample(&learned, &mut random))
    };
    kill_at_all(stage, jobs).await;
}

fn soaking() -> bool {
    std::env::var_os("BATON_SOAK").is_some()
}

fn narrowed(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

fn stories() -> Vec<&'static str> {
    let wanted = std::env::var("BATON_STORY").unwrap_or_default();
    let stories = STORIES.into_iter();
    stories.filter(|story| story.contains(&wanted)).collect()
}

/// A generator whose seed is told, so that a failure can be met again.
fn seeded() -> StdRng {
    let given = std::env::var("BATON_SEED").ok();
    let seed = given.and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| rand::rng().random());
    println!("BATON_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// Plays each story undisturbed.
async fn learn(stage: Stage, stories: Vec<&'static str>) -> Learned {
    let wanted = std::env::var("BATON_POINTS").ok();
    let wanted = |point: &Point| {
        let listed = |listed: &String| listed.split(',').any(|listed| listed == point);
        wanted.as_ref().is_none_or(listed)
    };
    let learned = side_by_side(stories, move |story| async move {
        (story, play(stage, story, &[]).await.passed)
    });
    let learned = learned.await.into_iter();
    learned
        .map(|(story, passed)| (story, passed.into_iter().filter(wanted).collect()))
        .collect()
}

/// Every point in the first story that passes it.
fn once(learned: &Learned) -> Learned {
    let mut met = BTreeSet::new();
    let mut once = Learned::new();
    for story in STORIES {
        let passed = learned.get(story).into_iter().flatten();
        let new = passed.filter(|point| met.insert((*point).clone()));
        once.insert(story, new.cloned().collect());
    }
    once
}

/// Some points of each service.
fn sample(learned: &Learned, random: &mut StdRng) -> Learned {
    let of = |passed: &BTreeSet<Point>, random: &mut StdRng| {
        let services = points::services().into_iter();
        let sampled = services.flat_map(|service| {
            let of_service = |point: &&Point| points::service_of(point) == service;
            let all: Vec<&Point> = passed.iter().filter(of_service).collect();
            let some = all.choose_multiple(random, SAMPLED);
            some.map(|point| (*point).clone()).collect::<Vec<_>>()
        });
        sampled.collect()
    };
    let stories = learned.iter();
    stories
        .map(|(story, passed)| (*story, of(passed, random)))
        .collect()
}

/// As few runs as it takes.
fn together(points: Learned) -> Vec<Job> {
    let of = |(story, points): (&'static str, BTreeSet<Point>)| {
        let groups = points::groups(points).into_iter().flat_map(dealt);
        groups.map(move |group| (story, group))
    };
    let jobs = points.into_iter().flat_map(of);
    jobs.filter(|(_, points)| !points.is_empty()).collect()
}

/// Dealt out to as few runs as it takes, each with something of all of them.
fn dealt(points: Vec<Point>) -> impl Iterator<Item = Vec<Point>> {
    let runs = points.len().div_ceil(KILLS_MAX);
    (0..runs).map(move |run| points.iter().skip(run).step_by(runs).cloned().collect())
}

/// A run for each point.
fn alone(points: Learned) -> Vec<Job> {
    let of = |(story, points): (&'static str, BTreeSet<Point>)| {
        points.into_iter().map(move |point| (story, vec![point]))
    };
    points.into_iter().flat_map(of).collect()
}

/// Kills at all these points. Panics when one is never reached.
async fn kill_at_all(stage: Stage, jobs: Vec<Job>) {
    let unreached = side_by_side(jobs, move |(story, mut left)| async move {
        for _ in 0..ROUNDS_MAX {
            let killed_at = play(stage, story, &left).await.killed_at;
            left.retain(|point| !killed_at.contains(point));
            if left.is_empty() {
                return Vec::new();
            }
        }
        // Some are passed by chance: when two commands meet and one is sent again.
        for _ in 0..ROUNDS_MAX {
            let passed = play(stage, story, &[]).await.passed;
            if passed.is_disjoint(&left.iter().cloned().collect()) {
                println!("{story}: passed by chance {left:?}");
                return Vec::new();
            }
        }
        let told = left.into_iter().map(|point| format!("{story}: {point}"));
        told.collect::<Vec<_>>()
    });
    let unreached = unreached.await.concat();
    assert!(
        unreached.is_empty(),
        "never reached:\n{}",
        unreached.join("\n")
    );
}

async fn side_by_side<What, Done, Doing>(
    work: Vec<What>,
    act: impl Fn(What) -> Doing + Clone + Send + 'static,
) -> Vec<Done>
where
    What: Send + 'static,
    Done: Send + 'static,
    Doing: Future<Output = Done> + Send,
{
    let turns = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut acts = JoinSet::new();
    for what in work {
        let (turns, act) = (Arc::clone(&turns), act.clone());
        acts.spawn(async move {
            let _turn = turns.acquire().await.expect("never closed");
            act(what).await
        });
    }
    let mut done = Vec::new();
    while let Some(one) = acts.join_next().await {
        done.push(one.expect("no run fails"));
    }
    done
}
