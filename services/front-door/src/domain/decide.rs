//! What becomes of a contact: launched, decided, breached.

use baton_calendar::Calendar;
use baton_ids::{ChildId, ContactId, ReferralId, TeamId};
use baton_protocol::front_door::ContactOutcome;
use baton_protocol::{Pack, PostHeld, Role};
use jiff::Timestamp;

use super::Refusal;
use super::authority::pick_post;
use super::contact::{Contact, Decision, DueState, Event, State, add_all};
use super::context::Context;
use super::fact::values;
use super::family::Family;
use super::rules::{self, Way};

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
) -> Result<Event, Refusal> {
    if command.received_at > ctx.received_at {
        return Err(Refusal::EffectiveInFuture {
            at: command.received_at,
        });
    }
    let facts = family
        .child(command.child)
        .map(|child| values(&child.facts))
        .unwrap_or_default();
    let way = match &command.team {
        Some(team) => named(team, ctx)?,
        None => rules::way_of_contact(pack, &facts, ctx)?,
    };
    let team = ctx.team(&way.team).ok_or_else(|| Refusal::TeamUnknown {
        team: way.team.clone(),
    })?;
    let mut due = rules::decision_due(pack, &facts, calendar, command.received_at, team);
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
    Ok(Event::Launched(Box::new(Contact {
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
    })))
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
    let post = decider(contact, ctx, pack)?;
    let outcome =
        pack.front_door
            .outcome(&command.outcome)
            .ok_or_else(|| Refusal::OutcomeUnknown {
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
    let facts = family
        .child(contact.child)
        .map(|child| values(&child.facts))
        .unwrap_or_default();
    let way = onward(outcome, command, ctx, pack, || {
        rules::way_of_referral(pack, &facts, ctx)
    })?;
    add_all(
        &mut cited,
        way.as_ref()
            .map(|way| way.rules.as_slice())
            .unwrap_or_default(),
    );
    let (routed_to, facts_used) = way.map(|way| (way.team, way.facts)).unzip();
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
        }),
        rules: cited,
        facts_used: facts_used.unwrap_or_default(),
        family: family.id,
        facts_version: family.version,
        departures: command.departures.clone(),
        tells: rules::tells(outcome, contact, &facts, pack, calendar, ctx.received_at),
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

/// The post in which the caller may decide: any one that the pack names, else the team's manager (W-009, M-013).
fn decider(contact: &Contact, ctx: &Context, pack: &Pack) -> Result<PostHeld, Refusal> {
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
    ctx: &Context,
    pack: &Pack,
    by_protocol: impl FnOnce() -> Result<Way, Refusal>,
) -> Result<Option<Way>, Refusal> {
    if let Some(responsible) = &ctx.responsible {
        return Ok(outcome.refers.then(|| Way {
            team: responsible.team.clone(),
            rules: rules::of_open_case(pack),
            facts: Vec::new(),
            unknown: Vec::new(),
        }));
    }
    match &command.team {
        Some(team) => named(team, ctx).map(Some),
        None if outcome.refers => by_protocol().map(Some),
        None => Ok(None),
    }
}

/// The team that the caller named.
fn named(team: &TeamId, ctx: &Context) -> Result<Way, Refusal> {
    ctx.team(team)
        .ok_or_else(|| Refusal::TeamUnknown { team: team.clone() })?;
    Ok(Way {
        team: team.clone(),
        rules: Vec::new(),
        facts: Vec::new(),
        unknown: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
