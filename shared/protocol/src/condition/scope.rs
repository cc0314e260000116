//! What a condition can see.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, Value as CelValue};

use crate::facts::{CATALOGUE, FactKey, Facts, Value};

/// The operators and functions of CEL, built once: building them costs more than a condition.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// What a condition can see: the facts, what just happened, and how the process stands.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// What is known about the child.
    pub facts: &'a Facts,
    /// The trigger event, for instance `conference_held`. `event.trigger`.
    pub trigger: Option<&'a str>,
    /// The kind of the conference that the event is about. `event.conference.kind`.
    pub conference_kind: Option<&'a str>,
    /// What the conference decided. `event.outcome`.
    pub outcome: Option<&'a str>,
    /// Whether an item of the gate was found wanting. `process.item_failed`.
    pub item_failed: bool,
    /// Whether the receiving worker is named. `process.worker_named`.
    pub worker_named: bool,
    /// The local day on which the case would move, for items that ask how old a date is (L-038).
    /// Conditions cannot see it.
    pub today: Option<jiff::civil::Date>,
    /// The local day of what opened the transfer: look-back windows are counted to it (M-107). Conditions cannot see it.
    pub counted_to: Option<jiff::civil::Date>,
}

/// What a name in a condition stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// A fact of the catalogue.
    Fact(FactKey),
    /// `child.unborn`.
    Unborn,
    /// `child.accommodated_aged`: full years on the day the child became looked after.
    AccommodatedAged,
    /// `family.youngest_accommodated_aged`: of the youngest of the child and the siblings with a plan (K-45).
    YoungestAccommodatedAged,
    /// `event.…`: a code, or none.
    Event(&'static str),
    /// `process.…`: a flag.
    Process(&'static str),
}

pub(super) const EVENT_NAMES: &[&str] = &["trigger", "conference.kind", "outcome"];
pub(super) const PROCESS_NAMES: &[&str] = &["item_failed", "worker_named"];

impl Name {
    /// Reads a dotted name; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (root, rest) = text.split_once('.').unwrap_or((text, ""));
        let known = |list: &[&'static str]| list.iter().copied().find(|name| *name == rest);
        match root {
            "facts" => rest
                .parse()
                .map(Self::Fact)
                .map_err(|error: crate::facts::FactError| error.to_string()),
            "child" if rest == "unborn" => Ok(Self::Unborn),
            "child" if rest == "accommodated_aged" => Ok(Self::AccommodatedAged),
            "family" if rest == "youngest_accommodated_aged" => Ok(Self::YoungestAccommodatedAged),
            "event" => known(EVENT_NAMES)
                .map(Self::Event)
                .ok_or_else(|| unknown(text)),
            "process" => known(PROCESS_NAMES)
                .map(Self::Process)
                .ok_or_else(|| unknown(text)),
            _ => Err(unknown(text)),
        }
    }
}

fn unknown(text: &str) -> String {
    format!(
        "`{text}` is not known here: use facts.<key>, child.unborn, child.accommodated_aged, family.youngest_accommodated_aged, event.trigger, event.conference.kind, event.outcome, process.item_failed or process.worker_named"
    )
}

impl<'a> Scope<'a> {
    /// Only facts: nothing happened, no process.
    pub fn of(facts: &'a Facts) -> Self {
        Self {
            facts,
            trigger: None,
            conference_kind: None,
            outcome: None,
            item_failed: false,
            worker_named: false,
            today: None,
            counted_to: None,
        }
    }

    /// The names bound for `cel`. Unknown facts are left out, never null.
    pub(super) fn context(&self) -> Context<'static, 'static> {
        let mut context = Context::with_env(Arc::clone(&ENV));
        let mut facts = Tree::default();
        for (key, value) in self.facts.iter() {
            facts.insert(key.as_str(), cel_value(value));
        }
        context.add_variable_from_value("facts", facts.into_value());

        let mut child = Tree::default();
        if let Some(unborn) = self.facts.is_unborn() {
            child.insert("unborn", CelValue::Bool(unborn));
        }
        if let Some(years) = self.facts.accommodated_aged() {
            child.insert("accommodated_aged", CelValue::Int(years));
        }
        context.add_variable_from_value("child", child.into_value());

        let mut family = Tree::default();
        if let Some(years) = self.facts.youngest_accommodated_aged() {
            family.insert("youngest_accommodated_aged", CelValue::Int(years));
        }
        context.add_variable_from_value("family", family.into_value());

        let mut event = Tree::default();
        for (name, value) in
            EVENT_NAMES
                .iter()
                .zip([self.trigger, self.conference_kind, self.outcome])
        {
            event.insert(
                name,
                value.map_or(CelValue::Null, |code| CelValue::from(code.to_owned())),
            );
        }
        context.add_variable_from_value("event", event.into_value());

        let mut process = Tree::default();
        for (name, value) in PROCESS_NAMES
            .iter()
            .zip([self.item_failed, self.worker_named])
        {
            process.insert(name, CelValue::Bool(value));
        }
        context.add_variable_from_value("process", process.into_value());
        context
    }

    /// Facts of every kind, every event and flag given: for the dry run at load.
    pub(super) fn sample_facts() -> Facts {
        CATALOGUE
            .iter()
            .filter_map(|spec| Some((spec.key.parse().ok()?, spec.sample())))
            .collect()
    }
}

/// Nested maps made from dotted names.
#[derive(Default)]
struct Tree {
    leaves: BTreeMap<String, CelValue>,
    branches: BTreeMap<String, Tree>,
}

impl Tree {
    fn insert(&mut self, name: &str, value: CelValue) {
        match name.split_once('.') {
            Some((branch, rest)) => self
                .branches
                .entry(branch.to_owned())
                .or_default()
                .insert(rest, value),
            None => {
                self.leaves.insert(name.to_owned(), value);
            }
        }
    }

    fn into_value(self) -> CelValue {
        let mut map: std::collections::HashMap<String, CelValue> =
            self.leaves.into_iter().collect();
        map.extend(
            self.branches
                .into_iter()
                .map(|(name, tree)| (name, tree.into_value())),
        );
        CelValue::from(map)
    }
}

/// Dates and instants become texts that sort as they should: CEL has no civil date.
fn cel_value(value: &Value) -> CelValue {
    match value {
        Value::Code(code) => CelValue::from(code.clone()),
        Value::Date(date) => CelValue::from(date.to_string()),
        Value::Instant(instant) => CelValue::from(instant.to_string()),
        Value::Flag(flag) => CelValue::Bool(*flag),
        Value::Number(number) => CelValue::Int(*number),
        Value::Codes(codes) => CelValue::from(
            codes
                .iter()
                .cloned()
                .map(CelValue::from)
                .collect::<Vec<_>>(),
        ),
        Value::None => CelValue::Null,
    }
}
