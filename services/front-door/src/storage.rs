//! All SQL of the front door: one text a statement, for SQLite and PostgreSQL.
//!
//! Instants are bound from Rust, ids as UUIDs, documents as JSON. Every function takes the authority: another
//! authority's row is as good as none.

pub mod contacts;
pub mod desk;
pub mod families;
pub mod history;
pub mod references;

/// A page of rows: at most `size`, before the last id of the page before (newest first).
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The last id of the page before. None for the first page.
    pub after: Option<uuid::Uuid>,
    /// How many rows at most.
    pub size: i64,
}
