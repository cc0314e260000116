//! The files that ship with Baton, compiled in.

use std::path::PathBuf;

use crate::source::{File, Folder};

/// The folder of the files in the repository, for messages.
const ROOT: &str = "shared/protocol-files/authorities";

/// Every authority, with `statutory`.
pub(crate) fn folders() -> Vec<Folder> {
    FOLDERS
        .iter()
        .map(|(name, files)| Folder {
            name: (*name).to_owned(),
            files: files
                .iter()
                .map(|(file, text)| file_of(name, file, text))
                .collect(),
        })
        .collect()
}

fn file_of(folder: &str, file: &str, text: &str) -> File {
    File {
        path: PathBuf::from(ROOT).join(folder).join(file),
        text: text.to_owned(),
    }
}

type Embedded = (&'static str, &'static str);

const FOLDERS: &[(&str, [Embedded; 6])] = &[
    (
        "statutory",
        [
            (
                "authority.yaml",
                include_str!("../authorities/statutory/authority.yaml"),
            ),
            (
                "front-door.yaml",
                include_str!("../authorities/statutory/front-door.yaml"),
            ),
            (
                "allocation.yaml",
                include_str!("../authorities/statutory/allocation.yaml"),
            ),
            (
                "transfer.yaml",
                include_str!("../authorities/statutory/transfer.yaml"),
            ),
            (
                "closure.yaml",
                include_str!("../authorities/statutory/closure.yaml"),
            ),
            (
                "notification.yaml",
                include_str!("../authorities/statutory/notification.yaml"),
            ),
        ],
    ),
    (
        "wirral",
        [
            (
                "authority.yaml",
                include_str!("../authorities/wirral/authority.yaml"),
            ),
            (
                "front-door.yaml",
                include_str!("../authorities/wirral/front-door.yaml"),
            ),
            (
                "allocation.yaml",
                include_str!("../authorities/wirral/allocation.yaml"),
            ),
            (
                "transfer.yaml",
                include_str!("../authorities/wirral/transfer.yaml"),
            ),
            (
                "closure.yaml",
                include_str!("../authorities/wirral/closure.yaml"),
            ),
            (
                "notification.yaml",
                include_str!("../authorities/wirral/notification.yaml"),
            ),
        ],
    ),
    (
        "merton",
        [
            (
                "authority.yaml",
                include_str!("../authorities/merton/authority.yaml"),
            ),
            (
                "front-door.yaml",
                include_str!("../authorities/merton/front-door.yaml"),
            ),
            (
                "allocation.yaml",
                include_str!("../authorities/merton/allocation.yaml"),
            ),
            (
                "transfer.yaml",
                include_str!("../authorities/merton/transfer.yaml"),
            ),
            (
                "closure.yaml",
                include_str!("../authorities/merton/closure.yaml"),
            ),
            (
                "notification.yaml",
                include_str!("../authorities/merton/notification.yaml"),
            ),
        ],
    ),
    (
        "camden",
        [
            (
                "authority.yaml",
                include_str!("../authorities/camden/authority.yaml"),
            ),
            (
                "front-door.yaml",
                include_str!("../authorities/camden/front-door.yaml"),
            ),
            (
                "allocation.yaml",
                include_str!("../authorities/camden/allocation.yaml"),
            ),
            (
                "transfer.yaml",
                include_str!("../authorities/camden/transfer.yaml"),
            ),
            (
                "closure.yaml",
                include_str!("../authorities/camden/closure.yaml"),
            ),
            (
                "notification.yaml",
                include_str!("../authorities/camden/notification.yaml"),
            ),
        ],
    ),
    (
        "lancashire",
        [
            (
                "authority.yaml",
                include_str!("../authorities/lancashire/authority.yaml"),
            ),
            (
                "front-door.yaml",
                include_str!("../authorities/lancashire/front-door.yaml"),
            ),
            (
                "allocation.yaml",
                include_str!("../authorities/lancashire/allocation.yaml"),
            ),
            (
                "transfer.yaml",
                include_str!("../authorities/lancashire/transfer.yaml"),
            ),
            (
                "closure.yaml",
                include_str!("../authorities/lancashire/closure.yaml"),
            ),
            (
                "notification.yaml",
                include_str!("../authorities/lancashire/notification.yaml"),
            ),
        ],
    ),
    (
        "shropshire",
        [
            (
                "authority.yaml",
                include_str!("../authorities/shropshire/authority.yaml"),
            ),
            (
                "front-door.yaml",
                include_str!("../authorities/shropshire/front-door.yaml"),
            ),
            (
                "allocation.yaml",
                include_str!("../authorities/shropshire/allocation.yaml"),
            ),
            (
                "transfer.yaml",
                include_str!("../authorities/shropshire/transfer.yaml"),
            ),
            (
                "closure.yaml",
                include_str!("../authorities/shropshire/closure.yaml"),
            ),
            (
                "notification.yaml",
                include_str!("../authorities/shropshire/notification.yaml"),
            ),
        ],
    ),
];
