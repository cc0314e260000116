use std::collections::BTreeMap;

use super::v1::{Colour, Everything, Part, everything::Choice};
use crate::{Validate as _, structure};

fn part() -> Part {
    Part {
        rule_id: "W-053".to_owned(),
    }
}

fn sound() -> Everything {
    Everything {
        name: "näme".to_owned(),
        code: String::new(),
        id: "0198c0de-0000-7000-8000-00000000ABCD".to_owned(),
        on: "2028-02-29".to_owned(),
        until: String::new(),
        small: 3,
        large: 9,
        hash: vec![1, 2],
        colour: Colour::Red.into(),
        part: Some(part()),
        parts: vec![part()],
        tags: vec!["one".to_owned()],
        labels: BTreeMap::from([("key".to_owned(), "value".to_owned())]),
        parts_by_name: BTreeMap::from([("first".to_owned(), part())]),
        at: Some(prost_types::Timestamp {
            seconds: -1,
            nanos: 999_999_999,
        }),
        data: Some(structure(&serde_json::json!({"list": [1, {"text": "x"}]}))),
        note: None,
        choice: Some(Choice::Flag(false)),
        r#type: "t".to_owned(),
        colours: vec![1],
    }
}

/// The violations after one change, as `path: description`.
fn after(change: impl FnOnce(&mut Everything)) -> Vec<String> {
    let mut message = sound();
    change(&mut message);
    let violations = message.violations();
    violations
        .into_iter()
        .map(|found| format!("{}: {}", found.field, found.description))
        .collect()
}

#[test]
fn a_sound_message_has_no_violations() {
    assert_eq!(after(|_| {}), Vec::<String>::new());
}

#[test]
fn lengths_count_characters_and_bytes() {
    assert_eq!(
        after(|m| m.name = "n".to_owned()),
        ["name: must have at least 2 characters"]
    );
    assert_eq!(after(|m| m.name = "äöüß".to_owned()), Vec::<String>::new());
    assert_eq!(
        after(|m| m.name = "äöüßa".to_owned()),
        ["name: must have at most 4 characters"]
    );
    assert_eq!(
        after(|m| m.hash = vec![0; 3]),
        ["hash: must have at most 2 bytes"]
    );
    assert_eq!(
        after(|m| m.hash.clear()),
        ["hash: must have at least 1 bytes"]
    );
}

#[test]
fn patterns_match_the_whole_of_what_they_anchor() {
    assert_eq!(
        after(|m| m.code = "a1".to_owned()),
        ["code: must match ^[a-z]*$"]
    );
    assert_eq!(
        after(|m| m.code = "a\n".to_owned()),
        ["code: must match ^[a-z]*$"]
    );
}

#[test]
fn a_uuid_is_hyphenated_and_not_empty() {
    for wrong in [
        "",
        "0198c0de00007000800000000000abcd",
        "0198c0de-0000-7000-8000-00000000abcg",
    ] {
        assert_eq!(
            after(|m| m.id = wrong.to_owned()),
            ["id: must be a UUID"],
            "{wrong}"
        );
    }
}

#[test]
fn a_date_exists() {
    assert_eq!(
        after(|m| m.on = "2026-02-29".to_owned()),
        ["on: must be a date that exists"]
    );
    assert_eq!(
        after(|m| m.until = "2026-13-01".to_owned()),
        ["until: must be a date that exists"]
    );
    assert_eq!(
        after(|m| m.on = String::new()).len(),
        1,
        "required by its pattern"
    );
    assert_eq!(
        after(|m| m.on = "٢٠٢٦-٠١-٠١".to_owned()).len(),
        1,
        "digits are ASCII"
    );
}

#[test]
fn numbers_keep_their_bounds() {
    assert_eq!(after(|m| m.small = 0), ["small: must be at least 1"]);
    assert_eq!(after(|m| m.small = 4), ["small: must be at most 3"]);
    assert_eq!(after(|m| m.large = 0), ["large: must be at least 1"]);
    assert_eq!(after(|m| m.large = 10), ["large: must be at most 9"]);
}

