//! What has to be on record before a case may be left without a worker (W-153, W-154), and what is reported while it has
//! none (W-156).

use baton_calendar::{Anchor, Duration};
use baton_protocol::Party;
use baton_protocol::allocation::{LeaveUnallocated, Preparation, ProgressReport};
use jiff::civil::Date;

use super::happened;
use crate::domain::authority::{self, Needed};
use crate::domain::case::{Awaited, Case, Signature, Unallocated};
use crate::domain::context::{Context, PostHeld};
use crate::domain::dates::Count;
use crate::domain::event::{Event, ReportDue, What};
use crate::domain::organisation::{Roster, Team};
use crate::domain::refusal::Refusal;
use crate::domain::rules::Rules;
use crate::domain::rulings::{KeptRuling, Occasion};
use crate::domain::unallocated::{self, Ruling};

/// The step that is taken again and again while the case has no worker.
pub const PROGRESS_REPORT: &str = "progress_report";
/// How often progress is reported where the protocol says nothing (W-156: weekly).
const WEEKLY: Duration = Duration::Weeks(1);

/// What somebody signs.
pub(super) struct Paper<'a> {
    /// Which step it is.
    pub step: &'a str,
    /// What it speaks of.
    pub covers: &'a [String],
    /// Digest of what it says, hex.
    pub text_digest: &'a str,
}

/// Signs a step, or takes in a progress report.
pub(super) fn sign(
    case: &Case,
    paper: &Paper<'_>,
    roster: &Roster,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Some(leave) = rules.pack.allocation.leave_unallocated.as_ref() else {
        return Err(Refusal::NothingToAuthorise);
    };
    if case.worker.is_some() {
        return Err(Refusal::NothingToAuthorise);
    }
    let team = roster.team(&case.team)?;
    let (what, cites, acted_in) = match (&leave.progress, paper.step) {
        (Some(progress), PROGRESS_REPORT) => report(case, progress, team, ctx, rules)?,
        _ => match sign_step(case, leave, paper, team, ctx, rules)? {
            Some(signed) => signed,
            None => return Ok(Vec::new()),
        },
    };
    let (step, at) = (Occasion::StepSigned, ctx.received_at);
    let asked = matches!(what, What::UnallocatedStepSigned { .. });
    let ruling = asked.then(|| KeptRuling::on(step, at, ctx, rules.pack));
    let event = happened(what, at, &[], &cites);
    Ok(vec![Event {
        acted_in: Some(acted_in),
        reason_digest: Some(paper.text_digest.to_owned()),
        ruling,
        ..event
    }])
}

type Signed = (What, Vec<String>, PostHeld);

fn sign_step(
    case: &Case,
    leave: &LeaveUnallocated,
    paper: &Paper<'_>,
    team: &Team,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<Option<Signed>, Refusal> {
    let step = leave.step(paper.step).ok_or_else(|| Refusal::StepUnknown {
        step: paper.step.to_owned(),
        known: leave.first.iter().map(|step| step.step.clone()).collect(),
    })?;
    let cites = unallocated::texts(&step.cites);
    let (acted_in, party) = signatory(case, step, team, ctx, rules)?;
    if matches!(case.unallocated, Some(Unallocated::Authorised { .. })) {
        return Err(Refusal::NothingToAuthorise);
    }
    let facts = ctx.facts();
    if let Ruling::Forbidden {
        rules,
        unknown_facts,
    } = unallocated::ruling(rules.pack, facts.as_ref())
    {
        return Err(Refusal::UnallocatedForbidden {
            rules,
            unknown_facts,
            team: case.team.clone(),
        });
    }
    let before: Vec<Awaited> = open_steps(leave, signatures(case))
        .into_iter()
        .take_while(|awaited| awaited.step != step.step)
        .collect();
    if !before.is_empty() {
        return Err(Refusal::NotPrepared {
            open: before,
            team: case.team.clone(),
        });
    }
    let missing: Vec<String> = step
        .asks
        .iter()
        .filter(|ask| !paper.covers.contains(ask))
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::NotCovered { missing });
    }
    let Some(party) = party else {
        // Everybody has signed: nothing new.
        return Ok(None);
    };
    let signature = Signature {
        step: step.step.clone(),
        party,
        by: ctx.actor.principal.clone(),
    };
    let mut signed = signatures(case).to_vec();
    signed.push(signature.clone());
    let complete = is_signed(step, &signed);
    let what = What::UnallocatedStepSigned {
        signature,
        awaited: next_signatures(leave, &signed),
        to: if complete {
            step.to.clone()
        } else {
            Vec::new()
        },
    };
    Ok(Some((what, cites, acted_in)))
}

