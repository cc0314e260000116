//! What opens a transfer: a conference, a meeting, a change of facts, a date, or a person who asks for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::moment::{InvalidTerm, Relation, Term};

/// The trigger of a fresh look at the facts.
pub const FACTS_CHANGED: &str = "facts_changed";
/// The trigger of a person who asks for the transfer.
pub const REQUESTED: &str = "requested";
/// The trigger of a date that has come.
pub const DATE: &str = "date";
/// What the trigger of a meeting that was held begins with.
pub const MEETING: &str = "meeting:";

/// What happens around a conference, in the words of the record system.
const CONFERENCES: [&str; 3] = [
    "conference_scheduled",
    "conference_postponed",
    "conference_held",
];

/// A word of a closed list. (An alias, because serde would otherwise borrow it from the input.)
type Word = &'static str;

/// One thing that opens a route, as `opens_on` names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum OpensOn {
    /// A conference was booked, moved or held (`conference_held`).
    Conference(Word),
    /// Another meeting was held: any of its kind (`meeting:care_planning`), or one of them by its number
    /// (`meeting:child_looked_after_review:2`).
    Meeting {
        /// Its kind.
        kind: String,
        /// Its number, 1 for the first; any when absent.
        ordinal: Option<u8>,
    },
    /// The facts make the route's `when` true (`facts_changed`).
    FactsChanged,
    /// A person asks for it (`requested`).
    Requested,
    /// A day has come (`date: at 14 years of age`, `date: 28 days after facts.accommodated_on`): from its beginning.
    Date(Term),
}

/// A text that names nothing that opens a route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOpensOn {
    /// The word is not known.
    #[error(
        "`{0}` is not a trigger event; known are conference_scheduled, conference_postponed, conference_held, meeting:<kind>, meeting:<kind>:<number>, facts_changed, requested, date: <term>"
    )]
    Unknown(String),
    /// The date cannot be read.
    #[error(transparent)]
    Term(#[from] InvalidTerm),
    /// A day that comes cannot be said to lie before its moment without saying how long.
    #[error(
        "`{0}` is no day: write `date: at <moment>` or `date: <duration> after|before <moment>`"
    )]
    NoDay(String),
}

impl OpensOn {
    /// Whether a trigger of that name is meant.
    pub fn is_meant_by(&self, trigger: &str) -> bool {
        match self {
            Self::Conference(event) => trigger == *event,
            Self::Meeting { kind, ordinal } => meeting_of(trigger).is_some_and(|(held, number)| {
                held == kind && ordinal.is_none_or(|ordinal| number == Some(ordinal))
            }),
            Self::FactsChanged => trigger == FACTS_CHANGED,
            Self::Requested => trigger == REQUESTED,
            Self::Date(_) => trigger == DATE,
        }
    }

    /// Whether it is about a conference.
    pub const fn is_conference(&self) -> bool {
        matches!(self, Self::Conference(_))
    }

    /// Whether every fresh look at the facts has to ask for it: by itself it is reported by nobody.
    pub const fn is_watched(&self) -> bool {
        matches!(self, Self::FactsChanged | Self::Date(_))
    }

    /// The name of the trigger, as it is recorded.
    pub fn trigger(&self) -> String {
        match self {
            Self::Date(_) => DATE.to_owned(),
            _ => self.to_string(),
        }
    }
}

/// The kind and the number of the meeting that a trigger is about.
fn meeting_of(trigger: &str) -> Option<(&str, Option<u8>)> {
    let meeting = trigger.strip_prefix(MEETING)?;
    match meeting.split_once(':') {
        Some((kind, number)) => Some((kind, number.parse().ok())),
        None => Some((meeting, None)),
    }
}

impl FromStr for OpensOn {
    type Err = InvalidOpensOn;

    fn from_str(text: &str) -> Result<Self, InvalidOpensOn> {
        let unknown = || InvalidOpensOn::Unknown(text.to_owned());
        if let Some(term) = text.strip_prefix("date:") {
            let term: Term = term.parse()?;
            if term.relation == Relation::Before && term.duration.is_none() {
                return Err(InvalidOpensOn::NoDay(text.to_owned()));
            }
            return Ok(Self::Date(term));
        }
        if let Some(meeting) = text.strip_prefix(MEETING) {
            let (kind, ordinal) = match meeting.split_once(':') {
                Some((kind, number)) => (kind, Some(number.parse().map_err(|_| unknown())?)),
                None => (meeting, None),
            };
            let is_word = !kind.is_empty()
                && kind
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !is_word || ordinal == Some(0) {
                return Err(unknown());
            }
            let kind = kind.to_owned();
            return Ok(Self::Meeting { kind, ordinal });
        }
        match text {
            FACTS_CHANGED => Ok(Self::FactsChanged),
            REQUESTED => Ok(Self::Requested),
            _ => CONFERENCES
                .into_iter()
                .find(|event| *event == text)
                .map(Self::Conference)
                .ok_or_else(unknown),
        }
    }
}

impl fmt::Display for OpensOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conference(event) => f.write_str(event),
            Self::Meeting { kind, ordinal } => {
                write!(f, "{MEETING}{kind}")?;
                ordinal.map_or(Ok(()), |ordinal| write!(f, ":{ordinal}"))
            }
            Self::FactsChanged => f.write_str(FACTS_CHANGED),
            Self::Requested => f.write_str(REQUESTED),
            Self::Date(term) => write!(f, "{DATE}: {term}"),
        }
    }
}

impl TryFrom<String> for OpensOn {
    type Error = InvalidOpensOn;

    fn try_from(text: String) -> Result<Self, InvalidOpensOn> {
        text.parse()
    }
}

impl From<OpensOn> for String {
    fn from(opens_on: OpensOn) -> Self {
        opens_on.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens_on(text: &str) -> OpensOn {
        text.parse().unwrap()
    }

    #[test]
    fn a_meeting_is_meant_by_its_kind_and_by_its_number_where_one_is_given() {
        let any = opens_on("meeting:child_looked_after_review");
        let second = opens_on("meeting:child_looked_after_review:2");

        assert!(any.is_meant_by("meeting:child_looked_after_review:1"));
        assert!(any.is_meant_by("meeting:child_looked_after_review"));
        assert!(second.is_meant_by("meeting:child_looked_after_review:2"));
        assert!(!second.is_meant_by("meeting:child_looked_after_review:1"));
        assert!(!second.is_meant_by("meeting:child_looked_after_review"));
        assert!(!any.is_meant_by("meeting:core_group:1"));
    }

    #[test]
    fn what_opens_a_route_reads_as_it_is_written() {
        for text in [
            "conference_held",
            "meeting:care_planning",
            "meeting:child_looked_after_review:2",
            "facts_changed",
            "requested",
            "date: at 14 years of age",
            "date: 28 days after facts.accommodated_on",
        ] {
            assert_eq!(opens_on(text).to_string(), text);
        }
        for text in [
            "meeting:",
            "meeting:x:0",
            "conference_planned",
            "date: before moved",
        ] {
            assert!(text.parse::<OpensOn>().is_err(), "{text}");
        }
    }
}
