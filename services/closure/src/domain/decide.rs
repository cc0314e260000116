//! What a command changes, or why it may not.

use baton_ids::ClosureId;
use baton_protocol::Pack;
use jiff::Timestamp;
use uuid::Uuid;

use super::authority;
use super::closure::{Closure, DueState, Phase, Release, apply};
use super::context::{Context, PrincipalKind, Responsibility};
use super::event::{Event, What};
use super::refusal::Refusal;
use super::rules::Rules;

/// Begins to consider closing a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consider {
    /// The id the closure will have.
    pub id: ClosureId,
    /// Why, as a code.
    pub ground: String,
    /// Since when.
    pub effective_at: Timestamp,
    /// The rules.
    pub rules: Vec<String>,
}

/// An act on a closure that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Joins a person's proposal to a closure that is already considered.
    Propose {
        /// Digest of the reason, hex.
        reason_digest: String,
    },
    /// Approves or declines.
    Decide {
        /// Whether the case is closed.
        approved: bool,
        /// The version the caller has seen. None to leave it unchecked.
        expected_version: Option<i64>,
        /// Digest of the reason, hex.
        reason_digest: String,
        /// Id of the release, should it be approved.
        release: Uuid,
        /// Soft rules departed from, each with the digest of the reason.
        departures: Vec<(String, String)>,
    },
    /// The ledger ended responsibility.
    ConfirmEnd {
        /// The release.
        release: Uuid,
        /// The epoch after the end.
        epoch: i64,
        /// When.
        closed_at: Timestamp,
    },
    /// The ledger refused.
    FailEnd {
        /// The release.
        release: Uuid,
        /// Why: a reason of the closed list.
        reason: String,
    },
}

