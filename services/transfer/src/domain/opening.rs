//! Opening a transfer: which route, to which team, with what.

use baton_protocol::transfer::{
    Choice, CompletedBy, Occasion, Route, TargetTeam, Trigger as RouteTrigger,
};
use baton_protocol::{Facts, Party, Role, TeamKind, Value};

use super::basis::basis_of;
use super::command::{ConferenceReport, Trigger};
use super::consider::{Change as SeriesChange, Considered, Explanation, Series};
use super::consideration::OpenedBy;
use super::context::{Child, Context, Responsibility, Team};
use super::draft::{Draft, Rules, ids};
use super::event::{Change, Event};
use super::owner::receiving;
use super::refusal::Refusal;
use super::shown::{references, so_far};
use super::state::{Conference, Phase, Point, Transfer};

/// What a trigger comes to before anything is written.
pub enum Opening<'p> {
    /// It opens this route to this team.
    Opens {
        /// The route.
        route: &'p Route,
        /// The receiving team.
        team: Team,
    },
    /// It opens nothing, and this is why.
    Not,
    /// Facts are missing.
    Undecided {
        /// Which.
        missing: Vec<String>,
        /// The rules.
        rules: Vec<String>,
    },
}

/// Chooses the route that a trigger opens, and explains the choice.
pub fn choose<'p>(
    trigger: &Trigger,
    facts: &Facts,
    responsibility: &Responsibility,
    context: &Context,
    rules: Rules<'p>,
) -> Result<(Opening<'p>, Explanation), Refusal> {
    let from: Option<TeamKind> = context
        .team(&responsibility.team)
        .and_then(|team| team.kind.parse().ok());
    let Some(from) = from else {
        return Ok((Opening::Not, Explanation::of("no_route")));
    };
    let conference = trigger.conference.as_ref();
    let chosen = rules.pack.choose_route(
        RouteTrigger {
            event: &trigger.event,
            conference_kind: conference.map(|conference| conference.kind.as_str()),
            outcome: conference.and_then(|conference| conference.outcome.as_deref()),
        },
        facts,
        from,
    );
    let mut explanation = Explanation {
        rules: ids(&chosen.rules()),
        facts: chosen.facts.iter().map(ToString::to_string).collect(),
        ..Explanation::default()
    };
    let opening = match chosen.choice {
        Choice::Stays { .. } => {
            "stays_in_team".clone_into(&mut explanation.decision);
            Opening::Not
        }
        Choice::None => {
            "no_route".clone_into(&mut explanation.decision);
            Opening::Not
        }
        Choice::Undecided { route, missing } => {
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            "undecided".clone_into(&mut explanation.decision);
            explanation.unknown_facts.clone_from(&missing);
            Opening::Undecided {
                missing,
                rules: ids(&route.cites),
            }
        }
        Choice::Opens { route, target } => {
            match receiving_team(&target, facts, context, &explanation.rules)? {
                Receiving::Undecided { missing } => {
                    "undecided".clone_into(&mut explanation.decision);
                    explanation.unknown_facts = vec![missing.clone()];
                    Opening::Undecided {
                        missing: vec![missing],
                        rules: ids(&route.cites),
                    }
                }
                Receiving::Team(team) if team.id == responsibility.team => {
                    "same_team".clone_into(&mut explanation.decision);
                    Opening::Not
                }
                Receiving::Team(team) => {
                    "opens".clone_into(&mut explanation.decision);
                    Opening::Opens { route, team }
                }
            }
        }
    };
    Ok((opening, explanation))
}

/// The fact that tells several teams of one kind apart where the protocol names no area.
pub const DISTRICT: &str = "district";

/// The team that takes a case.
pub enum Receiving {
    /// This one.
    Team(Team),
    /// One of several: it cannot be told which while a fact is unknown.
    Undecided {
        /// The fact.
        missing: String,
    },
}

