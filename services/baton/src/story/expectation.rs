//! What a story may expect after a step.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::file::OneOrMany;

/// Everything that has to be so after a step. What is not named is not looked at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// The reason of the refusal: `GATE_NOT_MET`.
    pub refused: Option<String>,
    /// The gRPC code of the refusal: `FAILED_PRECONDITION`.
    pub code: Option<String>,
    /// Rules that the answer or the refusal names.
    pub rules: Vec<String>,
    /// What the refusal says is missing, and whose it is.
    pub missing: BTreeMap<String, String>,
    /// Fields that the refusal, or a rejected report, names.
    pub fields: Vec<String>,
    /// What became of a report: `applied`, `nothing_to_do`, `undecided`, `in_progress`, `rejected`.
    pub receipt: Option<String>,
    /// What was decided: the code of the explanation.
    pub decision: Option<String>,
    /// Facts that the answer says are unknown.
    pub unknown: Vec<String>,
    /// Codes of what a report changed.
    pub changed: Vec<String>,
    /// A part of the raw answer.
    pub answer: Option<Value>,
    /// Who is responsible.
    pub responsible: Option<Responsible>,
    /// Whether the case is `open` or `closed`.
    pub case: Option<String>,
    /// The state without a worker: `pending_authorisation`, `authorised`.
    pub unallocated: Option<String>,
    /// The latest transfer of the child.
    pub transfer: Option<ExpectTransfer>,
    /// Items of the gate and where each stands.
    pub gate: BTreeMap<String, String>,
    /// Meetings of the transfer and where each stands: `held`, `not held`.
    pub meetings: BTreeMap<String, String>,
    /// What is due: a day, with or without its state.
    pub due: BTreeMap<String, Due>,
    /// Dated actions of the outgoing team after the move.
    pub actions: BTreeMap<String, Due>,
    /// Rules that were broken or departed from.
    pub departures: Vec<String>,
    /// Which children wait in a team's tray: exactly these.
    pub in_tray: BTreeMap<String, OneOrMany>,
    /// What somebody has to do: at least these.
    pub tasks: BTreeMap<String, OneOrMany>,
    /// What somebody does not have to do.
    pub no_tasks: BTreeMap<String, OneOrMany>,
    /// Who was told: `nia by email of icpc_details`.
    pub told: OneOrMany,
    /// Who was not told.
    pub not_told: OneOrMany,
    /// From whom a notice is withheld, and why.
    pub withheld: BTreeMap<String, String>,
    /// Types of events, in their order; others may stand between.
    pub journey: Vec<String>,
    /// Types of events that did not happen.
    pub never: Vec<String>,
    /// What the case waits for, as codes of tasks.
    pub waiting_for: Vec<String>,
    /// The latest closure of the case.
    pub closure: Option<Value>,
    /// The latest contact of the child.
    pub contact: Option<Value>,
}

/// Who is responsible, and when.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responsible {
    /// The team.
    pub team: String,
    /// The worker; `none` for nobody.
    pub worker: Option<String>,
    /// When it is asked about. Without it: now.
    pub on: Option<String>,
    /// As Baton believed it at this time. Without it: as it believes it now.
    pub believed: Option<String>,
}

/// What is expected of a transfer. `none` when there is to be none.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpectTransfer {
    /// There is none.
    None,
    /// There is one, and it is like this.
    Like(Box<TransferLike>),
}

/// How a transfer has to be.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransferLike {
    /// The route.
    pub route: Option<String>,
    /// The team it leaves.
    pub from: Option<String>,
    /// The team it goes to.
    pub to: Option<String>,
    /// The day of the point; `unknown` while it cannot be told.
    pub moves: Option<String>,
    /// What the point waits for.
    pub waits_for: OneOrMany,
    /// The phase: `placed`.
    pub phase: Option<String>,
    /// The receiving worker; `none` when none is named.
    pub worker: Option<String>,
    /// What holds it up: exactly these.
    pub held: Option<OneOrMany>,
    /// Whether it could be completed.
    pub ready: Option<bool>,
    /// Whether something is overdue.
    pub overdue: Option<bool>,
    /// When responsibility moved.
    pub moved: Option<String>,
    /// Why it ended without completing.
    pub ended: Option<String>,
}

impl<'de> Deserialize<'de> for ExpectTransfer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = ExpectTransfer;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("`none`, or how the transfer has to be")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<ExpectTransfer, E> {
                if word == "none" {
                    Ok(ExpectTransfer::None)
                } else {
                    Err(E::custom("the only word alone is `none`"))
                }
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                map: A,
            ) -> Result<ExpectTransfer, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                TransferLike::deserialize(map).map(|like| ExpectTransfer::Like(Box::new(like)))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A day on which something is due: `2026-03-16`, `2026-03-16 breached`, or in full.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// The day; empty when only the state matters.
    pub on: String,
    /// The state: `open`, `met`, `cancelled`, `breached`, `answered`; for an action `done` or `owed`.
    pub state: Option<String>,
    /// Days that did not count, exactly these.
    pub skipped: Option<Vec<String>>,
}

impl<'de> Deserialize<'de> for Due {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Due;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a day, a day and a state, or `on`, `state` and `skipped`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Due, E> {
                let mut due = Due::default();
                for word in text.split_whitespace() {
                    if super::when::date(word).is_ok() {
                        word.clone_into(&mut due.on);
                    } else {
                        due.state = Some(word.to_owned());
                    }
                }
                Ok(due)
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Due, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Full {
                    #[serde(default)]
                    on: String,
                    state: Option<String>,
                    skipped: Option<Vec<String>>,
                }
                let map = serde::de::value::MapAccessDeserializer::new(map);
                Full::deserialize(map).map(|Full { on, state, skipped }| Due { on, state, skipped })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
