//! What the pack says about one contact: where it goes, by when it is decided, who is told when it is not.

use std::collections::BTreeSet;

use baton_calendar::{Anchor, Calendar, Duration, PlainDays, age_reached_on};
use baton_ids::TeamId;
use baton_protocol::front_door::{ContactOutcome, Routed};
use baton_protocol::{
    Anchors, Clock, Condition, FactKey, Facts, Moment, Pack, Place, RuleId, Scope,
};
use jiff::Timestamp;

use super::Refusal;
use super::contact::{Contact, Due, DueState, Rung, Tell};
use super::context::{Context, Team};

/// The clock on a contact's decision, as every pack that has one calls it.
const DECISION_CLOCK: &str = "contact_decision";

/// The team that a route leads to, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The team.
    pub team: TeamId,
    /// The rules that decided.
    pub rules: Vec<String>,
    /// The facts that mattered, by key.
    pub facts: Vec<String>,
    /// The facts that are unknown and could have changed it, by key.
    pub unknown: Vec<String>,
}

/// The front door of the authority: who holds what has no other way (M-012, S-001).
const FRONT_DOOR: &str = "front_door";

/// Where a new contact goes. A report is never refused by a rule: while the way cannot be told the front door holds
/// it, or whatever team there is that takes contacts.
pub fn way_of_contact(pack: &Pack, facts: &Facts, ctx: &Context) -> Result<Way, Refusal> {
    if let Some(responsible) = &ctx.responsible {
        // W-014, W-015, M-006: what concerns an open case is for the team that has it.
        let way = Way {
            team: responsible.team.clone(),
            rules: of_open_case(pack),
            facts: Vec::new(),
            unknown: Vec::new(),
        };
        return Ok(way);
    }
    let mut rules = Vec::new();
    let mut unknown = Vec::new();
    match pack.route_contact(facts) {
        Routed::To { route, team } => {
            rules = texts(&route.cites);
            if let Ok(found) = team_of(ctx, team.kind.as_str(), team.area.as_deref(), &rules) {
                let facts = used(route.when.as_ref(), route.to.area.as_ref(), facts);
                return Ok(Way {
                    team: found,
                    rules,
                    facts,
                    unknown,
                });
            }
        }
        Routed::Undecided { route, missing } => {
            rules = texts(&route.cites);
            unknown = texts(missing.iter().map(FactKey::as_str));
        }
        Routed::None => {}
    }
    let team = fallback(ctx).ok_or_else(|| Refusal::NoTeam {
        kind: FRONT_DOOR.to_owned(),
        area: None,
        rules: rules.clone(),
    })?;
    Ok(Way {
        team,
        rules,
        facts: Vec::new(),
        unknown,
    })
}

/// The rules by which an open case stays with the team that has it.
pub fn of_open_case(pack: &Pack) -> Vec<String> {
    let open_case = pack.front_door.open_case.as_ref();
    open_case
        .map(|open_case| cited(&open_case.cites))
        .unwrap_or_default()
}

fn fallback(ctx: &Context) -> Option<TeamId> {
    let of_kind = |kind: &str| ctx.teams.iter().find(|team| team.kind == kind);
    of_kind(FRONT_DOOR)
        .or_else(|| of_kind("assessment"))
        .map(|team| team.id.clone())
}

/// Where a referral goes first. Unlike a contact it is asked for: while the way cannot be told it is refused, naming
/// every fact that is missing.
pub fn way_of_referral(pack: &Pack, facts: &Facts, ctx: &Context) -> Result<Way, Refusal> {
    match pack.route_referral(facts) {
        Routed::To { route, team } => {
            let rules = texts(&route.cites);
            let facts = used(route.when.as_ref(), route.to.area.as_ref(), facts);
            let team = team_of(ctx, team.kind.as_str(), team.area.as_deref(), &rules)?;
            Ok(Way {
                team,
                rules,
                facts,
                unknown: Vec::new(),
            })
        }
        Routed::Undecided { route, missing } => Err(Refusal::FactUnknown {
            rules: texts(&route.cites),
            keys: texts(missing.iter().map(FactKey::as_str)),
        }),
        Routed::None => Err(Refusal::NoTeam {
            kind: "that takes referrals".to_owned(),
            area: None,
            rules: Vec::new(),
        }),
    }
}

