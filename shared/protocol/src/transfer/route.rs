//! Routes: which cases go from which team to which, and when.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::facts::{FactKey, FactKind, spec};
use crate::moment::Moment;
use crate::party::{Party, TeamKind};
use crate::rule_id::RuleId;
use crate::text::split_word;
use crate::transfer::opens::OpensOn;
use crate::transfer::point::PointRule;

/// One way a case can go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its name, for instance `child_protection_conference`.
    pub route: String,
    /// What it says, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Tried from the lowest to the highest; a lower one also supersedes a live transfer of a higher.
    pub order: u16,
    /// The kinds of team it leads away from.
    pub from: Vec<TeamKind>,
    /// Where it leads; absent for a route that stays.
    #[serde(default)]
    pub to: Option<Target>,
    /// Where several teams of the area could be meant and nobody said which, it opens all the same and the team is named
    /// later (W-095).
    #[serde(default)]
    pub team_named_later: bool,
    /// Whether it also leads from worker to worker of one team, for a person who names the team (C-067).
    #[serde(default)]
    pub within_team: bool,
    /// A list of routes in which this one has to be, to be taken at all: a list that the authority sets (W-006).
    #[serde(default)]
    pub listed_in: Option<Vec<String>>,
    /// When the managers of both teams may agree that the case stays: names (L-021).
    #[serde(default)]
    pub stays_for: Vec<String>,
    /// The answer is "no transfer": the case stays where it is.
    #[serde(default)]
    pub stays: bool,
    /// What opens it: any one of these.
    pub opens_on: Vec<OpensOn>,
    /// Who may ask for it, where `opens_on` says `requested`: any one of these.
    #[serde(default)]
    pub requested_by: Vec<Party>,
    /// The kinds of conference, when the trigger is one; every kind when empty.
    #[serde(default)]
    pub conference: Vec<String>,
    /// What has to hold besides.
    #[serde(default)]
    pub when: Option<Condition>,
    /// What happens while `when` cannot be decided.
    #[serde(default)]
    pub undecided: RouteUndecided,
    /// The transfer point; absent for a route that stays.
    #[serde(default)]
    pub point: Option<PointRule>,
    /// What happens when the point is reached.
    #[serde(default)]
    pub at_point: AtPoint,
    /// What each outcome of the conference means for the transfer; an outcome that is not named waits.
    #[serde(default)]
    pub outcomes: BTreeMap<String, OutcomeEffect>,
    /// Who completes the transfer; absent for a route that stays.
    #[serde(default)]
    pub completed_by: Option<CompletedBy>,
    /// What happens when the last day of the point has passed and the gate is still open.
    #[serde(default)]
    pub gate_unmet_at_point: GateUnmet,
    /// The rules about that.
    #[serde(default)]
    pub gate_unmet_cites: Vec<RuleId>,
    /// The gate: names of items.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Of what it needs, what this route asks for only once a moment is known, where other routes always ask (K-41).
    #[serde(default)]
    pub asked_once: BTreeMap<String, Moment>,
    /// Names of meetings.
    #[serde(default)]
    pub meetings: Vec<String>,
    /// Names of clocks.
    #[serde(default)]
    pub clocks: Vec<String>,
    /// Kinds of notices.
    #[serde(default)]
    pub tells: Vec<String>,
}

/// Where a route leads: `family_support_and_protection in facts.district`, or only the kind of team.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Target {
    /// The kind of team.
    pub kind: TeamKind,
    /// The fact that names its area; `None` when one team serves the whole authority.
    pub area: Option<FactKey>,
}

/// What a route does while its condition cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteUndecided {
    /// The answer is undecided: somebody has to report what is missing.
    #[default]
    Ask,
    /// The route is taken.
    Take,
    /// The route is passed over.
    Pass,
}

/// What happens when the point is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtPoint {
    /// The case is placed in the receiving team's tray; responsibility moves on completion.
    #[default]
    Place,
    /// Responsibility moves at once.
    Move,
}

/// What an outcome of the conference means for the transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeEffect {
    /// The transfer goes on to its point.
    Proceed,
    /// Nothing happens yet: no trigger (X-14, an adjourned conference).
    Wait,
    /// The transfer lapses and the case stays; no closure is considered.
    Lapse,
    /// The transfer lapses and the responsible team considers closing (W-053).
    LapseForClosure,
}

/// Who completes a transfer: `the_meeting`, `the_point`, or a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CompletedBy {
    /// The held meeting itself: nobody has to press a button.
    TheMeeting,
    /// The point itself, where it is no meeting: an order, a decision, a birthday.
    ThePoint,
    /// This party, by a request.
    Party(Party),
}

