//! All SQL of allocation: one text a statement, for SQLite and PostgreSQL.
//!
//! Instants are bound from Rust, ids as UUIDs, documents as JSON. Every function takes the authority: another
//! authority's row is as good as none.

pub mod cases;
pub mod discrepancies;
pub mod figures;
pub mod organisation;
pub mod spans;
pub mod surroundings;

/// A page of rows: at most `size`, after the last id of the page before.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The last id of the page before. None for the first page.
    pub after: Option<uuid::Uuid>,
    /// How many rows at most.
    pub size: i64,
}
