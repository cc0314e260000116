//! Cases without a worker: whether a move may leave one, and who authorises that it stays so.

use baton_calendar::{Anchor, Due};
use baton_protocol::allocation::{HardStop, WithoutWorker, WithoutWorkerReport};
use baton_protocol::{Party, Rung};
use jiff::Timestamp;

use super::happened;
use super::preparing::{next_signatures, open_steps, progress, report_after, signatures};
use crate::domain::authority::{self, Needed};
use crate::domain::case::{Case, Escalation, Unallocated};
use crate::domain::command::Move;
use crate::domain::context::Context;
use crate::domain::dates::Count;
use crate::domain::event::{Event, What};
use crate::domain::organisation::Roster;
use crate::domain::refusal::Refusal;
use crate::domain::rules::Rules;
use crate::domain::rulings::{KeptRuling, Occasion};
use crate::domain::unallocated::{self, Ruling};

/// What the protocol says of a move without a worker, unless it forbids it.
pub(super) fn without_worker(
    to: &Move,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<Ruling, Refusal> {
    let forbidden = |rules, unknown_facts| Refusal::UnallocatedForbidden {
        rules,
        unknown_facts,
        team: to.to_team.clone(),
    };
    match unallocated::ruling(rules.pack, ctx.facts().as_ref()) {
        // A transfer that does not say that it waits for authority does not know that it has to.
        Ruling::ByAuthority { rules, .. } if !to.pending_authorisation => {
            Err(forbidden(rules, Vec::new()))
        }
        Ruling::Forbidden {
            rules,
            unknown_facts,
        } => Err(forbidden(rules, unknown_facts)),
        ruling @ (Ruling::Allowed { .. } | Ruling::ByAuthority { .. }) => Ok(ruling),
    }
}

/// A move left the case without a worker: who authorises it, who is told now and who later.
pub(super) fn left_without_worker(
    to: &Move,
    by: Vec<Party>,
    escalate: &[Rung],
    cites: &[String],
    rules: &Rules<'_>,
) -> Event {
    let later = told_later(escalate, to.effective_at, rules);
    let what = What::Unallocated {
        transfer: Some(to.transfer),
        by,
        escalate: escalate
            .iter()
            .filter(|rung| rung.after.is_none())
            .map(|rung| rung.to)
            .collect(),
        later,
        awaited: rules
            .pack
            .allocation
            .leave_unallocated
            .as_ref()
            .map_or_else(Vec::new, |leave| next_signatures(leave, &[])),
    };
    happened(what, to.effective_at, &[], cites)
}

/// Who is told of a case without a worker only after some time, in due order.
pub fn told_later(escalate: &[Rung], since: Timestamp, rules: &Rules<'_>) -> Vec<Escalation> {
    let told_at = |rung: &Rung| {
        let after = rung.after?.in_profile(rules.pack.plain_days);
        let due = rules.calendar.due_after(Anchor::Instant(since), after);
        Some(Escalation {
            to: rung.to,
            at: due.breached_at,
            count: Some(Count::from(&due)),
        })
    };
    let mut later: Vec<Escalation> = escalate.iter().filter_map(told_at).collect();
    later.sort_by_key(|escalation| escalation.at);
    later
}

/// Who is told of a case that was placed and has no worker, though the protocol wants one for it (L-010, C-005). None when
/// it has one, or where nobody is told. Unknown facts count as those that ask for a worker.
pub fn report_placement(case: &Case, ctx: &Context, rules: &Rules<'_>) -> Option<Event> {
    if case.worker.is_some() {
        return None;
    }
    match rules.pack.without_worker(&ctx.facts().unwrap_or_default()) {
        WithoutWorker::Forbidden { stop, .. } => {
            reported(stop, case.opened_at, ctx.received_at, rules)
        }
        WithoutWorker::Allowed | WithoutWorker::Pending(_) => None,
    }
}

/// Tells them again. None when the case has a worker by now.
pub fn report_again(case: &Case, rules: &Rules<'_>, due_at: Timestamp) -> Option<Event> {
    let Some(Unallocated::Reported { stop, again_at, .. }) = &case.unallocated else {
        return None;
    };
    if *again_at != Some(due_at) {
        return None;
    }
    let mut stops = rules.pack.allocation.hard_stops.iter();
    let stop = stops.find(|known| known.stop == *stop)?;
    reported(stop, due_at, due_at, rules)
}

fn reported(
    stop: &HardStop,
    effective_at: Timestamp,
    told_at: Timestamp,
    rules: &Rules<'_>,
) -> Option<Event> {
    let report = stop.report.as_ref()?;
    let again = told_again(report, told_at, rules);
    let what = What::WithoutWorkerReported {
        stop: stop.stop.clone(),
        to: report.to.clone(),
        again_at: again
            .as_ref()
            .map(|again| rules.calendar.start_of(again.on)),
        again_count: again.as_ref().map(Count::from),
    };
    let cites: Vec<String> = report.cites.iter().map(ToString::to_string).collect();
    Some(happened(what, effective_at, &[], &cites))
}

/// When they are told again: at the beginning of that day. None where once is enough.
pub fn told_again(
    report: &WithoutWorkerReport,
    told_at: Timestamp,
    rules: &Rules<'_>,
) -> Option<Due> {
    let every = report.again_every?.in_profile(rules.pack.plain_days);
    Some(rules.calendar.due_after(Anchor::Instant(told_at), every))
}

/// What follows when a case still waits for authority and somebody has to be told. None when it no longer does.
pub fn escalation_due(case: &Case, due_at: Timestamp) -> Option<Event> {
    let Some(Unallocated::PendingAuthorisation { escalations, .. }) = &case.unallocated else {
        return None;
    };
    let escalation = escalations
        .first()
        .filter(|next| next.at == due_at)?
        .clone();
    Some(happened(
        What::UnallocatedEscalated { escalation },
        due_at,
        &["W-150"],
        &[],
    ))
}

/// Authorises or refuses leaving a case without a worker (W-155).
pub(super) fn authorise(
    case: &Case,
    authorised: bool,
    reason_digest: &str,
    roster: &Roster,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<Vec<Event>, Refusal> {
    let facts = ctx.facts();
    let (by, only) = unallocated::authorisers(rules.pack);
    if by.is_empty() || case.worker.is_some() {
        return Err(Refusal::NothingToAuthorise);
    }
    let needed = Needed {
        by: &by,
        team: roster.team(&case.team)?,
        only,
    };
    let acted_in = authority::pick_post(ctx, rules.pack, &needed, &["W-155".to_owned()])?;
    let ruling = unallocated::ruling(rules.pack, facts.as_ref());
    if let (
        true,
        Ruling::Forbidden {
            rules,
            unknown_facts,
        },
    ) = (authorised, ruling)
    {
        return Err(Refusal::UnallocatedForbidden {
            rules,
            unknown_facts,
            team: case.team.clone(),
        });
    }
    if authorised && !matches!(case.unallocated, Some(Unallocated::Authorised { .. })) {
        let leave = rules.pack.allocation.leave_unallocated.as_ref();
        let open = leave.map_or_else(Vec::new, |leave| open_steps(leave, signatures(case)));
        if !open.is_empty() {
            return Err(Refusal::NotPrepared {
                open,
                team: case.team.clone(),
            });
        }
    }
    let what = match (authorised, &case.unallocated) {
        (true, Some(Unallocated::Authorised { .. })) | (false, Some(Unallocated::Refused)) => {
            return Ok(Vec::new());
        }
        (true, _) => {
            let today = rules.calendar.date_of(ctx.received_at);
            What::UnallocatedAuthorised {
                report: report_after(today, rules),
                told_by: rules.calendar.due_at(Anchor::Date(today)),
            }
        }
        (false, _) => What::UnallocatedRefused {
            escalate_to: authority::next_rung(rules.pack, authority::TEAM_MANAGER),
        },
    };
    let occasion = if authorised {
        Occasion::Authorised
    } else {
        Occasion::Refused
    };
    let event = happened(what, ctx.received_at, &["W-155"], &[]);
    Ok(vec![Event {
        acted_in: Some(acted_in),
        reason_digest: Some(reason_digest.to_owned()),
        ruling: Some(KeptRuling::on(occasion, ctx.received_at, ctx, rules.pack)),
        ..event
    }])
}

/// What follows when the day of a progress report has passed. None when it was given, or the case has a worker.
pub fn report_due(case: &Case, rules: &Rules<'_>, due_at: Timestamp) -> Option<Event> {
    let Some(Unallocated::Authorised {
        report_due_on,
        report_late_at,
        ..
    }) = case.unallocated
    else {
        return None;
    };
    if report_late_at != due_at {
        return None;
    }
    let due = What::UnallocatedReportDue {
        due_on: report_due_on,
        next: report_after(report_due_on, rules),
        to: progress(rules).map_or_else(Vec::new, |progress| progress.to.clone()),
    };
    Some(happened(due, due_at, &["W-156", "W-157"], &[]))
}
