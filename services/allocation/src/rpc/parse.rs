//! From messages to the domain's own types. Every field that cannot be understood is named at once.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::{instant, type_v1};
use baton_ids::{PostId, TeamId, WorkerId};
use baton_rpc::{Problem, Violations};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::domain::earlier::Involvement;
use crate::domain::organisation::{Holding, Post, Team, Worker};
use crate::domain::standing::Owner;
use crate::storage::Page;

const CODE_BYTES_MAX: usize = 80;
const PAGE_SIZE: i64 = 50;
const PAGE_SIZE_MAX: i64 = 200;

/// A required instant.
pub fn time(
    violations: &mut Violations,
    field: &str,
    value: Option<&prost_types::Timestamp>,
) -> Option<Timestamp> {
    let Some(value) = value else {
        violations.add(field, "is required");
        return None;
    };
    violations.parse(field, instant(value))
}

/// An instant that may be absent.
pub fn optional_time(
    violations: &mut Violations,
    field: &str,
    value: Option<&prost_types::Timestamp>,
) -> Option<Timestamp> {
    value.and_then(|value| violations.parse(field, instant(value)))
}

/// An id or slug.
pub fn id<T>(violations: &mut Violations, field: &str, text: &str) -> Option<T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    violations.parse(field, text.parse::<T>())
}

/// An id or slug that may be empty: then it is none.
pub fn optional_id<T>(violations: &mut Violations, field: &str, text: &str) -> Option<T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    if text.is_empty() {
        None
    } else {
        id(violations, field, text)
    }
}

/// The parsed value, once all violations have been looked at. Only for values that are there when there are none.
pub fn sound<T>(value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(Problem::internal)
}

/// A page of a list.
pub fn page(size: i32, token: &str) -> Result<Page, Problem> {
    let after = match token {
        "" => None,
        token => Some(
            Uuid::try_parse(token)
                .map_err(|_| Problem::invalid("page_token", "is not a token of this list"))?,
        ),
    };
    let size = match i64::from(size) {
        0 => PAGE_SIZE,
        size => size.min(PAGE_SIZE_MAX),
    };
    Ok(Page { after, size })
}

/// The token of the page after these rows; empty when there is none.
pub fn next_token<T>(page: Page, rows: &[T], id: impl Fn(&T) -> Uuid) -> String {
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == page.size);
    if full {
        rows.last()
            .map(|row| id(row).to_string())
            .unwrap_or_default()
    } else {
        String::new()
    }
}

/// A team.
pub fn team(team: Option<&type_v1::Team>) -> Result<Team, Problem> {
    let mut violations = Violations::default();
    let team = team.cloned().unwrap_or_default();
    let id: Option<TeamId> = id(&mut violations, "team.team_id", &team.team_id);
    code(&mut violations, "team.kind", &team.kind);
    area(&mut violations, "team.area", &team.area);
    phone(&mut violations, "team.phone", &team.phone);
    let from = optional_id::<Date>(&mut violations, "team.from", &team.from);
    let until = optional_id::<Date>(&mut violations, "team.until", &team.until);
    let named = &team.successor_team_id;
    let successor = optional_id::<TeamId>(&mut violations, "team.successor_team_id", named);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        violations.add("team.until", "must not be before `from`");
    }
    match (until, named.is_empty()) {
        (Some(_), true) => violations.add(
            "team.successor_team_id",
            "must name who takes over from a team that ends",
        ),
        (None, false) if team.until.is_empty() => violations.add(
            "team.until",
            "must be given with a successor: until then nothing goes there",
        ),
        _ => {}
    }
    violations.into_result()?;
    Ok(Team {
        id: sound(id)?,
        kind: team.kind,
        area: filled(team.area),
        phone: filled(team.phone),
        from,
        until,
        successor,
    })
}

/// A telephone number as it is written: digits, spaces and hyphens, with a country code or an area in brackets.
fn phone(violations: &mut Violations, field: &str, number: &str) {
    let is_part = |part: char| part.is_ascii_digit() || " +()-".contains(part);
    if number.len() > 32 || !number.chars().all(is_part) {
        violations.add(
            field,
            "has to be a telephone number of 32 characters at most",
        );
    }
}

