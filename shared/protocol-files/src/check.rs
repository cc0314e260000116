//! Checks everything that can be checked before a pack is used, and makes the packs.

use std::path::Path;

use crate::library::Library;
use crate::problem::{LoadError, Problem};
use crate::register::Register;
use crate::source::{self, BASE, Folder};
use crate::{embedded, pack};

mod citations;
mod clocks;
mod items;
mod names;
mod routes;
mod samples;

pub(crate) use citations::citations;
pub(crate) use clocks::clocks;
pub(crate) use items::items;
pub(crate) use names::names;
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
    let mut packs = Vec::new();
    for folder in folders.iter().filter(|folder| folder.name != BASE) {
        packs.extend(pack::make(folder, base.as_ref(), &register, &mut problems));
    }
    problems.sort();
    problems.dedup();
    if problems.is_empty() {
        Ok(Library::of(packs))
    } else {
        Err(LoadError { problems })
    }
}

/// Checks one file together with those beside it and `../statutory`, and says what is wrong in it.
///
/// What is wrong in a file beside it is said too when it is about a name that this file gives.
pub fn check_file(path: &Path) -> Vec<Problem> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let name = name.split('@').next().unwrap_or_default().to_owned();
    let read = source::read_folder(folder, name).and_then(|own| {
        let base = folder
            .parent()
            .map(|parent| parent.join(BASE))
            .filter(|base| base.is_dir());
        let base = base
            .map(|base| source::read_folder(&base, BASE.to_owned()))
            .transpose()?;
        Ok(base.into_iter().chain([own]).collect::<Vec<_>>())
    });
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
