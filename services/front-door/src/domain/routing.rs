//! Which team a contact or a referral goes to, and what comes with that way.
//!
//! The ledger says who has or had the cases of the family; it arrives with the context and is laid over the reported
//! facts for one decision, so that the protocol reads both in the same words.

use baton_calendar::Calendar;
use baton_ids::TeamId;
use baton_protocol::front_door::{ContactOutcome, Destination, ReferralRoute, Routed, Towards};
use baton_protocol::{FactKey, Facts, Pack};
use jiff::civil::Date;

use super::Refusal;
use super::contact::{OpenDuty, Tell, add_all};
use super::context::{Context, Team};
use super::rules::{cited, texts};

mod basis;
mod circumstances;
mod kind;
mod way;
mod weighing;

pub use basis::Basis;
pub use circumstances::Circumstances;
pub use kind::{kind_of, way_of_gateway, way_of_kind};
pub use way::{Chosen, Way};
pub use weighing::{Weighing, weigh_decision, weigh_launch};

/// The front door of the authority: who holds what has no other way (M-012, S-001).
const FRONT_DOOR: &str = "front_door";

/// Where a new contact goes. A report is never refused by a rule: while the way cannot be told the front door holds
/// it, or whatever team there is that takes contacts.
pub fn way_of_contact(
    pack: &Pack,
    known: &Circumstances,
    ctx: &Context,
    calendar: &Calendar,
) -> Result<Way, Refusal> {
    let incoming = known.incoming(calendar);
    if let Some(responsible) = &ctx.responsible {
        if let routed @ Routed::To { .. } = pack.route_contact(incoming, true)
            && let Ok(way) = way(pack, &routed, known, ctx)
        {
            return Ok(way);
        }
        // W-014, W-015, M-006: what concerns an open case is for the team that has it.
        let rules = of_open_case(pack);
        return Ok(Way::to(responsible.team.clone(), Chosen::OpenCase, rules));
    }
    let routed = pack.route_contact(incoming, false);
    if let Routed::To { .. } = &routed
        && let Ok(way) = way(pack, &routed, known, ctx)
    {
        return Ok(way);
    }
    let (rules, unknown) = match &routed {
        Routed::To { route, .. } => (cited(&route.cites), Vec::new()),
        Routed::Undecided { route, missing } => (
            cited(&route.cites),
            texts(missing.iter().map(FactKey::as_str)),
        ),
        Routed::None => (Vec::new(), Vec::new()),
    };
    let team = fallback(ctx).ok_or_else(|| Refusal::NoTeam {
        kind: FRONT_DOOR.to_owned(),
        area: None,
        rules: rules.clone(),
    })?;
    Ok(Way {
        unknown,
        ..Way::to(team, Chosen::Fallback, rules)
    })
}

/// The rules by which an open case stays with the team that has it.
pub fn of_open_case(pack: &Pack) -> Vec<String> {
    let open_case = pack.front_door.open_case.as_ref();
    open_case
        .map(|open_case| cited(&open_case.cites))
        .unwrap_or_default()
}

/// The front door, or whatever team there is that takes contacts.
pub fn fallback(ctx: &Context) -> Option<TeamId> {
    let of_kind = |kind: &str| ctx.teams.iter().find(|team| team.kind == kind);
    of_kind(FRONT_DOOR)
        .or_else(|| of_kind("assessment"))
        .map(|team| team.id.clone())
}

/// Where a decision with that outcome leads. Unlike a contact it is asked for: while the way cannot be told it is
/// refused, naming every fact that is missing. None when the outcome leads nowhere.
///
/// Whoever decides may name the team: the one that the routes lead to, or one of the ways that the protocol leaves to
/// them; any other takes what the protocol asks for that (C-003, C-006, M-001), unless it holds the contact already.
pub fn way_of_decision(
    pack: &Pack,
    known: &Circumstances,
    holding: &TeamId,
    outcome: &ContactOutcome,
    named: Option<&TeamId>,
    ctx: &Context,
    calendar: &Calendar,
) -> Result<Option<Way>, Refusal> {
    let incoming = known.incoming(calendar);
    let refers = outcome.refers;
    let routed = pack.route_referral(incoming, &outcome.outcome, refers);
    let Some(named) = named else {
        return match &routed {
            Routed::None if !refers => Ok(None),
            routed => way(pack, routed, known, ctx).map(Some),
        };
    };
    let team = ctx.team(named).ok_or_else(|| Refusal::TeamUnknown {
        team: named.clone(),
    })?;
    if let Routed::To {
        route,
        team: Towards::Named,
        sibling,
        ..
    } = &routed
    {
        return Ok(Some(along(route, named, *sibling, known, ctx)));
    }
    let by_protocol = way(pack, &routed, known, ctx);
    if let (Ok(way), Routed::To { team: to, .. }) = (by_protocol, &routed)
        && (way.team == *named || is_meant(to, team))
    {
        return Ok(Some(Way {
            team: named.clone(),
            ..way
        }));
    }
    for (route, to) in pack.options(incoming, &outcome.outcome) {
        if is_meant(&to, team) && !is_by_geography(pack, route, team, &known.facts) {
            return Ok(Some(along(route, named, None, known, ctx)));
        }
    }
    let elsewhere = pack.front_door.elsewhere.clone();
    let elsewhere = elsewhere.filter(|_| refers && named != holding);
    let rules = elsewhere
        .as_ref()
        .map(|elsewhere| cited(&elsewhere.cites))
        .unwrap_or_default();
    Ok(Some(Way {
        decided_by: elsewhere,
        ..Way::to(named.clone(), Chosen::Named, rules)
    }))
}

