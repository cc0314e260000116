//! Reads the source tree of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .components()
        .collect()
}

/// One text file of the tree.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path relative to the root, with `/` between the parts.
    pub path: String,
    /// The text.
    pub text: String,
}

impl Source {
    /// The lines before the file's unit tests begin, numbered from one.
    pub fn production_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test_file = self.is_test_file();
        self.text
            .lines()
            .enumerate()
            .take_while(move |(_, line)| {
                !is_test_file && !line.trim_start().starts_with("#[cfg(test)]")
            })
            .map(|(number, line)| (number + 1, line))
    }

    /// Whether the whole file is tests.
    pub fn is_test_file(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("tests.rs")
            || self.path.starts_with("shared/testkit/")
    }
}

/// Every file under `folder` of the root whose name ends with `.ext`, in a stable order.
///
/// Files that are not UTF-8 are left out: the tree holds no text in another encoding.
pub fn sources(folder: &str, ext: &str) -> Vec<Source> {
    let root = root();
    let mut paths = Vec::new();
    collect(&root.join(folder), ext, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| {
            let text = fs::read_to_string(&path).ok()?;
            let relative = path.strip_prefix(&root).ok()?;
            let path = relative.to_string_lossy().replace('\\', "/");
            Some(Source { path, text })
        })
        .collect()
}

fn collect(folder: &Path, ext: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "target" && name != ".git" && name != ".tools" && name != "data" {
                collect(&path, ext, found);
            }
        } else if path.extension().is_some_and(|found_ext| found_ext == ext) {
            found.push(path);
        }
    }
}
