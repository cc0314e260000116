//! What an authority's `transfer.yaml` says, and what follows from it.

use baton_calendar::Duration;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::condition::Condition;
use crate::pack::Strength;
use crate::party::{Audience, Party};
use crate::rule_id::RuleId;

mod choice;
mod criteria;
mod duty;
mod gate;
mod holds;
mod looks;
mod met;
mod notice;
mod opens;
mod point;
mod requirements;
mod review;
mod route;
mod schedule;
mod weighing;

pub use choice::{Choice, Chosen, Considered, TargetTeam, Trigger};
pub use criteria::{Aged, Criteria, Criterion, Limb, Weighted};
pub use duty::Duty;
pub use gate::{Bars, Flag, GateItem, IfFailed, IfNo, Lasted, Recent, SatisfiedBy, Waiver};
pub use holds::{DeferralField, DeferralRule, DisputeRule, DisputeRung, StayRule, SuspensionRule};
pub use notice::{Notice, Occasion};
pub use opens::{DATE, FACTS_CHANGED, InvalidOpensOn, MEETING, OpensOn, REQUESTED};
pub use point::{CalendarCount, Dated, NotBefore, PointDate, PointPart, PointRule, TooEarly};
pub use requirements::{Applies, Gate};
pub use review::{PolicyReviewRule, ReviewFigures};
pub use route::{AtPoint, CompletedBy, GateUnmet, OutcomeEffect, Route, RouteUndecided, Target};
pub use schedule::MeetingSchedule;
pub use weighing::{Weighed, Weight};

/// Everything an authority says about transfers. Entries are named and refer to each other by name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TransferRules {
    /// The routes, in no particular order: each carries its own.
    pub routes: Vec<Route>,
    /// What has to be there before a transfer completes; routes name what they need.
    pub gate: Vec<GateItem>,
    /// Meetings that belong to a transfer.
    pub meetings: Vec<Meeting>,
    /// What is due.
    pub clocks: Vec<Clock>,
    /// Who is told.
    pub tells: Vec<Notice>,
    /// Who may do what.
    pub authorities: Vec<Authority>,
    /// What becomes of open items when a case moves with actions; `None` where no route does so.
    pub actions: Option<ActionRule>,
    /// Whose task it is to find out what is unknown.
    pub undecided: Option<UndecidedRule>,
    /// What is owed on a case while a kind of team has it, whether it moves or not.
    #[serde(default)]
    pub duties: Vec<Duty>,
    /// How a transfer is put off; `None` where the protocol knows no deferral.
    #[serde(default)]
    pub deferral: Option<DeferralRule>,
    /// On what the teams may disagree, and who settles it.
    #[serde(default)]
    pub disputes: Vec<DisputeRule>,
    /// How the protocol is suspended; `None` where it cannot be.
    #[serde(default)]
    pub suspension: Option<SuspensionRule>,
    /// How the policy itself is kept under review; `None` where the protocol says nothing of it.
    #[serde(default)]
    pub policy_review: Option<PolicyReviewRule>,
    /// Meetings that take place regularly.
    #[serde(default)]
    pub schedules: Vec<MeetingSchedule>,
    /// When the managers of both teams may agree that a case stays.
    #[serde(default)]
    pub stays: Vec<StayRule>,
    /// Whether the moves and workers that a child has had are shown before another one; not when absent.
    #[serde(default)]
    pub fewest_moves: Option<FewestMoves>,
    /// Procedures that bind beside this protocol and stand elsewhere.
    #[serde(default)]
    pub references: Vec<Reference>,
}

/// A meeting that belongs to a transfer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// Its kind: `conference`, `core_group`, `handover`, `managers_discussion`, …
    pub meeting: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Whether it belongs to the transfer of this child; always when absent.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Who arranges it: their task until it was held, or a conference is booked.
    #[serde(default)]
    pub arranged_by: Option<Party>,
    /// Who should attend.
    #[serde(default)]
    pub attend: Vec<Attendance>,
    /// Who should chair: any one of these.
    #[serde(default)]
    pub chair: Vec<Party>,
    /// The rules about the chair.
    #[serde(default)]
    pub chair_cites: Vec<RuleId>,
    /// Whether it has to say when the case moves, to count as held (L-049).
    #[serde(default)]
    pub agrees_time: bool,
    /// What is brought, by whom: gate items or papers.
    #[serde(default)]
    pub brings: Vec<Brings>,
}

/// Who should attend a meeting, under which rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Who.
    pub who: Party,
    /// The rules.
    pub cites: Vec<RuleId>,
    /// Hard or soft; absence is a recorded departure in both cases and never a bar. Settled at load.
    #[serde(default)]
    pub strength: Option<Strength>,
}

/// Something that somebody brings to a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brings {
    /// Who brings it.
    pub who: Party,
    /// What: an item of the gate.
    pub what: String,
    /// The rules; those of the meeting when absent.
    #[serde(default)]
    pub cites: Vec<RuleId>,
}

