//! What differs between two packs, rule by rule, in words for the people whose rules they are.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::stored::{Content, Text};

/// Under which key an entry of a list gives its name.
const NAMES: [&str; 16] = [
    "route",
    "item",
    "meeting",
    "clock",
    "notice",
    "kind",
    "outcome",
    "ground",
    "act",
    "stop",
    "exception",
    "step",
    "duty",
    "guidance",
    "enquiry",
    "ask",
];

/// One rule, setting or heading that is not the same in two packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it stands: file, section and name.
    pub place: String,
    /// The rule IDs it cites, before or after.
    pub rules: Vec<String>,
    /// What changed, each in a sentence of its own.
    pub says: Vec<String>,
    /// The places that rest on it through their text: those in which a setting stands.
    pub through: Vec<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if !self.rules.is_empty() {
            write!(f, " ({})", self.rules.join(", "))?;
        }
        write!(f, ": {}", self.says.join("; "))
    }
}

/// What differs between two packs, given as the texts of [`Library::content`](crate::Library::content). Comments and
/// layout make another digest and no change.
pub fn changes(old: &str, new: &str) -> Vec<Change> {
    let (old, new) = (entries(old), entries(new));
    let mut places: Vec<&String> = old.keys().chain(new.keys()).collect();
    places.sort();
    places.dedup();
    places
        .into_iter()
        .filter_map(|place| {
            let (before, after) = (old.get(place), new.get(place));
            let says = differences(before, after);
            let mut rules: Vec<String> = before.into_iter().chain(after).flat_map(cited).collect();
            rules.sort();
            rules.dedup();
            (!says.is_empty()).then(|| Change {
                place: place.clone(),
                rules,
                says,
                through: resting_on(place, &old, &new),
            })
        })
        .collect()
}

/// The places in which the setting of a place stands, before or after.
fn resting_on(
    place: &str,
    old: &BTreeMap<String, Value>,
    new: &BTreeMap<String, Value>,
) -> Vec<String> {
    let Some(setting) = place.split_once(", settings, ").map(|(_, setting)| setting) else {
        return Vec::new();
    };
    let mark = format!("${{{setting}}}");
    let rest = old
        .iter()
        .chain(new)
        .filter(|(_, entry)| entry.to_string().contains(&mark));
    let mut places: Vec<String> = rest.map(|(place, _)| place.clone()).collect();
    places.sort();
    places.dedup();
    places
}

/// Every entry of every file, by its place.
fn entries(content: &str) -> BTreeMap<String, Value> {
    let mut entries = BTreeMap::new();
    let Ok(content) = serde_json::from_str::<Content>(content) else {
        return entries;
    };
    for (folder, texts) in [("statutory/", &content.base), ("", &content.own)] {
        for text in texts {
            of_file(folder, text, &mut entries);
        }
    }
    entries
}

fn of_file(folder: &str, text: &Text, entries: &mut BTreeMap<String, Value>) {
    let Ok(Some(Value::Object(sections))) = serde_saphyr::from_str::<Option<Value>>(&text.text)
    else {
        return;
    };
    let file = format!("{folder}{}", text.file);
    for (section, value) in sections {
        match value {
            Value::Array(list) if list.iter().all(Value::is_object) => {
                for entry in list {
                    let name = name_of(&entry);
                    put(entries, &format!("{file}, {section}, {name}"), entry);
                }
            }
            Value::Object(map) if map.values().any(Value::is_object) => {
                for (name, entry) in map {
                    put(entries, &format!("{file}, {section}, {name}"), entry);
                }
            }
            other => put(entries, &format!("{file}, {section}"), other),
        }
    }
}

/// Entries of the same name are told apart by their number.
fn put(entries: &mut BTreeMap<String, Value>, place: &str, entry: Value) {
    let mut free = place.to_owned();
    let mut number = 1;
    while entries.contains_key(&free) {
        number += 1;
        free = format!("{place} (no. {number})");
    }
    entries.insert(free, entry);
}

fn name_of(entry: &Value) -> String {
    let named = NAMES
        .iter()
        .find_map(|key| entry.get(key)?.as_str().map(str::to_owned));
    named.unwrap_or_else(|| "an entry without a name".to_owned())
}

