//! The folder from which emails and letters are carried away.
//!
//! A file is named after its notice, appears whole or not at all, and is written once: what lies here, or in `taken`,
//! was handed over. So a crash between writing a file and recording it repeats nothing.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where a carrier puts what it has taken.
const TAKEN: &str = "taken";

/// The folder.
#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
}

/// What became of a file that must not be carried away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TakenBack {
    /// It is not here: it was never written, or it was removed now.
    Yes,
    /// A carrier has it.
    TooLate,
}

impl Spool {
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Hands a file over, unless it was handed over before.
    pub fn hand_over(&self, name: &str, content: &[u8]) -> io::Result<()> {
        if self.folder.join(name).exists() || self.taken(name).exists() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        let draft = self.folder.join(format!(".{name}"));
        let mut file = File::create(&draft)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&draft, self.folder.join(name))?;
        sync_folder(&self.folder)
    }

    /// Takes a file back that a crash left here unrecorded.
    pub fn take_back(&self, name: &str) -> io::Result<TakenBack> {
        if self.taken(name).exists() {
            return Ok(TakenBack::TooLate);
        }
        match fs::remove_file(self.folder.join(name)) {
            Ok(()) => sync_folder(&self.folder)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(TakenBack::Yes)
    }

    fn taken(&self, name: &str) -> PathBuf {
        self.folder.join(TAKEN).join(name)
    }
}

/// A name is on the disk only once its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_handed_over_once_also_after_a_carrier_took_it() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().to_owned());

        spool.hand_over("n-1.txt", b"first").unwrap();
        spool.hand_over("n-1.txt", b"second").unwrap();
        assert_eq!(fs::read(folder.path().join("n-1.txt")).unwrap(), b"first");

        fs::create_dir(folder.path().join(TAKEN)).unwrap();
        fs::rename(
            folder.path().join("n-1.txt"),
            folder.path().join(TAKEN).join("n-1.txt"),
        )
        .unwrap();
        spool.hand_over("n-1.txt", b"third").unwrap();

        assert!(!folder.path().join("n-1.txt").exists());
        assert_eq!(spool.take_back("n-1.txt").unwrap(), TakenBack::TooLate);
    }

    #[test]
    fn what_no_carrier_has_taken_can_be_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().to_owned());
        spool.hand_over("n-1.txt", b"text").unwrap();

        assert_eq!(spool.take_back("n-1.txt").unwrap(), TakenBack::Yes);
        assert_eq!(spool.take_back("n-1.txt").unwrap(), TakenBack::Yes);

        assert!(!folder.path().join("n-1.txt").exists());
    }
}
