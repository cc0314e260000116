//! The rules of the tree that the compiler does not keep.
//!
//! Each check returns what is wrong, one line each, so that a test can show all of it at once.

use std::collections::BTreeSet;

use crate::tree::{self, Source};

/// The six services and the binary that joins them.
const SERVICES: [&str; 7] = [
    "allocation",
    "baton",
    "closure",
    "front-door",
    "gateway",
    "notification",
    "transfer",
];

/// What a domain may not know: it has no I/O, no transport, no runtime and no clock.
const FORBIDDEN_IN_DOMAIN: [&str; 10] = [
    "sqlx::",
    "tonic::",
    "prost",
    "tokio::",
    "baton_store::",
    "baton_rpc::",
    "baton_contracts::",
    "baton_clock::",
    "std::fs",
    "std::net",
];

/// No file is longer than this: it would not fit in the head. The aim is 300.
const LINES_MAX: usize = 400;
/// A file of tests is a list of cases, which is read one at a time.
const TEST_LINES_MAX: usize = 600;

/// Domains that use what only the layers around them may use.
pub fn impure_domains() -> Vec<String> {
    let mut wrong = Vec::new();
    for source in tree::sources("services", "rs") {
        if !is_in_room(&source, "domain") {
            continue;
        }
        for (number, line) in source.production_lines() {
            let code = line.split("//").next().unwrap_or_default();
            for forbidden in FORBIDDEN_IN_DOMAIN {
                if code.contains(forbidden) {
                    wrong.push(format!(
                        "{}:{number}: a domain uses {forbidden}",
                        source.path
                    ));
                }
            }
        }
    }
    wrong
}

/// SQL that stands outside the rooms for it.
pub fn misplaced_sql() -> Vec<String> {
    let mut wrong = Vec::new();
    for source in tree::sources("services", "rs") {
        if is_in_room(&source, "storage") || source.is_test_file() {
            continue;
        }
        for (number, line) in source.production_lines() {
            if line.contains("sqlx::query") {
                wrong.push(format!("{}:{number}: SQL outside storage", source.path));
            }
        }
    }
    wrong
}

/// Services that depend on another service, and shared crates that know one.
pub fn wrong_dependencies() -> Vec<String> {
    let mut wrong = Vec::new();
    for manifest in tree::sources("services", "toml")
        .into_iter()
        .chain(tree::sources("shared", "toml"))
    {
        if !manifest.path.ends_with("Cargo.toml") || manifest.path.starts_with("services/baton/") {
            continue;
        }
        let own = format!("baton-{}", folder_of(&manifest.path));
        let dependencies = manifest
            .text
            .split("[dev-dependencies]")
            .next()
            .unwrap_or_default();
        for service in SERVICES {
            let name = format!("baton-{service}");
            let depends = dependencies.lines().any(|line| {
                line.starts_with(&format!("{name}.")) || line.starts_with(&format!("{name} "))
            });
            if depends && name != own {
                wrong.push(format!("{}: depends on the service {name}", manifest.path));
            }
        }
    }
    wrong
}

/// Files that are too long, and modules laid out the other way.
pub fn misshapen_files() -> Vec<String> {
    let mut wrong = Vec::new();
    for source in tree::sources("services", "rs")
        .into_iter()
        .chain(tree::sources("shared", "rs"))
        .chain(tree::sources("bench", "rs"))
        .chain(tree::sources("tests", "rs"))
    {
        let lines = source.text.lines().count();
        let most = if source.is_test_file() {
            TEST_LINES_MAX
        } else {
            LINES_MAX
        };
        if lines > most {
            wrong.push(format!("{}: {lines} lines, at most {most}", source.path));
        }
        if source.path.ends_with("/mod.rs") {
            wrong.push(format!(
                "{}: `foo.rs` beside `foo/`, not `mod.rs`",
                source.path
            ));
        }
    }
    wrong
}

/// Services without one of the rooms that every service has.
pub fn missing_rooms() -> Vec<String> {
    let root = tree::root();
    let mut wrong = Vec::new();
    for service in SERVICES.iter().filter(|service| **service != "baton") {
        let rooms: &[&str] = if *service == "gateway" {
            &[
                "lib.rs",
                "storage.rs",
                "rpc.rs",
                "rpc/status.rs",
                "config.rs",
                "reactions.rs",
                "views.rs",
            ]
        } else {
            &[
                "lib.rs",
                "domain.rs",
                "app.rs",
                "storage.rs",
                "rpc.rs",
                "rpc/status.rs",
                "config.rs",
            ]
        };
        for room in rooms {
            let path = format!("services/{service}/src/{room}");
            if !root.join(&path).is_file() {
                wrong.push(format!("{path} is missing"));
            }
        }
        for database in ["sqlite", "postgres"] {
            let path = format!("services/{service}/migrations/{database}");
            if !root.join(&path).is_dir() {
                wrong.push(format!("{path} is missing"));
            }
        }
    }
    wrong
}

/// Reasons of the closed list that nobody gives: a client would prepare for what never comes.
pub fn reasons_never_given() -> Vec<String> {
    const LIST: &str = "shared/rpc/src/reason.rs";
    let sources = tree::sources("services", "rs").into_iter();
    let (mut listed, mut given) = (BTreeSet::new(), BTreeSet::new());
    for source in sources.chain(tree::sources("shared", "rs")) {
        let (before, found) = if source.path == LIST {
            ("Self::", &mut listed)
        } else {
            ("Reason::", &mut given)
        };
        for (_, line) in source.production_lines() {
            let code = line.split("//").next().unwrap_or_default();
            let names = code.split(before).skip(1);
            let is_end = |character: char| !character.is_alphanumeric();
            let names = names.filter_map(|rest| rest.split(is_end).next());
            found.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    listed.retain(|name| name != "ALL");
    if listed.is_empty() {
        return vec![format!("{LIST} lists nothing")];
    }
    listed.difference(&given).cloned().collect()
}

fn is_in_room(source: &Source, room: &str) -> bool {
    source.path.contains(&format!("/src/{room}/"))
        || source.path.ends_with(&format!("/src/{room}.rs"))
}

fn folder_of(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}
