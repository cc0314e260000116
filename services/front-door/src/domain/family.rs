//! Children and their family groups: who belongs together, what is known, and the one version of it all.

use std::collections::{BTreeMap, BTreeSet};

use baton_ids::{AuthorityId, ChildId, FamilyId};
use baton_protocol::FactKey;
use jiff::Timestamp;

use super::Refusal;
use super::fact::{self, Current, Recorded, Stated};

/// A family group: the children of one authority whose facts share a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Its id.
    pub id: FamilyId,
    /// The authority.
    pub authority: AuthorityId,
    /// Grows by one with each change of what is known about any child of the group.
    pub version: i64,
    /// The children, by id.
    pub children: Vec<Child>,
}

/// A child as Baton knows them. Kept through birth: an unborn child has an expected delivery date and no date of birth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its id.
    pub id: ChildId,
    /// The household it lives in. None when unknown.
    pub household: Option<String>,
    /// The current facts.
    pub facts: Current,
}

impl Child {
    /// A child about whom nothing is known.
    pub const fn unknown(id: ChildId) -> Self {
        Self {
            id,
            household: None,
            facts: Current::new(),
        }
    }
}

impl Family {
    /// A child that belongs to nobody else's group is a group of its own.
    pub fn of_one(authority: AuthorityId, child: Child) -> Self {
        Self {
            id: FamilyId::new(),
            authority,
            version: 1,
            children: vec![child],
        }
    }

    /// A child of the group.
    pub fn child(&self, id: ChildId) -> Option<&Child> {
        self.children.iter().find(|child| child.id == id)
    }

    /// The other children of the group.
    pub fn siblings_of(&self, id: ChildId) -> impl Iterator<Item = &Child> {
        self.children.iter().filter(move |child| child.id != id)
    }
}

/// What happened to a family group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A child became known to Baton.
    ChildRegistered {
        /// The child.
        child: ChildId,
        /// The system that knows the child. Its reference stays out of the journal.
        system: String,
    },
    /// A further system's reference for a known child became known.
    ReferenceAdded {
        /// The child.
        child: ChildId,
        /// The system.
        system: String,
    },
    /// Groups became one, or the households in a group became known.
    FamilyLinked {
        /// The child that was named first.
        child: ChildId,
        /// Every child of the group now.
        children: Vec<ChildId>,
        /// The groups that are no more.
        merged: Vec<FamilyId>,
        /// The households that became known.
        households: BTreeMap<ChildId, String>,
        /// The version of the group after it: above that of every group that it took in.
        version: i64,
    },
    /// Facts were reported. They all enter the history, whether or not they change what is known now.
    FactsRecorded {
        /// The child.
        child: ChildId,
        /// What was reported.
        recorded: Vec<Recorded>,
        /// The facts after it.
        facts: Current,
    },
}

impl Event {
    /// The keys whose current value the event changes, each once.
    pub fn changed(&self) -> Vec<FactKey> {
        let Self::FactsRecorded { recorded, .. } = self else {
            return Vec::new();
        };
        let keys: BTreeSet<FactKey> = recorded
            .iter()
            .filter(|recorded| recorded.changed)
            .map(|recorded| recorded.key.clone())
            .collect();
        keys.into_iter().collect()
    }
}

/// Records facts about a child of the group. One event for a report, however much of it is news.
///
/// Refuses what is said to become true only after the report was received.
pub fn record_facts(
    family: &Family,
    child: ChildId,
    stated: &[Stated],
    source: &str,
    received_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Event>, Refusal> {
    if let Some(early) = stated
        .iter()
        .find(|stated| stated.effective_at > received_at)
    {
        return Err(Refusal::EffectiveInFuture {
            at: early.effective_at,
        });
    }
    let Some(known) = family.child(child) else {
        return Ok(None);
    };
    let (facts, recorded) = fact::record(&known.facts, stated, source, now);
    Ok((!recorded.is_empty()).then_some(Event::FactsRecorded {
        child,
        recorded,
        facts,
    }))
}

/// Puts groups together into the one of `child`, with the household of each child when known.
///
/// The families are those of all the named children, the child's own among them. No event means that all this was
/// known. A household of a child outside the group is refused by the caller, who knows the request's fields.
pub fn link(
    own: &Family,
    others: &[Family],
    child: ChildId,
    households: &BTreeMap<ChildId, String>,
) -> Option<Event> {
    let all: Vec<&Child> = own
        .children
        .iter()
        .chain(others.iter().flat_map(|family| &family.children))
        .collect();
    let news: BTreeMap<ChildId, String> = households
        .iter()
        .filter(|(id, household)| {
            all.iter()
                .any(|child| child.id == **id && child.household.as_ref() != Some(household))
        })
        .map(|(id, household)| (*id, household.clone()))
        .collect();
    if others.is_empty() && news.is_empty() {
        return None;
    }
    let highest = others
        .iter()
        .map(|family| family.version)
        .fold(own.version, i64::max);
    let mut children: Vec<ChildId> = all.iter().map(|child| child.id).collect();
    children.sort_unstable();
    Some(Event::FamilyLinked {
        child,
        children,
        merged: others.iter().map(|family| family.id).collect(),
        households: news,
        version: highest + 1,
    })
}

/// The group after an event. Children of merged groups are taken in from `others`.
pub fn apply(mut family: Family, others: &[Family], event: &Event) -> Family {
    match event {
        Event::ChildRegistered { .. } | Event::ReferenceAdded { .. } => {}
        Event::FamilyLinked {
            households,
            version,
            ..
        } => {
            family
                .children
                .extend(others.iter().flat_map(|other| other.children.clone()));
            family.children.sort_unstable_by_key(|child| child.id);
            for child in &mut family.children {
                if let Some(household) = households.get(&child.id) {
                    child.household = Some(household.clone());
                }
            }
            family.version = *version;
        }
        Event::FactsRecorded { child, facts, .. } => {
            if let Some(known) = family.children.iter_mut().find(|known| known.id == *child)
                && known.facts != *facts
            {
                known.facts.clone_from(facts);
                family.version += 1;
            }
        }
    }
    family
}
