//! What becomes of a contact: launched, decided, breached.

use baton_calendar::Calendar;
use baton_ids::{ChildId, ContactId, ReferralId, TeamId};
use baton_protocol::front_door::{CONCERN, ContactOutcome, RouteDecider};
use baton_protocol::{Facts, Pack, PostHeld, Role};
use jiff::Timestamp;

use super::Refusal;
use super::authority::{pick_for_way, pick_post};
use super::contact::{Contact, Decision, Event, OpenDuty, Period, State, Tell, add_all};
use super::context::{Context, PrincipalKind};
use super::duty::{self, Setting, owes};
use super::family::Family;
use super::routing::{self, Chosen, Circumstances, Way};
use super::{asked, rules, step, waits};

mod late;
mod onward;

use onward::onward;

pub use late::{breach, duty_breach, escalate, escalate_duty};
pub use onward::{Supposed, suppose};

/// Reports a contact.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The child it is about.
    pub child: ChildId,
    /// Where it came from, as a code.
    pub source_kind: String,
    /// Its form, as a code.
    pub form: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// The team it is launched to. None to let the protocol route it.
    pub team: Option<TeamId>,
    /// Its kind, as the protocol names it. Empty for a concern.
    pub kind: String,
}

/// Decides a contact.
#[derive(Debug, Clone)]
pub struct Decide {
    /// The outcome, as a code of the protocol.
    pub outcome: String,
    /// The team to route to. None to let the protocol route it.
    pub team: Option<TeamId>,
    /// Digest of the rationale.
    pub rationale_digest: Option<String>,
    /// The level of need. None where it is not said.
    pub need_level: Option<String>,
    /// The ground, as a code. None where none is given.
    pub ground: Option<String>,
    /// Digests of the issues that the assessment has to address.
    pub issues: Vec<String>,
    /// For how long whoever decides chooses so. None where it is not said.
    pub period: Option<Period>,
    /// The soft rules departed from, with the digest of the reason.
    pub departures: Vec<(String, String)>,
    /// The version that the caller has seen. None to leave it unchecked.
    pub expected_version: Option<i64>,
}

/// The kind of cause under which a council's opening positions are taken over.
const OPENING: &str = "opening";

/// Launches a contact to the team that deals with it (W-004, W-005, M-012, S-001) and starts the clock on its
/// decision (W-009, M-013).
///
/// Refuses only what cannot be understood: a time in the future, a team that is not there.
pub fn launch(
    command: &Launch,
    family: &Family,
    ctx: &Context,
    pack: &Pack,
    calendar: &Calendar,
) -> Result<Vec<Event>, Refusal> {
    if command.received_at > ctx.received_at {
        return Err(Refusal::EffectiveInFuture {
            at: command.received_at,
        });
    }
    let known = Circumstances::of(
        family,
        command.child,
        &command.source_kind,
        command.received_at,
        ctx,
        calendar,
    );
    let kind = routing::kind_of(&command.kind, pack)?;
    let way = match (
        routing::way_of_kind(kind, &known.facts, ctx)?,
        &command.team,
    ) {
        (Some(way), None) => way,
        (_, Some(team)) => routing::way_of_gateway(pack, ctx)
            .unwrap_or_else(|| Way::to(team.clone(), Chosen::Named, Vec::new())),
        (None, None) => routing::way_of_contact(pack, &known, ctx, calendar)?,
    };
    let team = ctx.team(&way.team).ok_or_else(|| Refusal::TeamUnknown {
        team: way.team.clone(),
    })?;
    let mut due = rules::decision_due(pack, &known.facts, calendar, command.received_at, team);
    if let Some(due) = &mut due {
        due.inherited = ctx.cause.kind == OPENING && due.breached_at <= ctx.received_at;
    }
    let mut cited = way.rules;
    add_all(
        &mut cited,
        due.as_ref()
            .map(|due| due.rules.as_slice())
            .unwrap_or_default(),
    );
    let forwarded = (!way.tells.is_empty()).then_some(Event::Forwarded { tells: way.tells });
    let decider = kind
        .and_then(|kind| kind.decided_by.first())
        .map(|party| owes(*party, &team.id, team.area.as_deref()));
    let is_person = ctx.actor.kind == PrincipalKind::Person;
    let is_of_team = |post: &PostHeld| post.team.as_ref().is_none_or(|held| *held == team.id);
    let mut contact = Contact {
        id: ContactId::new(),
        authority: ctx.authority.clone(),
        child: command.child,
        family: family.id,
        pack: ctx.pack.clone(),
        version: 1,
        team: way.team,
        source_kind: command.source_kind.clone(),
        form: command.form.clone(),
        received_at: command.received_at,
        case: ctx.responsible.as_ref().map(|responsible| responsible.case),
        due,
        state: State::Launched,
        rules: cited,
        facts_used: way.facts,
        facts_unknown: way.unknown,
        facts_version: family.version,
        kind: kind.map_or_else(|| CONCERN.to_owned(), |kind| kind.kind.clone()),
        launched_by: is_person.then(|| ctx.actor.principal.clone()),
        from_elsewhere: is_person && !ctx.actor.posts.iter().any(is_of_team),
        worker: ctx
            .responsible
            .as_ref()
            .and_then(|responsible| responsible.worker.as_ref())
            .map(ToString::to_string),
        decider,
        steps: Vec::new(),
        duties: way.duties,
        owed: Vec::new(),
        passed: Vec::new(),
        guidance: Vec::new(),
        steps_before: Vec::new(),
        basis: Some(known.basis(way.chosen, family, command.child, pack)),
        asked_on: Some(asked::look(command.child, family, pack)),
    };
    let facts = step::facts_of(&contact, family);
    let setting = Setting {
        pack,
        facts: &facts,
        calendar,
        teams: &ctx.teams,
    };
    contact.owed = duty::begin("launched", command.received_at, &contact, &setting);
    contact.guidance = step::guidance(pack, &facts);
    contact.steps_before = step::before_any(pack, &facts);
    let tells = told_at_once(&contact, &facts, ctx, pack, calendar);
    let launched = Event::Launched {
        contact: Box::new(contact),
        tells,
    };
    Ok([launched].into_iter().chain(forwarded).collect())
}