/// A worker.
pub fn worker(worker: Option<&type_v1::Worker>) -> Result<Worker, Problem> {
    let mut violations = Violations::default();
    let worker = worker.cloned().unwrap_or_default();
    let id_: Option<WorkerId> = id(&mut violations, "worker.worker_id", &worker.worker_id);
    let team: Option<TeamId> = id(&mut violations, "worker.team_id", &worker.team_id);
    code(&mut violations, "worker.grade", &worker.grade);
    violations.into_result()?;
    Ok(Worker {
        id: sound(id_)?,
        team: sound(team)?,
        grade: worker.grade,
    })
}

/// A post with its holdings.
pub fn post(post: Option<&wire::Post>) -> Result<Post, Problem> {
    let mut violations = Violations::default();
    let post = post.cloned().unwrap_or_default();
    let id_: Option<PostId> = id(&mut violations, "post.post_id", &post.post_id);
    code(&mut violations, "post.role", &post.role);
    let team: Option<TeamId> = optional_id(&mut violations, "post.team_id", &post.team_id);
    area(&mut violations, "post.area", &post.area);
    let holdings: Vec<Option<Holding>> = post
        .holdings
        .iter()
        .enumerate()
        .map(|(index, given)| holding(&mut violations, &format!("post.holdings[{index}]"), given))
        .collect();
    violations.into_result()?;
    Ok(Post {
        id: sound(id_)?,
        role: post.role,
        team,
        area: filled(post.area),
        holdings: holdings.into_iter().map(sound).collect::<Result<_, _>>()?,
    })
}

/// Who had a child before.
pub fn involvement(
    violations: &mut Violations,
    path: &str,
    given: &wire::EarlierInvolvement,
) -> Option<Involvement> {
    let team = id::<TeamId>(violations, &format!("{path}.team_id"), &given.team_id);
    let worker = optional_id(violations, &format!("{path}.worker_id"), &given.worker_id);
    let from = time(violations, &format!("{path}.from"), given.from.as_ref());
    Some(Involvement {
        team: team?,
        worker,
        from: from?,
    })
}

fn holding(violations: &mut Violations, path: &str, given: &wire::PostHolding) -> Option<Holding> {
    let worker = id::<WorkerId>(violations, &format!("{path}.worker_id"), &given.worker_id);
    let from = day(violations, &format!("{path}.from"), &given.from);
    let until = match given.until.as_str() {
        "" => None,
        text => day(violations, &format!("{path}.until"), text),
    };
    let covering_for = optional_id::<WorkerId>(
        violations,
        &format!("{path}.covering_for"),
        &given.covering_for,
    );
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        violations.add(format!("{path}.until"), "lies before `from`");
    }
    if covering_for.is_some() && covering_for == worker {
        violations.add(format!("{path}.covering_for"), "is the worker who covers");
    }
    Some(Holding {
        worker: worker?,
        from: from?,
        until,
        covering_for,
    })
}

/// Whose something is.
pub fn owner(violations: &mut Violations, path: &str, owner: &type_v1::Owner) -> Owner {
    let team = optional_id(violations, &format!("{path}.team_id"), &owner.team_id);
    let worker: Option<WorkerId> =
        optional_id(violations, &format!("{path}.worker_id"), &owner.worker_id);
    if worker.is_none() {
        code(violations, &format!("{path}.role"), &owner.role);
    }
    Owner {
        role: owner.role.clone(),
        team,
        area: filled(owner.area.clone()),
        worker,
    }
}

fn day(violations: &mut Violations, field: &str, text: &str) -> Option<Date> {
    let parsed = text
        .parse::<Date>()
        .ok()
        .filter(|day| day.to_string() == text);
    if parsed.is_none() {
        violations.add(field, "is not a date YYYY-MM-DD");
    }
    parsed
}

/// A code: lower-case letters, digits and underscores, starting with a letter.
fn code(violations: &mut Violations, field: &str, text: &str) {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
    if !starts || text.len() > CODE_BYTES_MAX || !text.bytes().all(allowed) {
        violations.add(
            field,
            "is not a code: a-z, 0-9 and '_' starting with a letter are expected",
        );
    }
}

/// An area is named by the council, as a code or a slug; it may be empty.
fn area(violations: &mut Violations, field: &str, text: &str) {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-'
    };
    if text.len() > CODE_BYTES_MAX || !text.bytes().all(allowed) {
        violations.add(field, "is not an area: a-z, 0-9, '_' and '-' are expected");
    }
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
