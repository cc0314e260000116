//! Parts of requests.

use baton_contracts::instant;
use baton_rpc::Violations;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::domain::contact::Period;
use crate::storage::Page;

/// An id. What fits the contract's pattern and is no id all the same becomes a violation.
pub fn id<T: std::str::FromStr>(field: &str, text: &str, violations: &mut Violations) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    violations.parse(field, text.parse())
}

/// An id that may be left out.
pub fn optional_id<T: std::str::FromStr>(
    field: &str,
    text: &str,
    violations: &mut Violations,
) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    if text.is_empty() {
        None
    } else {
        id(field, text, violations)
    }
}

/// An instant that has to be there.
pub fn time(
    field: &str,
    at: Option<&prost_types::Timestamp>,
    violations: &mut Violations,
) -> Option<Timestamp> {
    let parsed = at.map(instant).and_then(Result::ok);
    if parsed.is_none() {
        violations.add(field, "is not an instant since 1900");
    }
    parsed
}

/// A period that may be left out, with both its days.
pub fn period(from: &str, until: &str, violations: &mut Violations) -> Option<Period> {
    if from.is_empty() && until.is_empty() {
        return None;
    }
    let from: Option<Date> = id("period_from", from, violations);
    let until: Option<Date> = id("period_until", until, violations);
    let period = Period {
        from: from?,
        until: until?,
    };
    if period.until < period.from {
        violations.add("period_until", "lies before the first day");
    }
    Some(period)
}

/// Where a list goes on, and how long it may be: 50 when not said, never more than 200.
pub fn page(size: i32, token: &str, violations: &mut Violations) -> Page {
    let size = match size {
        0 => 50,
        size => i64::from(size.clamp(1, 200)),
    };
    let after = if token.is_empty() {
        None
    } else {
        violations.parse(
            "page_token",
            Uuid::try_parse(token).map_err(|_| "is not a token of this list"),
        )
    };
    Page { after, size }
}

/// Whether a text can be the id of a household: it names no person and no street.
pub fn is_household(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
}

/// A text that may be left out.
pub fn said(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
