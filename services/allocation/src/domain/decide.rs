//! What a command changes, or why it may not.

mod authorising;
mod comparing;
mod preparing;

use std::collections::BTreeSet;

use baton_ids::WorkerId;
use baton_protocol::Pack;
use jiff::Timestamp;

pub use self::authorising::{
    escalation_due, report_again, report_due, report_placement, told_again, told_later,
};
pub use self::comparing::discrepancy_overdue;

use self::authorising::{authorise, left_without_worker, without_worker};
use self::comparing::{compare, with_settled_discrepancy};
use self::preparing::{Paper, sign};
use super::authority::{self, Needed};
use super::case::{Case, apply};
use super::command::{Allocate, Command, End, Move, Placement};
use super::context::Context;
use super::event::{Event, What};
use super::organisation::Roster;
use super::refusal::Refusal;
use super::rules::Rules;
use super::rulings::{KeptRuling, Occasion};
use super::unallocated::{self, Ruling};

/// Decides on a placement. `former` is the child's newest case, open or closed.
pub fn place(
    placement: &Placement,
    former: Option<&Case>,
    roster: &Roster,
    ctx: &Context,
    pack: &Pack,
    now: Timestamp,
) -> Result<(Case, Event), Refusal> {
    if let Some(former) = former {
        let Some(closed_at) = former.closed_at else {
            return Err(Refusal::CaseAlreadyOpen);
        };
        within(placement.effective_at, closed_at, ctx, now)?;
    }
    within(placement.effective_at, Timestamp::MIN, ctx, now)?;
    roster.team(&placement.team)?;
    if let Some(worker) = &placement.worker {
        roster.worker_of(worker, &placement.team)?;
    }

    let previous = former.map(|case| case.id);
    let case = Case {
        id: placement.case,
        authority: ctx.authority.clone(),
        child: placement.child,
        family: ctx.child.as_ref().and_then(|child| child.family),
        referral: placement.referral,
        previous,
        opened_at: placement.effective_at,
        closed_at: None,
        epoch: 1,
        version: 0,
        team: placement.team.clone(),
        team_since: placement.effective_at,
        worker: placement.worker.clone(),
        worker_since: placement.effective_at,
        next_worker: None,
        next_worker_joined_at: None,
        so_far: former.map(|case| case.so_far.clone()).unwrap_or_default(),
        unallocated: None,
        rulings: Vec::new(),
        discrepancy: None,
        facts_version: ctx.child.as_ref().map_or(0, |child| child.version),
        pack: ctx.pack.clone(),
    };
    let placed = What::Placed {
        team: placement.team.clone(),
        worker: placement.worker.clone(),
        referral: placement.referral,
        previous,
    };
    let at = placement.effective_at;
    let asked = placement.worker.is_none();
    let ruling = asked.then(|| KeptRuling::on(Occasion::Placed, at, ctx, pack));
    let event = Event {
        ruling,
        ..happened(placed, at, &["X-20"], &placement.rules)
    };
    Ok((apply(case, &event), event))
}

/// Decides on an act on a case. No events: it had already taken effect.
pub fn decide(
    case: &Case,
    command: &Command,
    roster: &Roster,
    ctx: &Context,
    rules: &Rules<'_>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    facts_are_fresh(case, ctx)?;
    if let Command::ReportHolder(report) = command {
        return Ok(compare(case, report, ctx, rules));
    }
    if !case.is_open() {
        return Err(Refusal::CaseNotOpen);
    }
    let events = match command {
        Command::Allocate(allocate) => allocate_worker(case, allocate, roster, ctx, rules, now)?,
        Command::Move(to) => move_responsibility(case, to, roster, ctx, rules, now)?,
        Command::End(end) => end_responsibility(case, end, ctx, now)?,
        Command::Involve { worker, transfer } => {
            if let Some(worker) = worker {
                roster.worker(worker)?;
            }
            if case.next_worker == *worker {
                return Ok(Vec::new());
            }
            let joins = rules.pack.allocation.next_worker_joins.as_ref();
            let cites = joins.map_or_else(Vec::new, |joins| {
                joins.cites.iter().map(ToString::to_string).collect()
            });
            let identified = What::NextWorkerIdentified {
                worker: worker.clone(),
                transfer: *transfer,
                joins: joins.is_some(),
            };
            vec![happened(identified, ctx.received_at, &["X-20"], &cites)]
        }
        Command::AuthoriseUnallocated {
            authorised,
            reason_digest,
        } => authorise(case, *authorised, reason_digest, roster, ctx, rules)?,
        Command::SignUnallocatedStep {
            step,
            covers,
            text_digest,
        } => {
            let paper = Paper {
                step,
                covers,
                text_digest,
            };
            sign(case, &paper, roster, ctx, rules)?
        }
        Command::ReportHolder(report) => compare(case, report, ctx, rules),
    };
    Ok(with_settled_discrepancy(case, events))
}