/// Whether a way leads to any team of a kind, and this is the one to which the child's own area leads: that is no choice of
/// another (S-017).
fn is_by_geography(pack: &Pack, way: &ReferralRoute, team: &Team, facts: &Facts) -> bool {
    if matches!(&way.to, Destination::Target(target) if target.area.is_some()) {
        return false;
    }
    let mut routes = pack.front_door.referral_routes.iter();
    routes.any(|route| match &route.to {
        Destination::Target(target) if target.kind.as_str() == team.kind => {
            let area = target.area.as_ref().map(FactKey::as_str);
            let area = area.and_then(|key| facts.code(key));
            area.is_some() && area == team.area.as_deref()
        }
        _ => false,
    })
}

/// Whether a team is one that a route means. A rota means the one team whose turn it is, and a team it names no other.
fn is_meant(to: &Towards, team: &Team) -> bool {
    match to {
        Towards::Target(target) => {
            let area_fits = target.area.is_none() || target.area == team.area;
            target.kind.as_str() == team.kind && area_fits
        }
        Towards::Team(id) => *id == team.id,
        Towards::Rota(_) | Towards::Named => false,
    }
}

fn way(
    pack: &Pack,
    routed: &Routed<'_>,
    known: &Circumstances,
    ctx: &Context,
) -> Result<Way, Refusal> {
    match routed {
        Routed::To {
            route,
            team,
            sibling,
            assumed,
        } => {
            let mut rules = Vec::new();
            let team =
                match team {
                    Towards::Target(target) => team_of(
                        ctx,
                        target.kind.as_str(),
                        target.area.as_deref(),
                        &cited(&route.cites),
                    )?,
                    Towards::Team(id) => {
                        ctx.team(id).ok_or_else(|| Refusal::NoTeam {
                            kind: id.to_string(),
                            area: None,
                            rules: cited(&route.cites),
                        })?;
                        id.clone()
                    }
                    Towards::Rota(kind) => {
                        let (team, cites) = by_rota(pack, kind.as_str(), known.on, ctx)
                            .ok_or_else(|| Refusal::NoTeam {
                                kind: kind.to_string(),
                                area: None,
                                rules: cited(&route.cites),
                            })?;
                        rules = cites;
                        team
                    }
                    Towards::Named => {
                        return Err(Refusal::TeamNotNamed {
                            rules: cited(&route.cites),
                        });
                    }
                };
            let mut way = along(route, &team, *sibling, known, ctx);
            add_all(&mut way.rules, &rules);
            way.unknown = texts(assumed.iter().map(FactKey::as_str));
            Ok(way)
        }
        Routed::Undecided { route, missing } => Err(Refusal::FactUnknown {
            rules: cited(&route.cites),
            keys: texts(missing.iter().map(FactKey::as_str)),
        }),
        Routed::None => Err(Refusal::NoTeam {
            kind: "that takes referrals".to_owned(),
            area: None,
            rules: Vec::new(),
        }),
    }
}

/// The way to a team along a route, with whatever the route brings.
fn along(
    route: &ReferralRoute,
    team: &TeamId,
    sibling: Option<usize>,
    known: &Circumstances,
    ctx: &Context,
) -> Way {
    let worker = sibling
        .filter(|_| route.siblings_worker)
        .and_then(|at| known.siblings.get(at)?.worker.clone());
    let of = |kind: Option<baton_protocol::TeamKind>| match kind {
        None => Some(team.clone()),
        Some(kind) => ctx.team_of_kind(kind.as_str()).map(|team| team.id.clone()),
    };
    let tells = route.tells.iter().filter_map(|tell| {
        Some(Tell {
            kind: tell.notice.clone(),
            medium: tell.by.clone(),
            rules: cited(&tell.cites),
            at_team: Some((tell.to, of(tell.of)?)),
            ..Tell::default()
        })
    });
    let duties = route.duties.iter().filter_map(|duty| {
        let holds = duty.when.as_ref().is_none_or(|when| {
            let scope = baton_protocol::Scope::of(&known.facts);
            when.decide(&scope).truth != baton_protocol::Truth::False
        });
        let duty = OpenDuty {
            name: duty.duty.clone(),
            rules: cited(&duty.cites),
            met_by: duty.met_by.clone(),
            role: duty.by,
            team: of(duty.of).filter(|_| holds)?,
            before_decision: duty.before_decision,
        };
        (!duty.is_met(&known.facts)).then_some(duty)
    });
    Way {
        worker,
        facts: texts(route.facts_of_child(&known.facts)),
        decided_by: route.decided_by.clone(),
        from_receipt: route.from_receipt,
        tells: tells.collect(),
        duties: duties.collect(),
        ..Way::to(
            team.clone(),
            Chosen::Route(route.route.clone()),
            cited(&route.cites),
        )
    }
}

/// The team whose turn it is on the day of receipt, and the rules of the rota (C-014, C-015).
fn by_rota(pack: &Pack, kind: &str, on: Date, ctx: &Context) -> Option<(TeamId, Vec<String>)> {
    let rota = pack.front_door.rota(kind.parse().ok()?)?;
    let mut teams: Vec<&TeamId> = ctx
        .teams
        .iter()
        .filter(|team| team.kind == kind)
        .map(|team| &team.id)
        .filter(|id| rota.order.is_empty() || rota.order.contains(id))
        .collect();
    teams.sort_by_key(|id| (rota.order.iter().position(|known| known == *id), *id));
    let turn = rota.turn(on, teams.len())?;
    Some((teams.get(turn).copied()?.clone(), cited(&rota.cites)))
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

#[cfg(test)]
mod tests;
