//! `make bench`: how fast a conference that was held becomes a completed transfer, against the floor.
//!
//! `bench/README.md` fixes the method. Numbers are printed, never asserted: the machine is shared.
//!
//! `baton-bench PostgreSQL 1` measures one database and one number at once only.

mod figures;
mod floor;
mod server;
mod world;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use baton_testkit::TestDb;
use figures::{Figures, median};
use server::{Databases, Server};
use sqlx::PgPool;
use tokio::sync::Mutex;
use world::{Prepared, World};

/// How many flows are under way at once.
const AT_ONCE: [usize; 3] = [1, 16, 64];
/// Floor and Baton take turns this often, so that a noisy minute hits both.
const ROUNDS: usize = 3;

/// What is printed, each the median of the rounds.
const COLUMNS: [&str; 10] = [
    "flows/s",
    "p50 ms",
    "p99 ms",
    "command p50",
    "command p99",
    "rest ms",
    "cpu ms",
    "commits",
    "floor/s",
    "ratio",
];

fn flows(at_once: usize) -> usize {
    (at_once * 6).clamp(30, 256)
}

#[tokio::main]
async fn main() -> Result<()> {
    let floor_db = TestDb::postgres().await;
    let floor_pool = floor::prepare(floor_db.url()).await?;
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    idle().await?;
    for name in chosen(&["SQLite".to_owned(), "PostgreSQL".to_owned()], &wanted) {
        println!("\n{name}");
        println!(
            "at once{}",
            COLUMNS.map(|column| format!("{column:>12}")).concat()
        );
        for at_once in chosen(&AT_ONCE.map(|at_once| at_once.to_string()), &wanted) {
            measure(name, at_once.parse()?, &floor_pool).await?;
        }
    }
    Ok(())
}

/// Those that are wanted; all of them when none is.
fn chosen<'a>(all: &'a [String], wanted: &[String]) -> Vec<&'a str> {
    let some: Vec<&str> = all
        .iter()
        .filter(|one| wanted.contains(one))
        .map(String::as_str)
        .collect();
    if some.is_empty() {
        all.iter().map(String::as_str).collect()
    } else {
        some
    }
}

/// Start-up time and memory of an idle Baton.
async fn idle() -> Result<()> {
    let data = tempfile::tempdir()?;
    let server = Server::start(data.path(), &Databases::Sqlite).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    println!(
        "idle: ready after {:.0} ms, {:.0} MiB",
        ms(server.ready),
        server.memory("VmRSS")?
    );
    Ok(())
}

async fn measure(name: &str, at_once: usize, floor_pool: &PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let pool = (name == "PostgreSQL").then_some(floor_pool);
    let prefix = format!("bench_{}", uuid::Uuid::now_v7().simple());
    let databases = match pool {
        Some(pool) => Databases::Postgres(create(pool, &prefix).await?),
        None => Databases::Sqlite,
    };
    let server = Server::start(data.path(), &databases).await?;
    let world = World::new(server.channel().await?).await?;
    run(&world, prepare(&world, at_once * 2).await?, at_once).await?;
    server.at_rest().await?;

    let mut rows = Vec::new();
    for round in 0..ROUNDS {
        let count = flows(at_once);
        let floor = floor::run(floor_pool, count, at_once, first_key(name, at_once, round)).await?;
        let prepared = prepare(&world, count).await?;
        server.at_rest().await?;
        let (cpu, commits) = (server.cpu()?, commits(pool, &prefix).await?);
        let (flow, command) = run(&world, prepared, at_once).await?;
        // What follows belongs to the flows, and must not fall into the next round of the floor.
        let rest = server.at_rest().await?;
        let per_flow = |value: f64| value / as_f64(flow.count());
        rows.push([
            flow.per_second(),
            ms(flow.percentile(50)),
            ms(flow.percentile(99)),
            ms(command.percentile(50)),
            ms(command.percentile(99)),
            ms(rest),
            per_flow((server.cpu()? - cpu) * 1000.0),
            per_flow(self::commits(pool, &prefix).await? - commits),
            floor.per_second(),
            flow.per_second() / floor.per_second(),
        ]);
    }
    let column = |at: usize| median(rows.iter().map(|row| row[at]).collect());
    let shown: String = (0..COLUMNS.len())
        .map(|at| match COLUMNS[at] {
            "commits" if pool.is_none() => format!("{:>12}", "-"),
            "ratio" => format!("{:>12.2}", column(at)),
            _ => format!("{:>12.1}", column(at)),
        })
        .collect();
    println!("{at_once:>7}{shown}");
    println!("{:>7} peak {:.0} MiB", "", server.memory("VmHWM")?);
    Ok(())
}