/// Decides on considering a closure: the case has no live one.
pub fn consider(
    command: &Consider,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<(Closure, Event), Refusal> {
    let responsible = ctx.responsibility.as_ref().ok_or(Refusal::CaseNotOpen)?;
    let child = ctx.child.as_ref().ok_or(Refusal::CaseNotOpen)?;
    let says = rules.on(&command.ground);
    let closure = Closure {
        id: command.id,
        authority: ctx.authority.clone(),
        case: responsible.case,
        child: child.child,
        family: child.family,
        phase: Phase::Considered,
        ground: command.ground.clone(),
        team: responsible.team.clone(),
        decided_by: says.decided_by.role.as_str().to_owned(),
        considered_at: command.effective_at,
        proposed_by: None,
        due: rules.decided_by(command.effective_at),
        approvals: Vec::new(),
        rules: Vec::new(),
        closed_at: None,
        to_epoch: 0,
        version: 0,
        facts_version: child.version,
        pack: ctx.pack.clone(),
    };
    let what = What::Considered {
        ground: command.ground.clone(),
    };
    let event = happened(what, command.effective_at, &command.rules, &says.rules);
    Ok((apply(closure, &event), event))
}

/// Decides on a person's proposal for a case that has no live closure: it is considered and proposed at once.
pub fn propose(
    command: &Consider,
    reason_digest: &str,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<(Closure, Vec<Event>), Refusal> {
    let (closure, considered) = consider(command, ctx, rules)?;
    let proposed = proposed(&closure, reason_digest, ctx, rules)?;
    let closure = apply(closure, &proposed);
    Ok((closure, vec![considered, proposed]))
}

/// Decides on an act on a closure. No events: it had already taken effect.
pub fn decide(
    closure: &Closure,
    command: &Command,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<Vec<Event>, Refusal> {
    if let Some(child) = &ctx.child
        && child.version < closure.facts_version
    {
        return Err(Refusal::StaleFacts {
            given: child.version,
            seen: closure.facts_version,
        });
    }
    match command {
        Command::Propose { reason_digest } => {
            considered(closure)?;
            if closure.proposed_by.as_ref() == Some(&ctx.actor.principal) {
                return Ok(Vec::new());
            }
            Ok(vec![proposed(closure, reason_digest, ctx, rules)?])
        }
        Command::Decide {
            approved,
            expected_version,
            reason_digest,
            release,
            departures,
        } => {
            if let Some(expected) = *expected_version
                && expected != closure.version
            {
                return Err(Refusal::StaleVersion {
                    expected,
                    actual: closure.version,
                });
            }
            considered(closure)?;
            let event = if *approved {
                approve(closure, *release, departures, ctx, rules)?
            } else {
                decline(closure, ctx, rules)?
            };
            Ok(vec![Event {
                reason_digest: Some(reason_digest.clone()),
                ..event
            }])
        }
        Command::ConfirmEnd {
            release,
            epoch,
            closed_at,
        } => {
            let Some(release) = answered(closure, *release)? else {
                return Ok(Vec::new());
            };
            let closed = What::Closed {
                release: release.clone(),
                epoch: *epoch,
            };
            Ok(vec![happened(closed, *closed_at, &release.rules, &[])])
        }
        Command::FailEnd { release, reason } => {
            if closure.phase == Phase::Considered {
                return Ok(Vec::new());
            }
            let Some(release) = answered(closure, *release)? else {
                return Err(Refusal::WrongPhase {
                    phase: closure.phase.code(),
                });
            };
            let failed = What::EndFailed {
                reason: reason.clone(),
            };
            Ok(vec![happened(failed, ctx.received_at, &release.rules, &[])])
        }
    }
}

/// What follows when nothing was decided in time. None when something was, or it was not due then.
pub fn breach(closure: &Closure, pack: &Pack, due_at: Timestamp) -> Option<Event> {
    let due = closure.due.as_ref()?;
    if closure.phase != Phase::Considered
        || due.state != DueState::Open
        || due.breached_at != due_at
    {
        return None;
    }
    let escalate_to = authority::next_rung(pack, &closure.decided_by);
    Some(happened(
        What::DeadlineBreached { escalate_to },
        due_at,
        &due.rules,
        &[],
    ))
}

fn considered(closure: &Closure) -> Result<(), Refusal> {
    match closure.phase {
        Phase::Considered => Ok(()),
        Phase::Closing(_) => Err(Refusal::Released),
        Phase::Closed(_) | Phase::Declined => Err(Refusal::WrongPhase {
            phase: closure.phase.code(),
        }),
    }
}

/// The release that the ledger answers. None when its answer is already on record.
fn answered(closure: &Closure, id: Uuid) -> Result<Option<&Release>, Refusal> {
    match &closure.phase {
        Phase::Closing(release) if release.id == id => Ok(Some(release)),
        Phase::Closed(release) if release.id == id => Ok(None),
        Phase::Closing(_) => Err(Refusal::OtherRelease),
        Phase::Considered | Phase::Closed(_) | Phase::Declined => Err(Refusal::WrongPhase {
            phase: closure.phase.code(),
        }),
    }
}

fn responsible(ctx: &Context) -> Result<&Responsibility, Refusal> {
    ctx.responsibility.as_ref().ok_or(Refusal::CaseNotOpen)
}

fn proposed(
    closure: &Closure,
    reason_digest: &str,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<Event, Refusal> {
    let responsible = responsible(ctx)?;
    let says = rules.on(&closure.ground);
    let acted_in =
        authority::pick_post(ctx, rules.pack, &says.proposed_by, responsible, &says.rules)?;
    let by = (ctx.actor.kind == PrincipalKind::Person).then(|| ctx.actor.principal.clone());
    let what = What::Proposed {
        by,
        team: responsible.team.clone(),
    };
    let event = happened(what, ctx.received_at, &says.rules, &[]);
    Ok(Event {
        acted_in: Some(acted_in),
        reason_digest: Some(reason_digest.to_owned()),
        ..event
    })
}

fn approve(
    closure: &Closure,
    release: Uuid,
    departures: &[(String, String)],
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<Event, Refusal> {
    let responsible = responsible(ctx)?;
    let says = rules.on(&closure.ground);
    let by = [says.decided_by];
    let acted_in = authority::pick_post(ctx, rules.pack, &by, responsible, &says.rules)?;
    if says.four_eyes && closure.proposed_by.as_ref() == Some(&ctx.actor.principal) {
        return Err(Refusal::FourEyes);
    }

    let departed: Vec<String> = departures.iter().map(|(rule, _)| rule.clone()).collect();
    let under = each_once(&closure.rules, &each_once(&says.rules, &departed));
    let approved = What::Approved {
        team: responsible.team.clone(),
        role: acted_in.role.clone(),
        departures: departures.to_vec(),
        release: Release {
            id: release,
            expected_epoch: responsible.epoch,
            effective_at: ctx.received_at,
            rules: under.clone(),
        },
    };
    let event = happened(approved, ctx.received_at, &under, &[]);
    Ok(Event {
        acted_in: Some(acted_in),
        ..event
    })
}

fn decline(closure: &Closure, ctx: &Context, rules: &Rules<'_>) -> Result<Event, Refusal> {
    let responsible = responsible(ctx)?;
    let says = rules.on(&closure.ground);
    let by = [says.decided_by];
    let acted_in = authority::pick_post(ctx, rules.pack, &by, responsible, &says.rules)?;
    let what = What::Declined {
        team: responsible.team.clone(),
    };
    let event = happened(what, ctx.received_at, &says.rules, &[]);
    Ok(Event {
        acted_in: Some(acted_in),
        ..event
    })
}

/// An event under the rules that came with the command and its own, each once.
fn happened(what: What, effective_at: Timestamp, given: &[String], own: &[String]) -> Event {
    Event {
        what,
        effective_at,
        rules: each_once(given, own),
        acted_in: None,
        reason_digest: None,
    }
}

fn each_once(first: &[String], then: &[String]) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    for rule in first.iter().chain(then) {
        if !rules.contains(rule) {
            rules.push(rule.clone());
        }
    }
    rules
}
