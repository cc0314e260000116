//! From fields to the domain's own types.

use baton_contracts::instant;
use baton_rpc::{Problem, Violations};
use jiff::Timestamp;
use uuid::Uuid;

use crate::storage::Page;

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

/// An id.
pub fn id<T>(violations: &mut Violations, field: &str, text: &str) -> Option<T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    violations.parse(field, text.parse::<T>())
}

/// One id by itself.
pub fn only_id<T>(field: &str, text: &str) -> Result<T, Problem>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    text.parse::<T>()
        .map_err(|error| Problem::invalid(field, error.to_string()))
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
