//! What happens to a child, and what it does to the child's transfers.

use baton_protocol::transfer::{MEETING, Occasion, Route};
use jiff::Timestamp;

use super::command::Trigger;
use super::consideration::Consideration;
use super::context::{Child, Context, Responsibility, Team};
use super::draft::{Draft, Rules};
use super::duty::DutyChange;
use super::event::{Change as Changed, Event};
use super::opening::{self, Opening, booked};
use super::refusal::Refusal;
use super::state::Transfer;
use super::watch::Watch;

/// The child's transfers, as far as something can still happen to them.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// The live one.
    pub live: Option<Transfer>,
    /// Those completed: their meetings and actions may still be due.
    pub completed: Vec<Transfer>,
    /// The trigger that waits for facts.
    pub consideration: Option<Consideration>,
    /// What is watched for the case; none while nothing is.
    pub watch: Option<Watch>,
}

/// What was decided for a child.
#[derive(Debug, Clone)]
pub struct Considered {
    /// What changes, in the order in which it has to be written.
    pub changes: Vec<Change>,
    /// The undecided trigger, if it is new or settled.
    pub consideration: Option<Consideration>,
    /// What is watched for the case, if that changed.
    pub watch: Option<Watch>,
    /// What changed about what is owed on the case.
    pub duties: Vec<DutyChange>,
    /// Why.
    pub explanation: Explanation,
    /// When it was true in the world.
    pub effective_at: Timestamp,
}

/// What changes for one transfer.
#[derive(Debug, Clone)]
pub struct Change {
    /// As it was; none for one that is opened.
    pub before: Option<Transfer>,
    /// What was decided.
    pub events: Vec<Event>,
}

/// Why an answer is what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The rules, in the order in which they were applied.
    pub rules: Vec<String>,
    /// The facts that mattered.
    pub facts: Vec<String>,
    /// The facts that are unknown and could change the answer.
    pub unknown_facts: Vec<String>,
    /// What was decided, in one code.
    pub decision: String,
}

impl Explanation {
    /// A decision that rests on no rule.
    pub fn of(decision: &str) -> Self {
        Self {
            decision: decision.to_owned(),
            ..Self::default()
        }
    }
}

impl Series {
    /// The undecided trigger, settled: what it waited for is decided now.
    pub fn settled_consideration(&self) -> Option<Consideration> {
        let mut settled = self.consideration.clone()?;
        settled.open = false;
        settled.version += 1;
        Some(settled)
    }
}

/// Decides what a trigger does. `rules` are those in force now, `pinned` those of the live transfer.
pub fn consider(
    series: &Series,
    trigger: &Trigger,
    context: &Context,
    rules: Rules<'_>,
    pinned: Rules<'_>,
) -> Result<Considered, Refusal> {
    let child = context.child.as_ref().ok_or(Refusal::CaseNotOpen)?;
    refuse_stale(series, child)?;
    refuse_future(trigger, context)?;
    let left_behind = leave_behind(series, trigger, context, pinned);
    let rest = Series {
        live: None,
        ..series.clone()
    };
    let series = if left_behind.is_some() { &rest } else { series };
    let deciding = Deciding {
        series,
        trigger,
        context,
        rules,
        pinned,
    };
    let mut considered = match trigger.event.as_str() {
        "conference_cancelled" => deciding.cancelled(),
        "conference_postponed" if series.live.is_some() => deciding.moved_conference(),
        "conference_scheduled" | "conference_postponed" => deciding.scheduled(child)?,
        "conference_held" => deciding.held(child)?,
        event if event.starts_with(MEETING) => deciding.meeting_held(child)?,
        _ => deciding.reassessed(child)?,
    };
    considered.changes.splice(0..0, left_behind);
    Ok(considered)
}

