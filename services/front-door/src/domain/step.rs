//! What is done about a contact on the way to its decision and after it, and what a decision waits for.

use baton_calendar::Calendar;
use baton_ids::{ContactId, TeamId};
use baton_protocol::front_door::ContactStep;
use baton_protocol::{Condition, Facts, Pack, Party, Place, PostHeld, Scope, Truth, Value};
use jiff::Timestamp;

use super::Refusal;
use super::authority::pick_post;
use super::contact::{Contact, Event, Passed, Reminder, StepDone};
use super::context::{Context, PrincipalKind};
use super::decide::Decide;
use super::duty::{self, Setting};
use super::fact::values;
use super::family::Family;
use super::refusal::Waits;
use super::rules::cited;

mod bound;

use bound::{came_before, post_in_kind};

/// Records that something was done about a contact.
#[derive(Debug, Clone)]
pub struct Record {
    /// The contact.
    pub contact: ContactId,
    /// The step.
    pub step: String,
    /// What is affirmed, each by its code.
    pub affirms: Vec<String>,
    /// On what it rests, as a code. Empty for nothing.
    pub basis: String,
    /// Digest of the reasons.
    pub reason_digest: Option<String>,
    /// When it was done. None for now.
    pub done_at: Option<Timestamp>,
    /// Who did it, where a record system reports it.
    pub done_by: String,
    /// Whether it is a report, which no rule refuses.
    pub reported: bool,
}

/// What is known about the child together with what the contact is, as the rules read it.
pub fn facts_of(contact: &Contact, family: &Family) -> Facts {
    let child = family.child(contact.child);
    let facts = child.map(|child| values(&child.facts));
    with_contact(facts.unwrap_or_default(), contact)
}

/// Facts about the child together with what the contact is.
pub fn with_contact(mut facts: Facts, contact: &Contact) -> Facts {
    let decision = contact.decision();
    let outcome = decision.map(|decision| decision.outcome.clone());
    let ground = decision.and_then(|decision| decision.ground.clone());
    add(
        &mut facts,
        "contact.kind",
        Value::Code(contact.kind.clone()),
    );
    add(
        &mut facts,
        "contact.source",
        Value::Code(contact.source_kind.clone()),
    );
    add(
        &mut facts,
        "contact.form",
        Value::Code(contact.form.clone()),
    );
    add(
        &mut facts,
        "contact.on_open_case",
        Value::Flag(contact.case.is_some()),
    );
    add(
        &mut facts,
        "contact.from_elsewhere",
        Value::Flag(contact.from_elsewhere),
    );
    add(
        &mut facts,
        "contact.outcome",
        outcome.map_or(Value::None, Value::Code),
    );
    add(
        &mut facts,
        "contact.ground",
        Value::Code(ground.unwrap_or_else(|| "none".to_owned())),
    );
    facts
}

/// The same for a decision that is being made.
pub fn facts_of_decision(contact: &Contact, family: &Family, command: &Decide) -> Facts {
    let facts = facts_of(contact, family);
    let mut facts = with_outcome(facts, &command.outcome, command.need_level.as_deref());
    if let Some(ground) = &command.ground {
        add(&mut facts, "contact.ground", Value::Code(ground.clone()));
    }
    facts
}

/// Facts together with what a decision says.
pub fn with_outcome(mut facts: Facts, outcome: &str, need_level: Option<&str>) -> Facts {
    let code = |code: &str| Value::Code(code.to_owned());
    add(&mut facts, "contact.outcome", code(outcome));
    if let Some(level) = need_level {
        add(&mut facts, "need_level", code(level));
    }
    facts
}

/// A key or code that the catalogue does not have is left out: the request's own checks name it.
fn add(facts: &mut Facts, key: &str, value: Value) {
    let _ = facts.set(key, value);
}

/// What the protocol wants kept in mind while these facts hold.
pub fn guidance(pack: &Pack, facts: &Facts) -> Vec<Reminder> {
    pack.front_door
        .guidance
        .iter()
        .filter(|guidance| holds(guidance.when.as_ref(), facts))
        .map(|guidance| Reminder {
            guidance: guidance.guidance.clone(),
            says: guidance.says.clone(),
            reference: guidance.reference.clone().unwrap_or_default(),
            rules: cited(&guidance.cites),
        })
        .collect()
}

/// The steps for which every decision waits while these facts hold.
pub fn before_any(pack: &Pack, facts: &Facts) -> Vec<String> {
    pack.front_door
        .steps
        .iter()
        .filter(|step| step.before.iter().any(|before| before == "any"))
        .filter(|step| holds(step.when.as_ref(), facts))
        .map(|step| step.step.clone())
        .collect()
}

pub(super) fn holds(when: Option<&Condition>, facts: &Facts) -> bool {
    when.is_none_or(|when| when.decide(&Scope::of(facts)).truth == Truth::True)
}

/// Records a step with who did it, in which post and when (W-007, W-008, M-020).
pub fn record(
    contact: &Contact,
    command: &Record,
    family: &Family,
    ctx: &Context,
    pack: &Pack,
    calendar: &Calendar,
) -> Result<Event, Refusal> {
    let rule = pack
        .front_door
        .step(&command.step)
        .ok_or_else(|| Refusal::StepUnknown {
            known: pack
                .front_door
                .steps
                .iter()
                .map(|step| step.step.clone())
                .collect(),
        })?;
    let rules = cited(&rule.cites);
    let at = command.done_at.unwrap_or(ctx.received_at);
    if at > ctx.received_at {
        return Err(Refusal::EffectiveInFuture { at });
    }
    let post = if command.reported {
        None
    } else {
        asked_for(rule, command, &rules)?;
        let post = by_whom(rule, contact, ctx, pack, &rules)?;
        came_before(rule, contact, command, &rules)?;
        post
    };
    let facts = facts_of(contact, family);
    let setting = Setting {
        pack,
        facts: &facts,
        calendar,
        teams: &ctx.teams,
    };
    let by = if command.done_by.is_empty() {
        ctx.actor.principal.clone()
    } else {
        command.done_by.clone()
    };
    Ok(Event::StepRecorded {
        owed: duty::begin(&format!("step:{}", rule.step), at, contact, &setting),
        rules,
        step: Box::new(StepDone {
            step: rule.step.clone(),
            by,
            post,
            at,
            basis: command.basis.clone(),
            reason_digest: command.reason_digest.clone(),
        }),
    })
}

