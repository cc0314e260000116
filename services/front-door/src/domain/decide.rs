//! What becomes of a contact: launched, decided, breached.

use baton_calendar::Calendar;
use baton_ids::{ChildId, ContactId, ReferralId, TeamId};
use baton_protocol::front_door::{ContactOutcome, RouteDecider};
use baton_protocol::{Facts, Pack, PostHeld, Role, Strength};
use jiff::Timestamp;

use super::Refusal;
use super::authority::{pick_for_way, pick_post};
use super::contact::{Contact, Decision, DueState, Event, OpenDuty, State, add_all};
use super::context::Context;
use super::family::Family;
use super::routing::{self, Circumstances, Way};
use super::rules;

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
    let way = match &command.team {
        Some(team) => Way::to(team.clone(), Vec::new()),
        None => routing::way_of_contact(pack, &known, ctx, calendar)?,
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
    let launched = Event::Launched(Box::new(Contact {
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
        duties: way.duties,
    }));
    Ok([launched].into_iter().chain(forwarded).collect())
}

/// Decides what action a contact needs (W-009, W-012, M-013, S-002).
///
/// A decision after the due instant answers the breach and does not undo it: when nobody recorded the breach yet, it is
/// recorded first.
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
    let outcome = pack.front_door.outcome(&command.outcome);
    let way = outcome.map_or(Ok(None), |outcome| {
        onward(outcome, command, contact, &known, ctx, pack, calendar)
    });
    // Who may not decide at all learns nothing of the way.
    let of_way = way.as_ref().ok().and_then(Option::as_ref);
    let of_way = of_way.and_then(|way| way.decided_by.as_ref());
    let post = decider(contact, of_way, ctx, pack)?;
    let outcome = outcome.ok_or_else(|| Refusal::OutcomeUnknown {
        known: pack
            .front_door
            .outcomes
            .iter()
            .map(|outcome| outcome.outcome.clone())
            .collect(),
    })?;
    let mut cited = rules::cited(&outcome.cites);
    if outcome.rationale && command.rationale_digest.is_none() {
        return Err(Refusal::RationaleRequired { rules: cited });
    }
    let way = way?;
    duties_done(contact, way.as_ref(), &known.facts, command, pack)?;
    let facts = known.facts;
    if let Some(decided_by) = way.as_ref().and_then(|way| way.decided_by.as_ref()) {
        let rules = rules::cited(&decided_by.cites);
        if decided_by.reason && command.rationale_digest.is_none() {
            return Err(Refusal::RationaleRequired { rules });
        }
        add_all(&mut cited, &rules);
    }
    add_all(
        &mut cited,
        way.as_ref()
            .map(|way| way.rules.as_slice())
            .unwrap_or_default(),
    );
    let mut tells = rules::tells(outcome, contact, &facts, pack, calendar, ctx.received_at);
    let (mut routed_to, mut worker, mut facts_used, mut duties) =
        (None, None, Vec::new(), Vec::new());
    let mut effective_at = None;
    if let Some(way) = way {
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

    let decided = Event::Decided {
        decision: Box::new(Decision {
            outcome: outcome.outcome.clone(),
            by: ctx.actor.principal.clone(),
            post,
            at: ctx.received_at,
            referral,
            routed_to,
            rationale_digest: command.rationale_digest.clone(),
            worker,
            effective_at,
        }),
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

/// The breach of the decision's clock, when it has come and is not on record.
pub fn breach(contact: &Contact, now: Timestamp) -> Option<Event> {
    let due = contact
        .due
        .as_ref()
        .filter(|due| due.state == DueState::Open)?;
    (contact.decision().is_none() && now >= due.breached_at).then_some(Event::DecisionBreached {
        at: due.breached_at,
    })
}

/// Tells a further rung of a breach that is still not answered.
pub fn escalate(contact: &Contact, rung: usize, at: Timestamp) -> Option<Event> {
    let due = contact
        .due
        .as_ref()
        .filter(|due| due.state == DueState::Breached)?;
    (rung < due.rungs.len() && !due.told.contains(&rung)).then_some(Event::Escalated { rung, at })
}

/// The post in which the caller may decide: what the way asks for, any one that the pack names, else the team's
/// manager (W-009, M-013).
fn decider(
    contact: &Contact,
    of_way: Option<&RouteDecider>,
    ctx: &Context,
    pack: &Pack,
) -> Result<PostHeld, Refusal> {
    if let Some(decided_by) = of_way {
        return pick_for_way(ctx, &pack.ladder, decided_by, &contact.team);
    }
    let Some(decided_by) = &pack.front_door.decided_by else {
        return pick_post(ctx, &pack.ladder, Role::TEAM_MANAGER, &contact.team, &[]);
    };
    let cited = rules::cited(&decided_by.cites);
    let mut refused = None;
    for party in &decided_by.by {
        match pick_post(ctx, &pack.ladder, party.role, &contact.team, &cited) {
            Ok(post) => return Ok(post),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    Err(refused.unwrap_or(Refusal::RoleNotAllowed {
        role: Role::TEAM_MANAGER.to_string(),
        team: contact.team.clone(),
        rules: cited,
    }))
}

/// Who goes on with it. None when nobody has to.
fn onward(
    outcome: &ContactOutcome,
    command: &Decide,
    contact: &Contact,
    known: &Circumstances,
    ctx: &Context,
    pack: &Pack,
    calendar: &Calendar,
) -> Result<Option<Way>, Refusal> {
    if let Some(responsible) = &ctx.responsible {
        let stays = || Way::to(responsible.team.clone(), routing::of_open_case(pack));
        return Ok(outcome.refers.then(stays));
    }
    routing::way_of_decision(
        pack,
        known,
        &contact.team,
        outcome,
        command.team.as_ref(),
        ctx,
        calendar,
    )
}

/// What has to be done before a contact is decided that goes this way: refused where rules bind hard, and not without
/// a reason where they bind softly.
fn duties_done(
    contact: &Contact,
    way: Option<&Way>,
    facts: &Facts,
    command: &Decide,
    pack: &Pack,
) -> Result<(), Refusal> {
    let asked = contact
        .duties
        .iter()
        .chain(way.iter().flat_map(|way| &way.duties));
    let has_reason = |duty: &&OpenDuty| {
        let departs = |rule: &String| command.departures.iter().any(|(from, _)| from == rule);
        pack.enforcement.default == Strength::Soft && duty.rules.iter().any(departs)
    };
    let mut open: Vec<OpenDuty> = asked
        .filter(|duty| duty.before_decision && !duty.is_met(facts))
        .filter(|duty| !has_reason(duty))
        .cloned()
        .collect();
    open.dedup_by(|one, other| one.name == other.name);
    if open.is_empty() {
        return Ok(());
    }
    Err(Refusal::DutiesOpen {
        soft: pack.enforcement.default == Strength::Soft,
        duties: open,
    })
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