/// Ends a live transfer whose case is no longer the one that is open, or whose team no longer holds it: a trigger is
/// about the case as the ledger has it.
fn leave_behind(
    series: &Series,
    trigger: &Trigger,
    context: &Context,
    rules: Rules<'_>,
) -> Option<Change> {
    let live = series
        .live
        .as_ref()
        .filter(|live| live.phase.is_workable())?;
    let reason = match &context.responsibility {
        None => "case_ended",
        Some(responsibility) if responsibility.case != live.case => "case_ended",
        Some(responsibility) if responsibility.team != live.from_team => "responsibility_moved",
        Some(_) => return None,
    };
    let mut draft = Draft::new(live.clone(), context, rules);
    let change = Changed::Lapsed {
        reason: reason.to_owned(),
        closure_ground: None,
    };
    draft.end(change, vec!["X-20".to_owned()], trigger.effective_at);
    Some(Change {
        before: Some(live.clone()),
        events: draft.events,
    })
}

fn refuse_stale(series: &Series, child: &Child) -> Result<(), Refusal> {
    let seen = series.live.as_ref().map_or(0, |live| live.facts_version);
    let given = child.facts_version;
    if given < seen {
        Err(Refusal::StaleFacts { given, seen })
    } else {
        Ok(())
    }
}

/// A report cannot lie in the future. A conference that is booked may; one that was held may not.
fn refuse_future(trigger: &Trigger, context: &Context) -> Result<(), Refusal> {
    let held = trigger
        .conference
        .as_ref()
        .filter(|_| trigger.event == "conference_held");
    let at = held
        .and_then(|conference| conference.at)
        .unwrap_or(trigger.effective_at)
        .max(trigger.effective_at);
    if at > context.received_at {
        Err(Refusal::EffectiveInFuture { at })
    } else {
        Ok(())
    }
}

/// A trigger while it is being decided on.
pub struct Deciding<'a> {
    /// The child's transfers.
    pub series: &'a Series,
    /// What happened.
    pub trigger: &'a Trigger,
    /// What it is decided on.
    pub context: &'a Context,
    /// The rules in force now.
    pub rules: Rules<'a>,
    /// The rules of the live transfer.
    pub pinned: Rules<'a>,
}

impl<'a> Deciding<'a> {
    /// A conference is booked, or may otherwise open a transfer.
    pub fn scheduled(&self, child: &Child) -> Result<Considered, Refusal> {
        let Some(responsibility) = &self.context.responsibility else {
            return Ok(self.nothing(Explanation::of("no_open_case")));
        };
        let (opening, explanation) = opening::choose(
            self.trigger,
            &child.facts,
            responsibility,
            self.context,
            self.rules,
        )?;
        match opening {
            Opening::Not => Ok(Considered {
                consideration: self.series.settled_consideration(),
                ..self.nothing(explanation)
            }),
            Opening::Undecided { missing, rules } => {
                Ok(self.undecided(child, responsibility, missing, rules, explanation))
            }
            Opening::Opens { route, team } => match &self.series.live {
                Some(live) if live.route == route.route => Ok(self.moved_conference()),
                Some(live) if !self.is_stronger(route.order, live) => {
                    Ok(self.nothing(Explanation {
                        decision: "live_transfer_stronger".to_owned(),
                        ..explanation
                    }))
                }
                _ => {
                    let mut considered =
                        self.open(child, responsibility, route, (&team, false), explanation);
                    considered.watch = self.settled_by(child, route, None);
                    Ok(considered)
                }
            },
        }
    }

    /// Opens a route, in the place of a weaker live transfer; to a team that may only be one of several of which nobody has
    /// said yet which it is.
    pub fn open(
        &self,
        child: &Child,
        responsibility: &Responsibility,
        route: &'a Route,
        (team, team_open): (&Team, bool),
        explanation: Explanation,
    ) -> Considered {
        let live = self.series.live.as_ref();
        let blank = Transfer {
            team_open,
            ..self.blank(child, responsibility, route, team)
        };
        let superseded = live.map(|live| self.superseded(live, &blank));
        let blank = opening::carried_over(blank, live);
        let draft = opening::open(blank, self.trigger, self.context, self.rules);
        opening::opened(draft, explanation, self.series, superseded)
    }

    /// Only a transfer that people still work on can be superseded: what is with the ledger is decided there.
    pub fn is_stronger(&self, order: u16, live: &Transfer) -> bool {
        let current = self
            .pinned
            .pack
            .transfer
            .route(&live.route)
            .map_or(u16::MAX, |route| route.order);
        live.phase.is_workable() && order < current
    }

