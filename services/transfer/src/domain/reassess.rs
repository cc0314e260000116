//! Fresh facts: what counts from them is counted anew, and what waited for them is decided.

use baton_calendar::{Anchor, Duration};
use baton_protocol::transfer::{DATE, FACTS_CHANGED, MEETING, Occasion};
use baton_protocol::{Party, Place, Role, Truth};

use super::command::Trigger;
use super::consider::{Change, Considered, Deciding, Explanation, Series};
use super::consideration::Consideration;
use super::context::{Child, Responsibility};
use super::draft::{Draft, ids};
use super::event::{Change as Changed, Event, Seen};
use super::opening::{self, Receiving};
use super::owner::{Owner, outgoing};
use super::refusal::Refusal;
use super::shown::so_far;
use super::state::{Phase, Transfer};
use super::watch::{Look, Looked};

/// How long somebody has to find out what a trigger waits for, where the protocol says nothing.
const UNDECIDED_WITHIN: Duration = Duration::WorkingDays(1);
/// The trouble of a child who now belongs to another team than the one that took the case up.
pub const RECEIVING_TEAM_DIFFERS: &str = "receiving_team_differs";

impl Deciding<'_> {
    /// Fresh facts: whatever counts from them is counted anew, and a trigger that waited for them is decided.
    pub fn reassessed(&self, child: &Child) -> Result<Considered, Refusal> {
        if let Some(lapsed) = self.lapsed_with_its_facts() {
            // What no longer holds is out of the way of what holds now.
            let rest = Series {
                live: None,
                ..self.series.clone()
            };
            let again = Deciding {
                series: &rest,
                ..*self
            };
            let mut considered = again.reassessed(child)?;
            considered.changes.insert(0, lapsed);
            return Ok(considered);
        }
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
        let Looked {
            look,
            watch,
            duties,
        } = self.look(child)?;
        let opened = match &look {
            Look::Opens {
                route,
                team,
                explanation,
            } => self.open_watched(child, route, team, explanation.clone()),
            Look::Undecided { .. } | Look::Nothing => None,
        };
        if let Some(opened) = opened {
            considered = opened;
        } else if let Some(live) = &self.series.live {
            let events = self.reassess_live(live, child)?;
            changes.push(Change {
                before: Some(live.clone()),
                events,
            });
        } else if let Some(waiting) = &self.series.consideration {
            considered = self.consider_again(waiting, child)?;
        } else if let (Look::Undecided { missing, rules }, Some(responsibility)) =
            (look, &self.context.responsibility)
        {
            let explanation = Explanation {
                unknown_facts: missing.clone(),
                rules: rules.clone(),
                ..Explanation::of("undecided")
            };
            considered = self.undecided(child, responsibility, missing, rules, explanation);
        }
        considered.watch = considered.watch.or(watch);
        considered.duties = duties;
        changes.append(&mut considered.changes);
        considered.changes = changes;
        Ok(considered)
    }

    /// The live transfer, when the facts that opened it no longer hold.
    fn lapsed_with_its_facts(&self) -> Option<Change> {
        let live = self.series.live.as_ref();
        let live = live.filter(|live| live.phase.is_workable())?;
        let mut draft = self.draft(live);
        draft.lapse_when_untrue().then(|| Change {
            before: Some(live.clone()),
            events: draft.events,
        })
    }

    fn reassess_live(&self, live: &Transfer, child: &Child) -> Result<Vec<Event>, Refusal> {
        let mut draft = self.draft(live);
        if !live.phase.is_workable() {
            return Ok(draft.events);
        }
        draft.follow_the_area(child)?;
        let reached_before = draft.transfer.point.reached_at.is_some();
        draft.refresh();
        draft.tell_of_the_point(reached_before);
        draft.tell_of_moved_days();
        draft.lift_return_when_put_right();
        draft.resolve_again()?;
        draft.resolve_held()?;
        // What the facts settled asks for them no longer.
        draft.refresh_clocks();
        draft.advance();
        Ok(draft.events)
    }

    fn consider_again(
        &self,
        waiting: &Consideration,
        child: &Child,
    ) -> Result<Considered, Refusal> {
        if waiting.event == FACTS_CHANGED {
            return self.watched_again(waiting);
        }
        let trigger = Trigger {
            event: waiting.event.clone(),
            conference: waiting.conference.clone(),
            meeting: waiting.meeting.clone(),
            effective_at: waiting.effective_at,
        };
        let again = Deciding {
            trigger: &trigger,
            ..*self
        };
        if trigger.event == "conference_held" {
            again.held(child)
        } else if trigger.meeting.is_some() {
            let nothing = || again.nothing(Explanation::of("no_route"));
            Ok(again.opened_by_meeting(child)?.unwrap_or_else(nothing))
        } else {
            again.scheduled(child)
        }
    }

    /// What a fresh look at the facts could not decide is looked at anew with every look: when it opens nothing and
    /// asks for nothing any more, it is settled.
    fn watched_again(&self, waiting: &Consideration) -> Result<Considered, Refusal> {
        let Some(child) = &self.context.child else {
            return Ok(self.nothing(Explanation::of("reassessed")));
        };
        let again = match self.look(child)?.look {
            Look::Undecided { missing, rules } => Some((missing, rules)),
            Look::Opens { .. } | Look::Nothing => None,
        };
        let (Some((missing, rules)), Some(responsibility)) = (again, &self.context.responsibility)
        else {
            return Ok(Considered {
                consideration: self.series.settled_consideration(),
                ..self.nothing(Explanation::of("reassessed"))
            });
        };
        let trigger = Trigger {
            event: waiting.event.clone(),
            conference: None,
            meeting: None,
            effective_at: waiting.effective_at,
        };
        let again = Deciding {
            trigger: &trigger,
            ..*self
        };
        Ok(again.undecided(
            child,
            responsibility,
            missing,
            rules,
            Explanation::of("undecided"),
        ))
    }

    pub fn undecided(
        &self,
        child: &Child,
        responsibility: &Responsibility,
        missing: Vec<String>,
        rules: Vec<String>,
        explanation: Explanation,
    ) -> Considered {
        let event = match self.trigger.event.as_str() {
            event if event.starts_with("conference_") || event.starts_with(MEETING) => event,
            _ => FACTS_CHANGED,
        };
        if let Some(waiting) = &self.series.consideration
            && waiting.missing == missing
            && waiting.conference == self.trigger.conference
            && waiting.event == event
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
            event: event.to_owned(),
            conference: self.trigger.conference.clone(),
            meeting: self.trigger.meeting.clone(),
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
}