/// Who is told of a contact about an open case as soon as it has arrived (S-013).
fn told_at_once(
    contact: &Contact,
    facts: &Facts,
    ctx: &Context,
    pack: &Pack,
    calendar: &Calendar,
) -> Vec<Tell> {
    let open_case = pack.front_door.open_case.as_ref();
    let told = open_case
        .filter(|_| contact.case.is_some())
        .map_or(&[][..], |open_case| &open_case.tells);
    let tells = rules::tells(told, contact, facts, pack, calendar, ctx.received_at);
    rules::at_team_of_case(tells, contact, ctx)
}

/// Decides what action a contact needs (W-009, W-012, M-013, S-002).
///
/// A decision after the due instant answers the breach and does not undo it: when nobody recorded the breach yet, it is
/// recorded first.
#[expect(
    clippy::too_many_lines,
    reason = "the checks stand in the order in which they refuse"
)]
pub fn decide(
    contact: &Contact,
    command: &Decide,
    family: &Family,
    ctx: &Context,
    pack: &Pack,
    calendar: &Calendar,
) -> Result<Vec<Event>, Refusal> {
    if contact.decision().is_some() {
        return Err(Refusal::AlreadyDecided);
    }
    if let Some(expected) = command.expected_version
        && expected != contact.version
    {
        return Err(Refusal::StaleVersion {
            expected,
            actual: contact.version,
        });
    }
    let known = Circumstances::of(
        family,
        contact.child,
        &contact.source_kind,
        contact.received_at,
        ctx,
        calendar,
    );
    let kind = pack.front_door.kind(&contact.kind);
    let allowed = kind.map_or(&[][..], |kind| &kind.outcomes);
    let is_allowed =
        |outcome: &&ContactOutcome| allowed.is_empty() || allowed.contains(&outcome.outcome);
    let outcome = pack.front_door.outcome(&command.outcome).filter(is_allowed);
    let way = outcome.map_or(Ok(None), |outcome| {
        onward(
            outcome,
            command.team.as_ref(),
            contact,
            &known,
            ctx,
            pack,
            calendar,
        )
    });
    // Who may not decide at all learns nothing of the way.
    let of_way = way.as_ref().ok().and_then(Option::as_ref);
    let of_way = of_way.and_then(|way| way.decided_by.as_ref());
    let post = decider(contact, &command.outcome, of_way, ctx, pack)?;
    let outcome = outcome.ok_or_else(|| Refusal::OutcomeUnknown {
        known: pack
            .front_door
            .outcomes
            .iter()
            .filter(is_allowed)
            .map(|outcome| outcome.outcome.clone())
            .collect(),
    })?;
    let mut cited = rules::cited(&outcome.cites);
    if outcome.rationale && command.rationale_digest.is_none() {
        return Err(Refusal::RationaleRequired { rules: cited });
    }
    let facts = step::facts_of_decision(contact, family, command);
    waits::decision_waits(contact, outcome, command, &facts, pack)?;
    let way = way?;
    waits::duties_done(contact, way.as_ref(), &known.facts, command, pack)?;
    if let Some(decided_by) = way.as_ref().and_then(|way| way.decided_by.as_ref()) {
        let rules = rules::cited(&decided_by.cites);
        if decided_by.reason && command.rationale_digest.is_none() {
            return Err(Refusal::RationaleRequired { rules });
        }
        waits::period_said(decided_by, command, calendar.date_of(ctx.received_at))?;
        add_all(&mut cited, &rules);
    }
    add_all(
        &mut cited,
        way.as_ref()
            .map(|way| way.rules.as_slice())
            .unwrap_or_default(),
    );
    let mut tells = rules::tells(
        &outcome.tells,
        contact,
        &facts,
        pack,
        calendar,
        ctx.received_at,
    );
    let (mut routed_to, mut worker, mut facts_used, mut duties) =
        (None, None, Vec::new(), Vec::new());
    let (mut effective_at, mut basis) = (None, None);
    if let Some(way) = way {
        basis = Some(known.basis(way.chosen, family, contact.child, pack));
        tells.extend(way.tells);
        facts_used = way.facts;
        duties = way.duties;
        duties.retain(|duty| !duty.before_decision);
        worker = way.worker;
        effective_at = way.from_receipt.then_some(contact.received_at);
        routed_to = Some(way.team);
    }
    // What concerns an open case goes on in that case: it begins no second one.
    let referral = (outcome.refers && ctx.responsible.is_none()).then(ReferralId::new);

    let decision = Decision {
        outcome: outcome.outcome.clone(),
        by: ctx.actor.principal.clone(),
        post,
        at: ctx.received_at,
        referral,
        routed_to,
        rationale_digest: command.rationale_digest.clone(),
        worker,
        effective_at,
        need_level: command.need_level.clone(),
        ground: command.ground.clone(),
        issues: command.issues.clone(),
        record_as: outcome.record_as.clone(),
        period: command.period,
        basis,
        asked_on: Some(asked::look(contact.child, family, pack)),
    };
    let setting = Setting {
        pack,
        facts: &facts,
        calendar,
        teams: &ctx.teams,
    };
    let after = Contact {
        state: State::Decided(decision.clone()),
        ..contact.clone()
    };
    let decided = Event::Decided {
        decision: Box::new(decision),
        owed: duty::begin("decided", ctx.received_at, &after, &setting),
        guidance: step::guidance(pack, &facts),
        rules: cited,
        facts_used,
        family: family.id,
        facts_version: family.version,
        departures: command.departures.clone(),
        tells,
        duties,
    };
    Ok(breach(contact, ctx.received_at)
        .into_iter()
        .chain([decided])
        .collect())
}

/// The post in which the caller may decide: what the way asks for, any one that the outcome, else the kind of contact, else the pack names, else
/// the team's manager (W-009, M-013).
fn decider(
    contact: &Contact,
    outcome: &str,
    of_way: Option<&RouteDecider>,
    ctx: &Context,
    pack: &Pack,
) -> Result<PostHeld, Refusal> {
    if let Some(decided_by) = of_way {
        return pick_for_way(ctx, &pack.ladder, decided_by, &contact.team);
    }
    let outcome = pack.front_door.outcome(outcome);
    let Some((parties, cites)) = asked::deciders(contact, outcome, pack) else {
        return pick_post(ctx, &pack.ladder, Role::TEAM_MANAGER, &contact.team, &[]);
    };
    step::any_post(parties, &contact.team, ctx, pack, &rules::cited(cites))
}

/// The duties of a contact that the facts now say are done.
pub fn duties_met(contact: &Contact, facts: &Facts, at: Timestamp) -> Option<Event> {
    let duties: Vec<OpenDuty> = contact
        .duties
        .iter()
        .filter(|duty| duty.is_met(facts))
        .cloned()
        .collect();
    (!duties.is_empty()).then_some(Event::DutiesMet { duties, at })
}

#[cfg(test)]
mod tests;
