//! What a command on a case is decided among: the case, the teams, the workers it names. One statement, because the
//! gateway asks before every command.

use std::collections::BTreeMap;

use baton_ids::{AuthorityId, CaseId, ChildId, TeamId, WorkerId};
use baton_store::{Db, Json, StoreError, sqlx, with_db};
use jiff::civil::Date;
use uuid::Uuid;

use super::organisation::{team_of, worker_of};
use crate::domain::Case;
use crate::domain::organisation::{Team, Worker};

/// A case and the organisation around it.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The case that was asked for, or the child's open one.
    pub case: Option<Case>,
    /// Every team.
    pub teams: Vec<Team>,
    /// Those of the named workers who are known, with the case's worker and the next one.
    pub workers: Vec<Worker>,
    /// Who holds the post of a team's manager on the day. Whoever only covers it is not among them.
    pub managers: BTreeMap<TeamId, Vec<WorkerId>>,
}

/// The texts of the databases differ only in how a list is one parameter.
macro_rules! select {
    ($named:literal) => {
        concat!(
            "WITH found AS (\
                SELECT document, worker_id FROM cases WHERE authority = $1 AND id = $2 \
                UNION ALL \
                SELECT document, worker_id FROM cases WHERE authority = $1 AND child_id = $3 AND open), \
            named (id) AS (",
            $named,
            " UNION SELECT worker_id FROM found UNION SELECT document ->> 'next_worker' FROM found) \
            SELECT 'case' AS what, document, '' AS id, '' AS second, '' AS third, '' AS phone, '' AS from_on, \
             '' AS until_on, '' AS successor_id FROM found \
            UNION ALL \
            SELECT 'team', NULL, team_id, kind, area, phone, from_on, until_on, successor_id FROM teams WHERE authority = $1 \
            UNION ALL \
            SELECT 'worker', NULL, worker_id, team_id, grade, '', '', '', '' FROM workers \
            WHERE authority = $1 AND worker_id IN (SELECT id FROM named) \
            UNION ALL \
            SELECT 'manager', NULL, p.team_id, h.worker_id, '', '', '', '', '' FROM posts p \
            JOIN holdings h ON h.authority = p.authority AND h.post_id = p.post_id \
            WHERE p.authority = $1 AND p.role = 'team_manager' AND p.team_id <> '' AND h.covering_for = '' \
            AND h.from_on <= $5 AND (h.until_on = '' OR h.until_on >= $5)"
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    what: String,
    document: Option<Json<Case>>,
    id: String,
    second: String,
    third: String,
    phone: String,
    from_on: String,
    until_on: String,
    successor_id: String,
}

/// Finds a case, or else the child's open one, and what is around it.
#[tracing::instrument(name = "db.case.surroundings", skip_all)]
pub async fn find(
    db: &Db,
    authority: &AuthorityId,
    case: Option<CaseId>,
    child: Option<ChildId>,
    named: &[WorkerId],
    day: Date,
) -> Result<Surroundings, StoreError> {
    let sql = match db {
        Db::Sqlite { .. } => select!("SELECT value FROM json_each($4)"),
        Db::Postgres(_) => select!("SELECT json_array_elements_text($4)"),
    };
    // A case that is named decides alone.
    let child = child.filter(|_| case.is_none());
    let named: Vec<&str> = named.iter().map(WorkerId::as_str).collect();
    let rows: Vec<Row> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(case.map_or(Uuid::nil(), CaseId::uuid))
        .bind(child.map_or(Uuid::nil(), ChildId::uuid))
        .bind(Json(&named))
        .bind(day.to_string())
        .fetch_all(c)
        .await?);

    let mut found = Surroundings::default();
    for row in rows {
        match (row.what.as_str(), row.document) {
            ("case", Some(Json(case))) => found.case = Some(case),
            ("team", _) => found.teams.push(team_of((
                row.id,
                row.second,
                row.third,
                row.phone,
                row.from_on,
                row.until_on,
                row.successor_id,
            ))?),
            ("manager", _) => {
                let team =
                    TeamId::new(&row.id).map_err(|_| StoreError::Corrupt("posts.team_id"))?;
                let manager = WorkerId::new(&row.second)
                    .map_err(|_| StoreError::Corrupt("holdings.worker_id"))?;
                found.managers.entry(team).or_default().push(manager);
            }
            _ => {
                let worker = worker_of((row.id, row.second, row.third))?;
                found.workers.push(worker);
            }
        }
    }
    found.teams.sort_by(|one, other| one.id.cmp(&other.id));
    found.workers.sort_by(|one, other| one.id.cmp(&other.id));
    found
        .managers
        .values_mut()
        .for_each(|managers| managers.sort());
    Ok(found)
}
