//! Where a decision leads, decided or only supposed.

use baton_calendar::Calendar;
use baton_ids::TeamId;
use baton_protocol::Pack;
use baton_protocol::front_door::ContactOutcome;

use crate::domain::Refusal;
use crate::domain::contact::Contact;
use crate::domain::context::Context;
use crate::domain::family::Family;
use crate::domain::routing::{self, Basis, Chosen, Circumstances, Way};

/// Who goes on with it. None when nobody has to.
pub(super) fn onward(
    outcome: &ContactOutcome,
    named: Option<&TeamId>,
    contact: &Contact,
    known: &Circumstances,
    ctx: &Context,
    pack: &Pack,
    calendar: &Calendar,
) -> Result<Option<Way>, Refusal> {
    let kind = pack.front_door.kind(&contact.kind);
    let even_open = kind.is_some_and(|kind| kind.even_open);
    if let Some(responsible) = ctx.responsible.as_ref().filter(|_| !even_open) {
        let stays = || {
            let rules = routing::of_open_case(pack);
            Way::to(responsible.team.clone(), Chosen::OpenCase, rules)
        };
        return Ok(outcome.refers.then(stays));
    }
    routing::way_of_decision(pack, known, &contact.team, outcome, named, ctx, calendar)
}

/// Where a decision on a contact would lead, and on what.
pub struct Supposed {
    /// The team. None while the way cannot be told, or has to be named by whoever decides.
    pub team: Option<TeamId>,
    /// On what that rests.
    pub basis: Basis,
}

/// Where a decision on a contact would lead. Whoever may decide is not asked. None when it leads nowhere.
pub fn suppose(
    contact: &Contact,
    outcome: &ContactOutcome,
    family: &Family,
    ctx: &Context,
    pack: &Pack,
    calendar: &Calendar,
) -> Option<Supposed> {
    let known = Circumstances::of(
        family,
        contact.child,
        &contact.source_kind,
        contact.received_at,
        ctx,
        calendar,
    );
    let way = onward(outcome, None, contact, &known, ctx, pack, calendar).transpose()?;
    let (team, chosen) = match way {
        Ok(way) => (Some(way.team), way.chosen),
        Err(_) => (None, Chosen::Fallback),
    };
    Some(Supposed {
        team,
        basis: known.basis(chosen, family, contact.child, pack),
    })
}