/// The one team of a kind: of the area when one is asked for, else the one that serves everybody, else the first.
fn team_of(
    ctx: &Context,
    kind: &str,
    area: Option<&str>,
    rules: &[String],
) -> Result<TeamId, Refusal> {
    let of_kind = || ctx.teams.iter().filter(|team| team.kind == kind);
    let fits = |team: &&Team| match area {
        Some(area) => team.area.as_deref() == Some(area),
        None => team.area.is_none(),
    };
    let anywhere = |team: &&Team| area.is_none() || team.area.is_none();
    of_kind()
        .find(fits)
        .or_else(|| of_kind().find(anywhere))
        .map(|team| team.id.clone())
        .ok_or_else(|| Refusal::NoTeam {
            kind: kind.to_owned(),
            area: area.map(str::to_owned),
            rules: rules.to_vec(),
        })
}

/// By when a contact received then has to be decided. None where the protocol sets no limit.
pub fn decision_due(
    pack: &Pack,
    facts: &Facts,
    calendar: &Calendar,
    received_at: Timestamp,
    team: &Team,
) -> Option<Due> {
    let clock = pack.front_door.clock(DECISION_CLOCK)?;
    if clock
        .when
        .as_ref()
        .is_some_and(|when| when.decide(&Scope::of(facts)).truth == baton_protocol::Truth::False)
    {
        return None;
    }
    let anchors = Anchors::new().at(Moment::Launched, received_at);
    let due = clock.due.due(&anchors, facts, calendar, pack.plain_days)?;
    Some(Due {
        name: clock.clock.clone(),
        on: due.on,
        breached_at: due.breached_at,
        state: DueState::Open,
        rules: texts(&clock.cites),
        role: clock.by.role.to_string(),
        counted_from: clock.due.moment.to_string(),
        skipped: due
            .skipped
            .iter()
            .map(|skipped| (skipped.date, skipped.why.to_string()))
            .collect(),
        met_at: None,
        rungs: rungs(clock, &due, calendar, pack.plain_days, team),
        told: BTreeSet::new(),
        inherited: false,
    })
}

fn rungs(
    clock: &Clock,
    due: &baton_calendar::Due,
    calendar: &Calendar,
    plain: PlainDays,
    team: &Team,
) -> Vec<Rung> {
    clock
        .escalate
        .iter()
        .map(|rung| {
            let at = match rung.after.map(|after| after.in_profile(plain)) {
                None => due.breached_at,
                Some(hours @ Duration::Hours(_)) => {
                    calendar
                        .due_after(Anchor::Instant(due.breached_at), hours)
                        .breached_at
                }
                Some(days) => calendar.due_after(Anchor::Date(due.on), days).breached_at,
            };
            let (of_team, area) = match rung.to.place {
                Place::Responsible | Place::Outgoing | Place::Receiving => {
                    (Some(team.id.clone()), None)
                }
                Place::Area => (None, team.area.clone()),
                Place::Authority => (None, None),
            };
            Rung {
                role: rung.to.role.to_string(),
                team: of_team,
                area,
                at,
            }
        })
        .collect()
}

/// Who has to be told of an outcome that was decided then (W-020, W-023 to W-028).
pub fn tells(
    outcome: &ContactOutcome,
    contact: &Contact,
    facts: &Facts,
    pack: &Pack,
    calendar: &Calendar,
    decided_at: Timestamp,
) -> Vec<Tell> {
    let anchors = Anchors::new()
        .at(Moment::Decided, decided_at)
        .at(Moment::Launched, contact.received_at);
    // A letter to a child of unknown age is not written: it might reach a small child's parents.
    let is_old_enough = |years: u8| {
        facts
            .date(FactKey::date_of_birth().as_str())
            .is_some_and(|born| age_reached_on(born, years, 0) <= calendar.date_of(decided_at))
    };
    outcome
        .tells
        .iter()
        .filter(|tell| tell.forms.is_empty() || tell.forms.contains(&contact.form))
        .filter(|tell| tell.from_age.is_none_or(is_old_enough))
        .map(|tell| Tell {
            kind: tell.notice.clone(),
            to: tell.to.clone(),
            medium: tell.by.clone(),
            rules: cited(&tell.cites),
            due_at: tell
                .due
                .as_ref()
                .and_then(|due| due.due(&anchors, facts, calendar, pack.plain_days))
                .map(|due| due.breached_at),
            sender: tell.sender.map(|sender| sender.role),
            restricted: tell.restricted_for.contains(&contact.source_kind),
        })
        .collect()
}

/// The known facts that a route looked at.
fn used(when: Option<&Condition>, area: Option<&FactKey>, facts: &Facts) -> Vec<String> {
    let mut keys = when
        .map(|when| when.decide(&Scope::of(facts)).facts)
        .unwrap_or_default();
    keys.extend(area.cloned());
    texts(keys.iter().map(FactKey::as_str))
}

/// Rule IDs, fact keys: as texts.
pub fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

/// Rule IDs as texts.
pub fn cited(rules: &[RuleId]) -> Vec<String> {
    texts(rules)
}

#[cfg(test)]
mod tests;
