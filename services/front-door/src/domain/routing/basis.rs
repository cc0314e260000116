//! On what a way was chosen, kept so that the choice can be made again and explained at any time.

use baton_ids::{ChildId, TeamId};
use baton_protocol::front_door::Relative;
use baton_protocol::{FactKey, Facts, KnownFact, KnownFacts, Pack};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Chosen, Circumstances};
use crate::domain::family::{Child, Family};

/// Who says what nobody reported: the ledger knows of the cases of the family.
const LEDGER: &str = "ledger";

/// What was known when a way was chosen, and what chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// What chose it.
    pub chosen: Chosen,
    /// The facts of the child at which any way looks, by key.
    pub facts: KnownFacts,
    /// The other children of the family.
    pub siblings: Vec<KnownSibling>,
    /// The team that had the child's case open.
    pub team: Option<TeamId>,
}

/// Another child of the family, as known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownSibling {
    /// The child.
    pub child: ChildId,
    /// The facts at which any way looks, by key.
    pub facts: KnownFacts,
    /// Whether it lives in another household. None when unknown.
    pub separate_household: Option<bool>,
    /// The team that had its case open.
    pub team: Option<TeamId>,
}

impl Circumstances {
    /// What of all this the ways of the protocol look at.
    pub fn basis(&self, chosen: Chosen, family: &Family, child: ChildId, pack: &Pack) -> Basis {
        let of_siblings = family.siblings_of(child).zip(&self.siblings);
        Basis {
            chosen,
            facts: known(&self.facts, family.child(child), |facts| {
                pack.front_door.facts_of_child(facts).into_iter().collect()
            }),
            siblings: of_siblings
                .map(|(sibling, relative)| KnownSibling {
                    child: sibling.id,
                    facts: known(&relative.facts, Some(sibling), |facts| {
                        let keys = pack.front_door.facts_of_sibling(facts);
                        keys.into_iter().collect()
                    }),
                    separate_household: relative.separate_household,
                    team: relative.team.clone(),
                })
                .collect(),
            team: self.team.clone(),
        }
    }

    /// What was known then, of a contact from that source, received on that day.
    pub(super) fn of_basis(basis: &Basis, source: &str, on: Date) -> Self {
        Self {
            facts: Facts::of_known(&basis.facts),
            team: basis.team.clone(),
            siblings: basis
                .siblings
                .iter()
                .map(|sibling| Relative {
                    facts: Facts::of_known(&sibling.facts),
                    separate_household: sibling.separate_household,
                    team: sibling.team.clone(),
                    worker: None,
                })
                .collect(),
            source: source.to_owned(),
            on,
        }
    }
}

fn known(
    facts: &Facts,
    reported: Option<&Child>,
    looked_at: impl Fn(&Facts) -> Vec<FactKey>,
) -> KnownFacts {
    let with_source = |key: FactKey| {
        let value = facts.get(&key)?.clone();
        let reported = reported.and_then(|child| child.facts.get(&key));
        let reported = reported.filter(|known| known.value == value);
        let known = KnownFact {
            value,
            source: reported.map_or(LEDGER, |known| &known.source).to_owned(),
            effective_at: reported.map(|known| known.effective_at),
            recorded_at: reported.map(|known| known.recorded_at),
        };
        Some((key.to_string(), known))
    };
    looked_at(facts)
        .into_iter()
        .filter_map(with_source)
        .collect()
}
