//! Which team a contact or a referral goes to, and what comes with that way.
//!
//! The ledger says who has or had the cases of the family; it arrives with the context and is laid over the reported
//! facts for one decision, so that the protocol reads both in the same words.

use baton_calendar::Calendar;
use baton_ids::{ChildId, TeamId, WorkerId};
use baton_protocol::front_door::{
    Incoming, ReferralRoute, Relative, RouteDecider, Routed, Towards,
};
use baton_protocol::{FactKey, Facts, Pack, Value};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Refusal;
use super::contact::{OpenDuty, Tell, add_all};
use super::context::{Context, FamilyCase, Team};
use super::fact::values;
use super::family::{Child, Family};
use super::rules::{cited, texts};

/// The team that a route leads to, and what comes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The team.
    pub team: TeamId,
    /// The worker who takes the case too.
    pub worker: Option<WorkerId>,
    /// The rules that decided.
    pub rules: Vec<String>,
    /// The facts that mattered, by key.
    pub facts: Vec<String>,
    /// The facts that are unknown and could have changed it, by key.
    pub unknown: Vec<String>,
    /// Who decides, when it is not who decides otherwise.
    pub decided_by: Option<RouteDecider>,
    /// Whether the case is the team's from the receipt on.
    pub from_receipt: bool,
    /// Who is told.
    pub tells: Vec<Tell>,
    /// What has to be done.
    pub duties: Vec<OpenDuty>,
}

impl Way {
    /// To a team, for rules that ask for nothing more.
    pub fn to(team: TeamId, rules: Vec<String>) -> Self {
        Self {
            team,
            worker: None,
            rules,
            facts: Vec::new(),
            unknown: Vec::new(),
            decided_by: None,
            from_receipt: false,
            tells: Vec::new(),
            duties: Vec::new(),
        }
    }
}

/// What is known about a contact's child and family when a way is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Circumstances {
    /// The child's facts, with what the ledger says.
    pub facts: Facts,
    team: Option<TeamId>,
    siblings: Vec<Relative>,
    source: String,
    on: Date,
}

impl Circumstances {
    /// Of a contact about a child of that family, received then from that source.
    pub fn of(
        family: &Family,
        child: ChildId,
        source: &str,
        received_at: Timestamp,
        ctx: &Context,
        calendar: &Calendar,
    ) -> Self {
        let own = family.child(child);
        let household = own.and_then(|child| child.household.as_ref());
        Self {
            facts: own
                .map(|child| with_ledger(child, ctx, calendar))
                .unwrap_or_default(),
            team: ctx.responsible.as_ref().map(|case| case.team.clone()),
            siblings: family
                .siblings_of(child)
                .map(|sibling| {
                    let open = ctx.open_case_of(sibling.id);
                    Relative {
                        facts: with_ledger(sibling, ctx, calendar),
                        separate_household: household
                            .zip(sibling.household.as_ref())
                            .map(|(one, other)| one != other),
                        team: open.map(|case| case.team.clone()),
                        worker: open.and_then(|case| case.worker.clone()),
                    }
                })
                .collect(),
            source: source.to_owned(),
            on: calendar.date_of(received_at),
        }
    }

    fn incoming<'a>(&'a self, calendar: &'a Calendar) -> Incoming<'a> {
        Incoming {
            facts: &self.facts,
            team: self.team.as_ref(),
            siblings: &self.siblings,
            on: self.on,
            source: &self.source,
            calendar,
        }
    }
}

/// A child's facts with what the ledger says of its cases. Whether a case is open the ledger alone knows; of a case
/// that was closed before Baton the record system may have told.
fn with_ledger(child: &Child, ctx: &Context, calendar: &Calendar) -> Facts {
    let mut facts = values(&child.facts);
    let kind_of = |team: &TeamId| ctx.team(team).map(|team| team.kind.clone());
    let mut derive = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            // The value fits its key; a kind that the protocols do not know stays unknown.
            let _ = facts.set(key, value);
        }
    };
    let open = ctx
        .open_case_of(child.id)
        .and_then(|case| kind_of(&case.team));
    derive(
        "case_open_with",
        Some(open.map_or(Value::None, Value::Code)),
    );
    let cases = ctx
        .family_cases
        .iter()
        .filter(|case| case.child == child.id);
    let closed = cases
        .clone()
        .filter_map(|case| Some((calendar.date_of(case.ended_at?), case)))
        .max_by_key(|(day, _)| *day);
    if cases.count() > 0 {
        derive("previously_known", Some(Value::Flag(true)));
    }
    let reported = child.facts.get(&FactKey::case_closed_on());
    let reported = match reported.map(|known| &known.value) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    if let Some((day, case)) = closed.filter(|(day, _)| reported.is_none_or(|told| told <= *day)) {
        derive("case_closed_on", Some(Value::Date(day)));
        derive("case_closed_by", Some(Value::Code(case.team.to_string())));
    }
    let by: Option<TeamId> = facts
        .code("case_closed_by")
        .and_then(|team| team.parse().ok());
    if let Some(kind) = by.and_then(|team| kind_of(&team)) {
        let _ = facts.set("case_closed_by_kind", Value::Code(kind));
    }
    facts
}

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
        return Ok(Way::to(responsible.team.clone(), of_open_case(pack)));
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
        ..Way::to(team, rules)
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

/// Where a decision with that outcome leads. Unlike a contact it is asked for: while the way cannot be told it is
/// refused, naming every fact that is missing. None when the outcome leads nowhere.
///
/// Whoever decides may name the team: the one that the routes lead to, or one of the ways that the protocol leaves to
/// them; any other takes what the protocol asks for that (C-003, C-006, M-001), unless it holds the contact already.
pub fn way_of_decision(
    pack: &Pack,
    known: &Circumstances,
    holding: &TeamId,
    outcome: &str,
    refers: bool,
    named: Option<&TeamId>,
    ctx: &Context,
    calendar: &Calendar,
) -> Result<Option<Way>, Refusal> {
    let incoming = known.incoming(calendar);
    let routed = pack.route_referral(incoming, outcome, refers);
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
    for (route, to) in pack.options(incoming, outcome) {
        if is_meant(&to, team) {
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
        ..Way::to(named.clone(), rules)
    }))
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
        facts: used(route, &known.facts),
        decided_by: route.decided_by.clone(),
        from_receipt: route.from_receipt,
        tells: tells.collect(),
        duties: duties.collect(),
        ..Way::to(team.clone(), cited(&route.cites))
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

/// The known facts that a route looked at, of the child itself.
fn used(route: &ReferralRoute, facts: &Facts) -> Vec<String> {
    let mut keys = route
        .when
        .as_ref()
        .map(|when| when.decide(&baton_protocol::Scope::of(facts)).facts)
        .unwrap_or_default();
    keys.extend(route.area().cloned());
    let windows = route.within.iter().chain(&route.not_within);
    keys.extend(windows.map(|window| window.after.clone()));
    if route.age.is_some() {
        keys.insert(FactKey::date_of_birth());
    }
    texts(keys.iter().map(FactKey::as_str))
}

impl FamilyCase {
    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }
}

#[cfg(test)]
mod tests;