fn facts_are_fresh(case: &Case, ctx: &Context) -> Result<(), Refusal> {
    match &ctx.child {
        Some(child) if child.version < case.facts_version => Err(Refusal::StaleFacts {
            given: child.version,
            seen: case.facts_version,
        }),
        _ => Ok(()),
    }
}

/// not in the future, not before the current span. Our own clock may be a little ahead of the gateway's.
fn within(at: Timestamp, since: Timestamp, ctx: &Context, now: Timestamp) -> Result<(), Refusal> {
    if at > ctx.received_at.max(now) {
        return Err(Refusal::EffectiveInFuture { at });
    }
    if at < since {
        return Err(Refusal::EffectiveBeforeSpan { at, since });
    }
    Ok(())
}

fn allocate_worker(
    case: &Case,
    command: &Allocate,
    roster: &Roster,
    ctx: &Context,
    rules: &Rules<'_>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let Some(expected) = command.expected_version
        && expected != case.version
    {
        return Err(Refusal::StaleVersion {
            expected,
            actual: case.version,
        });
    }
    let team = roster.team(&case.team)?;
    let (by, cites) = unallocated::allocators(rules.pack);
    let needed = Needed {
        by: &by,
        team,
        only: false,
    };
    let acted_in = authority::pick_post(ctx, rules.pack, &needed, &cites)?;
    roster.worker_of(&command.worker, &case.team)?;
    if case.worker.as_ref() == Some(&command.worker) {
        return Ok(Vec::new());
    }
    let at = command
        .effective_at
        .unwrap_or_else(|| ctx.received_at.max(case.worker_since));
    within(at, case.worker_since, ctx, now)?;

    let mut under = cites;
    under.extend(command.departures.iter().map(|(rule, _)| rule.clone()));
    let allocated = What::Allocated {
        worker: command.worker.clone(),
        former: case.worker.clone(),
        departures: command.departures.clone(),
    };
    let event = happened(allocated, at, &["X-20"], &under);
    Ok(vec![Event {
        acted_in: Some(acted_in),
        ..event
    }])
}

fn move_responsibility(
    case: &Case,
    to: &Move,
    roster: &Roster,
    ctx: &Context,
    rules: &Rules<'_>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    same_epoch(case, to.expected_epoch)?;
    roster.team(&to.to_team)?;
    if let Some(worker) = &to.to_worker {
        roster.worker_of(worker, &to.to_team)?;
    }
    within(to.effective_at, case.team_since, ctx, now)?;

    let mut under = to.rules.clone();
    let mut pending = None;
    if to.to_worker.is_none() {
        match without_worker(to, ctx, rules)? {
            Ruling::ByAuthority {
                by,
                escalate,
                rules: cites,
            } => {
                pending = Some(left_without_worker(to, by, &escalate, &cites, rules));
                under.extend(cites);
            }
            Ruling::Allowed { rules } | Ruling::Forbidden { rules, .. } => under.extend(rules),
        }
    }
    let moved = What::Moved {
        from_team: case.team.clone(),
        from_worker: case.worker.clone(),
        to_team: to.to_team.clone(),
        to_worker: to.to_worker.clone(),
        transfer: to.transfer,
        release: to.release,
    };
    let asked = to.to_worker.is_none();
    let moved = Event {
        ruling: asked.then(|| KeptRuling::on(Occasion::Moved, to.effective_at, ctx, rules.pack)),
        ..happened(moved, to.effective_at, &["X-20"], &under)
    };
    Ok(std::iter::once(moved).chain(pending).collect())
}

fn end_responsibility(
    case: &Case,
    end: &End,
    ctx: &Context,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    same_epoch(case, end.expected_epoch)?;
    within(end.effective_at, case.team_since, ctx, now)?;

    Ok(vec![happened(
        What::Ended {
            closure: end.closure,
        },
        end.effective_at,
        &["X-20"],
        &end.rules,
    )])
}

fn same_epoch(case: &Case, expected: i64) -> Result<(), Refusal> {
    if case.epoch == expected {
        Ok(())
    } else {
        Err(Refusal::StaleEpoch {
            expected,
            actual: case.epoch,
        })
    }
}

/// An event under its own rules and those that came with the command, each once.
fn happened(what: What, effective_at: Timestamp, own: &[&str], given: &[String]) -> Event {
    let mut rules: Vec<String> = given.to_vec();
    rules.extend(own.iter().map(|&rule| rule.to_owned()));
    let mut seen = BTreeSet::new();
    rules.retain(|rule| seen.insert(rule.clone()));
    Event {
        what,
        effective_at,
        rules,
        acted_in: None,
        reason_digest: None,
        ruling: None,
    }
}

/// The workers that a command names, for the roster.
pub fn worker_named(command: &Command) -> Option<&WorkerId> {
    match command {
        Command::Allocate(allocate) => Some(&allocate.worker),
        Command::Move(to) => to.to_worker.as_ref(),
        Command::Involve { worker, .. } => worker.as_ref(),
        Command::End(_)
        | Command::AuthoriseUnallocated { .. }
        | Command::SignUnallocatedStep { .. }
        | Command::ReportHolder(_) => None,
    }
}
