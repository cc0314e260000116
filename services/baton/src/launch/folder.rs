//! The data folder of `baton all`: one database a service, and one process at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::StartError;
use crate::Role;

/// The folder, held for this process.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    // The operating system gives the lock back when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be, and locks it.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        let failed =
            |error: std::io::Error| StartError::Folder(format!("{}: {error}", path.display()));
        std::fs::create_dir_all(path).map_err(failed)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("baton.lock"));
        let lock = lock.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(StartError::Folder(format!(
                "another Baton runs in {}",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The database of a service.
    pub fn database(&self, role: Role) -> String {
        database_url(&self.path, role)
    }

    /// Where notification puts what it sends.
    pub fn spool(&self) -> PathBuf {
        self.path.join("sent")
    }
}

/// The url of a service's database in a folder.
pub fn database_url(folder: &Path, role: Role) -> String {
    format!(
        "sqlite:{}",
        folder.join(format!("{}.db", role.name())).display()
    )
}

/// The services whose database is in a folder.
pub fn databases(folder: &Path) -> Vec<Role> {
    Role::ALL
        .into_iter()
        .filter(|role| folder.join(format!("{}.db", role.name())).is_file())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made");
        let held = Folder::open(&path).unwrap();
        let error = Folder::open(&path).unwrap_err();
        assert!(error.to_string().contains("another Baton"), "{error}");
        drop(held);
        Folder::open(&path).unwrap();
    }
}
