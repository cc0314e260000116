//! Every way to break a file that reads well.

use std::ops::Range;

use super::Mutant;
use super::lines::{Lines, name};

/// Keys that carry no rule: leaving them out or changing them changes words, not duties.
const WORDS: [&str; 9] = [
    "cites",
    "title",
    "note",
    "says",
    "labels",
    "authority",
    "effective_from",
    "chair_cites",
    "reading",
];

/// The units behind a number that is a bound.
const UNITS: [&str; 8] = [
    "working", "day", "days", "week", "weeks", "hour", "hours", "month",
];

/// The mutants of one file.
pub fn mutants_of(file: &str, text: &str) -> Vec<Mutant> {
    let lines = Lines::of(text);
    let mut made = Vec::new();
    for at in 0..lines.len() {
        let code = lines.code(at);
        if code.is_empty() || is_words(&lines, at) {
            continue;
        }
        let rules = lines.rules(at);
        if rules.is_empty() {
            continue;
        }
        let place = lines.place(at);
        let mut add = |what: String, text: String, dropped: Option<String>| {
            made.push(Mutant {
                file: file.to_owned(),
                line: at + 1,
                what: if place.is_empty() {
                    what
                } else {
                    format!("{place}: {what}")
                },
                rules: rules.clone(),
                text,
                dropped,
            });
        };
        if let Some(cut) = cut(code) {
            add(
                format!("without `{cut}`"),
                lines.without(&lines.block(at)),
                name(code),
            );
        }
        for (what, line) in changed(code) {
            add(what, lines.with(at, &line), None);
        }
    }
    made
}

/// Whether a line, or the key it stands under, is only words.
fn is_words(lines: &Lines<'_>, at: usize) -> bool {
    lines.around(at).into_iter().any(|begin| {
        let code = lines.code(begin).trim_start();
        let key = code.strip_prefix("- ").unwrap_or(code);
        let key = key.split(':').next().unwrap_or(key);
        WORDS.contains(&key) && !code.starts_with("- {")
    })
}

/// What is left out when the entry or key of this line is: an item of a list, or a key that an entry can do without.
fn cut(code: &str) -> Option<String> {
    let code = code.trim_start();
    if let Some(item) = code.strip_prefix("- ") {
        return Some(brief(item));
    }
    let (key, _) = code.split_once(':')?;
    key.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'.')
        .then(|| key.to_owned())
}

/// The first words of an item: its name when it has one.
fn brief(item: &str) -> String {
    let item = item.trim_start_matches(['{', ' ']);
    item.split(", ")
        .next()
        .unwrap_or(item)
        .trim_end_matches('}')
        .trim()
        .to_owned()
}

/// The line with one thing in it changed, in every way. What it says in words stays.
fn changed(code: &str) -> Vec<(String, String)> {
    let told = told(code);
    let outside = |at: usize| !told.iter().any(|words| words.contains(&at));
    let mut changes = numbers(code, &outside);
    changes.extend(words(code, &outside));
    changes.extend(shorter_lists(code, &outside));
    changes
}

/// Where the words for people stand on a line: a note, a title, what a notice says, and that a setting is how it was read.
fn told(code: &str) -> Vec<Range<usize>> {
    const TOLD: [&str; 4] = ["note: ", "title: ", "says: ", "reading: "];
    let begin = |key: &'static str| {
        let found = code.match_indices(key);
        found.map(move |(at, _)| (at, at + key.len()))
    };
    let told = TOLD.into_iter().flat_map(begin).map(|(key, start)| {
        let text = &code[start..];
        let length = match text.strip_prefix('"') {
            Some(quoted) => quoted.find('"').map(|end| end + 1),
            None => text.find([',', '}']),
        };
        key..start + length.unwrap_or(text.len())
    });
    told.collect()
}

/// A bound one more and one less.
fn numbers(code: &str, outside: &impl Fn(usize) -> bool) -> Vec<(String, String)> {
    let mut changes = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..]
        .find(|c: char| c.is_ascii_digit())
        .map(|at| at + from)
    {
        let end = code[start..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(code.len(), |at| at + start);
        from = end;
        let Ok(number) = code[start..end].parse::<u32>() else {
            continue;
        };
        if !is_bound(code, start, end) || !outside(start) {
            continue;
        }
        let less = number.checked_sub(1).filter(|less| *less > 0);
        for other in less.into_iter().chain([number + 1]) {
            let line = format!("{}{other}{}", &code[..start], &code[end..]);
            changes.push((
                format!("{} becomes {other}", &code[start..end].trim()),
                line,
            ));
        }
    }
    changes
}