/// The one team that a route leads to. Where the protocol names no area and several teams of the kind share the
/// authority, it is the one that serves the child's district.
pub fn receiving_team(
    target: &TargetTeam,
    facts: &Facts,
    context: &Context,
    rules: &[String],
) -> Result<Receiving, Refusal> {
    let one_of_several = context
        .teams
        .iter()
        .filter(|team| team.kind == target.kind.as_str() && team.area.is_some())
        .count()
        > 1;
    if target.area.is_some() || !one_of_several {
        return the_team(target, context, rules).map(Receiving::Team);
    }
    let Some(Value::Code(district)) = DISTRICT.parse().ok().and_then(|key| facts.get(&key)) else {
        return Ok(Receiving::Undecided {
            missing: DISTRICT.to_owned(),
        });
    };
    let target = TargetTeam {
        area: Some(district.clone()),
        ..target.clone()
    };
    the_team(&target, context, rules).map(Receiving::Team)
}

fn the_team(target: &TargetTeam, context: &Context, rules: &[String]) -> Result<Team, Refusal> {
    let of_kind: Vec<&Team> = context
        .teams
        .iter()
        .filter(|team| team.kind == target.kind.as_str())
        .collect();
    let in_area = of_kind
        .iter()
        .filter(|team| team.area == target.area)
        .copied();
    let mut exact: Vec<&Team> = in_area.collect();
    // One team for the whole authority serves every area; and where areas are not named, the only team is meant.
    if exact.is_empty() {
        exact = of_kind
            .iter()
            .filter(|team| team.area.is_none() || target.area.is_none())
            .copied()
            .collect();
    }
    match exact.as_slice() {
        [team] => Ok((*team).clone()),
        _ => Err(Refusal::TeamUnknown {
            kind: target.kind.to_string(),
            rules: rules.to_vec(),
        }),
    }
}

/// A new transfer with nothing counted yet.
pub fn blank(
    trigger: &Trigger,
    route: &Route,
    team: &Team,
    child: &Child,
    responsibility: &Responsibility,
    context: &Context,
) -> Transfer {
    Transfer {
        id: context.fresh.transfer,
        authority: context.authority.clone(),
        case: responsibility.case,
        child: child.id,
        family: child.family,
        pack: context.pack.clone(),
        route: route.route.clone(),
        phase: Phase::Open,
        holds: vec![],
        from_team: responsibility.team.clone(),
        from_worker: responsibility.worker.clone(),
        span_since: responsibility.since,
        to_team: team.id.clone(),
        area: team.area.clone(),
        receiving_worker: None,
        worker_named_at: None,
        placed_at: None,
        completed_by: completer(route),
        point: Point::default(),
        gate: vec![],
        meetings: vec![],
        clocks: vec![],
        actions: vec![],
        departures: vec![],
        troubles: vec![],
        undecided: std::collections::BTreeMap::new(),
        conference: trigger.conference.as_ref().map(booked),
        agreement: None,
        notices_sent: std::collections::BTreeMap::new(),
        notice_round: 0,
        told_due: std::collections::BTreeMap::new(),
        version: 1,
        from_epoch: responsibility.epoch,
        facts_version: child.facts_version,
        opened_at: context.received_at,
        opened_by: Some(OpenedBy {
            event: trigger.event.clone(),
            at: trigger.effective_at,
            basis: None,
        }),
        put_off_to: None,
        hold_round: 0,
        team_decided: false,
        team_open: false,
        team_named_at: None,
        so_far: None,
        references: vec![],
        looked_at: None,
    }
}

fn completer(route: &Route) -> Party {
    match route.completed_by {
        Some(CompletedBy::Party(party)) => party,
        Some(CompletedBy::TheMeeting | CompletedBy::ThePoint) | None => {
            receiving(Role::TEAM_MANAGER)
        }
    }
}

/// A conference that is booked: whatever came of it is taken in when it was held.
pub fn booked(report: &ConferenceReport) -> Conference {
    Conference {
        reference: report.reference.clone(),
        kind: report.kind.clone(),
        at: report.at,
        outcome: None,
    }
}

