//! The events that the stories name are those that there are.

use std::collections::BTreeSet;

use crate::tree;

/// Where the events are listed, a page for each service.
const PAGES: &str = "docs/events";
/// Where stories lie.
const STORIES: [&str; 2] = ["examples/stories", "tests/stories"];
/// What a story says of the journey: in this order, and not at all.
const LISTS: [&str; 2] = ["journey: [", "never: ["];

/// Every event of the pages. Rows write `transfer.held`, or `transfer.duty_set`, `.duty_met` for several.
fn listed() -> BTreeSet<String> {
    let mut listed = BTreeSet::new();
    for page in tree::sources(PAGES, "md") {
        let rows = page.text.lines().filter(|line| line.starts_with("| `"));
        for first in rows.filter_map(|row| row.split('|').nth(1)) {
            let mut of = "";
            for name in first.split('`').skip(1).step_by(2) {
                match name.split_once('.') {
                    Some(("", rest)) => listed.insert(format!("{of}.{rest}")),
                    Some((aggregate, _)) => {
                        of = aggregate;
                        listed.insert(name.to_owned())
                    }
                    None => false,
                };
            }
        }
    }
    listed
}

/// The names in stories that no page lists: an expectation about them would hold whatever happens.
pub fn unlisted_in_stories() -> Vec<String> {
    let listed = listed();
    let mut wrong = Vec::new();
    for story in STORIES
        .iter()
        .flat_map(|folder| tree::sources(folder, "yaml"))
    {
        for (number, line) in story.text.lines().enumerate() {
            let lists = LISTS.iter().filter_map(|list| line.split_once(list));
            let names = lists.filter_map(|(_, list)| list.split(']').next());
            let unlisted = names
                .flat_map(|names| names.split(", "))
                .filter(|name| !listed.contains(*name));
            wrong.extend(unlisted.map(|name| {
                let (path, number) = (&story.path, number + 1);
                format!("{path}:{number}: `{name}` is no event of {PAGES}")
            }));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_for_one_event_and_for_several_are_read() {
        let listed = listed();

        for name in [
            "transfer.opened",
            "transfer.duty_set",
            "transfer.duty_breached",
            "responsibility.moved",
            "contact.launched",
        ] {
            assert!(listed.contains(name), "{name}");
        }
        assert!(!listed.contains("transfer.departed"));
    }
}
