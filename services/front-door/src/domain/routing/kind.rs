//! Where a contact goes by its kind, and the one door that whoever hands a new contact over reaches.

use baton_protocol::front_door::{CONCERN, ContactKind};
use baton_protocol::{Facts, Pack};

use super::{Chosen, FRONT_DOOR, Way, fallback, team_of};
use crate::domain::Refusal;
use crate::domain::context::{Context, PrincipalKind};
use crate::domain::rules::{cited, texts};

/// Where a contact goes by its kind. None where its kind says nothing of it, or the child's open case has it.
pub fn way_of_kind(
    kind: Option<&ContactKind>,
    facts: &Facts,
    ctx: &Context,
) -> Result<Option<Way>, Refusal> {
    let Some((kind, to)) = kind.and_then(|kind| Some((kind, kind.to.as_ref()?))) else {
        return Ok(None);
    };
    if ctx.responsible.is_some() && !kind.even_open {
        return Ok(None);
    }
    let rules = texts(&kind.cites);
    let (area, unknown) = match to.resolve(facts) {
        Ok(team) => (team.area, Vec::new()),
        Err(missing) => (None, vec![missing.to_string()]),
    };
    if unknown.is_empty()
        && let Ok(team) = team_of(ctx, to.kind.as_str(), area.as_deref(), &rules)
    {
        return Ok(Some(Way {
            facts: to.area.iter().map(ToString::to_string).collect(),
            ..Way::to(team, Chosen::Kind, rules)
        }));
    }
    let team = fallback(ctx).ok_or_else(|| Refusal::NoTeam {
        kind: to.kind.as_str().to_owned(),
        area,
        rules: rules.clone(),
    })?;
    Ok(Some(Way {
        unknown,
        ..Way::to(team, Chosen::Fallback, rules)
    }))
}

/// The front door, where a new contact that a person hands over goes whatever team they name (M-012, M-015, M-019).
/// None where the authority knows no single gateway, or the child's case is open.
pub fn way_of_gateway(pack: &Pack, ctx: &Context) -> Option<Way> {
    let gateway = pack.front_door.single_gateway.as_ref()?;
    if ctx.responsible.is_some() || ctx.actor.kind != PrincipalKind::Person {
        return None;
    }
    let door = ctx.teams.iter().find(|team| team.kind == FRONT_DOOR)?;
    let rules = cited(&gateway.cites);
    Some(Way::to(door.id.clone(), Chosen::Gateway, rules))
}

/// The kind of a contact. None for a concern, which every protocol takes.
pub fn kind_of<'p>(kind: &str, pack: &'p Pack) -> Result<Option<&'p ContactKind>, Refusal> {
    match pack.front_door.kind(kind) {
        None if !kind.is_empty() && kind != CONCERN => Err(Refusal::KindUnknown {
            known: pack
                .front_door
                .kinds
                .iter()
                .map(|kind| kind.kind.clone())
                .collect(),
        }),
        known => Ok(known),
    }
}