/// Children ready for their conference, several at a time.
async fn prepare(world: &World, count: usize) -> Result<Vec<Prepared>> {
    let mut tasks = Vec::new();
    for _ in 0..8_usize.min(count) {
        let world = world.clone();
        let share = count.div_ceil(8);
        tasks.push(tokio::spawn(async move {
            let mut prepared = Vec::with_capacity(share);
            for _ in 0..share {
                prepared.push(world.prepare().await?);
            }
            Ok::<_, anyhow::Error>(prepared)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    all.truncate(count);
    // A conference cannot have been held before the time it was booked for.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    Ok(all)
}

/// Holds the conferences. Answers the flows, and the command that starts each.
async fn run(world: &World, prepared: Vec<Prepared>, at_once: usize) -> Result<(Figures, Figures)> {
    let queue = Arc::new(Mutex::new(prepared));
    let began = Instant::now();
    let mut runners = Vec::with_capacity(at_once);
    for _ in 0..at_once {
        let (world, queue) = (world.clone(), Arc::clone(&queue));
        runners.push(tokio::spawn(async move {
            let mut times = Vec::new();
            loop {
                let Some(next) = queue.lock().await.pop() else {
                    return Ok::<_, anyhow::Error>(times);
                };
                let began = Instant::now();
                let command = world.hold_conference(&next).await?;
                times.push((began.elapsed(), command));
            }
        }));
    }
    let mut times = Vec::new();
    for runner in runners {
        times.extend(runner.await??);
    }
    let wall = began.elapsed();
    let (flows, commands) = times.into_iter().unzip();
    Ok((Figures::new(flows, wall), Figures::new(commands, wall)))
}

/// A database for each service. Answers the url with `{service}`.
async fn create(pool: &PgPool, prefix: &str) -> Result<String> {
    for service in [
        "front_door",
        "allocation",
        "transfer",
        "closure",
        "notification",
        "gateway",
    ] {
        let sql = format!("CREATE DATABASE {prefix}_{service}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(pool).await?;
    }
    let url = TestDb::postgres().await;
    let (before, after) = url
        .url()
        .split_once("/t_")
        .context("the url of a test database")?;
    let after = after
        .split_once('?')
        .map_or(String::new(), |(_, options)| format!("?{options}"));
    Ok(format!("{before}/{prefix}_{{service}}{after}"))
}

/// Transactions committed so far in Baton's databases.
async fn commits(pool: Option<&PgPool>, prefix: &str) -> Result<f64> {
    let Some(pool) = pool else { return Ok(0.0) };
    let sql = "SELECT CAST(sum(xact_commit) AS BIGINT) FROM pg_stat_database WHERE datname LIKE $1 || '%'";
    let commits: i64 = sqlx::query_scalar(sql).bind(prefix).fetch_one(pool).await?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of a bench fit in 52 bits"
    )]
    Ok(commits as f64)
}

/// Keeps the keys of the floor's rounds apart.
fn first_key(name: &str, at_once: usize, round: usize) -> usize {
    (name.len() * 1_000 + at_once * 10 + round) * 100_000
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a bench fit in 52 bits"
)]
fn as_f64(count: usize) -> f64 {
    count as f64
}