/// Opens a transfer: the gate, the meetings, the point and every clock are there from the beginning.
pub fn open<'a>(
    blank: Transfer,
    trigger: &Trigger,
    context: &'a Context,
    rules: Rules<'a>,
) -> Draft<'a> {
    let mut blank = blank;
    let basis = basis_of(&blank, trigger, context, rules.pack);
    if let Some(opened_by) = &mut blank.opened_by {
        opened_by.basis = basis;
    }
    blank.so_far = so_far(context, rules);
    blank.references = references(&blank, rules);
    let mut draft = Draft::new(blank, context, rules);
    let Some(route) = draft.route() else {
        return draft;
    };
    let meetings = rules.pack.meetings_of(route, &draft.scope());
    let kinds: Vec<String> = meetings
        .iter()
        .map(|applies| applies.rule.meeting.clone())
        .collect();
    for kind in kinds {
        let planned = draft.planned(&kind);
        draft.transfer.meetings.push(planned);
    }
    draft.refresh();
    draft.transfer.looked_at = draft.look();

    // What was counted so far belongs to the opening; what it already means (a breach born of a late report, a
    // departure) is an event of its own.
    let worked_out = std::mem::take(&mut draft.events);
    let mut opened = draft.transfer.clone();
    let later: Vec<Event> = worked_out
        .into_iter()
        .filter(|event| is_own_event(&event.change))
        .collect();
    if !later.is_empty() {
        unsettle(&mut opened, &later);
    }
    opened.version = 1;
    opened.told_due = draft.due_now(Occasion::Opened);
    draft.transfer = opened.clone();
    let cites = ids(&route.cites);
    draft.events.push(Event {
        change: Change::Opened(Box::new(opened)),
        rules: cites,
        effective_at: trigger.effective_at,
        notices: vec![],
    });
    draft.tell(Occasion::Opened);
    for event in later {
        draft.push(event.change, event.rules, event.effective_at);
        if let Some(last) = draft.events.last_mut() {
            last.notices = event.notices;
        }
    }
    draft.depart_when_too_early();
    // While the protocol is suspended it is born with that (M-162).
    draft.follow_suspension();
    if draft.transfer.conference.is_none() {
        // What moves with no conference may be due already: the order was made, the day has come.
        draft.advance();
    }
    draft
}

fn is_own_event(change: &Change) -> bool {
    matches!(
        change,
        Change::Breached { .. }
            | Change::Escalated { .. }
            | Change::ClockMet { .. }
            | Change::Departed(_)
    )
}

/// Takes back in the opened state what is announced after it.
fn unsettle(opened: &mut Transfer, later: &[Event]) {
    for event in later {
        match &event.change {
            Change::Breached { name, .. } | Change::ClockMet { name, .. } => {
                for clock in opened.clocks.iter_mut().filter(|clock| clock.name == *name) {
                    clock.state = super::clock::ClockState::Open;
                }
            }
            Change::Escalated { name, rung } => {
                for clock in opened.clocks.iter_mut().filter(|clock| clock.name == *name) {
                    if let Some(rung) = clock.ladder.get_mut(*rung) {
                        rung.done = false;
                    }
                }
            }
            Change::Departed(_) => {
                opened.departures.pop();
            }
            _ => {}
        }
    }
}

/// What an opening changes for the child.
pub fn opened(
    draft: Draft<'_>,
    explanation: Explanation,
    series: &Series,
    superseded: Option<SeriesChange>,
) -> Considered {
    let mut changes: Vec<SeriesChange> = superseded.into_iter().collect();
    let effective_at = draft.received_at();
    changes.push(SeriesChange {
        before: None,
        events: draft.events,
    });
    Considered {
        changes,
        consideration: series.settled_consideration(),
        watch: None,
        duties: vec![],
        explanation,
        effective_at,
    }
}

/// What was already done for the former transfer counts for the one that takes its place, item by item.
pub fn carried_over(mut blank: Transfer, former: Option<&Transfer>) -> Transfer {
    let Some(former) = former else { return blank };
    blank.gate.clone_from(&former.gate);
    blank.notices_sent.clone_from(&former.notices_sent);
    if former.to_team == blank.to_team {
        blank.receiving_worker.clone_from(&former.receiving_worker);
        blank.worker_named_at = former.worker_named_at;
    }
    blank
}