fn cited(entry: &Value) -> Vec<String> {
    let ids = entry.get("cites").and_then(Value::as_array);
    ids.into_iter()
        .flatten()
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

fn differences(before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    match (before, after) {
        (Some(before), Some(after)) if before == after => vec![],
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
            keys.sort();
            keys.dedup();
            keys.into_iter()
                .filter_map(|key| of_key(key, before.get(key), after.get(key)))
                .collect()
        }
        (Some(before), Some(after)) => {
            vec![format!("was {}, is now {}", words(before), words(after))]
        }
        (None, Some(Value::Object(_))) => vec!["is new".to_owned()],
        (None, Some(after)) => vec![format!("is new: {}", words(after))],
        (Some(_), None) => vec!["is gone".to_owned()],
        (None, None) => vec![],
    }
}

fn of_key(key: &str, before: Option<&Value>, after: Option<&Value>) -> Option<String> {
    match (before, after) {
        (Some(before), Some(after)) if before == after => None,
        (Some(before), Some(after)) => Some(format!(
            "`{key}` was {}, is now {}",
            words(before),
            words(after)
        )),
        (None, Some(after)) => Some(format!("`{key}` is new: {}", words(after))),
        (Some(before), None) => Some(format!("`{key}` is gone; it was {}", words(before))),
        (None, None) => None,
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => "not regulated".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(|value| !value.is_object()) => {
            let list: Vec<String> = list.iter().map(words).collect();
            format!("[{}]", list.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(transfer: &str) -> String {
        let text = |file: &str, text: &str| Text {
            file: file.to_owned(),
            text: text.to_owned(),
        };
        let head = "settings:\n  tray.worker_within: { value: 2 weeks, cites: [K-57] }\n";
        let own = vec![
            text("authority.yaml", head),
            text("transfer.yaml", transfer),
        ];
        serde_json::to_string(&Content { base: vec![], own }).unwrap()
    }

    fn told(old: &str, new: &str) -> Vec<String> {
        changes(old, new).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_changed_setting_names_the_rules_that_rest_on_it() {
        let clocks = "clocks:\n  - { clock: named, due: \"${tray.worker_within} after placed\" }\n  - { clock: other, due: 1 day after placed }\n";
        let old = pack(clocks);
        let new = old.replace("value: 2 weeks", "value: 3 weeks");
        let changes = changes(&old, &new);
        assert_eq!(changes.len(), 1);
        assert_eq!(
            changes[0].place,
            "authority.yaml, settings, tray.worker_within"
        );
        assert_eq!(changes[0].through, ["transfer.yaml, clocks, named"]);
    }

    #[test]
    fn a_changed_rule_is_told_with_its_place_and_its_ids() {
        let old =
            pack("clocks:\n  - { clock: named, cites: [W-080], due: 2 weeks after placed }\n");
        let new = pack(
            "clocks:\n  - { clock: named, cites: [W-087], due: 3 weeks after placed, remind: [1 day] }\n  - { clock: other }\n",
        );
        assert_eq!(
            told(&old, &new),
            [
                "transfer.yaml, clocks, named (W-080, W-087): `cites` was [W-080], is now [W-087]; \
                 `due` was 2 weeks after placed, is now 3 weeks after placed; `remind` is new: [1 day]",
                "transfer.yaml, clocks, other: is new",
            ]
        );
        assert_eq!(
            told(&new, &old).last().unwrap(),
            "transfer.yaml, clocks, other: is gone"
        );
    }

    #[test]
    fn a_setting_is_told_by_name() {
        let old = pack("routes: []\n");
        let new = old.replace("value: 2 weeks", "value: null");
        assert_eq!(
            told(&old, &new),
            [
                "authority.yaml, settings, tray.worker_within (K-57): `value` was 2 weeks, is now not regulated"
            ]
        );
    }

    #[test]
    fn comments_and_layout_are_no_change() {
        let old = pack("clocks:\n  - { clock: named, due: 2 weeks after placed }\n");
        let new = pack("# said anew\nclocks:\n  - clock: named\n    due: 2 weeks after placed\n");
        assert_eq!(told(&old, &new), Vec::<String>::new());
    }
}
