//! Teams, workers and posts.

use std::collections::BTreeMap;

use baton_ids::{AuthorityId, PostId, TeamId, WorkerId};
use baton_store::{Db, StoreError, Tx, sqlx, with_db, with_tx};
use jiff::civil::Date;

use crate::domain::organisation::{Holding, Post, Roster, Team, Worker};

/// Writes a team; answers its version.
#[tracing::instrument(name = "db.team.save", skip_all, fields(team.id = %team.id))]
pub async fn save_team(
    tx: &mut Tx,
    authority: &AuthorityId,
    team: &Team,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO teams \
        (authority, team_id, kind, area, phone, from_on, until_on, successor_id, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (authority, team_id) DO UPDATE \
        SET kind = excluded.kind, area = excluded.area, phone = excluded.phone, \
            from_on = excluded.from_on, until_on = excluded.until_on, \
            successor_id = excluded.successor_id, version = teams.version + 1 RETURNING version";
    Ok(with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(team.id.as_str())
        .bind(&team.kind)
        .bind(team.area.as_deref().unwrap_or_default())
        .bind(team.phone.as_deref().unwrap_or_default())
        .bind(team.from.map(|day| day.to_string()).unwrap_or_default())
        .bind(team.until.map(|day| day.to_string()).unwrap_or_default())
        .bind(team.successor.as_ref().map_or("", TeamId::as_str))
        .fetch_one(c)
        .await?))
}

/// Writes a worker; answers their version.
#[tracing::instrument(name = "db.worker.save", skip_all, fields(worker.id = %worker.id))]
pub async fn save_worker(
    tx: &mut Tx,
    authority: &AuthorityId,
    worker: &Worker,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO workers (authority, worker_id, team_id, grade, version) \
        VALUES ($1, $2, $3, $4, 1) ON CONFLICT (authority, worker_id) DO UPDATE \
        SET team_id = excluded.team_id, grade = excluded.grade, version = workers.version + 1 \
        RETURNING version";
    Ok(with_tx!(tx, c => sqlx::query_scalar(sql)
        .bind(authority.as_str())
        .bind(worker.id.as_str())
        .bind(worker.team.as_str())
        .bind(&worker.grade)
        .fetch_one(c)
        .await?))
}

/// Writes a post with all its holdings; answers its version.
#[tracing::instrument(name = "db.post.save", skip_all, fields(post.id = %post.id))]
pub async fn save_post(
    tx: &mut Tx,
    authority: &AuthorityId,
    post: &Post,
) -> Result<i64, StoreError> {
    let upsert = "INSERT INTO posts (authority, post_id, role, team_id, area, version) \
        VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (authority, post_id) DO UPDATE \
        SET role = excluded.role, team_id = excluded.team_id, area = excluded.area, \
            version = posts.version + 1 RETURNING version";
    let version = with_tx!(tx, c => sqlx::query_scalar(upsert)
        .bind(authority.as_str())
        .bind(post.id.as_str())
        .bind(&post.role)
        .bind(post.team.as_ref().map_or("", TeamId::as_str))
        .bind(post.area.as_deref().unwrap_or_default())
        .fetch_one(c)
        .await?);

    let clear = "DELETE FROM holdings WHERE authority = $1 AND post_id = $2";
    with_tx!(tx, c => sqlx::query(clear)
        .bind(authority.as_str())
        .bind(post.id.as_str())
        .execute(c)
        .await
        .map(drop))?;

    let insert = "INSERT INTO holdings \
        (authority, post_id, ordinal, worker_id, from_on, until_on, covering_for) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    for (ordinal, holding) in (0_i64..).zip(&post.holdings) {
        with_tx!(tx, c => sqlx::query(insert)
            .bind(authority.as_str())
            .bind(post.id.as_str())
            .bind(ordinal)
            .bind(holding.worker.as_str())
            .bind(holding.from.to_string())
            .bind(holding.until.map(|day| day.to_string()).unwrap_or_default())
            .bind(holding.covering_for.as_ref().map_or("", WorkerId::as_str))
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(version)
}

/// Whether the authority has any post at all.
#[tracing::instrument(name = "db.post.any", skip_all)]
pub async fn has_posts(tx: &mut Tx, authority: &AuthorityId) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM posts WHERE authority = $1)";
    Ok(with_tx!(tx, c => sqlx::query_scalar(sql).bind(authority.as_str()).fetch_one(c).await?))
}