#[test]
fn enum_values_are_defined_everywhere() {
    assert_eq!(
        after(|m| m.colour = 7),
        ["colour: must be a value of its enum"]
    );
    assert_eq!(
        after(|m| m.colours = vec![1, -1]),
        ["colours[1]: must be a value of its enum"]
    );
    assert_eq!(
        after(|m| m.choice = Some(Choice::Shade(9))),
        ["shade: must be a value of its enum"]
    );
}

#[test]
fn what_is_required_is_there() {
    assert_eq!(after(|m| m.part = None), ["part: is required"]);
    assert_eq!(after(|m| m.r#type.clear()), ["type: is required"]);
    assert_eq!(after(|m| m.choice = None), ["choice: is required"]);
}

#[test]
fn an_optional_field_is_checked_when_it_is_set() {
    assert_eq!(
        after(|m| m.note = Some(String::new())),
        ["note: must have at least 1 characters"]
    );
}

#[test]
fn lists_and_maps_have_sizes() {
    assert_eq!(
        after(|m| m.parts.clear()),
        ["parts: must have at least 1 items"]
    );
    assert_eq!(
        after(|m| m.parts = vec![part(); 3]),
        ["parts: must have at most 2 items"]
    );
    let labels = |m: &mut Everything| drop(m.labels.insert("other".to_owned(), String::new()));
    assert_eq!(after(labels), ["labels: must have at most 1 items"]);
}

#[test]
fn a_path_names_the_nested_field() {
    let empty = Part::default();
    assert_eq!(
        after(|m| m.part = Some(empty.clone())),
        ["part.rule_id: must have at least 1 characters"]
    );
    assert_eq!(
        after(|m| m.parts.push(empty.clone())),
        ["parts[1].rule_id: must have at least 1 characters"]
    );
    assert_eq!(
        after(|m| m.tags = vec![String::new()]),
        ["tags[0]: must have at least 1 characters"]
    );
    assert_eq!(
        after(|m| drop(m.parts_by_name.insert("b\n".to_owned(), empty.clone()))),
        ["parts_by_name[b\\n].rule_id: must have at least 1 characters"]
    );
    assert_eq!(
        after(|m| m.choice = Some(Choice::Other(empty))),
        ["other.rule_id: must have at least 1 characters"]
    );
}

#[test]
fn an_instant_exists() {
    for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0)] {
        let wrong = Some(prost_types::Timestamp { seconds, nanos });
        assert_eq!(
            after(|m| m.at = wrong),
            ["at: must be an instant that exists"]
        );
    }
}

#[test]
fn no_text_anywhere_holds_nul() {
    let nul = "\0".to_owned();
    assert_eq!(
        after(|m| m.tags = vec![nul.clone()]),
        ["tags[0]: must not contain NUL"]
    );
    assert_eq!(
        after(|m| m.labels = BTreeMap::from([("key".to_owned(), nul.clone())])),
        ["labels[key]: must not contain NUL"]
    );
    assert_eq!(
        after(|m| m.labels = BTreeMap::from([(nul.clone(), String::new())])).len(),
        1
    );
    let data = serde_json::json!({"list": [{"text": "\0"}]});
    assert_eq!(
        after(|m| m.data = Some(structure(&data))),
        ["data[list][0][text]: must not contain NUL"]
    );
    assert_eq!(
        after(|m| m.choice = Some(Choice::Word(nul))),
        ["word: must not contain NUL"]
    );
}

#[test]
fn every_violation_is_found_at_once_up_to_a_limit() {
    let all = after(|m| {
        *m = Everything {
            parts: vec![part()],
            tags: vec![String::new(); 500],
            ..Everything::default()
        }
    });

    assert!(all.len() > 8, "{all:?}");
    assert_eq!(all.len(), 50);
}
