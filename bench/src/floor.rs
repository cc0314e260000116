//! The floor: what the same PostgreSQL does for the smallest program that keeps the same promise.
//!
//! A flow is eight sequential steps; a step is one commit of one small row on the side that asks and one
//! on the side that acts, each waited for. It knows nothing of Baton and does not change with it.

use std::time::{Duration, Instant};

use anyhow::Result;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::figures::Figures;

/// Sequential steps of a flow.
pub const STEPS: usize = 8;
/// Connections at most, for both sides together.
pub const CONNECTIONS_MAX: u32 = 64;

/// Prepares the two tables.
pub async fn prepare(url: &str) -> Result<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .connect(url)
        .await?;
    for table in ["floor_asked", "floor_acted"] {
        let sql = format!(
            "CREATE TABLE IF NOT EXISTS {table} (flow BIGINT, step BIGINT, at BIGINT, PRIMARY KEY (flow, step))"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await?;
    }
    Ok(pool)
}

/// Runs `flows` flows, `at_once` of them at a time. `first` keeps the keys of rounds apart.
pub async fn run(pool: &PgPool, flows: usize, at_once: usize, first: usize) -> Result<Figures> {
    let began = Instant::now();
    let mut runners = Vec::with_capacity(at_once);
    for runner in 0..at_once {
        let pool = pool.clone();
        runners.push(tokio::spawn(async move {
            let mut times = Vec::new();
            for flow in (runner..flows).step_by(at_once) {
                times.push(one(&pool, i64::try_from(first + flow)?).await?);
            }
            Ok::<_, anyhow::Error>(times)
        }));
    }
    let mut times = Vec::with_capacity(flows);
    for runner in runners {
        times.extend(runner.await??);
    }
    Ok(Figures::new(times, began.elapsed()))
}

async fn one(pool: &PgPool, flow: i64) -> Result<Duration> {
    let began = Instant::now();
    for step in 0..i64::try_from(STEPS)? {
        commit(
            pool,
            "INSERT INTO floor_asked (flow, step, at) VALUES ($1, $2, $3)",
            flow,
            step,
        )
        .await?;
        commit(
            pool,
            "INSERT INTO floor_acted (flow, step, at) VALUES ($1, $2, $3)",
            flow,
            step,
        )
        .await?;
    }
    Ok(began.elapsed())
}

/// One statement outside a transaction is one commit, waited for.
async fn commit(pool: &PgPool, sql: &'static str, flow: i64, step: i64) -> Result<()> {
    sqlx::query(sql)
        .bind(flow)
        .bind(step)
        .bind(flow + step)
        .execute(pool)
        .await?;
    Ok(())
}
