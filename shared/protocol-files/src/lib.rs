//! The authorities' protocol files: reading, checking, and the packs made from them.
//!
//! An authority is a folder of six files: `authority.yaml`, `front-door.yaml`, `allocation.yaml`,
//! `transfer.yaml`, `closure.yaml`, `notification.yaml`. The folder `statutory` lies under all of them
//! (K-61). Everything is checked when it is read, all at once, with file, line and reason; a [`Pack`]
//! that was made cannot fail later.
//!
//! A pack's files as one text ([`Library::content`]) are what a database keeps; [`read_stored`] makes the pack again.
//!
//! [`Pack`]: baton_protocol::Pack

mod changes;
mod check;
mod embedded;
mod library;
mod pack;
mod problem;
mod raw;
mod register;
mod sections;
mod source;
mod stored;

pub use changes::{Change, changes};
pub use check::check_file;
pub use library::Library;
pub use problem::{LoadError, Problem};
pub use register::{Entry, Register};
pub use stored::{StoredError, read_stored};

#[cfg(test)]
mod tests;