/// What happens when the last day of the point has passed and the gate is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateUnmet {
    /// Completion waits; clocks run on (Wirral).
    #[default]
    Wait,
    /// Responsibility moves; open items become dated actions of the outgoing team (Merton, Shropshire).
    MoveWithActions,
    /// The managers agree another date (Lancashire).
    AgreeADate,
}

/// A text that is not a target or a completer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidRouteText(String);

impl Route {
    /// Whether a trigger of that name, about a conference of that kind, can open it from a team of that kind.
    pub fn opens_for(&self, trigger: &str, conference_kind: Option<&str>, from: TeamKind) -> bool {
        let is_kind_meant = |opens_on: &OpensOn| {
            !opens_on.is_conference()
                || self.conference.is_empty()
                || conference_kind
                    .is_some_and(|kind| self.conference.iter().any(|meant| meant == kind))
        };
        let mut opens_on = self.opens_on.iter();
        self.from.contains(&from)
            && opens_on.any(|opens_on| opens_on.is_meant_by(trigger) && is_kind_meant(opens_on))
    }

    /// Whether a fresh look at the facts of a case of a team of that kind has to ask for it.
    pub fn is_watched_for(&self, from: TeamKind) -> bool {
        self.from.contains(&from) && self.opens_on.iter().any(OpensOn::is_watched)
    }

    /// Whether the list that the authority set lets it be taken.
    pub fn is_listed(&self) -> bool {
        let listed = self.listed_in.as_ref();
        listed.is_none_or(|listed| listed.contains(&self.route))
    }

    /// Whether a person may ask for it.
    pub fn is_requested(&self) -> bool {
        self.opens_on.contains(&OpensOn::Requested)
    }

    /// Whether it is open as long as the facts hold that opened it, and no longer.
    pub fn rests_on_facts(&self) -> bool {
        self.when.is_some() && self.opens_on.iter().any(OpensOn::is_watched)
    }

    /// What an outcome means; one that the route does not name waits.
    pub fn effect_of(&self, outcome: &str) -> &OutcomeEffect {
        self.outcomes.get(outcome).unwrap_or(&OutcomeEffect::Wait)
    }
}

impl CompletedBy {
    /// Whether responsibility moves without anybody's request.
    pub const fn is_by_itself(self) -> bool {
        matches!(self, Self::TheMeeting | Self::ThePoint)
    }
}

impl FromStr for Target {
    type Err = InvalidRouteText;

    fn from_str(text: &str) -> Result<Self, InvalidRouteText> {
        let invalid = |error: &dyn fmt::Display| InvalidRouteText(error.to_string());
        let (kind, area) = match split_word(text, "in") {
            Some((kind, area)) => (kind, Some(area)),
            None => (text, None),
        };
        let area = area
            .map(|area| {
                let key = area.strip_prefix("facts.").unwrap_or(area);
                key.parse::<FactKey>().map_err(|error| invalid(&error))
            })
            .transpose()?;
        if let Some(key) = &area
            && spec(key).is_none_or(|spec| spec.kind != FactKind::Code)
        {
            return Err(InvalidRouteText(format!(
                "`{key}` is not a code, so it names no area"
            )));
        }
        Ok(Self {
            kind: kind.parse().map_err(|error| invalid(&error))?,
            area,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        match &self.area {
            Some(key) => write!(f, " in facts.{key}"),
            None => Ok(()),
        }
    }
}

impl FromStr for CompletedBy {
    type Err = InvalidRouteText;

    fn from_str(text: &str) -> Result<Self, InvalidRouteText> {
        if text == "the_meeting" {
            return Ok(Self::TheMeeting);
        }
        if text == "the_point" {
            return Ok(Self::ThePoint);
        }
        text.parse()
            .map(Self::Party)
            .map_err(|error: crate::party::InvalidParty| {
                InvalidRouteText(format!("{error}, or `the_meeting`, or `the_point`"))
            })
    }
}

impl fmt::Display for CompletedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TheMeeting => f.write_str("the_meeting"),
            Self::ThePoint => f.write_str("the_point"),
            Self::Party(party) => party.fmt(f),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = InvalidRouteText;

    fn try_from(text: String) -> Result<Self, InvalidRouteText> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

impl TryFrom<String> for CompletedBy {
    type Error = InvalidRouteText;

    fn try_from(text: String) -> Result<Self, InvalidRouteText> {
        text.parse()
    }
}

impl From<CompletedBy> for String {
    fn from(completed_by: CompletedBy) -> Self {
        completed_by.to_string()
    }
}