/// The teams and workers that a decision asks about, with the teams that came in their place, as they are on a day: one
/// statement for all.
#[tracing::instrument(name = "db.organisation.roster", skip_all)]
pub async fn roster(
    tx: &mut Tx,
    authority: &AuthorityId,
    team: Option<&TeamId>,
    worker: Option<&WorkerId>,
    day: Option<Date>,
) -> Result<Roster, StoreError> {
    let sql = "WITH RECURSIVE line (id) AS ( \
            SELECT team_id FROM teams WHERE authority = $1 AND (team_id = $2 OR team_id IN \
                (SELECT w.team_id FROM workers w WHERE w.authority = $1 AND w.worker_id = $3)) \
            UNION \
            SELECT t.successor_id FROM teams t JOIN line ON t.team_id = line.id WHERE t.authority = $1) \
        SELECT 'team', team_id, kind, area, phone, from_on, until_on, successor_id FROM teams \
            WHERE authority = $1 AND team_id IN (SELECT id FROM line) \
        UNION ALL \
        SELECT 'worker', worker_id, grade, team_id, '', '', '', '' FROM workers \
            WHERE authority = $1 AND worker_id = $3";
    let rows: Vec<Named> = with_tx!(tx, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(team.map_or("", TeamId::as_str))
        .bind(worker.map_or("", WorkerId::as_str))
        .fetch_all(c)
        .await?);

    let mut roster = Roster {
        day,
        ..Roster::default()
    };
    for (what, id, code, belongs_to, phone, from, until, successor) in rows {
        if what == "team" {
            let team = team_of((id, code, belongs_to, phone, from, until, successor))?;
            roster.teams.insert(team.id.clone(), team);
        } else {
            let worker = worker_of((id, belongs_to, code))?;
            roster.workers.insert(worker.id.clone(), worker);
        }
    }
    Ok(roster)
}

/// What it is, and the columns of a team.
type Named = (
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
);

/// Every team and every worker: for setting up a post, which may name several.
pub async fn whole_roster(tx: &mut Tx, authority: &AuthorityId) -> Result<Roster, StoreError> {
    let teams: Vec<TeamRow> = with_tx!(tx, c => sqlx::query_as(TEAMS)
        .bind(authority.as_str())
        .fetch_all(c)
        .await?);
    let workers: Vec<(String, String, String)> = with_tx!(tx, c => sqlx::query_as(WORKERS)
        .bind(authority.as_str())
        .fetch_all(c)
        .await?);
    let teams = teams
        .into_iter()
        .map(team_of)
        .map(|team| team.map(|team| (team.id.clone(), team)));
    let workers = workers
        .into_iter()
        .map(worker_of)
        .map(|worker| worker.map(|worker| (worker.id.clone(), worker)));

    Ok(Roster {
        teams: teams.collect::<Result<_, _>>()?,
        workers: workers.collect::<Result<_, _>>()?,
        day: None,
    })
}

/// Id, kind, area, telephone number, first day, last day and successor.
pub(super) type TeamRow = (String, String, String, String, String, String, String);

const TEAMS: &str = "SELECT team_id, kind, area, phone, from_on, until_on, successor_id FROM teams \
    WHERE authority = $1 ORDER BY team_id";
const WORKERS: &str =
    "SELECT worker_id, team_id, grade FROM workers WHERE authority = $1 ORDER BY worker_id";

/// Every team, in order of id.
#[tracing::instrument(name = "db.team.list", skip_all)]
pub async fn teams(db: &Db, authority: &AuthorityId) -> Result<Vec<Team>, StoreError> {
    let rows: Vec<TeamRow> =
        with_db!(db, c => sqlx::query_as(TEAMS).bind(authority.as_str()).fetch_all(c).await?);
    rows.into_iter().map(team_of).collect()
}

/// Every worker, in order of id.
#[tracing::instrument(name = "db.worker.list", skip_all)]
pub async fn workers(db: &Db, authority: &AuthorityId) -> Result<Vec<Worker>, StoreError> {
    let rows: Vec<(String, String, String)> =
        with_db!(db, c => sqlx::query_as(WORKERS).bind(authority.as_str()).fetch_all(c).await?);
    rows.into_iter().map(worker_of).collect()
}

/// Every post with its holdings, in order of id.
#[tracing::instrument(name = "db.post.list", skip_all)]
pub async fn posts(db: &Db, authority: &AuthorityId) -> Result<Vec<Post>, StoreError> {
    let sql = "SELECT p.post_id, p.role, p.team_id, p.area, \
            h.worker_id, h.from_on, h.until_on, h.covering_for \
        FROM posts p LEFT JOIN holdings h ON h.authority = p.authority AND h.post_id = p.post_id \
        WHERE p.authority = $1 ORDER BY p.post_id, h.ordinal";
    let rows: Vec<PostRow> =
        with_db!(db, c => sqlx::query_as(sql).bind(authority.as_str()).fetch_all(c).await?);
    gather(rows)
}

