//! What the pack says about one contact: where it goes, by when it is decided, who is told when it is not.

use std::collections::BTreeSet;

use baton_calendar::{Anchor, Calendar, Duration, PlainDays, age_reached_on};
use baton_ids::TeamId;
use baton_protocol::front_door::OutcomeNotice;
use baton_protocol::{Anchors, Audience, FactKey, Facts, Moment, Pack, Place, RuleId, Scope};
use jiff::Timestamp;

use super::contact::{Contact, Due, DueState, Rung, Tell};
use super::context::{Context, Team};
use super::duty::owes;

/// The clock on a contact's decision, as every pack that has one calls it.
pub const DECISION_CLOCK: &str = "contact_decision";

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
    let rungs = rungs(
        &clock.escalate,
        &due,
        calendar,
        pack.plain_days,
        &team.id,
        team.area.as_deref(),
    );
    Some(Due {
        rules: texts(&clock.cites),
        role: clock.by.role.to_string(),
        rungs,
        ..running(&clock.clock, &due, clock.due.moment.to_string())
    })
}

/// A due date that begins to run, as it was counted. Whose it is and who is told of a breach is added.
pub fn running(name: &str, due: &baton_calendar::Due, counted_from: String) -> Due {
    let skipped = due.skipped.iter();
    Due {
        name: name.to_owned(),
        on: due.on,
        breached_at: due.breached_at,
        state: DueState::Open,
        rules: Vec::new(),
        role: String::new(),
        counted_from,
        from: Some(due.from),
        skipped: skipped
            .map(|skipped| (skipped.date, skipped.why.to_string()))
            .collect(),
        met_at: None,
        rungs: Vec::new(),
        told: BTreeSet::new(),
        inherited: false,
    }
}

/// Who is told of a breach, and when.
pub fn rungs(
    escalate: &[baton_protocol::Rung],
    due: &baton_calendar::Due,
    calendar: &Calendar,
    plain: PlainDays,
    team: &TeamId,
    area: Option<&str>,
) -> Vec<Rung> {
    escalate
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
            let owes = owes(rung.to, team, area);
            Rung {
                role: owes.role,
                team: owes.team,
                area: owes.area,
                at,
            }
        })
        .collect()
}

/// Who has to be told of an outcome that was decided then (W-020, W-023 to W-028), or of a contact as soon as it has
/// arrived (S-013).
pub fn tells(
    notices: &[OutcomeNotice],
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
    notices
        .iter()
        .filter(|tell| tell.forms.is_empty() || tell.forms.contains(&contact.form))
        .filter(|tell| tell.from_age.is_none_or(is_old_enough))
        .map(|tell| Tell {
            kind: tell.notice.clone(),
            to: tell.to.clone(),
            medium: tell.by.clone(),
            rules: cited(&tell.cites),
            due: tell
                .due
                .as_ref()
                .and_then(|due| due.due(&anchors, facts, calendar, pack.plain_days)),
            sender: tell.sender.map(|sender| sender.role),
            restricted: tell.restricted_for.contains(&contact.source_kind),
            at_team: None,
        })
        .collect()
}

/// Of a contact about an open case the team is told that has the case, though another one deals with the contact: the out-of-hours
/// discussion that Compass reviews (S-013, S-010).
pub fn at_team_of_case(tells: Vec<Tell>, contact: &Contact, ctx: &Context) -> Vec<Tell> {
    let responsible = ctx.responsible.as_ref();
    let Some(elsewhere) = responsible.filter(|case| case.team != contact.team) else {
        return tells;
    };
    let of_each = |tell: Tell| {
        let audiences = tell.to.clone().into_iter();
        audiences.map(move |audience| match audience {
            Audience::Party(party) if party.place == Place::Responsible => Tell {
                to: Vec::new(),
                at_team: Some((party.role, elsewhere.team.clone())),
                ..tell.clone()
            },
            other => Tell {
                to: vec![other],
                ..tell.clone()
            },
        })
    };
    tells.into_iter().flat_map(of_each).collect()
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
