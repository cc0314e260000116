//! One way a contact or a referral can go, and what comes with it.

use std::fmt;
use std::str::FromStr;

use baton_calendar::Duration;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::facts::FactKey;
use crate::moment::Moment;
use crate::party::{Role, TeamKind};
use crate::rule_id::RuleId;
use crate::transfer::{RouteUndecided, Target};

/// One way a contact or a referral can go. Everything that is asked for has to hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word that a practitioner writes"
)]
pub struct ReferralRoute {
    /// Its name.
    pub route: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Tried from the lowest to the highest.
    pub order: u16,
    /// Where it leads.
    pub to: Destination,
    /// What has to hold for the child.
    #[serde(default)]
    pub when: Option<Condition>,
    /// How old the child has to be on the day of receipt.
    #[serde(default)]
    pub age: Option<Ages>,
    /// What the day of receipt has to lie within.
    #[serde(default)]
    pub within: Vec<Window>,
    /// What the day of receipt must not lie within. A window whose day is known to be none is not one.
    #[serde(default)]
    pub not_within: Vec<Window>,
    /// What has to hold for one of the other children of the family.
    #[serde(default)]
    pub sibling: Option<SiblingRule>,
    /// Only for contacts from these sources; from every source when empty.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Only for decisions with these outcomes; for every one that refers when empty.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// Decides of the contact too, and not only of the referral that it becomes.
    #[serde(default)]
    pub contact_too: bool,
    /// Comes before the rule that an open case keeps its concerns (M-006).
    #[serde(default)]
    pub even_open: bool,
    /// Is never taken by itself: whoever decides may take it by naming its team.
    #[serde(default)]
    pub option: bool,
    /// Who decides on a contact that goes this way, instead of who decides otherwise.
    #[serde(default)]
    pub decided_by: Option<RouteDecider>,
    /// The sibling's worker takes the case too (M-050).
    #[serde(default)]
    pub siblings_worker: bool,
    /// The case is the team's from the receipt of the contact on, and not only from the decision (S-053).
    #[serde(default)]
    pub from_receipt: bool,
    /// Facts for which somebody is asked when nothing else is unknown; of others `undecided` speaks.
    #[serde(default)]
    pub asks_for: Vec<FactKey>,
    /// Who is told once it is taken.
    #[serde(default)]
    pub tells: Vec<RouteNotice>,
    /// What has to be done once it is taken, or before.
    #[serde(default)]
    pub duties: Vec<Duty>,
    /// What happens while all this cannot be decided.
    #[serde(default)]
    pub undecided: RouteUndecided,
}

impl ReferralRoute {
    /// Whether it is taken only under conditions.
    pub const fn is_conditional(&self) -> bool {
        self.when.is_some()
            || self.age.is_some()
            || self.sibling.is_some()
            || !self.within.is_empty()
            || !self.not_within.is_empty()
    }

    /// The fact that names the area of its team, when one does.
    pub const fn area(&self) -> Option<&FactKey> {
        match &self.to {
            Destination::Target(target) => target.area.as_ref(),
            _ => None,
        }
    }

    /// Every condition over facts that it holds.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let sibling = self
            .sibling
            .iter()
            .filter_map(|sibling| sibling.when.as_ref());
        self.when.iter().chain(sibling)
    }
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Destination {
    /// The team of that kind: `assessment in facts.area`.
    Target(Target),
    /// The teams of that kind take turns: `family_support_and_protection by rota`.
    Rota(TeamKind),
    /// The team that has the child's own case open: `open_team`.
    OpenTeam,
    /// The team that closed the child's last case: `closing_team`.
    ClosingTeam,
    /// The team that has the sibling's case open: `siblings_team`.
    SiblingsTeam,
    /// The team that closed the sibling's last case: `siblings_closing_team`.
    SiblingsClosingTeam,
    /// The team that whoever decides names: `named_team`.
    NamedTeam,
}

/// Ages on the day of receipt. When the age is in dispute the claimed day of birth counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    /// From that birthday on.
    #[serde(default)]
    pub from: Option<u8>,
    /// Until the day before that birthday.
    #[serde(default)]
    pub under: Option<u8>,
}

/// A length of time after a day that is a fact, the anniversary included: `3 months after facts.case_closed_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    /// How long.
    pub length: Duration,
    /// The fact that holds its first day.
    pub after: FactKey,
}

/// What has to hold for one of the other children of the family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiblingRule {
    /// What has to hold for that child.
    #[serde(default)]
    pub when: Option<Condition>,
    /// How old that child has to be on the day of receipt.
    #[serde(default)]
    pub age: Option<Ages>,
    /// What the day of receipt has to lie within, by that child's facts.
    #[serde(default)]
    pub within: Vec<Window>,
    /// Not a child known to live in another household (M-048).
    #[serde(default)]
    pub not_in_separate_household: bool,
}

