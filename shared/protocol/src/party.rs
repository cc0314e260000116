//! Who: roles, kinds of team, and where a role is held.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::split_word;

mod words;

/// A word of a closed list. (An alias, because serde would otherwise borrow it from the input.)
type Word = &'static str;

/// A role in neutral terms, for instance `team_manager`. The closed list is in `party/words.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Role(Word);

/// A kind of team in neutral terms, for instance `assessment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TeamKind(Word);

/// A word that is not in its closed list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a known {what}; known are {known}")]
pub struct UnknownWord {
    /// What was expected: `role`, `team kind`, …
    pub what: &'static str,
    /// What was written.
    pub word: String,
    /// The closed list.
    pub known: String,
}

/// Where a role is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The team that hands over (`outgoing`).
    Outgoing,
    /// The team that takes over (`receiving`).
    Receiving,
    /// The team that holds the contact or the case (`responsible`).
    Responsible,
    /// Every team of the receiving team's area, or of the responsible team's when nothing moves (`area`).
    Area,
    /// Above teams (`authority`).
    Authority,
}

/// A role and where it is held, written `team_manager of receiving`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Party {
    /// The role.
    pub role: Role,
    /// Where it is held.
    pub place: Place,
}

/// Whom a notice is for: a [`Party`], or somebody outside the authority's teams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Audience {
    /// Everybody who holds the role there.
    Party(Party),
    /// The parents and carers.
    Family,
    /// The child or young person.
    Child,
    /// The agencies that work with the family.
    Agencies,
    /// Whoever made the referral.
    Referrer,
}

/// A text that names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidParty {
    /// No `of`.
    #[error("`{0}` names nobody: write `<role> of outgoing|receiving|responsible|area|authority`")]
    Form(String),
    /// The place is not known.
    #[error("`{0}` is not a place: use outgoing, receiving, responsible, area or authority")]
    Place(String),
    /// The role is not known.
    #[error(transparent)]
    Role(#[from] UnknownWord),
}

impl Role {
    /// Manager of a team.
    pub const TEAM_MANAGER: Self = Self("team_manager");
    /// Social worker.
    pub const SOCIAL_WORKER: Self = Self("social_worker");

    /// Every role.
    pub fn all() -> impl Iterator<Item = Self> {
        words::ROLES.iter().map(|word| Self(word))
    }

    /// The role as text.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether it is held above teams: for an area or for the whole authority.
    pub fn is_above_teams(self) -> bool {
        words::ABOVE_TEAMS.contains(&self.0)
    }
}

impl TeamKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        words::TEAM_KINDS.iter().map(|word| Self(word))
    }

    /// The kind as text.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

fn look_up(
    what: &'static str,
    list: &'static [&'static str],
    word: &str,
) -> Result<&'static str, UnknownWord> {
    list.iter()
        .copied()
        .find(|known| *known == word)
        .ok_or_else(|| UnknownWord {
            what,
            word: word.to_owned(),
            known: list.join(", "),
        })
}

impl FromStr for Role {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        look_up("role", words::ROLES, text).map(Self)
    }
}

impl FromStr for TeamKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        look_up("team kind", words::TEAM_KINDS, text).map(Self)
    }
}

impl FromStr for Place {
    type Err = InvalidParty;

    fn from_str(text: &str) -> Result<Self, InvalidParty> {
        match text {
            "outgoing" => Ok(Self::Outgoing),
            "receiving" => Ok(Self::Receiving),
            "responsible" => Ok(Self::Responsible),
            "area" => Ok(Self::Area),
            "authority" => Ok(Self::Authority),
            _ => Err(InvalidParty::Place(text.to_owned())),
        }
    }
}

impl FromStr for Party {
    type Err = InvalidParty;

    fn from_str(text: &str) -> Result<Self, InvalidParty> {
        let (role, place) =
            split_word(text, "of").ok_or_else(|| InvalidParty::Form(text.to_owned()))?;
        Ok(Self {
            role: role.parse()?,
            place: place.parse()?,
        })
    }
}

impl FromStr for Audience {
    type Err = InvalidParty;

    fn from_str(text: &str) -> Result<Self, InvalidParty> {
        match text {
            "family" => Ok(Self::Family),
            "child" => Ok(Self::Child),
            "agencies" => Ok(Self::Agencies),
            "referrer" => Ok(Self::Referrer),
            _ => text.parse().map(Self::Party),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for TeamKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Outgoing => "outgoing",
            Self::Receiving => "receiving",
            Self::Responsible => "responsible",
            Self::Area => "area",
            Self::Authority => "authority",
        })
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.role, self.place)
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Party(party) => party.fmt(f),
            Self::Family => f.write_str("family"),
            Self::Child => f.write_str("child"),
            Self::Agencies => f.write_str("agencies"),
            Self::Referrer => f.write_str("referrer"),
        }
    }
}

impl TryFrom<String> for Role {
    type Error = UnknownWord;

    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl TryFrom<String> for TeamKind {
    type Error = UnknownWord;

    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl TryFrom<String> for Party {
    type Error = InvalidParty;

    fn try_from(text: String) -> Result<Self, InvalidParty> {
        text.parse()
    }
}

impl TryFrom<String> for Audience {
    type Error = InvalidParty;

    fn try_from(text: String) -> Result<Self, InvalidParty> {
        text.parse()
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.0.to_owned()
    }
}

impl From<TeamKind> for String {
    fn from(kind: TeamKind) -> Self {
        kind.0.to_owned()
    }
}

impl From<Party> for String {
    fn from(party: Party) -> Self {
        party.to_string()
    }
}

impl From<Audience> for String {
    fn from(audience: Audience) -> Self {
        audience.to_string()
    }
}
