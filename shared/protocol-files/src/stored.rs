//! The files of a pack as one text, as a database keeps it, and the pack made from that text again.

use std::path::Path;

use baton_protocol::Pack;
use serde::{Deserialize, Serialize};

use crate::pack;
use crate::problem::Problem;
use crate::register::Register;
use crate::source::{BASE, File, Folder};

/// Both folders of a pack, each file with its name, byte for byte what the digest was taken of.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content {
    /// `statutory`, as it lay under the authority's files.
    pub base: Vec<Text>,
    /// The authority's files.
    pub own: Vec<Text>,
}

/// A file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    /// Its name.
    pub file: String,
    /// What it holds.
    pub text: String,
}

/// Why a stored pack cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// It is not the text that the digest was taken of.
    #[error("the text is not the one that the digest names")]
    NotItself,
    /// This release cannot read one of its rules; without it the pack would not be what it was.
    #[error("this release cannot read it: {}", first(.0))]
    Unread(Vec<Problem>),
}

/// One problem stands for all in a message.
fn first(problems: &[Problem]) -> String {
    problems
        .first()
        .map_or_else(String::new, ToString::to_string)
}

/// The files of a pack as one text.
pub(crate) fn content(base: Option<&Folder>, own: &Folder) -> String {
    let texts = |folder: &Folder| -> Vec<Text> {
        let text = |file: &File| Text {
            file: file.name().to_owned(),
            text: file.text.clone(),
        };
        folder.files.iter().map(text).collect()
    };
    let content = Content {
        base: base.map(texts).unwrap_or_default(),
        own: texts(own),
    };
    // Texts and lists of texts always have a JSON form.
    serde_json::to_string(&content).unwrap_or_default()
}

/// Makes a pack again from its stored text. What this release would no longer let in, but can read, is told beside the
/// pack and does not take it away: it was checked whole when it was activated, and processes are pinned to it.
pub fn read_stored(
    authority: &str,
    digest: &str,
    content: &str,
) -> Result<(Pack, Vec<Problem>), StoredError> {
    let content: Content = serde_json::from_str(content).map_err(|_| StoredError::NotItself)?;
    let place = Path::new("stored").join(digest);
    let folder = |name: &str, texts: Vec<Text>| -> Folder {
        let file = |text: Text| File {
            path: place.join(name).join(text.file),
            text: text.text,
        };
        Folder {
            name: name.to_owned(),
            files: texts.into_iter().map(file).collect(),
        }
    };
    let base = (!content.base.is_empty()).then(|| folder(BASE, content.base));
    let own = folder(authority, content.own);
    if own.files.is_empty() || pack::digest(base.as_ref(), &own).as_str() != digest {
        return Err(StoredError::NotItself);
    }

    let register = Register::embedded().map_err(|error| StoredError::Unread(error.problems))?;
    let made = pack::read_and_check(&own, base.as_ref(), &register);
    match made.pack {
        Some(pack) => Ok((pack, made.unsound)),
        None => Err(StoredError::Unread(made.unread)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Library;

    #[test]
    fn a_stored_pack_is_the_pack_it_was() {
        let library = Library::embedded().unwrap_or_else(|error| panic!("{error}"));
        for pack in library.packs() {
            let digest = pack.digest.as_str();
            let content = library.content(digest).unwrap();
            let (again, problems) = read_stored(pack.authority.as_str(), digest, content).unwrap();
            assert_eq!(again, **pack);
            assert_eq!(problems, []);
        }
    }

    #[test]
    fn a_text_that_was_altered_is_not_the_pack_of_its_digest() {
        let library = Library::embedded().unwrap_or_else(|error| panic!("{error}"));
        let pack = library.packs().next().unwrap();
        let digest = pack.digest.as_str();
        let content = library.content(digest).unwrap().replace("cites", "cites ");
        let read = read_stored(pack.authority.as_str(), digest, &content);
        assert_eq!(read.unwrap_err(), StoredError::NotItself);
    }

    #[test]
    fn a_rule_that_this_release_would_not_let_in_does_not_take_a_stored_pack_away() {
        let library = Library::embedded().unwrap_or_else(|error| panic!("{error}"));
        let pack = library.packs().next().unwrap();
        let stored = library.content(pack.digest.as_str()).unwrap();
        let mut content: Content = serde_json::from_str(stored).unwrap();
        // A rule that no register has.
        content.own[0].text = content.own[0].text.replace("cites: [", "cites: [W-953, ");
        let folder = |name: &str, texts: &[Text]| Folder {
            name: name.to_owned(),
            files: texts
                .iter()
                .map(|text| File {
                    path: text.file.clone().into(),
                    text: text.text.clone(),
                })
                .collect(),
        };
        let authority = pack.authority.as_str();
        let (base, own) = (folder(BASE, &content.base), folder(authority, &content.own));
        let digest = pack::digest(Some(&base), &own);
        let text = serde_json::to_string(&content).unwrap();

        let (pack, problems) = read_stored(authority, digest.as_str(), &text).unwrap();

        assert_eq!(pack.digest, digest);
        assert!(
            problems
                .iter()
                .any(|problem| problem.message.contains("W-953")),
            "{problems:?}"
        );
    }
}
