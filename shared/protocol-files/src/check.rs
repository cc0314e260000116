//! Checks everything that can be checked before a pack is used, and makes the packs.

use std::path::Path;

use crate::library::Library;
use crate::problem::{LoadError, Problem};
use crate::register::Register;
use crate::source::{self, BASE, Folder};
use crate::{embedded, pack, stored};

mod citations;
mod clocks;
mod contacts;
mod front_door;
mod holds;
mod items;
mod lists;
mod names;
mod review;
mod routes;
mod samples;

pub(crate) use citations::citations;
pub(crate) use clocks::clocks;
pub(crate) use contacts::contacts;
pub(crate) use front_door::front_door;
pub(crate) use holds::holds;
pub(crate) use items::items;
pub(crate) use names::names;
pub(crate) use review::review;
pub(crate) use routes::routes;

/// Makes a library of every folder, or says everything that is wrong with any of them.
pub(crate) fn library(folders: &[Folder]) -> Result<Library, LoadError> {
    let register = Register::embedded()?;
    let embedded_base = embedded::folders()
        .into_iter()
        .find(|folder| folder.name == BASE);
    let base = folders
        .iter()
        .find(|folder| folder.name == BASE)
        .cloned()
        .or(embedded_base);
    let mut problems = Vec::new();
    let mut made = Library::default();
    for folder in folders.iter().filter(|folder| folder.name != BASE) {
        if let Some(pack) = pack::make(folder, base.as_ref(), &register, &mut problems) {
            made.add_with(pack, stored::content(base.as_ref(), folder));
        }
    }
    problems.sort();
    problems.dedup();
    if problems.is_empty() {
        Ok(made)
    } else {
        Err(LoadError { problems })
    }
}

/// Checks one file together with those beside it and `../statutory`, and says what is wrong in it.
///
/// What is wrong in a file beside it is said too when it is about a name that this file gives.
pub fn check_file(path: &Path) -> Vec<Problem> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let read = source::read_with_base(folder);
    let problems = match read.and_then(|folders| library(&folders)) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems,
    };
    problems
        .into_iter()
        .filter(|problem| problem.file == path || problem.file.parent() != Some(folder))
        .collect()
}

#[cfg(test)]
mod tests;