/// What the step has to say is said.
fn asked_for(rule: &ContactStep, command: &Record, rules: &[String]) -> Result<(), Refusal> {
    let mut open: Vec<Waits> = rule
        .asks
        .iter()
        .filter(|code| !command.affirms.contains(code))
        .map(|code| Waits {
            subject: code.clone(),
            rules: rules.to_vec(),
            owner: "whoever records it".to_owned(),
            remedy: "do it, and affirm it".to_owned(),
        })
        .collect();
    if !rule.basis.is_empty() && !rule.basis.contains(&command.basis) {
        open.push(Waits {
            subject: "basis".to_owned(),
            rules: rules.to_vec(),
            owner: "whoever records it".to_owned(),
            remedy: format!("say on what it rests: {}", rule.basis.join(", ")),
        });
    }
    if !open.is_empty() {
        return Err(Refusal::Waits { items: open });
    }
    if rule.reason && command.reason_digest.is_none() {
        return Err(Refusal::RationaleRequired {
            rules: rules.to_vec(),
        });
    }
    Ok(())
}

/// The post in which a step is done. Where nobody in particular does it, anybody may.
fn by_whom(
    rule: &ContactStep,
    contact: &Contact,
    ctx: &Context,
    pack: &Pack,
    rules: &[String],
) -> Result<Option<PostHeld>, Refusal> {
    if let Some(kind) = rule.of {
        return post_in_kind(rule, kind.as_str(), contact, ctx, pack, rules).map(Some);
    }
    if rule.by.is_empty() {
        return Ok(ctx.actor.posts.first().cloned());
    }
    let post = any_post(&rule.by, &contact.team, ctx, pack, rules)?;
    if rule.only && rule.by.iter().all(|party| party.role != post.role) {
        return Err(Refusal::RoleNotAllowed {
            role: rule.by[0].role.to_string(),
            team: contact.team.clone(),
            rules: rules.to_vec(),
        });
    }
    Ok(Some(post))
}

/// A post in which the caller is any one of these in that team.
pub fn any_post(
    parties: &[Party],
    team: &TeamId,
    ctx: &Context,
    pack: &Pack,
    rules: &[String],
) -> Result<PostHeld, Refusal> {
    let mut refused = None;
    for party in parties {
        match post_of(*party, team, ctx, pack, rules) {
            Ok(post) => return Ok(post),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    Err(refused.unwrap_or(Refusal::RoleNotAllowed {
        role: baton_protocol::Role::TEAM_MANAGER.to_string(),
        team: team.clone(),
        rules: rules.to_vec(),
    }))
}

/// A post in that team, or above teams where the rule says so.
fn post_of(
    party: Party,
    team: &TeamId,
    ctx: &Context,
    pack: &Pack,
    rules: &[String],
) -> Result<PostHeld, Refusal> {
    if !matches!(party.place, Place::Area | Place::Authority) {
        return pick_post(ctx, &pack.ladder, party.role, team, rules);
    }
    let area = ctx.team(team).and_then(|team| team.area.as_deref());
    let is_person = ctx.actor.kind == PrincipalKind::Person;
    let posts = ctx.actor.posts.iter().filter(|_| is_person);
    let above: Vec<PostHeld> = posts.filter(|post| post.team.is_none()).cloned().collect();
    let found = pack.ladder.pick_post(&above, party.role, None, area, false);
    found.cloned().ok_or_else(|| Refusal::RoleNotAllowed {
        role: party.role.to_string(),
        team: team.clone(),
        rules: rules.to_vec(),
    })
}

/// Passes a contact on to the team whose it is. Its clocks go on running (M-013, M-017); a contact about an open case
/// goes to the team that has it and nowhere else (M-006, M-007).
pub fn pass_on(
    contact: &Contact,
    to: &TeamId,
    reason_digest: Option<String>,
    ctx: &Context,
    pack: &Pack,
) -> Result<Option<Event>, Refusal> {
    if contact.decision().is_some() {
        return Err(Refusal::AlreadyDecided);
    }
    ctx.team(to)
        .ok_or_else(|| Refusal::TeamUnknown { team: to.clone() })?;
    if contact.team == *to {
        return Ok(None);
    }
    let even_open = pack
        .front_door
        .kind(&contact.kind)
        .is_some_and(|kind| kind.even_open);
    if let Some(responsible) = &ctx.responsible
        && responsible.team != *to
        && !even_open
    {
        let open_case = pack.front_door.open_case.as_ref();
        return Err(Refusal::OpenCaseKeeps {
            team: responsible.team.clone(),
            rules: open_case.map(|open| cited(&open.cites)).unwrap_or_default(),
        });
    }
    Ok(Some(Event::PassedOn {
        rules: vec!["M-017".to_owned(), "M-013".to_owned()],
        post: (ctx.actor.kind == PrincipalKind::Person)
            .then(|| ctx.actor.posts.first().cloned())
            .flatten(),
        passed: Passed {
            from: contact.team.clone(),
            to: to.clone(),
            by: ctx.actor.principal.clone(),
            at: ctx.received_at,
            reason_digest,
        },
    }))
}
