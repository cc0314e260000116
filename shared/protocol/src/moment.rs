//! Moments of a process that rules name, and terms counted from them.

use std::fmt;
use std::str::FromStr;

use baton_calendar::{Duration, InvalidDuration};
use serde::{Deserialize, Serialize};

use crate::facts::{FactError, FactKey, FactKind, spec};
use crate::text::split_word;

/// A moment from which something is counted or at which something happens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Moment {
    /// The process began (`opened`).
    Opened,
    /// What opened the process, when it was true in the world (`triggered`).
    Triggered,
    /// The conference: when it is booked for, and once it was held, when it was (`conference`).
    Conference,
    /// The conference, only once it was held (`conference_held`, X-14).
    ConferenceHeld,
    /// The transfer point is reached: the earliest moment at which the case may move (`point`).
    Point,
    /// The last day on which the case may move in time (`point_due`).
    PointDue,
    /// The case lies in the receiving team's tray (`placed`).
    Placed,
    /// The managers agreed another date: that date (`agreed_date`).
    AgreedDate,
    /// Responsibility moved (`moved`).
    Moved,
    /// A contact was launched into the team's tray (`launched`).
    Launched,
    /// A contact was decided (`decided`).
    Decided,
    /// A closure was considered (`considered`).
    Considered,
    /// A closure was approved (`approved`).
    Approved,
    /// A meeting of the transfer was held (`meeting:district_transfer`).
    Meeting(String),
    /// The next regular meeting of a kind on the day that opened the process or after it (`next_meeting:district_transfer`,
    /// W-092).
    NextMeeting(String),
    /// A date or instant that is a fact (`facts.first_looked_after_review_held_on`).
    Fact(FactKey),
    /// Of several the first that can be told: once the meeting was held its day, and before the day for which it is booked
    /// (`meeting:initial_cin or facts.initial_cin_meeting_booked_for`).
    FirstKnown(Vec<Self>),
    /// The day on which weeks of gestation are completed (`24 weeks of gestation`, X-12).
    Gestation(u8),
    /// The day on which the child reaches an age (`14 years of age`, `15 years 9 months of age`, X-11).
    Age {
        /// Full years.
        years: u8,
        /// Months besides.
        months: u8,
    },
    /// The day on which whoever was born on that day reaches an age (`14 years of age of facts.siblings.youngest_born_on`).
    AgeOf {
        /// Full years.
        years: u8,
        /// Months besides.
        months: u8,
        /// The fact that is the day of birth.
        born_on: FactKey,
    },
}

/// Whether a term lies at, before or after its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// On the day of the moment.
    At,
    /// Before it: without a duration, until the moment itself.
    Before,
    /// Within the duration after it.
    After,
}

/// A term: `at conference`, `before conference`, `3 working days after conference`, `6 weeks before point`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Term {
    /// How long; `None` for `at` and for a bare `before`.
    pub duration: Option<Duration>,
    /// On which side of the moment.
    pub relation: Relation,
    /// The moment.
    pub moment: Moment,
}

/// A text that is not a moment or a term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTerm {
    /// The moment is not known.
    #[error(
        "`{0}` is not a known moment: use opened, triggered, conference, conference_held, point, point_due, placed, agreed_date, moved, launched, decided, considered, approved, meeting:<kind>, next_meeting:<kind>, facts.<key>, `<n> weeks of gestation`, `<n> years of age`, or several of them joined by ` or `"
    )]
    Moment(String),
    /// The fact is not a date.
    #[error("`{0}` is not a date or an instant, so nothing can be counted from it")]
    NotADate(FactKey),
    /// The fact is not known.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// The duration cannot be read.
    #[error(transparent)]
    Duration(#[from] InvalidDuration),
    /// It has another form.
    #[error(
        "`{0}` is not a term: write `at <moment>`, `before <moment>` or `<duration> after|before <moment>`"
    )]
    Form(String),
}

impl Moment {
    /// The moments of which the first known one counts; of every other the moment itself.
    pub const fn alternatives(&self) -> &[Self] {
        match self {
            Self::FirstKnown(moments) => moments.as_slice(),
            one => std::slice::from_ref(one),
        }
    }

    /// The fact on which it rests, if it does.
    pub fn fact(&self) -> Option<FactKey> {
        match self {
            Self::Fact(key) => Some(key.clone()),
            Self::Gestation(_) => Some(FactKey::expected_delivery_date()),
            Self::Age { .. } => Some(FactKey::date_of_birth()),
            Self::AgeOf { born_on, .. } => Some(born_on.clone()),
            Self::FirstKnown(moments) => moments.iter().find_map(Self::fact),
            _ => None,
        }
    }
}

impl FromStr for Moment {
    type Err = InvalidTerm;

