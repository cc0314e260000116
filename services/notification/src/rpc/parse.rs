//! Parts of requests.

use baton_contracts::instant;
use baton_rpc::Violations;
use jiff::Timestamp;
use uuid::Uuid;

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
        violations.add(field, "is not an instant");
    }
    parsed
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

/// Whether a text can stand in the `To` of an email: one line, one address.
pub fn is_email(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| !c.is_control() && !c.is_whitespace() && !"<>,;:\"()[]\\".contains(c))
    };
    text.split_once('@')
        .is_some_and(|(name, domain)| is_plain(name) && is_plain(domain) && !domain.contains('@'))
}
