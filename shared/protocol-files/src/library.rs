//! The packs that are there, by authority, date and digest.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use baton_ids::AuthorityId;
use baton_protocol::Pack;
use jiff::civil::Date;

use crate::problem::LoadError;
use crate::{check, embedded, source};

/// Every pack that is there.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// By authority, each in the order in which its packs come into force.
    packs: BTreeMap<AuthorityId, Vec<Arc<Pack>>>,
    /// The files of each pack as one text, by digest.
    contents: BTreeMap<String, Arc<str>>,
}

impl Library {
    /// The five authorities that ship with Baton.
    pub fn embedded() -> Result<Self, LoadError> {
        #[cfg(feature = "replaceable")]
        if let Some(folder) = std::env::var_os("BATON_PROTOCOL_FILES") {
            return Self::load_dir(Path::new(&folder));
        }
        check::library(&embedded::folders())
    }

    /// The authorities of a folder with one folder each, and `statutory` beside them.
    ///
    /// A later pack of an authority lies in `<authority>@<name>`, for instance `wirral@2027`: the part after
    /// the `@` only tells the folders apart, `effective_from` decides.
    pub fn load_dir(folder: &Path) -> Result<Self, LoadError> {
        check::library(&source::read_dir(folder)?)
    }

    /// One authority's folder, with `statutory` beside it or, where there is none, the one that ships with Baton.
    pub fn load_folder(folder: &Path) -> Result<Self, LoadError> {
        check::library(&source::read_with_base(folder)?)
    }

    /// A library of packs made elsewhere, for instance in a test. They have no files, and cannot be stored.
    pub fn of(packs: impl IntoIterator<Item = Pack>) -> Self {
        let mut library = Self::default();
        for pack in packs {
            library.add(pack);
        }
        library
    }

    /// Adds a pack with its files as one text.
    pub(crate) fn add_with(&mut self, pack: Pack, content: String) {
        self.contents
            .insert(pack.digest.to_string(), content.into());
        self.add(pack);
    }

    fn add(&mut self, pack: Pack) {
        let packs = self.packs.entry(pack.authority.clone()).or_default();
        packs.push(Arc::new(pack));
        packs.sort_by_key(|pack| pack.effective_from);
    }

    /// The authorities, in alphabetical order.
    pub fn authorities(&self) -> impl Iterator<Item = &AuthorityId> {
        self.packs.keys()
    }

    /// The pack that is in force for an authority on a day; a process that begins then is pinned to it.
    pub fn pack_for(&self, authority: &AuthorityId, at: Date) -> Option<Arc<Pack>> {
        let packs = self.packs.get(authority)?;
        packs
            .iter()
            .rev()
            .find(|pack| pack.effective_from <= at)
            .cloned()
    }

    /// The pack of that digest.
    pub fn get(&self, digest: &str) -> Option<Arc<Pack>> {
        self.packs
            .values()
            .flatten()
            .find(|pack| pack.digest.as_str() == digest)
            .cloned()
    }

    /// The files of a pack as one text, for [`read_stored`](crate::read_stored); none for a pack without files.
    pub fn content(&self, digest: &str) -> Option<&str> {
        self.contents.get(digest).map(AsRef::as_ref)
    }

    /// Every pack, by authority and date.
    pub fn packs(&self) -> impl Iterator<Item = &Arc<Pack>> {
        self.packs.values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_authorities_load_without_a_problem() {
        let library = Library::embedded().unwrap_or_else(|error| panic!("{error}"));

        let authorities: Vec<_> = library
            .authorities()
            .map(|id| id.as_str().to_owned())
            .collect();
        assert_eq!(
            authorities,
            ["camden", "lancashire", "merton", "shropshire", "wirral"]
        );
    }
}
