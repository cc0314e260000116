//! Every cited ID has to be in a register: in Baton's, or in the one that the authority keeps itself.

use std::collections::BTreeMap;

use baton_protocol::RuleId;

use crate::problem::Problem;
use crate::register::{Register, ids_in};
use crate::source::Folder;

/// Finds IDs that are cited and in no register, in rules and in settings; and rules of the authority's own register that
/// are no IDs, or that Baton's register names already. `own` is the section `rules` of `authority.yaml`.
pub(crate) fn citations(
    folder: &Folder,
    register: &Register,
    own: &BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) {
    if let Some(head) = folder.files.first() {
        for id in own.keys() {
            let wrong = if id.parse::<RuleId>().is_err() {
                format!("`{id}` is not a rule ID: write for instance EX-01")
            } else if register.0.contains_key(id) {
                format!("`{id}` is in register.yaml already: take letters of your own")
            } else {
                continue;
            };
            let line = head
                .text
                .lines()
                .position(|line| line.contains(id.as_str()));
            problems.push(head.problem(line.map_or(1, |line| line + 1), wrong));
        }
    }
    for file in &folder.files {
        for (number, line) in file.text.lines().enumerate() {
            for id in ids_in(line) {
                if !register.0.contains_key(id) && !own.contains_key(id) {
                    let message = format!(
                        "`{id}` is not in register.yaml, nor among the `rules` of authority.yaml"
                    );
                    problems.push(file.problem(number + 1, message));
                }
            }
        }
    }
}