impl Draft<'_> {
    /// Ends what the facts opened and no longer carry: its reason went away. What is unknown ends nothing.
    fn lapse_when_untrue(&mut self) -> bool {
        let by_facts = self
            .transfer
            .opened_by
            .as_ref()
            .is_some_and(|by| by.event == FACTS_CHANGED || by.event == DATE);
        let Some(route) = self
            .route()
            .filter(|route| by_facts && route.rests_on_facts())
        else {
            return false;
        };
        let mut scope = self.scope();
        scope.trigger = Some(FACTS_CHANGED);
        let untrue = route
            .when
            .as_ref()
            .is_some_and(|when| when.decide(&scope).truth == Truth::False);
        if untrue {
            let change = Changed::Lapsed {
                reason: "facts_no_longer_hold".to_owned(),
                closure_ground: None,
            };
            self.end(change, ids(&route.cites), self.received_at());
        }
        untrue
    }

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
        let mut told_due = self.due_now(Occasion::DueMoved);
        told_due.extend(self.transfer.told_due.clone());
        let seen = Seen {
            facts_version: facts_version.max(self.transfer.facts_version),
            epoch: responsibility.epoch,
            worker: responsibility.worker.clone(),
            span_since: responsibility.since,
            so_far: so_far(self.context, self.rules),
            told_due,
            looked_at: self.look_again(facts_version),
        };
        let known = Seen {
            facts_version: self.transfer.facts_version,
            epoch: self.transfer.from_epoch,
            worker: self.transfer.from_worker.clone(),
            span_since: self.transfer.span_since,
            so_far: self.transfer.so_far.clone(),
            told_due: self.transfer.told_due.clone(),
            looked_at: self.transfer.looked_at.clone(),
        };
        if seen != known {
            self.push(Changed::Seen(seen), vec![], self.received_at());
        }
    }

    /// A breach that was answered safely, because facts were unknown, is decided anew when facts come.
    fn resolve_again(&mut self) -> Result<(), Refusal> {
        let waiting = self
            .transfer
            .undecided
            .keys()
            .filter_map(|about| about.strip_prefix("expiry:"));
        for clock in waiting.map(str::to_owned).collect::<Vec<_>>() {
            self.resolve_expiry(&clock)?;
        }
        Ok(())
    }

    /// Another district means another receiving team, as long as nobody there has taken it up.
    fn follow_the_area(&mut self, child: &Child) -> Result<(), Refusal> {
        if self.transfer.team_decided {
            return Ok(());
        }
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
        // Within a service whoever asked named the team (C-067).
        if self.route().is_some_and(|route| route.within_team) {
            return Ok(());
        }
        // In one area with several teams somebody says which (W-095): the facts tell no more.
        let named_later = self.route().is_some_and(|route| route.team_named_later);
        if named_later && target.area == self.transfer.area {
            self.settle_trouble(RECEIVING_TEAM_DIFFERS);
            return Ok(());
        }
        let receiving = opening::receiving_team(&target, &child.facts, self.context, &rules)?;
        let Receiving::Team(team) = receiving else {
            return Ok(());
        };
        if team.id == self.transfer.to_team {
            self.settle_trouble(RECEIVING_TEAM_DIFFERS);
            return Ok(());
        }
        if self.transfer.phase == Phase::Open
            && self.transfer.receiving_worker.is_none()
            && team.id != self.transfer.from_team
        {
            let change = Changed::ReceivingTeamSet {
                team: team.id,
                area: team.area,
                decided: false,
            };
            self.push(change, rules.clone(), self.received_at());
            self.tell_again(Occasion::Opened, rules, self.received_at());
        } else {
            self.trouble(
                RECEIVING_TEAM_DIFFERS,
                super::owner::receiving(baton_protocol::Role::TEAM_MANAGER),
                &rules,
            );
        }
        Ok(())
    }
}

/// Who a party is while there is no transfer: only the responsible team is known.
pub fn owner_before_opening(party: Party, responsibility: &Responsibility) -> Owner {
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
