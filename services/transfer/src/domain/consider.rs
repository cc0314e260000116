//! What happens to a child, and what it does to the child's transfers.

use baton_calendar::Anchor;
use baton_protocol::transfer::{Occasion, OutcomeEffect};
use baton_protocol::{Party, Place, Role};
use jiff::Timestamp;

use super::command::{ConferenceReport, Trigger};
use super::consideration::Consideration;
use super::context::{Child, Context, Responsibility};
use super::draft::{Draft, Rules, ids};
use super::event::{Change as Changed, Event, Seen};
use super::opening::{self, Opening, booked};
use super::owner::{Owner, outgoing};
use super::refusal::Refusal;
use super::state::{Conference, Phase, Transfer};

/// The child's transfers, as far as something can still happen to them.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// The live one.
    pub live: Option<Transfer>,
    /// Those completed: their meetings and actions may still be due.
    pub completed: Vec<Transfer>,
    /// The trigger that waits for facts.
    pub consideration: Option<Consideration>,
}

/// What was decided for a child.
#[derive(Debug, Clone)]
pub struct Considered {
    /// What changes, in the order in which it has to be written.
    pub changes: Vec<Change>,
    /// The undecided trigger, if it is new or settled.
    pub consideration: Option<Consideration>,
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
    let deciding = Deciding {
        series,
        trigger,
        context,
        rules,
        pinned,
    };
    match trigger.event.as_str() {
        "conference_cancelled" => Ok(deciding.cancelled()),
        "conference_postponed" if series.live.is_some() => Ok(deciding.moved_conference()),
        "conference_scheduled" | "conference_postponed" => deciding.scheduled(child),
        "conference_held" => deciding.held(child),
        _ => deciding.reassessed(child),
    }
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

struct Deciding<'a> {
    series: &'a Series,
    trigger: &'a Trigger,
    context: &'a Context,
    rules: Rules<'a>,
    pinned: Rules<'a>,
}