/// The post in which the actor signs, and as whom; nobody when all have signed. A role of its own comes before one that a
/// higher rung could stand in for, and nobody signs for both sides.
fn signatory(
    case: &Case,
    step: &Preparation,
    team: &Team,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<(PostHeld, Option<Party>), Refusal> {
    let cites = unallocated::texts(&step.cites);
    let as_party = |party: &Party| {
        let needed = Needed {
            by: std::slice::from_ref(party),
            team,
            only: false,
        };
        authority::pick_post(ctx, rules.pack, &needed, &cites)
    };
    let needed = Needed {
        by: &step.signed_by,
        team,
        only: false,
    };
    let any = authority::pick_post(ctx, rules.pack, &needed, &cites)?;
    let signed = signatures(case);
    let open: Vec<&Party> = step
        .signed_by
        .iter()
        .filter(|party| !has_signed(&step.step, **party, signed))
        .collect();
    if open.is_empty() {
        return Ok((any, None));
    }
    let mine = signed
        .iter()
        .any(|signature| signature.step == step.step && signature.by == ctx.actor.principal);
    if mine {
        return Err(Refusal::FourEyes {
            step: step.step.clone(),
            rules: cites.clone(),
        });
    }
    let mut able: Vec<(PostHeld, Party)> = open
        .iter()
        .filter_map(|party| Some((as_party(party).ok()?, **party)))
        .collect();
    able.sort_by_key(|(post, party)| post.role != party.role.as_str());
    match able.into_iter().next() {
        Some((post, party)) => Ok((post, Some(party))),
        // The actor may sign, but that side has signed: the refusal names the other.
        None => Err(as_party(open[0])
            .err()
            .unwrap_or(Refusal::NothingToAuthorise)),
    }
}

/// Takes in a progress report; the next is due a week after this one.
fn report(
    case: &Case,
    progress: &ProgressReport,
    team: &Team,
    ctx: &Context,
    rules: &Rules<'_>,
) -> Result<Signed, Refusal> {
    let cites = unallocated::texts(&progress.cites);
    let by = [progress.by];
    let needed = Needed {
        by: &by,
        team,
        only: false,
    };
    let acted_in = authority::pick_post(ctx, rules.pack, &needed, &cites)?;
    if !matches!(case.unallocated, Some(Unallocated::Authorised { .. })) {
        return Err(Refusal::NothingToAuthorise);
    }
    let what = What::UnallocatedReported {
        next: report_after(rules.calendar.date_of(ctx.received_at), rules),
        to: progress.to.clone(),
    };
    Ok((what, cites, acted_in))
}

/// The progress report that is due next after a day (W-156).
pub(super) fn report_after(day: Date, rules: &Rules<'_>) -> ReportDue {
    let every = progress(rules).map_or(WEEKLY, |progress| progress.every);
    let every = every.in_profile(rules.pack.plain_days);
    let due = rules.calendar.due_after(Anchor::Date(day), every);
    ReportDue {
        on: due.on,
        late_at: due.breached_at,
        count: Count::from(&due),
    }
}

/// What the protocol says about reporting while a case has no worker.
pub(super) fn progress<'a>(rules: &Rules<'a>) -> Option<&'a ProgressReport> {
    let leave = rules.pack.allocation.leave_unallocated.as_ref();
    leave.and_then(|leave| leave.progress.as_ref())
}

/// Every signature that is missing, in the order of the steps.
pub(super) fn open_steps(leave: &LeaveUnallocated, signed: &[Signature]) -> Vec<Awaited> {
    let steps = leave.first.iter();
    steps
        .flat_map(|step| step.signed_by.iter().map(move |party| (step, *party)))
        .filter(|(step, party)| !has_signed(&step.step, *party, signed))
        .map(|(step, party)| Awaited {
            step: step.step.clone(),
            party,
            rules: unallocated::texts(&step.cites),
        })
        .collect()
}

/// The signatures that come next: those of the first step that is not complete.
pub(super) fn next_signatures(leave: &LeaveUnallocated, signed: &[Signature]) -> Vec<Awaited> {
    let mut open = open_steps(leave, signed);
    let first = open.first().map(|awaited| awaited.step.clone());
    open.retain(|awaited| Some(&awaited.step) == first.as_ref());
    open
}

/// What was signed so far.
pub(super) fn signatures(case: &Case) -> &[Signature] {
    match &case.unallocated {
        Some(Unallocated::PendingAuthorisation { signed, .. }) => signed,
        _ => &[],
    }
}

fn is_signed(step: &Preparation, signed: &[Signature]) -> bool {
    step.signed_by
        .iter()
        .all(|party| has_signed(&step.step, *party, signed))
}

fn has_signed(step: &str, party: Party, signed: &[Signature]) -> bool {
    signed
        .iter()
        .any(|signature| signature.step == step && signature.party == party)
}