/// Who decides on a contact that goes one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteDecider {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The role; a higher rung may too.
    pub by: Role,
    /// Of a team of this kind; of the team that holds the contact or above teams when absent.
    #[serde(default)]
    pub of: Option<TeamKind>,
    /// Whether the reasons are recorded.
    #[serde(default)]
    pub reason: bool,
    /// Whether it is said for which period this goes on, and recorded (S-017).
    #[serde(default)]
    pub period: bool,
}

/// Somebody is told of a contact or a referral that goes one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteNotice {
    /// Its kind.
    pub notice: String,
    /// What it says, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The role that is told.
    pub to: Role,
    /// Of a team of this kind; of the team that the route leads to when absent.
    #[serde(default)]
    pub of: Option<TeamKind>,
    /// How: `email`, `letter` or `task`.
    pub by: String,
}

/// Something that has to be done for a contact that goes one way. It is done once the fact is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Its name.
    pub duty: String,
    /// What it is, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The fact that says it is done: known, and not known to be none.
    pub met_by: FactKey,
    /// The role whose duty it is.
    pub by: Role,
    /// Of a team of this kind; of the team that the route leads to when absent.
    #[serde(default)]
    pub of: Option<TeamKind>,
    /// Only while this holds; always when absent.
    #[serde(default)]
    pub when: Option<Condition>,
    /// The contact cannot be decided this way before; where rules bind softly, not without a reason.
    #[serde(default)]
    pub before_decision: bool,
}

/// Teams of one kind that take new cases in turn, each for some weeks (C-014, C-015).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rota {
    /// Its name.
    pub rota: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The kind of team.
    pub of: TeamKind,
    /// The Monday on which the first team's first turn began.
    pub starts: jiff::civil::Date,
    /// How many weeks a turn lasts.
    pub weeks: u16,
    /// The teams in order, by their ids; every team of the kind in the order of the ids when empty.
    #[serde(default)]
    pub order: Vec<baton_ids::TeamId>,
}

impl Rota {
    /// Which of so many teams has its turn on a day. None when there is no team.
    pub fn turn(&self, on: jiff::civil::Date, teams: usize) -> Option<usize> {
        let days = i64::from(on.since(self.starts).ok()?.get_days());
        let turns = days.div_euclid(7 * i64::from(self.weeks.max(1)));
        usize::try_from(turns.checked_rem_euclid(i64::try_from(teams).ok()?)?).ok()
    }
}

/// A text that is no destination or no window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidRoute(String);

const NAMED: &[(&str, Destination)] = &[
    ("open_team", Destination::OpenTeam),
    ("closing_team", Destination::ClosingTeam),
    ("siblings_team", Destination::SiblingsTeam),
    ("siblings_closing_team", Destination::SiblingsClosingTeam),
    ("named_team", Destination::NamedTeam),
];

impl FromStr for Destination {
    type Err = InvalidRoute;

    fn from_str(text: &str) -> Result<Self, InvalidRoute> {
        if let Some((_, named)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Ok(named.clone());
        }
        if let Some(kind) = text.strip_suffix(" by rota") {
            return kind
                .parse()
                .map(Self::Rota)
                .map_err(|error: crate::party::UnknownWord| InvalidRoute(error.to_string()));
        }
        Target::from_str(text).map(Self::Target).map_err(|error| {
            InvalidRoute(format!(
                "{error}; or write open_team, closing_team, siblings_team, siblings_closing_team, named_team or `<kind> by rota`"
            ))
        })
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(target) => target.fmt(f),
            Self::Rota(kind) => write!(f, "{kind} by rota"),
            named => f.write_str(
                NAMED
                    .iter()
                    .find(|(_, known)| known == named)
                    .map_or("", |(name, _)| name),
            ),
        }
    }
}

impl TryFrom<String> for Destination {
    type Error = InvalidRoute;

    fn try_from(text: String) -> Result<Self, InvalidRoute> {
        text.parse()
    }
}

impl From<Destination> for String {
    fn from(destination: Destination) -> Self {
        destination.to_string()
    }
}

impl TryFrom<String> for Window {
    type Error = InvalidRoute;

    fn try_from(text: String) -> Result<Self, InvalidRoute> {
        let term: crate::moment::Term = text
            .parse()
            .map_err(|error: crate::moment::InvalidTerm| InvalidRoute(error.to_string()))?;
        match (term.duration, term.relation, term.moment) {
            (Some(length), crate::moment::Relation::After, Moment::Fact(after)) => {
                Ok(Self { length, after })
            }
            _ => Err(InvalidRoute(format!(
                "`{text}` is no window: write `<duration> after facts.<key>`"
            ))),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after facts.{}", self.length, self.after)
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}
