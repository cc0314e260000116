//! What is known about a contact's child and family, with what the ledger says of their cases laid over it.

use baton_calendar::Calendar;
use baton_ids::{ChildId, TeamId};
use baton_protocol::front_door::{Incoming, Relative};
use baton_protocol::{FactKey, Facts, Value};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::context::{Context, FamilyCase};
use crate::domain::fact::values;
use crate::domain::family::{Child, Family};

/// What is known about a contact's child and family when a way is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Circumstances {
    /// The child's facts, with what the ledger says.
    pub facts: Facts,
    pub(super) team: Option<TeamId>,
    pub(super) siblings: Vec<Relative>,
    pub(super) source: String,
    pub(super) on: Date,
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

    pub(super) fn incoming<'a>(&'a self, calendar: &'a Calendar) -> Incoming<'a> {
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

impl FamilyCase {
    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }
}
