//! Whether a recipient may be told, on what is known at the moment of sending.

use std::collections::BTreeSet;

use baton_protocol::notification::Sending;
use baton_protocol::transfer::Weight;
use baton_protocol::{FactKey, Facts, KnownFacts, Pack, Value, WeighedRule};
use serde::{Deserialize, Serialize};

use super::notice::{Addressee, Notice};

/// The fact that says who must not be written to.
pub const WITHHOLD_FROM: &str = "safety.withhold_from";
/// Why a notice is not sent: its recipient is flagged, and the protocol is silent about it.
pub const SAFETY_FLAG: &str = "safety_flag";

/// What is known here about a child's safety.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Safety {
    /// The version of the family's facts that has been seen.
    pub facts_version: i64,
    /// Who must not be written to, with who reported it and when. Empty while nobody has said.
    pub facts: KnownFacts,
}

/// Whether a notice may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permit {
    /// It may.
    Send,
    /// Facts on which it was decided have not arrived: nothing is known yet.
    AwaitFacts,
    /// It waits until somebody says whether the recipient is barred.
    Hold {
        /// The rules that make it wait.
        rules: Vec<String>,
    },
    /// It must not be sent.
    Withhold {
        /// The reason, as a code.
        because: String,
        /// The rules that say so.
        rules: Vec<String>,
    },
}

impl Safety {
    /// The recipients who must not be written to. None while that is unknown; empty when there are none.
    pub fn barred(&self) -> Option<BTreeSet<String>> {
        match &self.facts.get(WITHHOLD_FROM)?.value {
            Value::Codes(codes) => Some(codes.clone()),
            Value::None => Some(BTreeSet::new()),
            _ => None,
        }
    }
}

/// Decides on the flags as they are now.
///
/// Professionals in the authority are told. A recipient outside who is flagged is never written to, whatever the
/// authority's protocol says of it. While it is unknown whether there is a flag, the protocol decides: where it has an
/// exception for the recipient that says so, the letter waits; where it is silent, the duty to tell stands.
pub fn permit(notice: &Notice, safety: &Safety, pack: &Pack) -> Permit {
    let Addressee::Outside(audience) = notice.audience else {
        return Permit::Send;
    };
    if awaits_facts(notice, safety) {
        return Permit::AwaitFacts;
    }
    let barred = safety.barred();
    match pack.may_send(audience, &facts(barred.as_ref())) {
        Sending::Withhold {
            exception,
            unknown: false,
        } => Permit::Withhold {
            because: exception.exception.clone(),
            rules: exception.cites.iter().map(ToString::to_string).collect(),
        },
        Sending::Withhold {
            exception,
            unknown: true,
        } => Permit::Hold {
            rules: exception.cites.iter().map(ToString::to_string).collect(),
        },
        Sending::Send if barred.is_some_and(|barred| is_barred(&barred, &audience.to_string())) => {
            Permit::Withhold {
                because: SAFETY_FLAG.to_owned(),
                rules: Vec::new(),
            }
        }
        Sending::Send => Permit::Send,
    }
}

/// Everything that [`permit`] tries, in its order, with what became of it. What keeps the notice back has won, or is
/// undecided while it waits for facts; when nothing does, only `professional` can have won.
pub fn weigh(notice: &Notice, safety: &Safety, pack: &Pack) -> Vec<WeighedRule> {
    let mut weighed = Vec::with_capacity(pack.notification.exceptions.len() + 3);
    let Addressee::Outside(audience) = notice.audience else {
        weighed.push(professional(Weight::Won));
        weighed.push(facts_awaited(Weight::OtherTrigger));
        let exceptions = pack.notification.exceptions.iter();
        weighed.extend(exceptions.map(|exception| WeighedRule {
            weight: Weight::OtherTrigger,
            ..WeighedRule::won(&exception.exception, &exception.cites)
        }));
        weighed.push(safety_flag(Weight::OtherTrigger, safety));
        return weighed;
    };
    let barred = safety.barred();
    weighed.push(professional(Weight::DoesNotHold));
    weighed.push(facts_awaited(if awaits_facts(notice, safety) {
        Weight::Won
    } else {
        Weight::DoesNotHold
    }));
    weighed.extend(pack.weigh_sending(audience, &facts(barred.as_ref())));
    let flag = match &barred {
        Some(barred) if is_barred(barred, &audience.to_string()) => Weight::Won,
        Some(_) => Weight::DoesNotHold,
        None => Weight::PassedOver {
            missing: key().into_iter().collect(),
        },
    };
    weighed.push(safety_flag(flag, safety));
    in_order(weighed)
}

/// What would decide after something before it did is outranked.
pub fn in_order(mut weighed: Vec<WeighedRule>) -> Vec<WeighedRule> {
    let mut decided = false;
    for rule in &mut weighed {
        if matches!(rule.weight, Weight::Won | Weight::Undecided { .. }) {
            if decided {
                rule.weight = Weight::Outranked;
            }
            decided = true;
        }
    }
    weighed
}

/// Whether facts on which the notice was decided have not arrived here.
fn awaits_facts(notice: &Notice, safety: &Safety) -> bool {
    notice.about.child.is_some() && safety.facts_version < notice.facts_version
}

/// A flag on a parent or a carer is one on the family's letters: they go to one address.
fn is_barred(barred: &BTreeSet<String>, audience: &str) -> bool {
    barred.contains(audience)
        || (audience == "family" && (barred.contains("parent") || barred.contains("carer")))
}

fn facts(barred: Option<&BTreeSet<String>>) -> Facts {
    let mut facts = Facts::new();
    if let Some(barred) = barred {
        let value = if barred.is_empty() {
            Value::None
        } else {
            Value::Codes(barred.clone())
        };
        // A code of a newer release does not fit the catalogue: it bars through `is_barred` all the same.
        let _ = facts.set(WITHHOLD_FROM, value);
    }
    facts
}

fn professional(weight: Weight) -> WeighedRule {
    WeighedRule {
        title: "Professionals of the authority are told.".to_owned(),
        weight,
        ..WeighedRule::won("professional", &[])
    }
}

fn facts_awaited(weight: Weight) -> WeighedRule {
    WeighedRule {
        title: "Facts on which it was decided have not arrived.".to_owned(),
        weight,
        ..WeighedRule::won("facts_awaited", &[])
    }
}

fn safety_flag(weight: Weight, safety: &Safety) -> WeighedRule {
    let looked_at = weight != Weight::OtherTrigger && safety.barred().is_some();
    WeighedRule {
        title: "The recipient is flagged, and no exception of the protocol speaks of it."
            .to_owned(),
        weight,
        facts: key().into_iter().filter(|_| looked_at).collect(),
        ..WeighedRule::won(SAFETY_FLAG, &[])
    }
}

fn key() -> Option<FactKey> {
    WITHHOLD_FROM.parse().ok()
}

#[cfg(test)]
mod tests;
