//! Every cited ID has to be in the register.

use crate::problem::Problem;
use crate::register::{Register, ids_in};
use crate::source::Folder;

/// Finds IDs that are cited and not in the register, in rules and in settings.
pub(crate) fn citations(folder: &Folder, register: &Register, problems: &mut Vec<Problem>) {
    for file in &folder.files {
        for (number, line) in file.text.lines().enumerate() {
            for id in ids_in(line) {
                if !register.0.contains_key(id) {
                    let message = format!("`{id}` is not in register.yaml");
                    problems.push(file.problem(number + 1, message));
                }
            }
        }
    }
}