/// Every post that a worker holds or covers at some time, each with the worker's own holdings only.
#[tracing::instrument(name = "db.post.list_of_worker", skip_all)]
pub async fn posts_of(
    db: &Db,
    authority: &AuthorityId,
    worker: &WorkerId,
) -> Result<Vec<Post>, StoreError> {
    let sql = "SELECT p.post_id, p.role, p.team_id, p.area, \
            h.worker_id, h.from_on, h.until_on, h.covering_for \
        FROM holdings h JOIN posts p ON p.authority = h.authority AND p.post_id = h.post_id \
        WHERE h.authority = $1 AND h.worker_id = $2 ORDER BY p.post_id, h.ordinal";
    let rows: Vec<PostRow> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(worker.as_str())
        .fetch_all(c)
        .await?);
    gather(rows)
}

#[derive(sqlx::FromRow)]
struct PostRow {
    post_id: String,
    role: String,
    team_id: String,
    area: String,
    worker_id: Option<String>,
    from_on: Option<String>,
    until_on: Option<String>,
    covering_for: Option<String>,
}

fn gather(rows: Vec<PostRow>) -> Result<Vec<Post>, StoreError> {
    let mut posts: BTreeMap<String, Post> = BTreeMap::new();
    for row in rows {
        let holding = holding_of(&row)?;
        if !posts.contains_key(&row.post_id) {
            posts.insert(row.post_id.clone(), post_of(&row)?);
        }
        if let (Some(post), Some(holding)) = (posts.get_mut(&row.post_id), holding) {
            post.holdings.push(holding);
        }
    }
    Ok(posts.into_values().collect())
}

fn post_of(row: &PostRow) -> Result<Post, StoreError> {
    Ok(Post {
        id: PostId::new(&row.post_id).map_err(|_| StoreError::Corrupt("posts.post_id"))?,
        role: row.role.clone(),
        team: optional_team(&row.team_id)?,
        area: filled(&row.area),
        holdings: Vec::new(),
    })
}

fn holding_of(row: &PostRow) -> Result<Option<Holding>, StoreError> {
    let Some(worker) = &row.worker_id else {
        return Ok(None);
    };
    let day = |text: &str| {
        text.parse::<Date>()
            .map_err(|_| StoreError::Corrupt("holdings.from_on"))
    };
    let worker_id =
        |text: &str| WorkerId::new(text).map_err(|_| StoreError::Corrupt("holdings.worker_id"));

    Ok(Some(Holding {
        worker: worker_id(worker)?,
        from: day(row.from_on.as_deref().unwrap_or_default())?,
        until: row
            .until_on
            .as_deref()
            .and_then(filled)
            .as_deref()
            .map(day)
            .transpose()?,
        covering_for: row
            .covering_for
            .as_deref()
            .and_then(filled)
            .as_deref()
            .map(worker_id)
            .transpose()?,
    }))
}

pub(super) fn team_of(
    (id, kind, area, phone, from, until, successor): TeamRow,
) -> Result<Team, StoreError> {
    let id = TeamId::new(id).map_err(|_| StoreError::Corrupt("teams.team_id"))?;
    let day = |text: &str| {
        let day = filled(text).map(|text| text.parse::<Date>()).transpose();
        day.map_err(|_| StoreError::Corrupt("teams.until_on"))
    };
    Ok(Team {
        id,
        kind,
        area: filled(&area),
        phone: filled(&phone),
        from: day(&from)?,
        until: day(&until)?,
        successor: optional_team(&successor)?,
    })
}

pub(super) fn worker_of((id, team, grade): (String, String, String)) -> Result<Worker, StoreError> {
    let id = WorkerId::new(id).map_err(|_| StoreError::Corrupt("workers.worker_id"))?;
    let team = TeamId::new(team).map_err(|_| StoreError::Corrupt("workers.team_id"))?;
    Ok(Worker { id, team, grade })
}

fn optional_team(text: &str) -> Result<Option<TeamId>, StoreError> {
    match text {
        "" => Ok(None),
        id => TeamId::new(id)
            .map(Some)
            .map_err(|_| StoreError::Corrupt("posts.team_id")),
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