/// A number with a unit behind it, or that is a value by itself; not one within a word, a date or a citation.
fn is_bound(code: &str, start: usize, end: usize) -> bool {
    let before = code[..start].chars().next_back();
    if !matches!(before, Some(' ' | '[' | '(')) || in_citation(code, start) {
        return false;
    }
    let rest = code[end..].trim_start();
    let unit = rest
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or("");
    let alone = code[end..].is_empty() || code[end..].starts_with([',', ' ', '}', ']']);
    // Only what stands before what counts in an order.
    let is_order = code[..start].ends_with("order: ");
    !is_order
        && (UNITS.contains(&unit)
            || unit == "years"
            || unit == "months"
            || (alone && unit.is_empty()))
}

fn in_citation(code: &str, at: usize) -> bool {
    code[..at]
        .rfind("cites:")
        .is_some_and(|cites| !code[cites..at].contains(']'))
}

/// Yes becomes no, a condition turns round, hard becomes soft.
fn words(code: &str, outside: &impl Fn(usize) -> bool) -> Vec<(String, String)> {
    const TURNED: [(&str, &str); 12] = [
        (": true", ": false"),
        (": false", ": true"),
        (" == ", " != "),
        (" != ", " == "),
        (" && ", " || "),
        (" || ", " && "),
        (" >= ", " > "),
        (" <= ", " < "),
        (" before ", " after "),
        ("strength: soft", "strength: hard"),
        ("strength: hard", "strength: soft"),
        (" or ", " and "),
    ];
    TURNED
        .iter()
        .flat_map(|(old, new)| {
            code.match_indices(old)
                .filter(|(at, _)| outside(*at))
                .map(move |(at, _)| {
                    let line = format!("{}{new}{}", &code[..at], &code[at + old.len()..]);
                    (format!("`{}` becomes `{}`", old.trim(), new.trim()), line)
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Each list on the line without one of its members.
fn shorter_lists(code: &str, outside: &impl Fn(usize) -> bool) -> Vec<(String, String)> {
    let mut changes = Vec::new();
    for (open, _) in code.match_indices('[') {
        let Some(close) = code[open..].find(']').map(|at| at + open) else {
            continue;
        };
        if in_citation(code, open + 1) || !outside(open) {
            continue;
        }
        let members: Vec<&str> = code[open + 1..close].split(',').map(str::trim).collect();
        if members.len() < 2 {
            continue;
        }
        for (left_out, member) in members.iter().enumerate() {
            let rest: Vec<&str> = members
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != left_out)
                .map(|(_, member)| *member)
                .collect();
            let line = format!(
                "{}[{}]{}",
                &code[..open],
                rest.join(", "),
                &code[close + 1..]
            );
            changes.push((format!("a list without `{member}`"), line));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# Comments stay.
gate:
  - item: chronology
    cites: [W-070]
    asks: [events, gaps]
    # Why.
    due: 2 weeks after conference
  - item: audit
    cites: [W-069, X-17]
    four_eyes: true
meetings:
  - meeting: handover
    attend:
      - { who: social_worker of outgoing, cites: [W-081] }
";

    fn whats() -> Vec<String> {
        mutants_of("wirral/transfer.yaml", FILE)
            .into_iter()
            .map(|mutant| format!("{} {:?}", mutant.what, mutant.rules))
            .collect()
    }

    #[test]
    fn every_bound_list_flag_and_entry_is_broken_once_each_way() {
        assert_eq!(
            whats(),
            [
                "gate: without `item: chronology` {\"W-070\"}",
                "gate chronology: without `asks` {\"W-070\"}",
                "gate chronology: a list without `events` {\"W-070\"}",
                "gate chronology: a list without `gaps` {\"W-070\"}",
                "gate chronology: without `due` {\"W-070\"}",
                "gate chronology: 2 becomes 1 {\"W-070\"}",
                "gate chronology: 2 becomes 3 {\"W-070\"}",
                "gate: without `item: audit` {\"W-069\", \"X-17\"}",
                "gate audit: without `four_eyes` {\"W-069\", \"X-17\"}",
                "gate audit: `: true` becomes `: false` {\"W-069\", \"X-17\"}",
                "meetings handover attend: without `who: social_worker of outgoing` {\"W-081\"}",
            ]
        );
    }

    #[test]
    fn words_for_people_and_places_in_an_order_are_left_as_they_are() {
        let text = "  - { route: own, cites: [L-015], order: 10, note: \"after 5 days, or before\", within: 3 months }\n";
        let whats: Vec<String> = mutants_of("lancashire/front-door.yaml", text)
            .into_iter()
            .map(|mutant| mutant.what)
            .collect();

        assert_eq!(
            whats,
            ["without `route: own`", "3 becomes 2", "3 becomes 4"]
        );
    }

    #[test]
    fn an_entry_is_cut_out_whole_and_nothing_else() {
        let mutants = mutants_of("wirral/transfer.yaml", FILE);
        assert_eq!(mutants[0].dropped.as_deref(), Some("chronology"));
        assert!(!mutants[0].text.contains("chronology"));
        assert!(!mutants[0].text.contains("2 weeks"));
        assert!(mutants[0].text.contains("  - item: audit"));
        assert!(mutants[0].text.starts_with("# Comments stay.\ngate:\n"));
    }
}