/// The moves and changes of worker that a child has had are counted and shown before a new move (C-003).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FewestMoves {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// From how many moves or changes on it is a warning: 1 warns whenever there was one.
    pub warn_from: u32,
}

/// A procedure that binds and is not part of the protocol: shown with the transfers that it is about (W-171).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its name: `recording_procedure`.
    pub reference: String,
    /// What it is, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The items that are judged by it.
    #[serde(default)]
    pub items: Vec<String>,
    /// The routes that it is about.
    #[serde(default)]
    pub routes: Vec<String>,
    /// Whether it is about every transfer.
    #[serde(default)]
    pub always: bool,
}

impl Reference {
    /// Whether it is about a transfer on this route.
    pub fn is_about(&self, route: &Route) -> bool {
        let by_item = self.items.iter().any(|item| route.needs.contains(item));
        self.always || by_item || self.routes.contains(&route.route)
    }
}

/// An act and who may do it. As to who, always hard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The act.
    pub act: Act,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Who may: any one of these, or all together when `jointly`.
    pub by: Vec<Party>,
    /// Every one of `by` has to agree.
    #[serde(default)]
    pub jointly: bool,
    /// No higher rung may stand in (W-155).
    #[serde(default)]
    pub only: bool,
    /// A reason is recorded.
    #[serde(default)]
    pub reason: bool,
    /// Whoever departs from a rule has to say how these tests are met, besides the reason (M-002).
    #[serde(default)]
    pub tests: Option<DepartureTests>,
}

/// What every departure from the protocol is tested by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartureTests {
    /// The rules it rests on: under the first the answer is given.
    pub cites: Vec<RuleId>,
    /// What has to be answered, as codes.
    pub asks: Vec<String>,
}

/// Acts on a transfer whose actor a protocol names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Names the receiving worker.
    NameReceivingWorker,
    /// Names the receiving team, where several of one area could be meant (W-095).
    NameReceivingTeam,
    /// Completes the transfer.
    Complete,
    /// Returns it to the outgoing team to be put right.
    Return,
    /// Takes it back.
    Withdraw,
    /// Agrees another date.
    AgreeDate,
    /// Reviews the audit of the other team.
    ReviewAudit,
    /// Waives an item that names nobody of its own.
    Waive,
    /// Departs from a soft rule with a reason.
    Depart,
}

/// What becomes of open items when a case moves with actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionRule {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// How long after the move each is due.
    pub due_within: Duration,
    /// Who owes an action whose item names nobody in the outgoing team.
    pub owner: Party,
    /// Who is told of a missed action, besides its owner.
    #[serde(default)]
    pub escalate: Vec<crate::clock::Rung>,
    /// Who is told that actions are owed.
    #[serde(default)]
    pub tell: Vec<Audience>,
}

/// Whose task it is to find out what is unknown while a route or a point cannot be decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndecidedRule {
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// Who.
    pub owner: Party,
    /// How long after the report.
    pub within: Duration,
    /// Who is told when it is still unknown then.
    #[serde(default)]
    pub escalate: Vec<crate::clock::Rung>,
}

impl TransferRules {
    /// The route of that name.
    pub fn route(&self, name: &str) -> Option<&Route> {
        self.routes.iter().find(|route| route.route == name)
    }

    /// The gate item of that name.
    pub fn item(&self, name: &str) -> Option<&GateItem> {
        self.gate.iter().find(|item| item.item == name)
    }

    /// The meeting of that kind.
    pub fn meeting(&self, kind: &str) -> Option<&Meeting> {
        self.meetings.iter().find(|meeting| meeting.meeting == kind)
    }

    /// The clock of that name.
    pub fn clock(&self, name: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.clock == name)
    }

    /// The notice of that kind.
    pub fn notice(&self, kind: &str) -> Option<&Notice> {
        self.tells.iter().find(|notice| notice.notice == kind)
    }

    /// When meetings of that kind take place in an area.
    pub fn schedule(&self, meeting: &str, area: Option<&str>) -> Option<&MeetingSchedule> {
        let of_kind = || {
            let all = self.schedules.iter();
            all.filter(|schedule| schedule.meeting == meeting)
        };
        let own = of_kind().find(|schedule| area.is_some() && schedule.area.as_deref() == area);
        own.or_else(|| of_kind().find(|schedule| schedule.area.is_none()))
    }

    /// The ground of dispute of that name.
    pub fn dispute(&self, ground: &str) -> Option<&DisputeRule> {
        self.disputes.iter().find(|rule| rule.dispute == ground)
    }

    /// Who may do an act; `None` where the protocol names nobody.
    pub fn authority(&self, act: Act) -> Option<&Authority> {
        self.authorities
            .iter()
            .find(|authority| authority.act == act)
    }
}