impl<'a> Deciding<'a> {
    fn scheduled(&self, child: &Child) -> Result<Considered, Refusal> {
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
                live => {
                    let blank = opening::blank(
                        self.trigger,
                        route,
                        &team,
                        child,
                        responsibility,
                        self.context,
                    );
                    let superseded = live.as_ref().map(|live| self.superseded(live, &blank));
                    let blank = carried_over(blank, live.as_ref());
                    let draft = opening::open(blank, self.trigger, self.context, self.rules);
                    Ok(opening::opened(draft, explanation, self.series, superseded))
                }
            },
        }
    }

    /// Only a transfer that people still work on can be superseded: what is with the ledger is decided there.
    fn is_stronger(&self, order: u16, live: &Transfer) -> bool {
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
        draft.push(Changed::NoticesDueAgain, rules, self.trigger.effective_at);
        draft.tell(Occasion::Postponed);
        draft.depart_when_too_early();
        self.one(live, draft, "conference_moved")
    }

    fn cancelled(&self) -> Considered {
        let Some(live) = &self.series.live else {
            return Considered {
                consideration: self.series.settled_consideration(),
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

    /// A conference was held, whether it had been booked or not.
    fn held(&self, child: &Child) -> Result<Considered, Refusal> {
        let Some(report) = self.trigger.conference.as_ref() else {
            return Ok(self.nothing(Explanation::of("no_conference")));
        };
        if let Some(live) = &self.series.live {
            let mut draft = self.draft(live);
            self.hold_conference(&mut draft, report);
            return Ok(self.one(live, draft, ""));
        }
        let repeated = self.series.completed.iter().any(|done| {
            done.conference
                .as_ref()
                .is_some_and(|conference| conference.reference == report.reference)
        });
        if repeated {
            return self.reassessed(child);
        }
        let mut considered = self.scheduled(child)?;
        if let Some(change) = considered
            .changes
            .last_mut()
            .filter(|change| change.before.is_none())
        {
            let Some(opened) = super::apply::apply_all(None, &change.events) else {
                return Ok(considered);
            };
            let mut draft = Draft::new(opened, self.context, self.rules);
            draft.events = std::mem::take(&mut change.events);
            self.hold_conference(&mut draft, report);
            change.events = draft.events;
        }
        Ok(considered)
    }

    fn hold_conference(&self, draft: &mut Draft<'a>, report: &ConferenceReport) {
        let held_at = report.at.unwrap_or(self.trigger.effective_at);
        let Some(route) = draft.route().filter(|_| draft.transfer.phase.is_workable()) else {
            return;
        };
        if draft.transfer.conference_held_at().is_some() {
            // Reported again, perhaps with attendance or an outcome that was missing.
            self.take_attendance(draft, report, held_at);
            return;
        }
        let outcome = report.outcome.clone();
        let conference = Conference {
            reference: report.reference.clone(),
            kind: report.kind.clone(),
            at: Some(held_at),
            outcome: outcome.clone(),
        };
        let cites = ids(&route.cites);
        let Some(outcome) = outcome else {
            // Held, but nobody said what was decided: nothing follows until somebody does.
            draft.push(
                Changed::UndecidedSet(vec!["conference.outcome".to_owned()]),
                cites,
                held_at,
            );
            return;
        };
        draft.push(Changed::ConferenceSet(conference), cites.clone(), held_at);
        if !draft.transfer.undecided.is_empty() {
            draft.push(Changed::UndecidedSet(vec![]), vec![], held_at);
        }
        match route.effect_of(&outcome) {
            // an adjourned conference is no trigger.
            OutcomeEffect::Wait => {}
            OutcomeEffect::Proceed => {
                self.take_attendance(draft, report, held_at);
                let reached_before = draft.transfer.point.reached_at.is_some();
                draft.refresh();
                draft.tell_of_the_point(reached_before);
                draft.depart_when_too_early();
                draft.advance();
            }
            effect @ (OutcomeEffect::Lapse | OutcomeEffect::LapseForClosure) => {
                self.take_attendance(draft, report, held_at);
                let closure_ground = (*effect == OutcomeEffect::LapseForClosure)
                    .then(|| "no_plan_at_conference".to_owned());
                let reason = outcome;
                draft.end(
                    Changed::Lapsed {
                        reason,
                        closure_ground,
                    },
                    cites,
                    held_at,
                );
            }
        }
    }

    fn take_attendance(
        &self,
        draft: &mut Draft<'a>,
        report: &ConferenceReport,
        held_at: Timestamp,
    ) {
        let mut meeting = draft.planned("conference");
        let before = meeting.clone();
        meeting.held_at = meeting.held_at.or(Some(held_at));
        let absent = report
            .attended
            .as_ref()
            .map(|attended| draft.absent(&meeting, attended))
            .unwrap_or_default();
        meeting.absent.clone_from(&absent);
        if meeting != before {
            let rules = meeting.rules.clone();
            draft.push(Changed::MeetingSet(meeting), rules, held_at);
        }
        draft.depart_for_absence("conference", &absent, held_at);
    }

    /// Fresh facts: whatever counts from them is counted anew, and a trigger that waited for them is decided.
    fn reassessed(&self, child: &Child) -> Result<Considered, Refusal> {
        let mut changes = vec![];
        for done in &self.series.completed {
            let mut draft = self.draft(done);
            draft.refresh_clocks();
            if !draft.events.is_empty() {
                changes.push(Change {
                    before: Some(done.clone()),
                    events: draft.events,
                });
            }
        }
        let mut considered = self.nothing(Explanation::of("reassessed"));
        if let Some(live) = &self.series.live {
            let events = self.reassess_live(live, child)?;
            changes.push(Change {
                before: Some(live.clone()),
                events,
            });
        } else if let Some(waiting) = &self.series.consideration {
            considered = self.consider_again(waiting, child)?;
        }
        changes.append(&mut considered.changes);
        considered.changes = changes;
        Ok(considered)
    }

    fn reassess_live(&self, live: &Transfer, child: &Child) -> Result<Vec<Event>, Refusal> {
        let mut draft = self.draft(live);
        if !live.phase.is_workable() {
            return Ok(draft.events);
        }
        let ground_lost = match &self.context.responsibility {
            None => Some("case_ended"),
            Some(responsibility) if responsibility.case != live.case => Some("case_ended"),
            Some(responsibility) if responsibility.team != live.from_team => {
                Some("responsibility_moved")
            }
            Some(_) => None,
        };
        if let Some(reason) = ground_lost {
            let change = Changed::Lapsed {
                reason: reason.to_owned(),
                closure_ground: None,
            };
            draft.end(change, vec!["X-20".to_owned()], self.trigger.effective_at);
            return Ok(draft.events);
        }
        draft.follow_the_area(child)?;
        let reached_before = draft.transfer.point.reached_at.is_some();
        draft.refresh();
        draft.tell_of_the_point(reached_before);
        draft.lift_return_when_put_right();
        draft.advance();
        Ok(draft.events)
    }

    fn consider_again(
        &self,
        waiting: &Consideration,
        child: &Child,
    ) -> Result<Considered, Refusal> {
        let trigger = Trigger {
            event: waiting.event.clone(),
            conference: waiting.conference.clone(),
            effective_at: waiting.effective_at,
        };
        let again = Deciding {
            trigger: &trigger,
            ..*self
        };
        if trigger.event == "conference_held" {
            again.held(child)
        } else {
            again.scheduled(child)
        }
    }

    fn undecided(
        &self,
        child: &Child,
        responsibility: &Responsibility,
        missing: Vec<String>,
        rules: Vec<String>,
        explanation: Explanation,
    ) -> Considered {
        if let Some(waiting) = &self.series.consideration
            && waiting.missing == missing
            && waiting.conference == self.trigger.conference
            && waiting.event == self.trigger.event
        {
            return self.nothing(explanation);
        }
        let rule = self.rules.pack.transfer.undecided.as_ref();
        let within = rule
            .map_or(UNDECIDED_WITHIN, |rule| rule.within)
            .in_profile(self.rules.pack.plain_days);
        let due = self
            .rules
            .calendar
            .due_after(Anchor::Instant(self.context.received_at), within);
        let owner = |party: Party| owner_before_opening(party, responsibility);
        let mut rules = rules;
        rules.extend(rule.map(|rule| ids(&rule.cites)).unwrap_or_default());
        let known = self.series.consideration.as_ref();
        let consideration = Consideration {
            id: known.map_or_else(|| self.context.fresh.transfer.uuid(), |known| known.id),
            authority: self.context.authority.clone(),
            case: responsibility.case,
            child: child.id,
            family: child.family,
            pack: self.context.pack.clone(),
            event: self.trigger.event.clone(),
            conference: self.trigger.conference.clone(),
            effective_at: self.trigger.effective_at,
            missing,
            owner: owner(rule.map_or(outgoing(Role::TEAM_MANAGER), |rule| rule.owner)),
            escalate_to: rule.map_or_else(Vec::new, |rule| {
                rule.escalate.iter().map(|rung| owner(rung.to)).collect()
            }),
            due_on: due.on,
            breach_at: due.breached_at,
            overdue: false,
            rules,
            open: true,
            version: known.map_or(1, |known| known.version + 1),
        };
        Considered {
            consideration: Some(consideration),
            ..self.nothing(explanation)
        }
    }

    /// A draft of a transfer that has seen the facts and the ledger of this call.
    fn draft(&self, transfer: &Transfer) -> Draft<'a> {
        let mut draft = Draft::new(transfer.clone(), self.context, self.pinned);
        draft.see();
        draft
    }

    fn one(&self, before: &Transfer, draft: Draft<'_>, decision: &str) -> Considered {
        let mut considered = self.nothing(Explanation::of(decision));
        considered.changes.push(Change {
            before: Some(before.clone()),
            events: draft.events,
        });
        considered
    }

    fn nothing(&self, explanation: Explanation) -> Considered {
        Considered {
            changes: vec![],
            consideration: None,
            explanation,
            effective_at: self.trigger.effective_at,
        }
    }
}

/// How long somebody has to find out what a trigger waits for, where the protocol says nothing.
const UNDECIDED_WITHIN: baton_calendar::Duration = baton_calendar::Duration::WorkingDays(1);

/// Who a party is while there is no transfer: only the responsible team is known.
fn owner_before_opening(party: Party, responsibility: &Responsibility) -> Owner {
    let in_team = !matches!(party.place, Place::Area | Place::Authority);
    Owner {
        role: party.role.to_string(),
        team: in_team.then(|| responsibility.team.clone()),
        worker: responsibility
            .worker
            .clone()
            .filter(|_| in_team && party.role == Role::SOCIAL_WORKER),
        area: None,
    }
}

/// What was already done for the former transfer counts for the one that takes its place, item by item.
fn carried_over(mut blank: Transfer, former: Option<&Transfer>) -> Transfer {
    let Some(former) = former else { return blank };
    blank.gate = former.gate.clone();
    blank.notices_sent = former.notices_sent.clone();
    if former.to_team == blank.to_team {
        blank.receiving_worker.clone_from(&former.receiving_worker);
        blank.worker_named_at = former.worker_named_at;
    }
    blank
}

impl Draft<'_> {
    /// Takes note of the facts and of the ledger, as far as they are newer.
    pub fn see(&mut self) {
        let facts_version = self
            .context
            .child
            .as_ref()
            .map_or(0, |child| child.facts_version);
        let Some(responsibility) = self.context.responsibility.as_ref() else {
            return;
        };
        // After the move the ledger shows the receiving team: nothing of that belongs to the outgoing side.
        if !self.transfer.phase.is_workable() || responsibility.team != self.transfer.from_team {
            return;
        }
        let seen = Seen {
            facts_version: facts_version.max(self.transfer.facts_version),
            epoch: responsibility.epoch,
            worker: responsibility.worker.clone(),
            span_since: responsibility.since,
        };
        let known = Seen {
            facts_version: self.transfer.facts_version,
            epoch: self.transfer.from_epoch,
            worker: self.transfer.from_worker.clone(),
            span_since: self.transfer.span_since,
        };
        if seen != known {
            self.push(Changed::Seen(seen), vec![], self.received_at());
        }
    }

    /// Another district means another receiving team, as long as nobody there has taken it up.
    fn follow_the_area(&mut self, child: &Child) -> Result<(), Refusal> {
        let Some(target) = self.route().and_then(|route| route.to.as_ref()) else {
            return Ok(());
        };
        let rules = self
            .route()
            .map(|route| ids(&route.cites))
            .unwrap_or_default();
        let Ok(target) = target.resolve(&child.facts) else {
            return Ok(());
        };
        let team = opening::receiving_team(&target, self.context, &rules)?;
        if team.id == self.transfer.to_team {
            return Ok(());
        }
        if self.transfer.phase == Phase::Open
            && self.transfer.receiving_worker.is_none()
            && team.id != self.transfer.from_team
        {
            let change = Changed::ReceivingTeamSet {
                team: team.id,
                area: team.area,
            };
            self.push(change, rules.clone(), self.received_at());
            self.push(Changed::NoticesDueAgain, rules, self.received_at());
            self.tell(Occasion::Opened);
        } else {
            self.trouble(
                RECEIVING_TEAM_DIFFERS,
                super::owner::receiving(baton_protocol::Role::TEAM_MANAGER),
                &rules,
            );
        }
        Ok(())
    }

    /// Tells whoever has to hear that the point came.
    fn tell_of_the_point(&mut self, reached_before: bool) {
        if reached_before || self.transfer.point.reached_at.is_none() {
            return;
        }
        let Some(index) = self
            .events
            .iter()
            .rposition(|event| matches!(event.change, Changed::PointSet(_)))
        else {
            return;
        };
        let rest = self.events.split_off(index + 1);
        self.tell(Occasion::PointReached);
        self.events.extend(rest);
    }

    /// A conference that lies before the days it should not lie before is a departure of whoever booked it (L-013).
    pub fn depart_when_too_early(&mut self) {
        let at = self.received_at();
        for early in self.transfer.point.too_early.clone() {
            self.depart(
                &early.rules,
                format!("conference_before:{}", early.moment),
                at,
            );
        }
    }
}

/// The trouble of a child who now belongs to another team than the one that took the case up.
pub const RECEIVING_TEAM_DIFFERS: &str = "receiving_team_differs";
