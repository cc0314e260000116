//! What a transfer was opened on, kept so that the choice of its route can be made again and explained at any time.

use std::collections::BTreeMap;

use baton_protocol::transfer::{Trigger as RouteTrigger, Weighed};
use baton_protocol::{FactKey, Facts, Pack, TeamKind, Value};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::command::Trigger;
use super::context::{Child, Context};
use super::state::Transfer;

/// What was known, and what happened, when a route was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The neutral kind of the team that had the case.
    pub from: String,
    /// The kind of the conference, when it was about one.
    pub conference_kind: Option<String>,
    /// What the conference decided, when it was held.
    pub outcome: Option<String>,
    /// The facts that any route of the protocol looked at, by key.
    pub facts: BTreeMap<String, KnownFact>,
}

/// A fact with where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFact {
    /// The value.
    pub value: Value,
    /// Where it came from.
    #[serde(default)]
    pub source: Source,
}

/// Who reported a fact, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// A record system's name or a worker's id. Empty when it is not known.
    pub by: String,
    /// Since when it was true in the world.
    pub effective_at: Option<Timestamp>,
    /// When Baton learned it.
    pub recorded_at: Option<Timestamp>,
}

/// What a trigger is weighed on, for a case of this team.
pub fn basis(trigger: &Trigger, from: TeamKind, child: &Child, pack: &Pack) -> Basis {
    let conference = trigger.conference.as_ref();
    let mut basis = Basis {
        from: from.to_string(),
        conference_kind: conference.map(|conference| conference.kind.clone()),
        outcome: conference.and_then(|conference| conference.outcome.clone()),
        facts: BTreeMap::new(),
    };
    let weighed = pack.weigh_routes(basis.trigger(&trigger.event), &child.facts, from);
    let looked_at = weighed.iter().flat_map(|weighed| &weighed.facts);
    basis.facts = looked_at
        .filter_map(|key| Some((key.to_string(), child.known(key)?)))
        .collect();
    basis
}

/// The basis of a transfer that is being opened; none when the kind of its team is not known.
pub fn basis_of(
    transfer: &Transfer,
    trigger: &Trigger,
    context: &Context,
    pack: &Pack,
) -> Option<Basis> {
    let from = context.team(&transfer.from_team)?.kind.parse().ok()?;
    Some(basis(trigger, from, context.child.as_ref()?, pack))
}

impl Basis {
    /// Weighs every route of the protocol again, on what was known then.
    pub fn weigh<'p>(&self, event: &str, pack: &'p Pack) -> Vec<Weighed<'p>> {
        let Ok(from) = self.from.parse() else {
            return vec![];
        };
        let facts: Facts = self
            .facts
            .iter()
            .filter_map(|(key, known)| Some((key.parse().ok()?, known.value.clone())))
            .collect();
        pack.weigh_routes(self.trigger(event), &facts, from)
    }

    fn trigger<'a>(&'a self, event: &'a str) -> RouteTrigger<'a> {
        RouteTrigger {
            event,
            conference_kind: self.conference_kind.as_deref(),
            outcome: self.outcome.as_deref(),
        }
    }
}

impl Child {
    /// A fact with where it came from; none while it is unknown.
    pub fn known(&self, key: &FactKey) -> Option<KnownFact> {
        Some(KnownFact {
            value: self.facts.get(key)?.clone(),
            source: self.sources.get(key).cloned().unwrap_or_default(),
        })
    }
}
