//! Whether a recipient may be told, on what is known at the moment of sending.

use std::collections::BTreeSet;

use baton_protocol::notification::Sending;
use baton_protocol::{Facts, Pack, Value};

use super::notice::{Addressee, Notice};

/// The fact that says who must not be written to.
pub const WITHHOLD_FROM: &str = "safety.withhold_from";

/// What is known here about a child's safety.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safety {
    /// The version of the family's facts that has been seen.
    pub facts_version: i64,
    /// The recipients who must not be written to. None while that is unknown; empty when there are none.
    pub barred: Option<BTreeSet<String>>,
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

/// Decides on the flags as they are now.
///
/// Professionals in the authority are told. A recipient outside who is flagged is never written to, whatever the
/// authority's protocol says of it. While it is unknown whether there is a flag, the protocol decides: where it has an
/// exception for the recipient that says so, the letter waits; where it is silent, the duty to tell stands.
pub fn permit(notice: &Notice, safety: Option<&Safety>, pack: &Pack) -> Permit {
    let Addressee::Outside(audience) = notice.audience else {
        return Permit::Send;
    };
    let seen = safety.map_or(0, |safety| safety.facts_version);
    if notice.about.child.is_some() && seen < notice.facts_version {
        return Permit::AwaitFacts;
    }
    let barred = safety.and_then(|safety| safety.barred.as_ref());
    match pack.may_send(audience, &facts(barred)) {
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
        Sending::Send if barred.is_some_and(|barred| is_barred(barred, &audience.to_string())) => {
            Permit::Withhold {
                because: "safety_flag".to_owned(),
                rules: Vec::new(),
            }
        }
        Sending::Send => Permit::Send,
    }
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
