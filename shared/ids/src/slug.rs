//! Short names that a council chooses for its authority, teams, workers and posts.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest slug, in bytes.
pub const SLUG_LEN_MAX: usize = 64;

/// What a [`Slug`] names. The name appears in errors.
pub trait SlugKind: 'static {
    /// The kind in words, for error messages.
    const NAME: &'static str;
}

/// A validated name of one `K`: `[a-z0-9][a-z0-9-]{0,63}`. Cheap to clone.
pub struct Slug<K: SlugKind>(Arc<str>, PhantomData<fn() -> K>);

/// A text that is not the slug it should be. The text itself is not repeated: it came from outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a {kind} id: 1 to {SLUG_LEN_MAX} of a-z, 0-9 and '-', not starting with '-', are expected"
)]
pub struct InvalidSlug {
    /// The kind of slug that was expected.
    pub kind: &'static str,
}

impl<K: SlugKind> Slug<K> {
    /// Takes a text that must be a slug.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidSlug> {
        let text = text.as_ref();
        if is_slug(text) {
            Ok(Self(text.into(), PhantomData))
        } else {
            Err(InvalidSlug { kind: K::NAME })
        }
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_slug(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';

    !text.is_empty()
        && text.len() <= SLUG_LEN_MAX
        && !text.starts_with('-')
        && text.bytes().all(allowed)
}

impl<K: SlugKind> Clone for Slug<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<K: SlugKind> PartialEq for Slug<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K: SlugKind> Eq for Slug<K> {}

impl<K: SlugKind> PartialOrd for Slug<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: SlugKind> Ord for Slug<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K: SlugKind> Hash for Slug<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: SlugKind> fmt::Display for Slug<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K: SlugKind> fmt::Debug for Slug<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", K::NAME, self.0)
    }
}

impl<K: SlugKind> AsRef<str> for Slug<K> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<K: SlugKind> From<Slug<K>> for String {
    fn from(slug: Slug<K>) -> Self {
        slug.0.as_ref().to_owned()
    }
}

impl<K: SlugKind> FromStr for Slug<K> {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        Self::new(text)
    }
}

impl<K: SlugKind> Serialize for Slug<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, K: SlugKind> Deserialize<'de> for Slug<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(text).map_err(serde::de::Error::custom)
    }
}

/// A local authority.
pub enum Authority {}
/// A team.
pub enum Team {}
/// A worker.
pub enum Worker {}
/// A post: a role in a team or area.
pub enum Post {}

impl SlugKind for Authority {
    const NAME: &'static str = "authority";
}
impl SlugKind for Team {
    const NAME: &'static str = "team";
}
impl SlugKind for Worker {
    const NAME: &'static str = "worker";
}
impl SlugKind for Post {
    const NAME: &'static str = "post";
}

/// The id of a local authority.
pub type AuthorityId = Slug<Authority>;
/// The id of a team.
pub type TeamId = Slug<Team>;
/// The id of a worker.
pub type WorkerId = Slug<Worker>;
/// The id of a post.
pub type PostId = Slug<Post>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_lower_case_letters_digits_and_hyphens() {
        for text in ["frt", "7", "north-2", &"a".repeat(SLUG_LEN_MAX)] {
            assert_eq!(TeamId::new(text).map(String::from), Ok(text.to_owned()));
        }
    }

    #[test]
    fn anything_else_is_refused_without_repeating_it() {
        let too_long = "a".repeat(SLUG_LEN_MAX + 1);

        for text in ["", "-a", "North", "a b", "a_b", "é", "a/b", &too_long] {
            let error = TeamId::new(text).unwrap_err();
            assert_eq!(error, InvalidSlug { kind: "team" });
            assert!(text.is_empty() || text.len() < 3 || !error.to_string().contains(text));
        }
    }
}
