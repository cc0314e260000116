//! `UUIDv7` identifiers, made by Baton.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// What an [`Id`] identifies. The name appears in errors.
pub trait Kind: 'static {
    /// The kind in words, for error messages.
    const NAME: &'static str;
}

/// The id of one `K`: a UUID, version 7 when made here, written with hyphens in lower case.
pub struct Id<K: Kind>(Uuid, PhantomData<fn() -> K>);

/// A text that is not the id it should be. The text itself is not repeated: it came from outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} id: a hyphenated UUID is expected")]
pub struct InvalidId {
    /// The kind of id that was expected.
    pub kind: &'static str,
}

impl<K: Kind> Id<K> {
    /// Makes a new id. Ids made later sort later, to the millisecond.
    #[expect(
        clippy::new_without_default,
        reason = "a default that differs each time would surprise"
    )]
    pub fn new() -> Self {
        Self::from_uuid(Uuid::now_v7())
    }

    /// Takes a UUID that storage or a contract says is this kind of id.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The UUID, for storage.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Kind> Copy for Id<K> {}

impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K: Kind> Eq for Id<K> {}

impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K: Kind> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", K::NAME, self.0)
    }
}

impl<K: Kind> From<Id<K>> for Uuid {
    fn from(id: Id<K>) -> Self {
        id.0
    }
}

impl<K: Kind> From<Id<K>> for String {
    fn from(id: Id<K>) -> Self {
        id.to_string()
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = InvalidId;

    /// Accepts the hyphenated form only: one id has one spelling in logs, links and request hashes.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId { kind: K::NAME };
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(invalid);
        }
        Uuid::try_parse(text)
            .map(Self::from_uuid)
            .map_err(|_| invalid)
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A child, born or unborn.
pub enum Child {}
/// A case: one child, one authority, one episode.
pub enum Case {}
/// A family group.
pub enum Family {}
/// A contact at the front door.
pub enum Contact {}
/// A referral.
pub enum Referral {}
/// A transfer of responsibility between teams.
pub enum Transfer {}
/// A closure or step-down.
pub enum Closure {}
/// A duty to tell somebody.
pub enum Notice {}
/// A report received from a record system or a person.
pub enum Report {}
/// A reaction of the gateway to one cause.
pub enum Reaction {}
/// An event of a service's log.
pub enum Event {}

impl Kind for Child {
    const NAME: &'static str = "child";
}
impl Kind for Case {
    const NAME: &'static str = "case";
}
impl Kind for Family {
    const NAME: &'static str = "family";
}
impl Kind for Contact {
    const NAME: &'static str = "contact";
}
impl Kind for Referral {
    const NAME: &'static str = "referral";
}
impl Kind for Transfer {
    const NAME: &'static str = "transfer";
}
impl Kind for Closure {
    const NAME: &'static str = "closure";
}
impl Kind for Notice {
    const NAME: &'static str = "notice";
}
impl Kind for Report {
    const NAME: &'static str = "report";
}
impl Kind for Reaction {
    const NAME: &'static str = "reaction";
}
impl Kind for Event {
    const NAME: &'static str = "event";
}

/// The id of a child.
pub type ChildId = Id<Child>;
/// The id of a case.
pub type CaseId = Id<Case>;
/// The id of a family group.
pub type FamilyId = Id<Family>;
/// The id of a contact.
pub type ContactId = Id<Contact>;
/// The id of a referral.
pub type ReferralId = Id<Referral>;
/// The id of a transfer.
pub type TransferId = Id<Transfer>;
/// The id of a closure.
pub type ClosureId = Id<Closure>;
/// The id of a notice.
pub type NoticeId = Id<Notice>;
/// The id of a report.
pub type ReportId = Id<Report>;
/// The id of a reaction.
pub type ReactionId = Id<Reaction>;
/// The id of an event.
pub type EventId = Id<Event>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7_and_reads_back_as_written() {
        let id = CaseId::new();

        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let plain = CaseId::new().uuid().simple().to_string();

        for text in [
            "",
            "case-1",
            &plain,
            "{00000000-0000-0000-0000-000000000000}",
        ] {
            assert_eq!(text.parse::<CaseId>(), Err(InvalidId { kind: "case" }));
        }
    }

    #[test]
    fn the_error_names_the_kind_and_not_what_was_given() {
        let error = "Jane Doe".parse::<ChildId>().unwrap_err();

        assert_eq!(
            error.to_string(),
            "not a child id: a hyphenated UUID is expected"
        );
    }
}