    fn superseded(&self, live: &Transfer, by: &Transfer) -> Change {
        let mut draft = Draft::new(live.clone(), self.context, self.pinned);
        draft.end(
            Changed::Superseded { by: by.id },
            vec![],
            self.trigger.effective_at,
        );
        Change {
            before: Some(live.clone()),
            events: draft.events,
        }
    }

    /// The conference of the live transfer is booked for another time.
    fn moved_conference(&self) -> Considered {
        let Some(live) = &self.series.live else {
            return self.nothing(Explanation::of("no_transfer"));
        };
        let Some(report) = &self.trigger.conference else {
            return self.nothing(Explanation::of("no_conference"));
        };
        if live.conference_held_at().is_some() || !live.phase.is_workable() {
            return self.nothing(Explanation::of("conference_already_held"));
        }
        let mut draft = self.draft(live);
        let moved = booked(report);
        if draft.transfer.conference.as_ref() == Some(&moved) {
            draft.refresh();
            return self.one(live, draft, "unchanged");
        }
        let rules = vec!["X-23".to_owned()];
        draft.push(
            Changed::ConferenceSet(moved),
            rules.clone(),
            self.trigger.effective_at,
        );
        draft.refresh();
        draft.tell_again(Occasion::Postponed, rules, self.trigger.effective_at);
        draft.depart_when_too_early();
        self.one(live, draft, "conference_moved")
    }

    fn cancelled(&self) -> Considered {
        let Some(live) = &self.series.live else {
            let waiting = self
                .series
                .consideration
                .as_ref()
                .and_then(|waiting| waiting.conference.as_ref());
            let ours = waiting.map(|conference| &conference.reference)
                == self
                    .trigger
                    .conference
                    .as_ref()
                    .map(|conference| &conference.reference);
            return Considered {
                consideration: self.series.settled_consideration().filter(|_| ours),
                ..self.nothing(Explanation::of("no_transfer"))
            };
        };
        let reported = self
            .trigger
            .conference
            .as_ref()
            .map(|conference| conference.reference.as_str());
        let ours = live
            .conference
            .as_ref()
            .map(|conference| conference.reference.as_str());
        if ours.is_none() || (reported.is_some() && reported != ours) {
            return self.nothing(Explanation::of("another_conference"));
        }
        if live.conference_held_at().is_some() || !live.phase.is_workable() {
            return self.nothing(Explanation::of("conference_already_held"));
        }
        let mut draft = self.draft(live);
        let reason = "conference_cancelled".to_owned();
        draft.end(
            Changed::Lapsed {
                reason,
                closure_ground: None,
            },
            vec!["X-14".to_owned()],
            self.trigger.effective_at,
        );
        if let Some(lapsed) = draft
            .events
            .iter()
            .position(|event| matches!(event.change, Changed::Lapsed { .. }))
        {
            let rest = draft.events.split_off(lapsed + 1);
            draft.tell(Occasion::Cancelled);
            draft.events.extend(rest);
        }
        self.one(live, draft, "lapsed")
    }

    /// A draft of a transfer that has seen the facts and the ledger of this call.
    pub fn draft(&self, transfer: &Transfer) -> Draft<'a> {
        let mut draft = Draft::new(transfer.clone(), self.context, self.pinned);
        draft.see();
        draft.follow_suspension();
        draft
    }

    /// What changes for one transfer.
    pub fn one(&self, before: &Transfer, draft: Draft<'_>, decision: &str) -> Considered {
        let mut considered = self.nothing(Explanation::of(decision));
        considered.changes.push(Change {
            before: Some(before.clone()),
            events: draft.events,
        });
        considered
    }

    /// Nothing changes, and this is why.
    pub fn nothing(&self, explanation: Explanation) -> Considered {
        Considered {
            changes: vec![],
            consideration: None,
            watch: None,
            duties: vec![],
            explanation,
            effective_at: self.trigger.effective_at,
        }
    }
}
