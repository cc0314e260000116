//! The story file: what may stand in it. `docs/stories.md` explains every key.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::expectation::Expect;

/// One story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it tells, in a sentence.
    pub story: String,
    /// More for the reader.
    #[serde(default)]
    pub about: String,
    /// The authority in which it happens.
    pub authority: String,
    /// The rules it shows.
    #[serde(default)]
    pub shows: Vec<String>,
    /// When it begins. Without it: at the first `given`, or else at the first step.
    pub starts: Option<String>,
    /// The name of the record system that reports.
    #[serde(default = "record_system")]
    pub record_system: String,
    /// Teams: `north: family_support_and_protection in north`.
    #[serde(default)]
    pub teams: BTreeMap<String, String>,
    /// People: `nia: team_manager of north`.
    #[serde(default)]
    pub people: BTreeMap<String, String>,
    /// Who stands in for whom: `max covers tom from 2026-03-10 until 2026-03-20`.
    #[serde(default)]
    pub cover: Vec<String>,
    /// Children with what is known about each.
    #[serde(default)]
    pub children: BTreeMap<String, Map<String, Value>>,
    /// How people outside are reached: `family of kit: letter`.
    #[serde(default)]
    pub contacts: BTreeMap<String, String>,
    /// What is so before the first step: `kit is open to frt with ann since 2026-02-20`.
    #[serde(default)]
    pub given: OneOrMany,
    /// What happens.
    pub steps: Vec<Step>,
}

fn record_system() -> String {
    "record-system".to_owned()
}

/// One text or several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneOrMany(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = match Value::deserialize(deserializer)? {
            Value::Array(items) => items.iter().map(text_of).collect::<Option<Vec<_>>>(),
            other => text_of(&other).map(|text| vec![text]),
        };
        texts
            .map(Self)
            .ok_or_else(|| D::Error::custom("expected one text or a list of texts"))
    }
}

/// A scalar as it was written.
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// One step.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// Where it stands in the file.
    pub line: u64,
    /// When it happens. Without it: at the same time as the step before.
    pub on: Option<String>,
    /// What happens.
    pub action: Action,
    /// The child it is about, when that is not plain.
    pub child: Option<String>,
    /// When it was true in the world, when that is not now.
    pub effective: Option<String>,
    /// The reason the actor gives.
    pub because: Option<String>,
    /// Reasons for going against soft rules, one a rule.
    pub departures: BTreeMap<String, String>,
    /// More fields of the request.
    pub with: Map<String, Value>,
    /// Who calls, for `call`. Without it: the record system.
    pub caller: Option<String>,
    /// A word to the reader.
    pub note: Option<String>,
    /// What has to be so afterwards.
    pub expect: Option<Expect>,
}

/// What happens in a step.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Action {
    /// Nothing but time.
    #[default]
    TimePasses,
    /// The record system reports an event.
    Report {
        /// Its name in `baton.record.v1.RecordEvent`.
        event: String,
        /// Its fields.
        body: Map<String, Value>,
    },
    /// Any method of the API.
    Call {
        /// `TransferService/GetTransfer`, with or without the package.
        method: String,
    },
    /// Somebody gives a command.
    Command {
        /// Who.
        person: String,
        /// The words.
        words: String,
    },
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StepVisitor)
    }
}

struct StepVisitor;

impl<'de> Visitor<'de> for StepVisitor {
    type Value = Step;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a step")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
        let mut step = Step::default();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            if step.line == 0 {
                step.line = key.referenced.line();
            }
            match key.value.as_str() {
                "on" => step.on = Some(map.next_value()?),
                "for" => step.child = Some(map.next_value()?),
                "effective" => step.effective = Some(map.next_value()?),
                "because" => step.because = Some(map.next_value()?),
                "departing_from" => step.departures = map.next_value()?,
                "with" => step.with = map.next_value()?,
                "as" => step.caller = Some(map.next_value()?),
                "note" => step.note = Some(map.next_value()?),
                "expect" => step.expect = Some(map.next_value::<ExpectOrWord>()?.0),
                "call" => act(
                    &mut step,
                    Action::Call {
                        method: map.next_value()?,
                    },
                )?,
                other => {
                    if let Some(event) = other.strip_prefix("report ") {
                        let event = event.trim().replace(' ', "_");
                        act(
                            &mut step,
                            Action::Report {
                                event,
                                body: map.next_value()?,
                            },
                        )?;
                    } else {
                        let person = other.to_owned();
                        act(
                            &mut step,
                            Action::Command {
                                person,
                                words: map.next_value()?,
                            },
                        )?;
                    }
                }
            }
        }
        Ok(step)
    }
}

fn act<E: serde::de::Error>(step: &mut Step, action: Action) -> Result<(), E> {
    if step.action != Action::TimePasses {
        return Err(E::custom(
            "a step has one act: put the second into a step of its own",
        ));
    }
    step.action = action;
    Ok(())
}

/// `expect: accepted`, or what has to be so.
struct ExpectOrWord(Expect);

impl<'de> Deserialize<'de> for ExpectOrWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExpectVisitor;
        impl<'de> Visitor<'de> for ExpectVisitor {
            type Value = ExpectOrWord;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("`accepted`, or what has to be so")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<ExpectOrWord, E> {
                if word == "accepted" {
                    Ok(ExpectOrWord(Expect::default()))
                } else {
                    Err(E::custom("the only word alone is `accepted`"))
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExpectOrWord, A::Error> {
                Expect::deserialize(MapAccessDeserializer::new(map)).map(ExpectOrWord)
            }
        }
        deserializer.deserialize_any(ExpectVisitor)
    }
}

/// Reads a story; the error has line, column and snippet.
pub fn read(text: &str) -> Result<Story, serde_saphyr::Error> {
    serde_saphyr::from_str(text)
}