    fn from_str(text: &str) -> Result<Self, InvalidTerm> {
        if text.contains(OR) {
            let moments = text.split(OR).map(|moment| moment.trim().parse());
            return moments.collect::<Result<_, _>>().map(Self::FirstKnown);
        }
        if let Some(key) = text.strip_prefix("facts.") {
            let key: FactKey = key.parse()?;
            return match spec(&key).map(|spec| spec.kind) {
                Some(FactKind::Date | FactKind::Instant) => Ok(Self::Fact(key)),
                _ => Err(InvalidTerm::NotADate(key)),
            };
        }
        if let Some(kind) = text.strip_prefix("next_meeting:") {
            return Ok(Self::NextMeeting(kind.to_owned()));
        }
        if let Some(kind) = text.strip_prefix("meeting:") {
            return Ok(Self::Meeting(kind.to_owned()));
        }
        if let Some(weeks) = text.strip_suffix(" weeks of gestation") {
            let weeks = weeks.parse().ok().filter(|weeks| (1..=42).contains(weeks));
            return weeks
                .map(Self::Gestation)
                .ok_or_else(|| InvalidTerm::Moment(text.to_owned()));
        }
        let unknown = || InvalidTerm::Moment(text.to_owned());
        if let Some(age) = text.strip_suffix(" of age") {
            let (years, months) = age_of(age).ok_or_else(unknown)?;
            return Ok(Self::Age { years, months });
        }
        if let Some((age, key)) = text.split_once(" of age of facts.") {
            let (years, months) = age_of(age).ok_or_else(unknown)?;
            let born_on: FactKey = key.parse()?;
            return match spec(&born_on).map(|spec| spec.kind) {
                Some(FactKind::Date) => Ok(Self::AgeOf {
                    years,
                    months,
                    born_on,
                }),
                _ => Err(InvalidTerm::NotADate(born_on)),
            };
        }
        NAMED
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, moment)| moment.clone())
            .ok_or_else(|| InvalidTerm::Moment(text.to_owned()))
    }
}

/// `14 years`, `15 years 9 months`.
fn age_of(text: &str) -> Option<(u8, u8)> {
    let (years, rest) = text.split_once(" years")?;
    let years = years.parse().ok().filter(|years| *years <= 30)?;
    let months = match rest.trim() {
        "" => 0,
        rest => rest.strip_suffix(" months")?.parse().ok()?,
    };
    (months < 12).then_some((years, months))
}

/// Stands between moments of which the first counts that can be told.
const OR: &str = " or ";

/// The moments that have a fixed name.
const NAMED: &[(&str, Moment)] = &[
    ("opened", Moment::Opened),
    ("triggered", Moment::Triggered),
    ("conference", Moment::Conference),
    ("conference_held", Moment::ConferenceHeld),
    ("point", Moment::Point),
    ("point_due", Moment::PointDue),
    ("placed", Moment::Placed),
    ("agreed_date", Moment::AgreedDate),
    ("moved", Moment::Moved),
    ("launched", Moment::Launched),
    ("decided", Moment::Decided),
    ("considered", Moment::Considered),
    ("approved", Moment::Approved),
];

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(key) => write!(f, "facts.{key}"),
            Self::FirstKnown(moments) => {
                let moments: Vec<String> = moments.iter().map(Self::to_string).collect();
                f.write_str(&moments.join(OR))
            }
            Self::Meeting(kind) => write!(f, "meeting:{kind}"),
            Self::NextMeeting(kind) => write!(f, "next_meeting:{kind}"),
            Self::Gestation(weeks) => write!(f, "{weeks} weeks of gestation"),
            Self::Age { years, months: 0 } => write!(f, "{years} years of age"),
            Self::Age { years, months } => write!(f, "{years} years {months} months of age"),
            Self::AgeOf {
                years,
                months: 0,
                born_on,
            } => write!(f, "{years} years of age of facts.{born_on}"),
            Self::AgeOf {
                years,
                months,
                born_on,
            } => write!(f, "{years} years {months} months of age of facts.{born_on}"),
            _ => {
                let name = NAMED
                    .iter()
                    .find(|(_, moment)| moment == self)
                    .map_or("", |(name, _)| name);
                f.write_str(name)
            }
        }
    }
}

impl FromStr for Term {
    type Err = InvalidTerm;

    fn from_str(text: &str) -> Result<Self, InvalidTerm> {
        let text = text.trim();
        let (duration, relation, moment) = if let Some(moment) = text.strip_prefix("at ") {
            (None, Relation::At, moment)
        } else if let Some(moment) = text.strip_prefix("before ") {
            (None, Relation::Before, moment)
        } else if let Some((duration, moment)) = split_word(text, "after") {
            (Some(duration.parse()?), Relation::After, moment)
        } else if let Some((duration, moment)) = split_word(text, "before") {
            (Some(duration.parse()?), Relation::Before, moment)
        } else {
            return Err(InvalidTerm::Form(text.to_owned()));
        };
        Ok(Self {
            duration,
            relation,
            moment: moment.trim().parse()?,
        })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(duration) = self.duration {
            write!(f, "{duration} ")?;
        }
        f.write_str(match self.relation {
            Relation::At => "at ",
            Relation::Before => "before ",
            Relation::After => "after ",
        })?;
        self.moment.fmt(f)
    }
}

impl TryFrom<String> for Moment {
    type Error = InvalidTerm;

    fn try_from(text: String) -> Result<Self, InvalidTerm> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Term {
    type Error = InvalidTerm;

    fn try_from(text: String) -> Result<Self, InvalidTerm> {
        text.parse()
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.to_string()
    }
}
