//! Where the files of an authority come from.

use std::path::{Path, PathBuf};

use crate::problem::{LoadError, Problem};

/// The name of the folder that lies under all others.
pub(crate) const BASE: &str = "statutory";

/// The files every authority has.
pub(crate) const FILES: [&str; 6] = [
    "authority.yaml",
    "front-door.yaml",
    "allocation.yaml",
    "transfer.yaml",
    "closure.yaml",
    "notification.yaml",
];

/// The files of one authority.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    /// The name of the folder, without what follows an `@`.
    pub name: String,
    /// The files, in the order of [`FILES`].
    pub files: Vec<File>,
}

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Where it lies, for messages.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

impl File {
    /// The name without its folder.
    pub fn name(&self) -> &str {
        self.path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
    }

    /// A problem in this file.
    pub fn problem(&self, line: usize, message: impl Into<String>) -> Problem {
        Problem {
            file: self.path.clone(),
            line,
            message: message.into(),
        }
    }
}

/// Reads every authority's folder.
pub(crate) fn read_dir(folder: &Path) -> Result<Vec<Folder>, LoadError> {
    let unreadable = |path: &Path, error: &std::io::Error| LoadError {
        problems: vec![Problem {
            file: path.to_owned(),
            line: 0,
            message: format!("cannot be read: {error}"),
        }],
    };
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    paths.sort();

    let mut folders = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        match read_folder(&path, authority_in(name)) {
            Ok(folder) => folders.push(folder),
            Err(error) => problems.extend(error.problems),
        }
    }
    if problems.is_empty() {
        Ok(folders)
    } else {
        Err(LoadError { problems })
    }
}

/// Reads one authority's folder, and `statutory` if it lies beside it.
pub(crate) fn read_with_base(folder: &Path) -> Result<Vec<Folder>, LoadError> {
    let name = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let own = read_folder(folder, authority_in(name))?;
    let base = folder
        .parent()
        .map(|parent| parent.join(BASE))
        .filter(|base| base.is_dir());
    let base = base
        .map(|base| read_folder(&base, BASE.to_owned()))
        .transpose()?;
    Ok(base.into_iter().chain([own]).collect())
}

/// The authority whose folder has this name: without what follows an `@`.
fn authority_in(name: &str) -> String {
    name.split('@').next().unwrap_or_default().to_owned()
}

/// Reads the six files of one folder.
pub(crate) fn read_folder(path: &Path, name: String) -> Result<Folder, LoadError> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for file in FILES {
        let path = path.join(file);
        match std::fs::read_to_string(&path) {
            Ok(text) => files.push(File { path, text }),
            Err(error) => {
                problems.push(Problem {
                    file: path,
                    line: 0,
                    message: format!("cannot be read: {error}"),
                });
            }
        }
    }
    if problems.is_empty() {
        Ok(Folder { name, files })
    } else {
        Err(LoadError { problems })
    }
}
